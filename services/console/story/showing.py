"""Showing: what a step changed, agency by agency, in the words that people use for forms and kinds of records."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from schemas.classes import Form
from services.console.story.changes import Change, Counts
from services.console.story.telling import Told
from services.kernel.pages.signing_in import DemoPerson, PeopleGroup
from services.kernel.pages.words import CLASSES, class_words, purpose_words


@dataclass(frozen=True)
class Line:
    """One thing that is different: a form or a short word, and which records."""

    words: str
    form: Form | None = None
    label: str | None = None


@dataclass(frozen=True)
class AgencyChange:
    """What is different for one agency, and whom one can be to see it."""

    agency: str
    lines: Sequence[Line]
    people: Sequence[DemoPerson]


@dataclass(frozen=True)
class StepShown:
    """A step that was told."""

    id: str
    number: int
    title: str
    words: str
    at: datetime
    changes: Sequence[AgencyChange]
    unchanged: str
    """The agencies for which nothing is different, as a list in words."""


def shown(told: Told, number: int, groups: Sequence[PeopleGroup], names: Mapping[str, str]) -> StepShown:
    """A step as the page has it. `names` is partner id -> what people call it."""
    by_partner: dict[str, list[DemoPerson]] = {}
    for group in groups:
        for person in group.people:
            by_partner.setdefault(person.partner, []).append(person)
    order = [partner for partner in by_partner if partner in names]
    changed = [partner for partner in order if partner in told.changes]
    rest = [names[partner] for partner in order if partner not in told.changes]
    return StepShown(
        id=told.step.id,
        number=number,
        title=told.step.title,
        words=told.step.words,
        at=told.at,
        changes=[
            AgencyChange(names[partner], _lines(told.changes[partner]), by_partner[partner]) for partner in changed
        ],
        unchanged=_listed(rest),
    )


def _lines(change: Change) -> list[Line]:
    lines = [Line(_counted(counts), Form(form)) for form, counts in _generous_first(change.new)]
    lines += [Line(_counted(counts), Form(form), "Now") for form, counts in _generous_first(change.other)]
    if change.gone:
        lines.append(Line(_counted(change.gone), label="No longer"))
    lines += [Line(_task(kind, count), label="New") for kind, count in change.tasks.items()]
    if change.asked:
        had_for = _listed([purpose_words(purpose).lower() for purpose in change.asked_for])
        lines.append(Line(f"to remove what it copied of {_records(change.asked)} for {had_for}", label="Asked"))
    if change.answered:
        lines.append(Line(f"that what it copied of {_records(change.answered)} is removed", label="Confirmed"))
    return lines


_TASKS = {
    "context proposed": ("1 place that separate reports point to", "places that separate reports point to"),
    "context open": ("1 place that a person has confirmed", "places that a person has confirmed"),
    "referral received": ("1 referral to hear", "referrals to hear"),
    "referral decided": ("1 referral that is decided", "referrals that are decided"),
    "meeting": ("1 meeting", "meetings"),
    "action": ("1 action to do", "actions to do"),
}
"""Kind of thing in the panel's room -> one of them, and several."""


def _task(kind: str, count: int) -> str:
    one, several = _TASKS.get(kind, (f"1 {_plain(kind)}", _plain(kind)))
    return one if count == 1 else f"{count} {several}"


def _plain(kind: str) -> str:
    return kind.replace("_", " ")


def _generous_first(counts: Mapping[str, Counts]) -> list[tuple[str, Counts]]:
    return sorted(counts.items(), key=lambda each: -Form(each[0]).generosity)


def _counted(counts: Counts) -> str:
    """`Missing episode (2), Companions while missing`."""
    order = list(CLASSES)
    told = sorted(counts.items(), key=lambda each: order.index(each[0]) if each[0] in order else len(order))
    each = [(class_words(data_class), count) for data_class, count in told]
    return ", ".join(f"{words} ({count})" if count > 1 else words for words, count in each)


def _records(count: int) -> str:
    return f"{count} records" if count > 1 else "1 record"


def _listed(names: Sequence[str]) -> str:
    return f"{', '.join(names[:-1])} and {names[-1]}" if len(names) > 1 else "".join(names)
