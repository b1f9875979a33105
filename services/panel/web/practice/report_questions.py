"""What can be reported from a page, and what is asked for it: one thing at a time, from the fields of the schemas.

The schemas say what a field may hold; here is only in which order to ask, and in which words. Nobody must answer more
than what the report cannot do without.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import Final


class Names(StrEnum):
    """How many a report is about."""

    NONE = "none"
    ONE = "one"
    SOME = "some"
    MAYBE = "maybe"


@dataclass(frozen=True)
class Asked:
    """One field of a section, as it is asked for."""

    name: str
    """`section.field`, or `section.each.field` for what is about the young person alone."""
    label: str | None = None
    hint: str | None = None
    """Without one the field says what the schema says of it; an empty one leaves it at the label."""
    needed: bool = False
    only: Sequence[str] = ()
    """The codes that are offered, where not all are."""


@dataclass(frozen=True)
class Question:
    """One page: what it asks, and its fields. `when` is a field and the answers that make it worth asking."""

    slug: str
    title: str
    fields: Sequence[Asked]
    hint: str | None = None
    when: tuple[str, Sequence[str]] | None = None


@dataclass(frozen=True)
class ReportKind:
    """One thing that can be reported. `type` is the report type, or a type for each answer of one field."""

    slug: str
    title: str
    about: str
    types: Mapping[str, str]
    """Answer of `decided_by` -> report type; the empty answer for a kind with one type."""
    people: Names
    place: Names
    questions: Sequence[Question]
    decided_by: str | None = None
    happened: str | None = None
    """The field that says when it happened; without one, it happened when it is sent."""
    opens_with: int = 0
    """How many questions come before it is asked whom or what it is about."""
    fixed: Mapping[str, str] = field(default_factory=dict)
    """Section field -> value, where the kind leaves no choice."""


_HARMS = "Only what you have seen or been told. Leave it open if you do not know."
_OWN_WORDS = "As they said it, in their own words."
_PLACE_OUTCOMES = ("refer_place_to_efh_panel", "refer_school_to_efh_panel", "refer_online_space_to_efh_panel")
_GUARDIANS = "Adults who are there and look out for young people, and what they do."


def _place_questions(when: tuple[str, Sequence[str]] | None = None) -> tuple[Question, ...]:
    return (
        Question(
            "what-sort",
            "What sort of place is it?",
            (Asked("context.kind", "It is a"), Asked("context.location_band", "More exactly"),
             Asked("context.spot", "Which spot", "A numbered spot within it, such as stance 3.")),
            when=when,
        ),
        Question(
            "what-happens",
            "What happens there?",
            (Asked("context.description", "What was seen or heard"), Asked("context.harms", "Which harm", _HARMS),
             Asked("context.young_people_seen", "How many young people were there")),
            "Describe the place and what others do there. Leave out the names of young people.",
            when=when,
        ),
        Question(
            "usual-times",
            "When does it happen?",
            (Asked("context.time_band", "Between which hours", "Half hours, such as 15:30-17:30."),
             Asked("context.days", "On which days")),
            when=when,
        ),
        Question(
            "who-helps",
            "Who and what makes it safer?",
            (Asked("context.guardians", "Who looks out for young people there", _GUARDIANS),
             Asked("context.strengths", "What is good about it"),
             Asked("context.ask", "What would help")),
            when=when,
        ),
    )  # fmt: skip


_MISSING = ReportKind(
    "missing",
    "A young person is missing",
    "Their whereabouts are not known, and there is concern for them.",
    {"": "cairn.missing-episode.reported.v1"},
    Names.ONE,
    Names.NONE,
    (
        Question("since", "When were they last known to be safe?", (Asked("missing.since", needed=True),)),
        Question("last-seen", "Where were they last seen?", (Asked("missing.last_seen_at"),)),
        Question(
            "circumstances",
            "What happened before they went missing?",
            (Asked("missing.circumstances", hint=""),),
            "What led to it, as far as it is known, and who may have asked or told them to go.",
        ),
        Question(
            "to-find-them",
            "What would help to find them?",
            (Asked("missing.each.clothing", "What they are wearing"),
             Asked("missing.each.carrying", "What they have with them"),
             Asked("missing.each.medicine", "Medicine that they need")),
        ),
        Question(
            "who-they-are",
            "How would somebody recognise them?",
            (Asked("identity.each.given_name", "First name"), Asked("identity.each.family_name", "Last name"),
             Asked("identity.each.known_as", "The name they use", ""),
             Asked("identity.each.pronouns", "Their pronouns"),
             Asked("identity.each.phone", "Their phone number", "Digits and spaces, such as 07700 900118."),
             Asked("identity.description", "What they look like, and what matters to them", "")),
        ),
        Question(
            "company",
            "Who may be with them?",
            (Asked("missing_companions.company", "As far as you know"),
             Asked("missing_companions.description", "What is known about it")),
        ),
        Question(
            "urgency",
            "How urgent is the search, in your view?",
            (Asked("missing.carer_risk_level", "Level", "The police assess it together with you.",
                   only=("low", "medium", "high")),
             Asked("missing.risk_reasons", "Why")),
        ),
        Question(
            "earlier",
            "How often did they go missing in the last 30 days?",
            (Asked("missing.earlier_episodes_in_30_days", hint="Not counting this time."),),
        ),
    ),
    fixed={"missing.status": "missing"},
)  # fmt: skip

_FOUND = ReportKind(
    "found",
    "A young person was found",
    "Somebody who was missing is back, or their whereabouts are known.",
    {"": "cairn.missing-episode.located.v1"},
    Names.ONE,
    Names.NONE,
    (
        Question("found", "When were they found?", (Asked("missing.found", needed=True),)),
        Question(
            "how-they-are",
            "How are they?",
            (Asked("missing.status", "They are", needed=True, only=("found_safe", "found_needs_care")),
             Asked("missing.medical_care_needed", "Do they need medical care?")),
        ),
        Question(
            "where",
            "Where were they found?",
            (Asked("missing.found_at", "Where"), Asked("missing.found_by", "Who found them")),
        ),
        Question(
            "company",
            "Who was with them?",
            (Asked("missing_companions.company", "As far as you know"),
             Asked("missing_companions.description", "What is known about it")),
        ),
        Question("circumstances", "What is known of the time they were away?", (Asked("missing.circumstances"),)),
    ),
    happened="missing.found",
)  # fmt: skip

_STAGE = "missing.return_discussion"
_TALKED = (_STAGE, ("completed",))
_RETURN = ReportKind(
    "return-discussion",
    "A return discussion",
    "It was offered, declined, arranged or completed, after somebody came back.",
    {
        "offered": "cairn.return-discussion.offered.v1",
        "declined": "cairn.return-discussion.declined.v1",
        "arranged": "cairn.return-discussion.arranged.v1",
        "completed": "cairn.return-discussion.completed.v1",
    },
    Names.ONE,
    Names.NONE,
    (
        Question("stage", "How far has it come?", (Asked(_STAGE, "It was", needed=True),)),
        Question(
            "how-they-are",
            "How is the young person now?",
            (Asked("missing.status", "They are", needed=True, only=("found_safe", "found_needs_care")),),
        ),
        Question(
            "arrangements",
            "How was it arranged?",
            (Asked("missing.return_discussion_by", "Who talks with them"),
             Asked("missing.return_discussion_due", "By when"),
             Asked("missing.choice_of_person_offered", "Could they choose with whom?")),
        ),
        Question(
            "told",
            "Were they told what would be passed on?",
            (Asked("voice_safety.told_what_is_shared", "Before they spoke"),),
            when=_TALKED,
        ),
        Question(
            "safety",
            "What did they say that others must know, to keep somebody safe?",
            (Asked("voice_safety.own_words", "In their own words", _OWN_WORDS),
             Asked("voice_safety.summary", "What led to it, what happened, and what would help"),
             Asked("voice_safety.harms", "Which harm", _HARMS)),
            "This is passed on to those who can help. What was promised to stay private has its own page.",
            when=_TALKED,
        ),
        Question(
            "plan",
            "What was agreed?",
            (Asked("voice_safety.agreed_plan", "What they and you agreed"),),
            when=_TALKED,
        ),
        Question(
            "private",
            "What did they say that you promised to keep private?",
            (Asked("voice_private.own_words", "In their own words", _OWN_WORDS),
             Asked("voice_private.summary", "What else you noted")),
            "It stays with your agency. No agreement lets anybody else see it.",
            when=_TALKED,
        ),
    ),
    decided_by=_STAGE,
    opens_with=1,
)  # fmt: skip

OUTCOME = "decision.outcome"
_REFERRAL = ReportKind(
    "referral",
    "A referral to the panel",
    "The panel for harm outside the home should look at a young person, a group, or a place.",
    {"": "cairn.referral.submitted.v1"},
    Names.MAYBE,
    Names.MAYBE,
    (
        Question(
            "what-for",
            "What should the panel look at?",
            (Asked(OUTCOME, "The panel should look at", needed=True,
                   only=("refer_child_to_efh_panel", "refer_group_to_efh_panel", *_PLACE_OUTCOMES)),),
        ),
        Question("reasons", "Why do you ask the panel?", (Asked("decision.reasons", needed=True),)),
        Question("harms", "Which harm is this about?", (Asked("decision.harms", hint=_HARMS),)),
        Question("safety", "What is done already to keep people safe?", (Asked("decision.immediate_safety"),)),
        Question(
            "view",
            "What do the young people say?",
            (Asked("decision.young_persons_view", "In their own words", _OWN_WORDS),
             Asked("decision.no_view_because", "If nobody has asked them yet, why not")),
        ),
        *_place_questions((OUTCOME, _PLACE_OUTCOMES)),
    ),
    opens_with=1,
)  # fmt: skip

_CONTEXT = ReportKind(
    "place",
    "Something seen at a place",
    "A place, school, group or online space where young people are less safe.",
    {"": "cairn.context.observed.v1"},
    Names.MAYBE,
    Names.ONE,
    (
        Question("observed", "When was it seen?", (Asked("context.observed", needed=True),)),
        *_place_questions(),
    ),
    happened="context.observed",
)

_INTELLIGENCE = ReportKind(
    "intelligence",
    "Information for the police",
    "Something you noticed that may be a piece of a larger picture. It is not a referral.",
    {"": "cairn.intelligence.submitted.v1"},
    Names.MAYBE,
    Names.MAYBE,
    (
        Question(
            "noticed",
            "What did you notice?",
            (Asked("intelligence_submission.observed", hint="", needed=True),),
            "Who, where, when, vehicles, nicknames: what was seen or heard, and how you know.",
        ),
        Question("when", "On which day?", (Asked("intelligence_submission.observed_on"),)),
        Question("harms", "Which harm may it point to?", (Asked("intelligence_submission.harms", hint=_HARMS),)),
        Question(
            "who-knows",
            "Who else knows?",
            (Asked("intelligence_submission.others_aware", "Others who know of it"),
             Asked("intelligence_submission.carers_aware", "Do those who care for the young person know?"),
             Asked("intelligence_submission.suspected_false", "Do you think that it may be false?")),
        ),
    ),
)  # fmt: skip

_SCHOOL = ReportKind(
    "school",
    "A concern at school",
    "School staff are worried about a young person, or about what happens around the school.",
    {"": "cairn.school.concern.v1"},
    Names.SOME,
    Names.NONE,
    (
        Question("concern", "What worries you?", (Asked("school.concern", needed=True),)),
        Question("harms", "Which harm may it point to?", (Asked("school.harms", hint=_HARMS),)),
        Question(
            "at-school",
            "How is school for them?",
            (Asked("school.school", "Which school"), Asked("school.attendance", "They reach school"),
             Asked("school.trusted_adult_in_school", "Is there an adult in school whom they trust?")),
        ),
        Question("support", "What helps already?", (Asked("school.support_in_place"),)),
        Question("own-words", "What do they say?", (Asked("school.own_words", "In their own words", _OWN_WORDS),)),
    ),
)  # fmt: skip

_HEALTH = ReportKind(
    "health",
    "Seen by a health service",
    "What others need to know of an attendance, kept apart from what stays with health.",
    {"": "cairn.health.attendance.v1"},
    Names.ONE,
    Names.NONE,
    (
        Question("attended", "When were they seen?", (Asked("health_summary.attended", needed=True),)),
        Question("setting", "Where were they seen?", (Asked("health_summary.setting", "By"),)),
        Question(
            "summary",
            "What must others know, to keep them safe?",
            (Asked("health_summary.summary", needed=True),
             Asked("health_summary.injury", "Were they injured?"),
             Asked("health_summary.follow_up_planned", "Will they be seen again?")),
        ),
        Question("harms", "Which harm may it point to?", (Asked("health_summary.harms", hint=_HARMS),)),
        Question("medicines", "Which allergies and medicines?", (Asked("health_summary.allergies_and_medicines"),)),
        Question(
            "stays",
            "What stays with health?",
            (Asked("health_sensitive.detail", "Details for those who treat them"),
             Asked("health_sensitive.own_words", "In their own words", _OWN_WORDS)),
            "No agreement lets anybody else see this.",
        ),
    ),
    happened="health_summary.attended",
)  # fmt: skip

KINDS: Final[Mapping[str, ReportKind]] = MappingProxyType(
    {kind.slug: kind for kind in (_MISSING, _FOUND, _RETURN, _SCHOOL, _HEALTH, _CONTEXT, _INTELLIGENCE, _REFERRAL)}
)
"""What can be reported, in the order in which it is offered."""
