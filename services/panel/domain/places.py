"""Places and times: where and when things happen to young people, counted from the records of one agency.

What is counted can lead back to one young person, so a small number is said to be small and no more. A record whose
form gives no time has none here either.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Final

from schemas.classes import DataClass, Form, SubjectKind
from services.panel.domain.held import TIMED, Held, Opened, kind_of
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


@dataclass
class _Gathered:
    """What was read about one place so far."""

    reports: set[str] = field(default_factory=set)
    agencies: set[str] = field(default_factory=set)
    when: set[str] = field(default_factory=set)
    asks: set[str] = field(default_factory=set)
    labels: list[str] = field(default_factory=list)
    kinds: list[str] = field(default_factory=list)
    days: list[date] = field(default_factory=list)


def is_within(held: Held, first: date | None, last: date | None) -> bool:
    """Whether a record is of these days; what has no day in its form is of any."""
    if held.form in TIMED:
        day = held.occurred.astimezone(LONDON).date()
    elif held.form is Form.PSEUDONYMISED:
        day = held.occurred.date()
    else:
        return True
    return (first is None or first <= day) and (last is None or day <= last)


def calendar(instants: Iterable[datetime], first: date | None, last: date | None) -> list[list[Count]]:
    """Hour -> weekday (Monday first) -> how many, in London's time, from one day to another."""
    counted: Counter[tuple[int, int]] = Counter()
    for instant in instants:
        local = instant.astimezone(LONDON)
        if (first is None or first <= local.date()) and (last is None or local.date() <= last):
            counted[local.hour, local.weekday()] += 1
    return [[Count.of(counted[hour, weekday]) for weekday in range(7)] for hour in range(24)]


def instants(records: Iterable[Opened], what: What) -> Iterator[datetime]:
    """When each thing of a kind happened, once, however many records say so."""
    timed = [one for one in records if one.held.form in TIMED]
    match what:
        case What.AT_A_PLACE:
            places = [one for one in timed if one.held.data_class == DataClass.CONTEXT]
            yield from {one.held.report: _stated(one, "observed") or one.held.occurred for one in places}.values()
        case What.WENT_MISSING:
            yield from (instant for _, instant in set(_of_young_people(timed, "since")))
        case What.FOUND:
            yield from (instant for _, instant in set(_of_young_people(timed, "found")))


def _of_young_people(timed: Iterable[Opened], name: str) -> Iterator[tuple[str, datetime]]:
    """Each young person with an instant that a missing episode states, as often as reports repeat it."""
    for one in timed:
        instant = _stated(one, name) if one.held.data_class == DataClass.MISSING else None
        if instant is not None:
            yield from ((young, instant) for young in one.held.rendering.about.values())


def _stated(record: Opened, name: str) -> datetime | None:
    value = record.content.get(name)
    try:
        found = datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None
    return found if found is not None and found.tzinfo is not None else None


def places(records: Iterable[Opened]) -> list[Place]:
    """The places that records are about, those with more reports first; a small number orders nothing."""
    found: dict[tuple[str, str], _Gathered] = {}
    told = [one for one in records if one.held.data_class == DataClass.CONTEXT and one.content and not one.erased]
    for record in sorted(
        (one for one in told if one.held.form is not Form.EXISTENCE), key=lambda one: one.held.rendering.reference
    ):
        for key in _keys(record):
            _gather(found.setdefault(key, _Gathered()), record)
    listed = [_place(key, gathered) for key, gathered in found.items()]
    return sorted(listed, key=lambda one: (-(one.reports.said or 0), one.label.casefold(), one.reference or ""))


def _keys(record: Opened) -> list[tuple[str, str]]:
    """By the agency's own name for each place; without one, by what is said of it."""
    names = [name for ref, name in record.held.rendering.about.items() if kind_of(ref) is SubjectKind.CONTEXT]
    return [("named", name) for name in sorted(names)] or [("described", _described(record.content))]


def _described(content: Mapping[str, object]) -> str:
    words = [str(content[name]).replace("_", " ") for name in ("location_band", "spot") if content.get(name)]
    return ", ".join(words).capitalize()


def _gather(place: _Gathered, record: Opened) -> None:
    held, content = record.held, record.content
    # a report whose form has no time must not be joined with another by the report it came in
    place.reports.add(held.report if held.form in TIMED else held.rendering.reference)
    place.agencies.add(held.by)
    when = " ".join(str(content[name]).replace("_", " ") for name in ("time_band", "days") if content.get(name))
    place.when.update({when} - {""})
    place.asks.update({str(content.get("ask") or "")} - {""})
    place.labels += [described] if (described := _described(content)) else []
    place.kinds += [str(content["kind"])] if content.get("kind") else []
    if held.form in TIMED:
        place.days.append(held.occurred.astimezone(LONDON).date())


def _place(key: tuple[str, str], gathered: _Gathered) -> Place:
    return Place(
        label=_most_said(gathered.labels) or "A place that is not described",
        kind=_most_said(gathered.kinds),
        reports=Count.of(len(gathered.reports)),
        from_agencies=sorted(gathered.agencies),
        when=sorted(gathered.when),
        asks=sorted(gathered.asks - {"nothing_yet"}),
        reference=key[1] if key[0] == "named" else None,
        last=max(gathered.days, default=None),
    )


def _most_said(words: Sequence[str]) -> str | None:
    """What is said most often, the first by alphabet of those said as often."""
    counted = Counter(words)
    return min(counted, key=lambda word: (-counted[word], word), default=None)
