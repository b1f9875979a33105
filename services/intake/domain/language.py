"""Language that blames children: families of terms, why each does harm, and what to write instead.

Terms after the Children's Society and NAPAC guide of 2024 and "Language Matters"; reasons and alternatives are in our
own words. A family prompts the writer and never stands in the way of a report.
"""

import re
from dataclasses import dataclass


@dataclass(frozen=True)
class TermFamily:
    """Terms that do the same harm. `why` and `instead` are shown to the writer; the writer's words never are."""

    code: str
    why: str
    instead: str
    pattern: re.Pattern[str]
    hints: tuple[str, ...]
    """One of these, in small letters, is in every text that holds a term: quick to look for, before the pattern."""
    describes_child: bool = False
    """Prompt only where the one described is the child: a term that may rightly describe an adult."""
    under_13: bool = False
    """Prompt only where a child of the section is under 13, or of an age not given."""

    @property
    def prompt(self) -> str:
        """What the writer is shown."""
        return f"{self.why} {self.instead}"


ADULT_WORDS = (
    r"adults?|m[ae]n|wom[ae]n|males?|offenders?|exploiters?|perpetrators?|suspects?|strangers?|drivers?|dealers?"
)
_SELF = r"(?:him|her|them|your|my)sel(?:f|ves)|him|her|them"


def _terms(*alternatives: str) -> re.Pattern[str]:
    """Any of these, as whole words, in any case, over any run of white space."""
    joined = "|".join(alternative.replace(" ", r"\s+") for alternative in alternatives)
    return re.compile(rf"(?<!\w)(?:{joined})(?!\w)", re.IGNORECASE)


