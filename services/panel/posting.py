"""Posting: what the panel decided goes to intake, in the order in which it was decided, as the panel's own reports."""

import logging
from collections.abc import Callable, Mapping

from services.kernel.http.problems import Problem
from services.panel.application.kept import Kept
from services.panel.intake import Intake, IntakeAway, IntakeRefused

_log = logging.getLogger("cairn.panel")


class Posting:
    """A follower of what the panel has to say. The id of a report makes saying it again harmless."""

    name = "panel.posting"

    def __init__(self, kept: Kept, intake: Intake, credentials: Callable[[], Mapping[str, str]]) -> None:
        """`credentials` are the headers by which intake knows the panel itself."""
        self._kept, self._intake, self._credentials = kept, intake, credentials

    def step(self) -> int:
        """Send the oldest that waits; returns 1 once it was answered. While intake is away it goes on waiting."""
        try:
            waiting = self._kept.waiting_to_say()
            if waiting is None:
                return 0
            name, report = waiting
            if not report:  # the keys of all whom it was about were destroyed
                self._kept.note_answer(name, "refused:erased")
                return 1
            answered = self._intake.post(report, self._credentials())
        except (IntakeAway, Problem):
            return 0
        except IntakeRefused as refused:
            _log.error("intake refuses a report of the panel: %s", refused.problem.code)
            self._kept.note_answer(name, f"refused:{refused.problem.code}")
            return 1
        self._kept.note_answer(name, answered.status)
        return 1

    def wait(self, seconds_max: float) -> None:
        """Return when something was kept in the store, or after this many seconds."""
        self._kept.store.wait(seconds_max)
