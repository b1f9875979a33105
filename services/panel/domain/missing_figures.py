"""Figures of missing episodes: by week and altogether, with small numbers kept back where nobody is named.

A number of episodes that the agency may read one by one tells nothing that they do not tell. A number of those it is
told of without names could single somebody out: below five it is not told, and no sum from which it could be.
"""

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from statistics import median
from typing import Final

from services.panel.domain.local_time import LONDON
from services.panel.domain.missing_clocks import Clock, Clocks, Episode, stands

SMALLEST: Final = 5
"""The smallest number that is told of young people whom nobody names."""
_WEEK: Final = timedelta(weeks=1)


@dataclass(frozen=True)
class Week:
    """One week from its Monday: how many episodes began, how many of these again within days, how many ended."""

    starts: date
    began: int
    again: int
    ended: int


@dataclass(frozen=True)
class Timely:
    """Of those who came back, how many had something in time; those whose time is not over are not counted."""

    of: int
    in_time: int


@dataclass(frozen=True)
class Figures:
    """What a span of weeks amounts to."""

    weeks: Sequence[Week]
    open_now: int
    episodes: int
    young_people: int
    again: int
    hours_missing: float | None
    """The median, of the episodes that ended; None where none did."""
    offered: Timely
    completed: Timely


def weeks_until(now: datetime, count: int) -> list[date]:
    """The Mondays of the last weeks in London, the present one last."""
    today = now.astimezone(LONDON).date()
    monday = today - timedelta(days=today.weekday())
    return [monday - back * _WEEK for back in reversed(range(count))]


def figures(episodes: Mapping[str, Sequence[Episode]], now: datetime, weeks: int, clocks: Clocks) -> Figures:
    """The figures of these weeks. `episodes` are those of each young person, the earliest first."""
    mondays = weeks_until(now, weeks)
    every = [one for own in episodes.values() for one in own]
    began_in = _by_week(((one.since, one) for one in every), mondays)
    ended_in = _by_week(((one.found, one) for one in every), mondays)
    again = {id(one) for own in episodes.values() for one in _again(own, clocks)}
    began, ended = ([one for monday in mondays for one in found[monday]] for found in (began_in, ended_in))
    hours = [(one.found - one.since).total_seconds() / 3600 for one in ended if one.since and one.found]
    offered = [stands(one.offered, one.found + clocks.offered_within, now) for one in ended if one.found]
    completed = [stands(one.completed, one.found + clocks.completed_within, now) for one in ended if one.found]
    return Figures(
        weeks=[
            Week(
                monday,
                len(began_in[monday]),
                sum(1 for one in began_in[monday] if id(one) in again),
                len(ended_in[monday]),
            )
            for monday in mondays
        ],
        open_now=sum(1 for own in episodes.values() if own and own[-1].is_open),
        episodes=len(began),
        young_people=len({one.young_person for one in began}),
        again=sum(1 for one in began if id(one) in again),
        hours_missing=median(hours) if hours else None,
        offered=_timely(offered),
        completed=_timely(completed),
    )


def _by_week(told: Iterable[tuple[datetime | None, Episode]], mondays: Sequence[date]) -> dict[date, list[Episode]]:
    """The Monday of each of these weeks -> what is of that week."""
    begin = [datetime.combine(monday, time(), LONDON).astimezone(UTC) for monday in (*mondays, mondays[-1] + _WEEK)]
    found: list[list[Episode]] = [[] for _ in begin]  # what is after the last week is in the last of these
    for at, one in told:
        if at is not None and at >= begin[0]:
            found[bisect_right(begin, at) - 1].append(one)
    return dict(zip(mondays, found, strict=False))


def _again(own: Sequence[Episode], clocks: Clocks) -> list[Episode]:
    """Those that began within some days after an earlier one of the same young person began."""
    began = [one for one in own if one.since is not None]
    return [
        later
        for earlier, later in pairwise(began)
        if later.since and earlier.since and later.since - earlier.since <= clocks.repeated_within
    ]


def _timely(stands: Sequence[Clock]) -> Timely:
    over = [one for one in stands if one in (Clock.MET, Clock.MET_LATE, Clock.OVERDUE)]
    return Timely(len(over), sum(1 for one in over if one is Clock.MET))


@dataclass(frozen=True)
class Nameless:
    """What is told without names: a number for each week, None where it is too small, and their sum where none is."""

    weeks: Sequence[int | None]
    altogether: int | None


def nameless(days: Iterable[date], mondays: Sequence[date]) -> Nameless:
    """The numbers of weeks; none where it is small is none too, because no number at all is a small number."""
    counted = dict.fromkeys(mondays, 0)
    for day in days:
        monday = day - timedelta(days=day.weekday())
        if monday in counted:
            counted[monday] += 1
    told = [kept_back(counted[monday]) for monday in mondays]
    return Nameless(told, None if None in told else sum(counted.values()))


def kept_back(number: int) -> int | None:
    """The number, or None where it is too small to tell."""
    return number if number >= SMALLEST else None
