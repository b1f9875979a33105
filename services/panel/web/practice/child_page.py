"""A young person's page in words: who they are, what is happening, who and what goes with them, who has looked."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from schemas.classes import Form, Purpose, SubjectKind
from services.kernel.pages import Link, short_ref
from services.kernel.pages.times import time_words
from services.kernel.pages.words import class_words, operation_words, purpose_words, spaced
from services.panel.domain.held import TIMED, Opened, kind_of
from services.panel.domain.missing_clocks import Clock, Clocks, Episode, timed
from services.panel.projections.looks import Look
from services.panel.web.practice.called import Callings
from services.panel.web.practice.child_timeline import place
from services.panel.web.practice.chronology_page import unordered
from services.panel.web.practice.entries import Names, basis_words, entry_shown

_LOOKS_SHOWN = 20


@dataclass(frozen=True)
class Fact:
    """One thing of the header strip."""

    label: str
    value: str


@dataclass(frozen=True)
class Alert:
    """What matters now. `seconds` where it goes on while the page is open."""

    words: str
    tone: str
    """`red` for somebody who is missing or something overdue, `yellow` for what is due."""
    since: datetime | None = None
    seconds: float | None = None
    go_on: Link | None = None


@dataclass(frozen=True)
class Withheld:
    """A record of which the agency may know that it exists."""

    statement: str
    basis: str


@dataclass(frozen=True)
class Together:
    """Somebody or something that records name together with the young person."""

    words: str
    href: str | None
    kind: str
    """What they are, where their name does not say so."""
    how: Sequence[str]
    latest: datetime | None


@dataclass(frozen=True)
class LookShown:
    """One look of a colleague."""

    who: str
    at: datetime
    purpose: str
    what: str


@dataclass(frozen=True)
class Looks:
    """The latest looks, and how many there were before them."""

    shown: Sequence[LookShown]
    before: int


def alerts(
    episodes: Sequence[Episode], now: datetime, clocks: Clocks, read_for: Callable[[Purpose], str]
) -> list[Alert]:
    """What is happening now: missing, or a return discussion that is due. `read_for`: the page for a purpose."""
    if not episodes:
        return []
    latest = episodes[-1]
    if latest.told_for is not None:
        other = purpose_words(latest.told_for).lower()
        words = f"How this went on is told to your agency for {other}"
        return [Alert(words, "yellow", go_on=Link("Read it before you act", read_for(latest.told_for)))]
    if latest.is_open:
        since = latest.since or now
        return [Alert("Missing now", "red", since, (now - since).total_seconds())]
    stands = timed(latest, now, clocks)
    found = []
    if stands.offered in (Clock.OVERDUE, Clock.RUNNING) and stands.offered_due:
        found.append(_due("offer a return discussion", "offered", stands.offered, stands.offered_due))
    elif stands.completed in (Clock.OVERDUE, Clock.RUNNING) and stands.completed_due:
        found.append(_due("hold the return discussion", "held", stands.completed, stands.completed_due))
    return found


def _due(do: str, done: str, clock: Clock, due: datetime) -> Alert:
    if clock is Clock.OVERDUE:
        return Alert(f"Nobody has told your agency that a return discussion was {done}. Due {time_words(due)}", "red")
    return Alert(f"Time to {do}: by {time_words(due)}", "yellow")


def facts(name: str, records: Sequence[Opened], called: Callings, episodes: Sequence[Episode]) -> list[Fact]:
    """The header strip: only what records tell that the agency may read, the latest of each."""
    person = called.people.get(name)
    found: list[Fact | None] = []
    if person is not None:
        found.append(Fact("Full name", person.full_name) if person.full_name != person.words else None)
        found.append(Fact("Pronouns", person.pronouns) if person.pronouns else None)
    found.append(_latest("Lives in", "address", "placement", records, name))
    found.append(_latest("School", "school", "school", records, name))
    found.append(_latest("Lead professional", "decision", "lead_professional", records, name))
    if episodes and episodes[-1].found is not None:
        found.append(Fact("Last back from being missing", time_words(episodes[-1].found)))
    return [fact for fact in found if fact is not None]


def _latest(label: str, section: str, field: str, records: Sequence[Opened], name: str) -> Fact | None:
    """The latest thing that was told of somebody alone; what is about several might be about another."""
    told = [
        record
        for record in records
        if record.held.section == section
        and record.held.form in TIMED
        and list(record.held.rendering.about.values()) == [name]
        and record.content.get(field)
    ]
    if not told:
        return None
    value = str(max(told, key=place).content[field])
    return Fact(label, spaced(value) if value.isidentifier() and value.islower() else value)


def withheld(records: Sequence[Opened], names: Names) -> list[Withheld]:
    """What exists and may be known to exist; of what else is withheld nothing is said, not even that there is none."""
    found = [record for record in records if record.held.form is Form.EXISTENCE]
    return [
        Withheld(
            entry_shown(one, names).statement or "",
            basis_words(one.held.form, one.held.agreements, names.agreements),
        )
        for one in sorted(found, key=unordered)
    ]


def together(name: str, records: Sequence[Opened], called: Callings, hrefs: Mapping[str, str]) -> list[Together]:
    """Whom and what records in full name together with the young person; a link is what was observed, and no label."""
    found: dict[str, list[Opened]] = {}
    kinds: dict[str, SubjectKind] = {}
    for record in records:
        if record.held.form in TIMED:
            for ref, other in record.held.rendering.about.items():
                kind = kind_of(ref)
                if other != name and kind is not None:
                    found.setdefault(other, []).append(record)
                    kinds[other] = kind
    shown = [
        Together(
            called.words(other),
            hrefs.get(other),
            _KINDS[kinds[other]] if called.is_named(other) else "",
            sorted({class_words(record.held.data_class) for record in told}),
            max(record.held.occurred for record in told),
        )
        for other, told in sorted(found.items())
    ]
    return sorted(shown, key=lambda one: (one.href is None, one.words))


_KINDS: Final[Mapping[SubjectKind, str]] = {
    SubjectKind.YOUNG_PERSON: "Young person",
    SubjectKind.ADULT: "Adult",
    SubjectKind.CONTEXT: "Place or group",
}


def looks_shown(looks: Sequence[Look]) -> Looks:
    """The latest looks of the agency's own practitioners."""
    ordered = sorted(looks, key=lambda one: (one.at, one.practitioner, one.operation, one.purpose, one.records))[::-1]
    shown = [
        LookShown(
            (one.practitioner.partition("/")[2] or one.practitioner).replace("-", " "),
            one.at,
            purpose_words(one.purpose),
            f"{operation_words(one.operation)}, {one.records} record{'' if one.records == 1 else 's'} of these",
        )
        for one in ordered[:_LOOKS_SHOWN]
    ]
    return Looks(shown, max(0, len(looks) - _LOOKS_SHOWN))


def heading(name: str, called: Callings) -> str:
    """What the page calls the young person."""
    return called.words(name) if name in called.people else f"Young person {short_ref(name)}"
