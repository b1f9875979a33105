"""A panel's room on its own parts, for tests that need nothing of the other services."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from services.kernel.access import AccessGate
from services.kernel.clock import SimulatedClock
from services.kernel.identity import Caller, Role
from services.kernel.keys.opening import open_keys
from services.kernel.log.opening import open_log
from services.kernel.store.opening import open_store
from services.kernel.topics import ACCESS
from services.panel.domain.context_terms import Weighed
from services.panel.domain.meeting_terms import Decision, PanelOutcome, Part
from services.panel.domain.prompts import Given, Prompt, PromptAnswer
from services.panel.intake import IntakeNowhere
from services.panel.projections.tables import METADATA
from services.panel.reading import Reading
from services.panel.room import Room, open_room

NOW = datetime(2026, 5, 4, 9, tzinfo=UTC)
STARTS = datetime(2026, 5, 11, 13, tzinfo=UTC)
ENDS = STARTS + timedelta(hours=2)

CHAIR = Caller("efh-panel/chair", "efh-panel", frozenset({Role.PRACTITIONER}))
COORDINATOR = Caller("efh-panel/coordinator", "efh-panel", frozenset({Role.PRACTITIONER}))
MINUTE_TAKER = Caller("efh-panel/minute-taker", "efh-panel", frozenset({Role.PRACTITIONER}))
TEACHER = Caller("education/teacher", "education", frozenset({Role.PRACTITIONER}))
OFFICER = Caller("police/officer", "police", frozenset({Role.PRACTITIONER}))
KEY_WORKER = Caller("childrens-house/key-worker", "childrens-house", frozenset({Role.PRACTITIONER}))
PARTS = {
    Part.CHAIR: CHAIR.practitioner,
    Part.COORDINATOR: COORDINATOR.practitioner,
    Part.MINUTE_TAKER: MINUTE_TAKER.practitioner,
}
WEIGHTING = {Weighed.HOME: 0, Weighed.PEERS: 2, Weighed.SCHOOL: 1, Weighed.LOCATION: 5, Weighed.ONLINE: 0}
ALL_ANSWERED = {prompt: PromptAnswer(Given.YES) for prompt in Prompt}
ACCEPTED = Decision(
    outcome=PanelOutcome.ACCEPT,
    rationale="The harm lies in the place.",
    weighting=WEIGHTING,
    disclosure="Police and social work act on it; others are told their actions.",
    disclosed_to=("police", "social-work"),
    no_dissent=True,
    views="I want it to stop.",
    review_due="2026-06-15",
)


class OpenRoom:
    """The room, with a clock that the test moves."""

    def __init__(self, folder: Path) -> None:
        self.clock = SimulatedClock(NOW)
        self.log = open_log(f"sqlite:///{folder}/log.db")
        self.log.create(ACCESS, 1)
        self.store = open_store(f"sqlite:///{folder}", "panel")
        self.store.create_tables(METADATA)
        self.keys = open_keys(f"file://{folder}/keys", b"panel" * 8)
        gate = AccessGate(self.log, self.clock, "panel")
        reading = Reading(self.log, self.store, self.keys, gate, self.clock, 0.0, 86_400)
        self.room: Room = open_room(self.store, self.keys, gate, self.clock, reading, reading, IntakeNowhere(), dict)

    def close(self) -> None:
        self.store.close()
        self.keys.close()
        self.log.close()

    def said(self) -> list[dict[str, Any]]:
        """Every report that the panel has still to send, oldest first."""
        found = []
        while (waiting := self.room.kept.waiting_to_say()) is not None:
            found.append(waiting[1])
            self.room.kept.note_answer(waiting[0], "accepted")
        return found


def sealing(part: str, **texts: str | None) -> dict[str, Any]:
    """A seal for tests of one aggregate alone: keeps which texts were there, and none of them."""
    said: Sequence[str] = sorted(name for name, text in texts.items() if text)
    return {"part": part, "sealed": {"said": said}}
