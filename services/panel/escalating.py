"""Escalating: once the day of an action is over the chair is asked to act, and later the child protection committee."""

from datetime import date

from services.kernel.clock import Clock
from services.panel.application.actions import Actions
from services.panel.application.kept import Kept
from services.panel.domain.local_time import LONDON


class Escalating:
    """A follower of time: looks once a day, and whenever an action has got a line of its own in the register."""

    name = "panel.escalating"

    def __init__(self, kept: Kept, actions: Actions, clock: Clock) -> None:
        self._kept, self._actions, self._clock = kept, actions, clock
        self._looked: tuple[date, int] | None = None

    def step(self) -> int:
        """Escalate what has become overdue; returns how many actions that concerned."""
        now = (self._clock.now().astimezone(LONDON).date(), len(self._kept.listed("action")))
        if now == self._looked:
            return 0
        escalated = self._actions.escalate_overdue()
        self._looked = now
        return escalated

    def wait(self, seconds_max: float) -> None:
        """Return when something was kept in the store, or after this many seconds."""
        self._kept.store.wait(seconds_max)
