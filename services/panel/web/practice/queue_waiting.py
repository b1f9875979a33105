"""What waits in a queue, told from the outsides of records: who, how pressing it is, and which records would say more.

Everything that waits is counted and put in order so; opened is only what a page shows, and so only that leaves a trace.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from hashlib import sha256
from typing import Final

from sqlalchemy.orm import Session

from schemas.classes import Purpose
from services.panel.domain.held import TIMED, Held
from services.panel.domain.missing_clocks import Clock, Clocks, Episode, timed
from services.panel.missing_told import EpisodesTold, day_before
from services.panel.projections.holdings import held_of
from services.panel.projections.named import Mention, identities_of, mentions_by_type
from services.panel.projections.unchanged import Unchanged

_LOOKED_BACK: Final = timedelta(days=60)
_REFERRED: Final = (
    "cairn.referral.submitted.v1",
    "cairn.ird.convened.v1",
    "cairn.school.concern.v1",
    "cairn.health.attendance.v1",
    "cairn.adult-of-concern.identified.v1",
)
"""What is a referral or a concern that somebody should look at, when another agency sends it."""


class Kind(StrEnum):
    """What a row of the queue is."""

    MISSING = "missing"
    DISCUSSION = "discussion"
    REFERRAL = "referral"
    TASK = "task"


@dataclass(frozen=True)
class Waiting:
    """One row of the queue before anything of it is opened. `about` are the agency's references of whom it names."""

    kind: Kind
    of: str
    """Reference of somebody who is waited for, or a report."""
    key: str
    urgency: float
    about: frozenset[str]
    items: frozenset[str]
    """Which records say more."""
    late: bool = False
    often: int = 0
    """How often somebody went missing of late."""


@dataclass(frozen=True)
class Queue:
    """All that waits, in order, and those rows that are shown, by what they are of."""

    waiting: Sequence[Waiting]
    shown: Mapping[str, Waiting] = field(default_factory=dict)


@dataclass(frozen=True)
class Wanted:
    """For whom and for what a queue is made; `days` is how far back it looks for referrals."""

    partner: str
    purpose: Purpose
    kinds: frozenset[Kind]
    days: int
    clocks: Clocks


def key_of(*parts: str) -> str:
    """A short name of a row, the same as long as the row stands for the same thing."""
    return sha256("\n".join(parts).encode()).hexdigest()[:10]


def waiting(
    session: Session, episodes_told: Unchanged[EpisodesTold, Purpose, datetime], wanted: Wanted, now: datetime
) -> list[Waiting]:
    """All that waits, by kind, and within a kind the most pressing first."""
    found: list[Waiting] = []
    if wanted.kinds & {Kind.MISSING, Kind.DISCUSSION}:
        told = episodes_told(session, wanted.partner, wanted.purpose, day_before(now, _LOOKED_BACK))
        found += _waited_for(told, wanted, now)
    if Kind.REFERRAL in wanted.kinds:
        found += _referred(session, wanted, now)
    kinds = list(Kind)
    return sorted(found, key=lambda one: (kinds.index(one.kind), one.urgency, one.key))


def held_behind(session: Session, wanted: Wanted, shown: Sequence[Waiting]) -> list[Held]:
    """The records that say more of these rows, and those that say what the people in them are called."""
    named = {name for one in shown for name in one.about}
    items = {item for one in shown for item in one.items}
    items |= identities_of(session, wanted.partner, wanted.purpose, named)
    return held_of(session, wanted.partner, wanted.purpose, sorted(items))


def _waited_for(told: EpisodesTold, wanted: Wanted, now: datetime) -> list[Waiting]:
    found = []
    for name, episodes in told.episodes.items():
        latest = episodes[-1]
        kind, urgency, late = _stands(latest, now, wanted.clocks)
        if kind in wanted.kinds:
            key = key_of(name, latest.reports[0], str(latest.is_open), str(latest.offered is None))
            behind = frozenset(told.items[reference] for reference in latest.reports)
            often = _often(episodes, now, wanted.clocks)
            found.append(Waiting(kind, name, key, urgency, frozenset({name}), behind, late, often))
    return found


def _stands(episode: Episode, now: datetime, clocks: Clocks) -> tuple[Kind | None, float, bool]:
    """In which part of the queue an episode stands, if anything is still to be done about it, and how pressing it is:
    by since when somebody is missing, or how long it is until something is due."""
    if episode.is_open:
        return Kind.MISSING, (episode.since or now).timestamp() - now.timestamp(), True
    stands = timed(episode, now, clocks)
    offered = stands.offered in (Clock.MET, Clock.MET_LATE)
    clock, due = (stands.completed, stands.completed_due) if offered else (stands.offered, stands.offered_due)
    if clock not in (Clock.RUNNING, Clock.OVERDUE) or due is None:
        return None, 0.0, False
    return Kind.DISCUSSION, (due - now).total_seconds(), clock is Clock.OVERDUE


def _often(episodes: Sequence[Episode], now: datetime, clocks: Clocks) -> int:
    since = now - clocks.repeated_within
    return sum(1 for episode in episodes if episode.since is not None and episode.since >= since)


def _referred(session: Session, wanted: Wanted, now: datetime) -> list[Waiting]:
    told = mentions_by_type(session, wanted.partner, wanted.purpose, _REFERRED, now - timedelta(days=wanted.days))
    reports: dict[str, list[Mention]] = {}
    for one in told:
        if one.by != wanted.partner and one.form in TIMED:
            reports.setdefault(one.report, []).append(one)
    return [
        Waiting(
            Kind.REFERRAL,
            report,
            key_of(report),
            -max(one.recorded.timestamp() for one in mentions if one.recorded),
            frozenset(one.name for one in mentions),
            frozenset(one.item for one in mentions),
        )
        for report, mentions in reports.items()
    ]
