"""Writing a report from what was answered page by page: its steps, its event, and what is still wrong with it."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from pydantic import ValidationError

from schemas.envelope import source_of
from schemas.reports import REPORT_TYPES
from services.kernel.pages.times import LONDON
from services.panel.web.practice.report_fields import Answers, Shaped, Unfit, meant, shaped
from services.panel.web.practice.report_naming import PEOPLE_MAX, person_inputs, person_of, place_of
from services.panel.web.practice.report_questions import OUTCOME, Names, Question, ReportKind

_OF_PEOPLE: Final = frozenset({"refer_child_to_efh_panel", "refer_group_to_efh_panel"})


@dataclass(frozen=True)
class Step:
    """One page of the way: a question, a young person, those there are, or the place."""

    slug: str
    question: Question | None = None
    names: Names = Names.NONE
    """How many young people, or places, it asks for."""


@dataclass(frozen=True)
class Wrong:
    """What is wrong: on which page, at which input, and what to do."""

    step: str
    input: str
    words: str


@dataclass
class Written:
    """A report as far as it was written."""

    type: str | None = None
    data: dict[str, Any] = field(default_factory=dict)
    happened: str | None = None
    values: dict[str, Any] = field(default_factory=dict)
    """Field -> what was meant."""
    wrong: list[Wrong] = field(default_factory=list)

    def event(self, event: str, agency: str, now: datetime) -> dict[str, Any]:
        """The report as intake takes it."""
        return {
            "specversion": "1.0",
            "id": event,
            "source": source_of(agency),
            "type": self.type,
            "time": self.happened or now.astimezone(LONDON).isoformat(timespec="seconds"),
            "datacontenttype": "application/json",
            "dataclassification": "official-sensitive",
            "data": self.data,
        }


def people_in(answers: Answers) -> list[int]:
    """The numbers of the young people about whom anything was said."""
    return [
        number
        for number in range(1, PEOPLE_MAX + 1)
        if any("".join(answers.get(name, ())).strip() for name in person_inputs(number) if ".system" not in name)
    ]


def steps(kind: ReportKind, answers: Answers) -> list[Step]:
    """The pages of a kind of report, in order, with those that the answers so far make worth asking."""
    asked = [Step(question.slug, question) for question in kind.questions if _is_worth_asking(question, answers)]
    named = []
    if kind.people is Names.ONE:
        named.append(Step("person-1"))
    elif kind.people is not Names.NONE:
        named.append(Step("people", names=_people_asked(kind, answers)))
    if kind.place is not Names.NONE:
        named.append(Step("place", names=_place_asked(kind, answers)))
    return [*asked[: kind.opens_with], *named, *asked[kind.opens_with :]]


def _people_asked(kind: ReportKind, answers: Answers) -> Names:
    """How many young people it must name, by what the panel is asked to look at."""
    of_people = _OF_PEOPLE.intersection(answers.get(OUTCOME, ()))
    return Names.SOME if kind.people is Names.MAYBE and of_people else kind.people


def _place_asked(kind: ReportKind, answers: Answers) -> Names:
    """Whether it must name a place, by what the panel is asked to look at."""
    of_places = set(answers.get(OUTCOME, ())) - _OF_PEOPLE
    return Names.ONE if kind.place is Names.MAYBE and of_places else kind.place


def _is_worth_asking(question: Question, answers: Answers) -> bool:
    if question.when is None:
        return True
    name, those = question.when
    return next(iter(answers.get(name, ())), "") in those


def write(kind: ReportKind, answers: Answers, now: datetime) -> Written:
    """The report that the answers make, whole or not."""
    written = Written()
    people = _people(kind, answers, now, written)
    place = _place(kind, answers, written)
    for step, asked in _asked(kind, answers):
        try:
            value = meant(asked, answers, now)
        except Unfit as unfit:
            written.wrong.append(Wrong(step, f"{asked.name}{unfit.part}", unfit.words))
            continue
        if value is not None:
            written.values[asked.name] = value
        elif asked.needed:
            written.wrong.append(Wrong(step, asked.inputs[0], f"The report needs this: {_asks(kind, step, asked)}"))
    decided = str(written.values.get(kind.decided_by, "")) if kind.decided_by else ""
    written.type = kind.types.get(decided)
    written.happened = written.values.get(kind.happened) if kind.happened else None
    _lay_out(kind, written, people, place)
    if not written.wrong and written.type is not None:
        written.wrong += _broken(kind, answers, written)
    return written


def step_of(kind: ReportKind, answers: Answers, pointer: Sequence[str | int]) -> Wrong | None:
    """Where to put right what a schema or intake points to, such as `missing`, `each`, `k1`, `clothing`."""
    parts = [str(part) for part in pointer if not str(part).startswith("k") or not str(part)[1:].isdigit()]
    for step, asked in _asked(kind, answers):
        path = asked.name.split(".")
        if parts[: len(path)] == path:
            return Wrong(step, asked.inputs[0], "")
    if parts[:1] == ["people"]:
        return Wrong("person-1" if kind.people is Names.ONE else "people", "person1.number1", "")
    return Wrong("place", "place.value", "") if parts[:1] == ["contexts"] else None


def _asked(kind: ReportKind, answers: Answers) -> Iterator[tuple[str, Shaped]]:
    for step in steps(kind, answers):
        for asked in step.question.fields if step.question else ():
            yield step.slug, shaped(kind, asked)


def _asks(kind: ReportKind, slug: str, asked: Shaped) -> str:
    question = next(question for question in kind.questions if question.slug == slug)
    return question.title if len(question.fields) == 1 else asked.label


def _people(kind: ReportKind, answers: Answers, now: datetime, written: Written) -> dict[str, dict[str, Any]]:
    if kind.people is Names.NONE:
        return {}
    found = {}
    for number in people_in(answers)[: 1 if kind.people is Names.ONE else None]:
        person, wrong = person_of(number, answers, now)
        written.wrong += [Wrong(f"person-{number}", name, words) for name, words in wrong]
        if person is not None:
            found[f"k{number}"] = person
    if _people_asked(kind, answers) is not Names.MAYBE and not found and not written.wrong:
        written.wrong.append(Wrong("person-1", "person1.system1", "Say which young person it is about"))
    return found


def _place(kind: ReportKind, answers: Answers, written: Written) -> dict[str, str] | None:
    if kind.place is Names.NONE:
        return None
    place, wrong = place_of(answers)
    written.wrong += [Wrong("place", name, words) for name, words in wrong]
    if place is None and not wrong and _place_asked(kind, answers) is Names.ONE:
        written.wrong.append(Wrong("place", "place.value", "Say which place it is about"))
    return place


def _lay_out(
    kind: ReportKind, written: Written, people: Mapping[str, dict[str, Any]], place: Mapping[str, str] | None
) -> None:
    """Put the answers into sections, each about the people or the place."""
    sections: dict[str, dict[str, Any]] = {}
    for name, value in {**kind.fixed, **written.values}.items():
        section, _, key = name.partition(".")
        content = sections.setdefault(section, {})
        if key.startswith("each."):
            content.setdefault("each", {}).setdefault("k1", {})[key.removeprefix("each.")] = value
        else:
            content[key] = value
    if "carer_risk_level" in sections.get("missing", {}):
        sections["missing"]["risk_scheme"] = "scotland"
    if kind.slug == "place":
        sections.setdefault("context", {})
    data: dict[str, Any] = {"people": dict(people)} if people else {}
    if place is not None:
        data |= {"contexts": {"place": dict(place)}, "about_contexts": ["place"]}
    for section, content in sections.items():
        if place is None and section == "context":
            continue
        about = ["place"] if section == "context" or (place is not None and not people) else list(people)
        data[section] = {"about": about, **content}
    if people and not any(set(people) & set(content["about"]) for name, content in data.items() if name in sections):
        data["present"] = list(people)
    if not people and place is None and not written.wrong:
        step = "people" if kind.people is not Names.NONE else "place"
        written.wrong.append(Wrong(step, "person1.system1", "Say which young person or place it is about"))
    written.data = data


def _broken(kind: ReportKind, answers: Answers, written: Written) -> Iterator[Wrong]:
    """What the schema of the type says against it."""
    try:
        REPORT_TYPES[str(written.type)].model_validate_json(json.dumps(written.data))
    except ValidationError as error:
        for each in error.errors(include_url=False, include_context=False, include_input=False):
            place = step_of(kind, answers, each["loc"]) or Wrong(kind.questions[0].slug, "", "")
            yield Wrong(place.step, place.input, "This does not fit with the other answers: change it")
