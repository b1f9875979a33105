"""The clocks of missing episodes: what is due after a young person returned, and what is late.

Pure functions of what one agency holds. What it holds only under a pseudonym, or in general terms, moves no clock.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import combinations

from schemas.classes import Purpose


@dataclass(frozen=True)
class Clocks:
    """How long things may take. The defaults are those of the national guidance for Scotland and, for what counts as
    repeated, of a local protocol; each authority sets its own."""

    offered_within: timedelta = timedelta(hours=72)
    """Scottish Government, National Missing Persons Framework: the return discussion is arranged within 72 hours."""
    completed_within: timedelta = timedelta(days=7)
    """The same: it is completed within a week."""
    repeated: int = 3
    repeated_within: timedelta = timedelta(days=30)
    """Three episodes within 30 days lead to a discussion between agencies (Derbyshire's protocol)."""


class Clock(StrEnum):
    """How one clock of an episode stands."""

    NOT_STARTED = "not_started"
    """The young person has not come back yet."""
    RUNNING = "running"
    MET = "met"
    MET_LATE = "met_late"
    OVERDUE = "overdue"


@dataclass(frozen=True)
class Episode:
    """One episode as the agency knows it; `young_person` is the agency's own name for them."""

    young_person: str
    since: datetime | None
    found: datetime | None = None
    offered: datetime | None = None
    declined: tuple[datetime, ...] = ()
    completed: datetime | None = None
    reports: tuple[str, ...] = ()
    """References of the records that it is made of."""
    told_for: Purpose | None = None
    """The other purpose for which the agency is told that the young person was found, where it isn't told for this."""

    @property
    def is_open(self) -> bool:
        """Whether the young person is still missing, as far as the agency knows."""
        return self.found is None and self.told_for is None


@dataclass(frozen=True)
class Timed:
    """An episode with its clocks at one instant."""

    episode: Episode
    offered_due: datetime | None
    completed_due: datetime | None
    offered: Clock
    completed: Clock
    missing_for: timedelta | None


@dataclass(frozen=True)
class MissingTogether:
    """Two young people were missing at the same time; `told_together` where one report names both."""

    young_people: tuple[str, str]
    since: datetime
    until: datetime
    told_together: bool


def timed(episode: Episode, now: datetime, clocks: Clocks) -> Timed:
    """The clocks of an episode at this instant; both start when the young person is back."""
    if episode.found is None:
        missing_for = now - episode.since if episode.since and episode.is_open else None
        return Timed(episode, None, None, Clock.NOT_STARTED, Clock.NOT_STARTED, missing_for)
    offered_due, completed_due = episode.found + clocks.offered_within, episode.found + clocks.completed_within
    return Timed(
        episode,
        offered_due,
        completed_due,
        stands(episode.offered, offered_due, now),
        stands(episode.completed, completed_due, now),
        episode.found - episode.since if episode.since else None,
    )


def stands(done: datetime | None, due: datetime, now: datetime) -> Clock:
    """How the clock stands of something that is due by an instant, and was done or not."""
    if done is not None:
        return Clock.MET if done <= due else Clock.MET_LATE
    return Clock.RUNNING if now < due else Clock.OVERDUE


def overdue(known: Iterable[Episode], now: datetime, clocks: Clocks) -> list[Timed]:
    """The episodes of which something is late, what has been late longest first."""
    late = [
        one for one in (timed(each, now, clocks) for each in known) if Clock.OVERDUE in (one.offered, one.completed)
    ]
    return sorted(late, key=lambda one: (_late_since(one), one.episode.young_person))


def _late_since(one: Timed) -> datetime:
    due = one.offered_due if one.offered is Clock.OVERDUE else one.completed_due
    if due is None:
        raise ValueError("an episode of which something is late has a time by which it was due")
    return due


def repeated(known: Iterable[Episode], now: datetime, clocks: Clocks) -> dict[str, int]:
    """Young people who went missing often of late -> how often, within the time that counts."""
    counted: dict[str, int] = defaultdict(int)
    for episode in known:
        if episode.since is not None and now - clocks.repeated_within <= episode.since <= now:
            counted[episode.young_person] += 1
    return {name: times for name, times in sorted(counted.items()) if times >= clocks.repeated}


def missing_together(known: Sequence[Episode], now: datetime) -> list[MissingTogether]:
    """Young people who were missing at the same time. It says nothing of why, and makes no link between them. Of an
    episode whose end is told for another purpose nobody knows here how long it lasted: it is left out."""
    found = []
    for one, other in combinations([each for each in known if each.told_for is None], 2):
        if one.young_person == other.young_person or one.since is None or other.since is None:
            continue
        since, until = max(one.since, other.since), min(one.found or now, other.found or now)
        if since < until:
            named = (min(one.young_person, other.young_person), max(one.young_person, other.young_person))
            together = bool(set(one.reports) & set(other.reports))
            found.append(MissingTogether(named, since, until, together))
    return sorted(found, key=lambda each: (each.since, each.young_people))
