"""What is asked before a discussion is closed, under its headings, and the closing that the answers make."""

from collections.abc import Mapping, Sequence
from typing import Final

from pydantic import TypeAdapter, ValidationError

from schemas.identifiers import CHECKS, Identifier
from schemas.reports.codes import Agency
from schemas.reports.decision import STATUTORY, Outcome
from services.kernel.pages import FieldError
from services.panel.domain.ird_closing import Closing
from services.panel.domain.prompts import QUESTIONS, Given, Prompt, PromptAnswer
from services.panel.web.room.answers import Answers, NotGiven, Question, Shape
from services.panel.web.room.wording import GIVEN, codes

YOUNG_PEOPLE_MAX: Final = 50
OUTCOMES: Final[Mapping[str, str]] = {
    Outcome.PASS_TO_NAMED_PERSON: "Pass to the named person",
    Outcome.NAMED_PERSON_ARRANGES_SUPPORT: "The named person arranges support",
    Outcome.FURTHER_ENQUIRIES: "Further enquiries",
    Outcome.CONVENE_CASE_DISCUSSION: "Convene a case discussion",
    Outcome.INVESTIGATION_SINGLE_AGENCY: "One agency investigates",
    Outcome.INVESTIGATION_JOINT: "Agencies investigate together",
    Outcome.CHILD_PROTECTION_PLANNING_MEETING: "Child protection planning meeting",
    Outcome.VULNERABLE_YOUNG_PERSONS_PROTOCOL: "Vulnerable young persons protocol",
    Outcome.NO_FURTHER_ACTION: "No further action",
    Outcome.REFER_CHILD_TO_EFH_PANEL: "Refer a young person to the panel",
    Outcome.REFER_GROUP_TO_EFH_PANEL: "Refer a group to the panel",
    Outcome.REFER_PLACE_TO_EFH_PANEL: "Refer a place to the panel",
    Outcome.REFER_SCHOOL_TO_EFH_PANEL: "Refer a school to the panel",
    Outcome.REFER_ONLINE_SPACE_TO_EFH_PANEL: "Refer an online space to the panel",
}
TAKING_PART: Final[Mapping[str, str]] = {
    Agency.SOCIAL_WORK: "Social work",
    Agency.POLICE: "Police",
    Agency.HEALTH: "Health",
    Agency.EDUCATION: "Education",
    Agency.RESIDENTIAL_CARE: "Residential care",
    Agency.THIRD_SECTOR: "Third sector",
    Agency.YOUTH_WORK: "Youth work",
    Agency.REPORTER: "Children’s Reporter",
    Agency.OTHER: "Another agency",
}
_MUST: Final = tuple(agency for agency in Agency if agency in STATUTORY)
_NUMBER: TypeAdapter[str] = TypeAdapter(Identifier)


def _absent(agency: Agency) -> str:
    return f"absent-{agency.value}"


GROUPS: Final[Sequence[tuple[str, str, Sequence[Question]]]] = (
    ("Whom it was about", "", (
        Question("young_people", "Which young people?", Shape.TEXT,
                 "One on each line, by a number that agencies know them by, with its kind in front: chi 5503111230, "
                 "or swis 4711. Several numbers of one young person are separated by commas."),
    )),
    ("Who took part", "Police, social work and health take part in every discussion. Where one did not, say why.", (
        Question("took_part", "Who was there?", Shape.CHOICES, options=codes(TAKING_PART), needed=False),
        *(Question(_absent(agency), f"If not {TAKING_PART[agency].lower()}: why?", Shape.LINE, needed=False)
          for agency in _MUST),
    )),
    ("How it ended", "", (
        Question("outcome", "What was decided?", Shape.SELECT, options=codes(OUTCOMES)),
        Question("reasons", "Why?", Shape.TEXT, "In words that a young person could read about themselves."),
        Question("lead_professional", "Who is the lead professional?", Shape.LINE, "A role and a team."),
        Question("dissent", "Did anybody see it differently?", Shape.TEXT, "Who, and how.", needed=False),
    )),
    ("What the young people say", "Give their words, or say why there are none.", (
        Question("young_persons_view", "In their own words", Shape.TEXT, needed=False),
        Question("no_view_because", "Or: why are there none?", Shape.TEXT, needed=False),
    )),
    ("Questions of quality", "Answer each, or skip it and say why.", tuple(
        question
        for prompt, words in QUESTIONS.items()
        for question in (
            Question(prompt.value, words, Shape.SELECT, options=codes(GIVEN)),
            Question(f"{prompt.value}_why", "Why, if it is skipped?", Shape.LINE, needed=False),
        )
    )),
)  # fmt: skip
ALL: Final = tuple(question for _, _, group in GROUPS for question in group)
REFUSED: Final[Mapping[str, FieldError]] = {
    **{agency.value: FieldError(_absent(agency), f"{TAKING_PART[agency]}: record that it took part, or say why not")
       for agency in _MUST},
    "young_persons_view": FieldError("young_persons_view", "What the young people say: give their words, or say why "
                                                           "there are none"),
    **{prompt.value: FieldError(prompt.value, f"{words.rstrip('?')}: answer, or skip it and say why")
       for prompt, words in QUESTIONS.items()},
}  # fmt: skip
"""What is said where the discussion cannot be closed without it."""


def closing_in(said: Answers) -> tuple[list[list[str]], Closing]:
    """Whom it was about, and how it ended. Raises NotGiven."""
    young_people = people_in(said.lines("young_people"))
    outcome = said.chosen("outcome", Outcome)
    absent = {agency: why for agency in _MUST if (why := said.text(_absent(agency)))}
    given = {prompt: (said.chosen(prompt.value, Given), said.text(f"{prompt.value}_why")) for prompt in Prompt}
    closing = Closing(
        outcome=outcome or Outcome.NO_FURTHER_ACTION,
        took_part=frozenset(Agency(code) for code in said.many("took_part")),
        reasons=said.text("reasons"),
        lead_professional=said.text("lead_professional"),
        not_taken_part=absent,
        young_persons_view=said.text("young_persons_view") or None,
        no_view_because=said.text("no_view_because") or None,
        dissent=said.text("dissent") or None,
        prompts={prompt: PromptAnswer(answer, why or None) for prompt, (answer, why) in given.items() if answer},
    )
    said.check()
    return young_people, closing


def people_in(lines: Sequence[str]) -> list[list[str]]:
    """The numbers of each young person, one line each. Raises NotGiven for what can be nobody's number."""
    people = [[_number(n, one) for one in line.split(",") if one.strip()] for n, line in enumerate(lines, start=1)]
    if len(people) > YOUNG_PEOPLE_MAX:
        raise NotGiven([FieldError("young_people", f"Which young people: give at most {YOUNG_PEOPLE_MAX}")])
    return [list(dict.fromkeys(numbers)) for numbers in people if numbers]


def _number(line: int, written: str) -> str:
    kind, _, value = written.strip().replace("|", " ", 1).partition(" ")
    system = kind.lower()
    value = "".join(value.split()).upper() if system in CHECKS else value.strip()
    try:
        return _NUMBER.validate_python(f"{system}|{value}")
    except ValidationError:
        words = "the kind of number and the number, such as chi 5503111230; check that each digit is right"
        raise NotGiven([FieldError("young_people", f"Which young people, line {line}: give {words}")]) from None
