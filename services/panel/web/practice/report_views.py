"""The pages of a report: what each asks, what was answered, and the whole of it for a last look."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from services.kernel.pages.times import day_words, time_words
from services.panel.application.drafts import Draft
from services.panel.web.practice.report_fields import Answers, Shape, Shaped, answer_words, shaped
from services.panel.web.practice.report_naming import (
    HOW_NAMED,
    NUMBERS_OF_ONE,
    SYSTEMS,
    person_inputs,
    person_of,
    person_words,
)
from services.panel.web.practice.report_questions import KINDS, Names, ReportKind
from services.panel.web.practice.report_writing import Step, Written, people_in, steps

_NOT_ANSWERED = "Not answered"


@dataclass(frozen=True)
class StepPage:
    """One page that asks something; `inputs` are the names of all that it sends."""

    slug: str
    title: str
    hint: str | None
    fields: Sequence[Shaped]
    inputs: Sequence[str]
    person: int | None = None
    systems: Sequence[object] = SYSTEMS
    numbers: Sequence[int] = tuple(range(1, NUMBERS_OF_ONE + 1))
    how_named: Sequence[tuple[str, str]] = HOW_NAMED


@dataclass(frozen=True)
class PersonRow:
    """A young person of the report, as whoever writes it named them."""

    number: int
    lines: Sequence[str]
    wrong: bool


@dataclass(frozen=True)
class CheckRow:
    """What was asked, what was answered, and where to change it. `long` where it is what somebody wrote."""

    label: str
    value: str
    change: str
    long: bool = False
    quote: bool = False
    missing: bool = False


@dataclass(frozen=True)
class CheckGroup:
    """The answers of one page; `headed` where its rows do not say by themselves what was asked."""

    title: str
    headed: bool
    rows: Sequence[CheckRow]


@dataclass(frozen=True)
class DraftRow:
    """A report that was begun or sent."""

    draft: str
    title: str
    saved: str
    until: str
    receipt: str | None
    to_look_at: int


def page_of_step(step: Step, kind: ReportKind) -> StepPage:
    """What a page asks."""
    question = step.question
    if question is not None:
        fields = [shaped(kind, asked) for asked in question.fields]
        inputs = [name for asked in fields for name in asked.inputs]
        return StepPage(step.slug, question.title, question.hint, fields, inputs)
    if step.slug == "place":
        hint = "Name it as people there do, so that reports about it come together. Never name a home."
        hint += "" if step.names is Names.ONE else " Leave it open if it is about no place."
        return StepPage(step.slug, "Which place is it about?", hint, (), ("place.how", "place.value"))
    if step.slug == "people":
        title = "Who is it about?" if step.names is Names.SOME else "Is it about young people you can name?"
        return StepPage(step.slug, title, None, (), ())
    number = int(step.slug.removeprefix("person-"))
    title = "Which young person is it about?" if kind.people is Names.ONE else f"Young person {number}"
    hint = "Give a number by which an agency knows them. Nobody is told whether the hub knew them before."
    return StepPage(step.slug, title, hint, (), person_inputs(number), number)


def people_rows(answers: Answers, now: datetime) -> list[PersonRow]:
    """The young people of a report."""
    rows = []
    for number in people_in(answers):
        person, wrong = person_of(number, answers, now)
        rows.append(PersonRow(number, person_words(person) if person else [], bool(wrong) or person is None))
    return rows


def check_rows(kind: ReportKind, answers: Answers, written: Written, at: Callable[[str], str]) -> list[CheckGroup]:
    """Everything that was asked, page by page, with its title."""
    wrong = {one.step for one in written.wrong}
    groups: list[CheckGroup] = []
    for step in steps(kind, answers):
        if step.question is None:
            groups.append(CheckGroup(page_of_step(step, kind).title, False, _named(step, written, at, wrong)))
            continue
        fields = [shaped(kind, asked) for asked in step.question.fields]
        alone = len(fields) == 1
        rows = [_row(asked, step, written, at, alone) for asked in fields]
        said = [row for row in rows if row.value != _NOT_ANSWERED or row.missing]
        empty = [CheckRow(step.question.title, _NOT_ANSWERED, at(step.slug), missing=step.slug in wrong)]
        groups.append(CheckGroup(step.question.title, bool(said) and not alone, said or empty))
    return groups


def _row(asked: Shaped, step: Step, written: Written, at: Callable[[str], str], alone: bool) -> CheckRow:
    value = written.values.get(asked.name)
    broken = any(one.input.startswith(asked.name) for one in written.wrong)
    return CheckRow(
        step.question.title if alone and step.question else asked.label,
        _NOT_ANSWERED if value is None else answer_words(asked, value),
        at(step.slug),
        long=asked.shape is Shape.TEXT,
        quote=asked.quote,
        missing=broken,
    )


def _named(step: Step, written: Written, at: Callable[[str], str], wrong: set[str]) -> list[CheckRow]:
    title = "Young person"
    if step.slug == "place":
        place = written.data.get("contexts", {}).get("place")
        value = next(iter(place.values())) if place else _NOT_ANSWERED
        return [CheckRow("Place", value, at("place"), missing="place" in wrong)]
    people = written.data.get("people", {})
    rows = [
        CheckRow(
            title,
            "\n".join((*person_words(person), *([f"Born {_born(person['born'])}"] if "born" in person else []))),
            at(f"person-{name.removeprefix('k')}"),
        )
        for name, person in people.items()
    ]
    unfit = sorted(slug for slug in wrong if slug.startswith("person-"))
    rows += [CheckRow(title, "Not complete", at(slug), missing=True) for slug in unfit]
    return rows or [CheckRow(title, _NOT_ANSWERED, at(step.slug), missing=step.slug in wrong)]


def _born(day: str) -> str:
    return day_words(datetime.fromisoformat(day).date())


def draft_rows(kept: Sequence[Draft]) -> list[DraftRow]:
    """The reports that a practitioner began, or sent."""
    rows = []
    for one in kept:
        kind = KINDS.get(one.content["kind"])
        sent = one.content.get("sent", {})
        rows.append(
            DraftRow(
                one.draft,
                kind.title if kind else "A report",
                time_words(one.saved),
                day_words(one.expires),
                sent.get("receipt"),
                len(sent.get("prompts", ())),
            )
        )
    return rows
