"""Places and times: where and when things happen to young people, counted from the records of one agency.

What is counted can lead back to one young person, so a small number is said to be small and no more. A record whose
form gives no time has none here either.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Final

from schemas.classes import DataClass, Form, SubjectKind
from services.panel.domain.held import TIMED, Opened, kind_of
from services.panel.domain.local_time import LONDON

SMALL: Final = 5
"""A number above nothing and below this is suppressed."""


class What(StrEnum):
    """What is counted by its time."""

    EVERYTHING = "everything"
    WENT_MISSING = "went_missing"
    FOUND = "found"
    AT_A_PLACE = "at_a_place"


@dataclass(frozen=True)
class Count:
    """How many; None where there are some, and so few that the number is not said."""

    said: int | None

    @classmethod
    def of(cls, number: int) -> "Count":
        """The count as it may be said."""
        return cls(None if 0 < number < SMALL else number)


@dataclass(frozen=True)
class Place:
    """A place, group or online space as records describe it."""

    label: str
    kind: str | None
    reports: Count
    from_agencies: Sequence[str]
    when: Sequence[str]
    """When, in the words of the reports: a band of hours, and on which days."""
    asks: Sequence[str]
    reference: str | None = None
    """The agency's own name for it, where it was given one."""
    last: date | None = None
    """The day of the last report that gives a time."""


@dataclass(frozen=True)
class Tally:
    """How many reports tell of a place, by whom, and the day of the last that tells it."""

    place: str
    reports: int
    by: tuple[str, ...]
    last: date | None = None


@dataclass
class _Said:
    """What records say of one place."""

    labels: list[str] = field(default_factory=list)
    kinds: list[str] = field(default_factory=list)
    when: set[str] = field(default_factory=set)
    asks: set[str] = field(default_factory=set)

    def add(self, content: Mapping[str, Any]) -> None:
        """What one record says."""
        when = " ".join(str(content[name]).replace("_", " ") for name in ("time_band", "days") if content.get(name))
        self.when |= {when} - {""}
        self.asks |= {str(content.get("ask") or "")} - {""}
        self.labels += [described] if (described := _described(content)) else []
        self.kinds += [str(content["kind"])] if content.get("kind") else []


def calendar(told: Iterable[tuple[date, int, int]]) -> list[list[Count]]:
    """Hour -> weekday (Monday first) -> how many; of each day and hour, in local time, it is told how many."""
    counted: Counter[tuple[int, int]] = Counter()
    for day, hour, number in told:
        counted[hour, day.weekday()] += number
    return [[Count.of(counted[hour, weekday]) for weekday in range(7)] for hour in range(24)]


def hours(instants: Iterable[datetime], first: date | None, last: date | None) -> Iterator[tuple[date, int, int]]:
    """Each instant of these days as its day and hour in London, once."""
    for instant in instants:
        local = instant.astimezone(LONDON)
        if (first is None or first <= local.date()) and (last is None or local.date() <= last):
            yield local.date(), local.hour, 1


def instants(records: Iterable[Opened], what: What) -> list[datetime]:
    """When each thing of a kind happened, once, however many records say so."""
    timed = [one for one in records if one.held.form in TIMED]
    if what is What.AT_A_PLACE:
        at_places = [one for one in timed if one.held.data_class == DataClass.CONTEXT]
        return list({one.held.report: _stated(one, "observed") or one.held.occurred for one in at_places}.values())
    stated = {What.WENT_MISSING: "since", What.FOUND: "found"}.get(what, "")
    told = [(one, _stated(one, stated)) for one in timed if one.held.data_class == DataClass.MISSING]
    return [at for _, at in {(young, at) for one, at in told if at for young in one.held.rendering.about.values()}]


def _stated(record: Opened, name: str) -> datetime | None:
    value = record.content.get(name)
    try:
        found = datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None
    return found if found is not None and found.tzinfo is not None else None


def most_told(tallies: Iterable[Tally]) -> list[Tally]:
    """The places of which most is told first; a small number orders nothing."""
    return sorted(tallies, key=lambda one: (-(Count.of(one.reports).said or 0), one.place))


def places(tallies: Iterable[Tally], records: Iterable[Opened]) -> list[Place]:
    """The places that are counted, as these records describe them, and those that records describe and do not name."""
    told = [one for one in records if one.held.data_class == DataClass.CONTEXT and one.content and not one.erased]
    said: dict[str, _Said] = defaultdict(_Said)
    unnamed: dict[str, list[Opened]] = defaultdict(list)
    for record in sorted(told, key=lambda one: one.held.rendering.reference):
        names = [name for ref, name in record.held.rendering.about.items() if kind_of(ref) is SubjectKind.CONTEXT]
        for name in names:
            said[name].add(record.content)
        if not names and record.held.form is not Form.EXISTENCE:
            unnamed[_described(record.content)].append(record)
    listed = [_place(one, said[one.place]) for one in tallies]
    listed += [_place_unnamed(together) for together in unnamed.values()]
    return sorted(listed, key=lambda one: (-(one.reports.said or 0), one.label.casefold(), one.reference or ""))


def _described(content: Mapping[str, object]) -> str:
    words = [str(content[name]).replace("_", " ") for name in ("location_band", "spot") if content.get(name)]
    return ", ".join(words).capitalize()


def _place(tally: Tally, said: _Said) -> Place:
    return Place(
        label=_most_said(said.labels) or "A place that is not described",
        kind=_most_said(said.kinds),
        reports=Count.of(tally.reports),
        from_agencies=tally.by,
        when=sorted(said.when),
        asks=sorted(said.asks - {"nothing_yet"}),
        reference=tally.place or None,
        last=tally.last,
    )


def _place_unnamed(together: Sequence[Opened]) -> Place:
    """What is described in the same words; only a form that tells no time leaves out a place's name."""
    said = _Said()
    for record in together:
        said.add(record.content)
    by = tuple(sorted({record.held.by for record in together}))
    return _place(Tally("", len({record.held.rendering.reference for record in together}), by), said)


def _most_said(words: Sequence[str]) -> str | None:
    """What is said most often, the first by alphabet of those said as often."""
    counted = Counter(words)
    return min(counted, key=lambda word: (-counted[word], word), default=None)