FAMILIES = (
    TermFamily(
        "puts_self_at_risk",
        "This places the blame for harm on the child.",
        "Say who may exploit the child, or what about the place or situation makes it less safe.",
        _terms(
            rf"put(?:s|ting)? (?:{_SELF}) at (?:\w+ )?risk",
            rf"plac(?:e|es|ed|ing) (?:{_SELF}) at (?:\w+ )?risk",
            rf"expos(?:e|es|ed|ing) (?:{_SELF}) to risk",
        ),
        hints=("risk",),
    ),
    TermFamily(
        "sexualises",
        "This describes a child in sexual terms.",
        "Describe what happened, and consider whether it points to abuse or grooming.",
        _terms(r"promiscu(?:ous|ously|ity)", r"sexually (?:aware|experienced|precocious|provocative)"),
        hints=("promiscu", "sexually"),
    ),
    TermFamily(
        "sexual_activity",
        "A child of this age cannot consent; in law this may be rape or sexual abuse.",
        "Name the allegation, and give the ages and the difference in power.",
        _terms(r"sexually active"),
        hints=("sexually",),
        under_13=True,
    ),
    TermFamily(
        "sexual_activity",
        "Sexual contact of an adult with a child is abuse, not an activity they share.",
        "Name the allegation, and give the ages and the difference in power.",
        _terms(rf"(?:sexual (?:activity|relations?|relationship)|sex) with (?:\w+ ){{0,2}}(?:{ADULT_WORDS})"),
        hints=("sex",),
    ),
    TermFamily(
        "free_choice",
        "This suggests a free choice where there may have been none.",
        "Name the pressure, fear or lack of options, and describe the situation in which harm happens.",
        _terms(
            r"risky (?:\w+ )?(?:choices?|behaviou?rs?|decisions?|lifestyles?)",
            r"(?:poor|bad|unwise) (?:\w+ )?(?:choices?|decisions?)",
            r"lifestyle choices?",
        ),
        hints=("risky", "choice", "decision"),
    ),
    TermFamily(
        "labels_child",
        "This is a label: it makes a child seem older, or to blame.",
        "Describe the behaviour, the distress or fear it may show, and what the child says about it.",
        _terms(r"street[\s-]?wise", r"mature for (?:his|her|their) (?:age|years)", r"manipulative", r"liars?"),
        hints=("street", "mature", "manipulative", "liar"),
    ),
    TermFamily(
        "aggressive",
        "This labels a child by behaviour that may be distress or fear.",
        "Describe what was done and said, what came before it, and how the child felt.",
        _terms(r"aggressive(?:ly)?"),
        hints=("aggressive",),
        describes_child=True,
    ),
    TermFamily(
        "absconding",
        "This treats absence as an offence.",
        "Say that the child was missing from a place, did not return, or left because of something.",
        _terms(
            r"abscond(?:s|ed|er|ers|ing)?",
            r"run-?aways?",
            r"out[\s-]of[\s-]control",
            r"beyond (?:parental )?control",
        ),
        hints=("abscond", "runaway", "run-away", "control"),
    ),
    TermFamily(
        "not_engaging",
        "This moves the duty to make contact from the service to the child.",
        "Say what has been offered, what has not worked yet, and how trust might be won.",
        _terms(
            r"(?:will not|won['’]t|would not|wouldn['’]t|does not|doesn['’]t|did not|didn['’]t) engage",
            r"(?:not|refus(?:es|ed|ing) to|fail(?:s|ed|ing)? to|unwilling to) engag(?:e|ing)",
            r"disengag(?:e|es|ed|ing|ement)",
            r"hard[\s-]to[\s-](?:reach|engage)",
            r"refus(?:e|es|ed|ing|al of) (?:all |any |our |the )?(?:help|support|services?)",
        ),
        hints=("engag", "hard", "refus"),
    ),
    TermFamily(
        "minimises",
        "This makes harm sound ordinary.",
        "Name the harmful behaviour, and its effect on those who were harmed.",
        _terms(
            r"boys (?:just )?being boys",
            r"boys will be boys",
            r"banter",
            r"[\"'“‘]?just[\"'”’]? (?:a|going through a) phase",
        ),
        hints=("boys", "banter", "phase"),
    ),
    TermFamily(
        "exchange",
        "This suggests a fair exchange, or that the child was drawn in by a wish of their own.",
        "Say that gifts, money or drugs were used to exploit the child, and by whom.",
        _terms(
            r"(?:attracted|drawn|attraction) (?:to|by|into) (?:the |that |this )?(?:glamou?r|lifestyle)",
            r"glamou?r of",
            r"(?:gifts?|money|cash|drugs|alcohol|presents?) (?:in (?:return|exchange) )?for sex",
            r"sex (?:in (?:return|exchange) )?for (?:gifts?|money|cash|drugs|alcohol|presents?)",
            r"(?:in return|in exchange) for sex",
        ),
        hints=("attract", "drawn", "glamo", "sex"),
    ),
    TermFamily(
        "consent_framing",
        "This makes exploitation sound like a relationship between equals.",
        "Say who controls or exploits the child, and name the difference in age and power.",
        _terms(
            r"(?<!mother['’]s\x20)(?<!mum['’]s\x20)(?<!father['’]s\x20)(?<!dad['’]s\x20)(?:boy|girl)friends?",
            r"in a relationship with",
            rf"(?:spend(?:s|ing)?|spent) (?:\w+ )?time with (?:\w+ ){{0,3}}(?:{ADULT_WORDS})",
            r"associat(?:es?|ed|ing) with",
        ),
        hints=("boyfriend", "girlfriend", "relationship", "spen", "associat"),
    ),
    TermFamily(
        "child_as_actor",
        "This makes the child the one who acts, and leaves out who asked or forced.",
        "Say that adults contacted or targeted the child, or that images were asked for or coerced.",
        _terms(
            rf"contact(?:s|ed|ing)? (?:\w+ ){{0,2}}(?:{ADULT_WORDS}) (?:\w+ ){{0,2}}online",
            r"(?:send(?:s|ing)?|sent) (?:\w+ ){0,3}(?:images?|photos?|pictures?|selfies|nudes|videos?)"
            rf"(?: of (?:{_SELF}))? to",
        ),
        hints=("online", "send", "sent"),
    ),
    TermFamily(
        "offender_framing",
        "This names the child as an offender or as goods.",
        "Say that the child is a victim of sexual, criminal or financial exploitation, and was made to carry or deal.",
        _terms(
            r"involved in (?:c[sc]e|county lines|(?:child )?(?:sexual |criminal )?exploitation)",
            r"(?:drugs?|county lines) runners?",
            r"(?:running|runs|ran) drugs",
            r"money mul(?:e|es|ing)",
            r"plugg(?:ing|ed)",
            r"slaves?",
            r"gang members?",
        ),
        hints=("involved", "runner", "drugs", "money", "plugg", "slave", "gang"),
    ),
    TermFamily(
        "wrong_in_law",
        "This is wrong in law, or out of date: a child cannot consent to abuse.",
        "Write exploited child, abuse images, cannot consent, or non-recent abuse.",
        _terms(
            r"child prostitut(?:e|es|ion)",
            r"(?:child|kiddie) porn(?:ography)?",
            r"consent(?:ing|ed) to sex",
            r"consenting",
            r"historic(?:al)? (?:\w+ )?abuse",
        ),
        hints=("prostitut", "porn", "consent", "histor"),
    ),
)
"""Every family, in the order in which prompts at one place are given."""
