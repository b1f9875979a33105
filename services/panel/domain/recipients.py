"""Who may see what of a meeting: which items, from when until when, and how much of what was decided.

Nobody from an agency sees an item that is not theirs, nor how many others there are.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from services.panel.domain.meeting import Meeting
from services.panel.domain.meeting_terms import Membership, Stage

OPENS_BEFORE = timedelta(hours=48)
SHUTS_AFTER = timedelta(hours=24)
"""An invitation to one item opens two days before the meeting and shuts a day after it (our proposal)."""
MINUTES_WORKING_DAYS = 2
"""Minutes go out within two working days (Kingston and Richmond)."""

_WEEKEND = (5, 6)


@dataclass(frozen=True)
class Window:
    """When a pack can be read: from `opens` up to, and not at, `shuts`."""

    opens: datetime
    shuts: datetime

    def is_open(self, now: datetime) -> bool:
        """Whether it can be read at this instant."""
        return self.opens <= now < self.shuts


@dataclass(frozen=True)
class OwnItem:
    """An item as one recipient has it: its number counts that recipient's own items alone."""

    number: int
    item: str
    conflicted: bool


def window(meeting: Meeting) -> Window:
    """When those invited to one item can read its pack; members of the core read it from the sending of the agenda."""
    starts, ends = datetime.fromisoformat(meeting.starts), datetime.fromisoformat(meeting.ends)
    return Window(starts - OPENS_BEFORE, ends + SHUTS_AFTER)


def own_items(meeting: Meeting, practitioner: str, partner: str) -> list[OwnItem]:
    """The items that concern somebody, in their order; of a late one, only those whose recipients were checked."""
    member = _member(meeting, practitioner, partner)
    if member is None:
        return []
    own = [item for item in meeting.order if _concerns(meeting, item, practitioner, member)]
    return [
        OwnItem(number, item, practitioner in meeting.conflicts.get(item, []))
        for number, item in enumerate(own, start=1)
    ]


def may_open(meeting: Meeting, item: str, practitioner: str, partner: str, now: datetime) -> bool:
    """Whether somebody may read the pack of an item at this instant."""
    member = _member(meeting, practitioner, partner)
    if member is None or item not in meeting.items or practitioner in meeting.conflicts.get(item, []):
        return False
    if not _concerns(meeting, item, practitioner, member):
        return False
    when = window(meeting)
    if member["membership"] is Membership.CORE:
        return meeting.stage is not Stage.PLANNED and now < when.shuts
    return when.is_open(now)


def is_told_the_decision(meeting: Meeting, item: str, practitioner: str, partner: str) -> bool:
    """Whether the minutes tell somebody what was decided; if not, they tell that it was decided, and own actions."""
    decision = meeting.items[item]["decision"]
    conflicted = practitioner in meeting.conflicts.get(item, [])
    return decision is not None and partner in decision["disclosed_to"] and not conflicted


def minutes_due(closed: datetime) -> datetime:
    """By when the minutes should have gone out: working days leave out Saturdays and Sundays."""
    due, days = closed, MINUTES_WORKING_DAYS
    while days:
        due += timedelta(days=1)
        days -= due.weekday() not in _WEEKEND
    return due


def _member(meeting: Meeting, practitioner: str, partner: str) -> dict[str, Any] | None:
    member = meeting.members.get(practitioner)
    return member if member is not None and member["partner"] == partner else None


def _concerns(meeting: Meeting, item: str, practitioner: str, member: dict[str, Any]) -> bool:
    if member["membership"] is not Membership.CORE and item not in member["items"]:
        return False
    return not meeting.items[item]["late"] or practitioner in meeting.items[item]["checked"]
