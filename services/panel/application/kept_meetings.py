"""The meetings that are kept: found as far as they concern who asks, and changed one step at a time."""

from collections.abc import Callable

from services.kernel.identity import Caller
from services.panel.application.kept import Kept
from services.panel.application.meeting_views import MeetingView, view_for
from services.panel.domain.meeting import Meeting
from services.panel.domain.refusing import NotKnown
from services.panel.domain.sealing import Seal

KIND = "meeting"


class KeptMeetings:
    """Finds and changes meetings. Whom one does not concern cannot tell it from none."""

    def __init__(self, kept: Kept) -> None:
        self._kept = kept

    def load(self, ref: str) -> Meeting:
        """A meeting, whoever asks. Raises NotKnown."""
        return self._kept.find(Meeting, Meeting.create_id(ref))

    def find(self, who: Caller, ref: str, seen: int | None = None) -> Meeting:
        """A meeting that concerns the caller. Raises NotKnown, and for the panel StateChanged."""
        found = self.load(ref)
        if not self._concerns(who, found):
            raise NotKnown
        return self._kept.as_seen(found, seen) if self._kept.visitor(who).of_panel else found

    def every(self, who: Caller) -> list[Meeting]:
        """Those that concern the caller: all for the panel, else those in which an item is theirs. By their start."""
        found = map(self.load, self._kept.listed(KIND))
        return sorted((one for one in found if self._concerns(who, one)), key=lambda one: (one.starts, one.ref))

    def view(self, who: Caller, found: Meeting) -> MeetingView:
        """A meeting as the caller may read it now. Raises Problem 503."""
        return view_for(found, self._kept.visitor(who), self._kept.clock.now(), self._kept.texts)

    def seal(self, found: Meeting, item: str) -> Seal:
        """Seals texts of an item for those whom it is about."""
        told = found.items.get(item, {"subjects": [], "contexts": []})
        return self._kept.texts.of(found.ref, told["subjects"] or told["contexts"])

    def change(self, who: Caller, ref: str, seen: int | None, command: Callable[[Meeting, str, str], None]) -> Meeting:
        """Somebody of the panel does something to a meeting; `command` takes it, who did it, and when.

        Raises NotKnown, NotYours, StateChanged, and what the command raises; then nothing has changed.
        """
        with self._kept.store.transaction():
            found = self.find(who, ref, seen)
            by = self._kept.for_panel(who)
            command(found, by, self._kept.now())
            return self.save(found)

    def save(self, found: Meeting) -> Meeting:
        """Keep a meeting as it is now, in the transaction that is going on."""
        self._kept.keep(found, KIND, found.ref, found.stage.value, due=found.starts)
        return found

    def _concerns(self, who: Caller, found: Meeting) -> bool:
        if self._kept.visitor(who).of_panel:
            return True
        member = found.members.get(who.practitioner)
        return member is not None and member["partner"] == who.partner
