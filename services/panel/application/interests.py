"""Interests: who has one in an item of a meeting, and so sees nothing of it, of its referral, or of its actions."""

from services.kernel.identity import Caller
from services.panel.application.kept import Kept
from services.panel.application.kept_meetings import KeptMeetings
from services.panel.domain.meeting import Meeting
from services.panel.domain.refusing import NotKnown, NotYours


class Interests:
    """Who declared an interest in what."""

    def __init__(self, kept: Kept, meetings: KeptMeetings) -> None:
        self._kept, self._meetings = kept, meetings

    def declare(
        self, who: Caller, ref: str, item: str, why: str, practitioner: str | None = None, seen: int | None = None
    ) -> Meeting:
        """Say that one has an interest in an item: of the panel for anybody, of others for oneself."""
        whose = practitioner or who.practitioner
        with self._kept.store.transaction():
            found = self._meetings.find(who, ref, seen)
            if not self._kept.visitor(who).of_panel:
                if whose != who.practitioner:
                    raise NotYours
                self._own(who, found, item)
            by, now = who.practitioner, self._kept.now()
            found.declare_conflict(whose, item, why, by, now, self._meetings.seal(found, item))
            return self._meetings.save(found)

    def in_referral(self, meeting: str, referral: str, practitioner: str) -> bool:
        """Whether somebody declared an interest in the item that heard a referral."""
        found = self._meetings.load(meeting)
        return any(
            practitioner in found.conflicts.get(item, [])
            for item, told in found.items.items()
            if told["referral"] == referral
        )

    def in_item(self, meeting: str, item: str, practitioner: str) -> bool:
        """Whether somebody declared an interest in an item."""
        return practitioner in self._meetings.load(meeting).conflicts.get(item, [])

    def _own(self, who: Caller, found: Meeting, item: str) -> None:
        """Raises NotKnown for an item that does not concern the caller."""
        if item not in {one.item for one in self._meetings.view(who, found).items}:
            raise NotKnown
