"""An action: what one agency does by a day, in words written for that agency alone."""

from datetime import date, timedelta
from enum import StrEnum
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from eventsourcing.domain import Aggregate, event

from services.panel.domain.refusing import Over, Refused, Sort
from services.panel.domain.sealing import Seal, Words, require

TO_COMMITTEE_DAYS = 14
"""How many days after it was due an action goes from the chair to the child protection committee (our proposal)."""


class Progress(StrEnum):
    """How far it has come."""

    ASSIGNED = "assigned"
    UNDER_WAY = "under_way"
    DONE = "done"
    NOT_POSSIBLE = "not_possible"


OVER = frozenset({Progress.DONE, Progress.NOT_POSSIBLE})


class Escalation(StrEnum):
    """Who is asked to act on what is overdue."""

    CHAIR = "chair"
    COMMITTEE = "child_protection_committee"


class DueBeforeToday(Refused):
    """An action is due in the future."""

    sort = Sort.CONTENT
    code = "due_in_the_past"
    title = "The day is over"
    detail = "Give a day by which it can be done."


class Action(Aggregate):
    """One action with one owner. Days and instants are ISO 8601; `by` is the ref of a practitioner."""

    TOPIC = "action"

    @staticmethod
    def create_id(ref: str) -> UUID:
        return uuid5(NAMESPACE_URL, f"urn:cairn:panel:action:{ref}")

    @event("Created", topic="action.assigned")
    def __init__(
        self,
        ref: str,
        owner: str,
        due: str,
        meeting: str,
        item: str,
        subjects: list[str],
        words: Words,
        by: str,
        at: str,
    ) -> None:
        """`owner` is an agency; `words` holds `text`, written for it; meeting and item are the panel's own concern."""
        self.ref, self.owner, self.due = ref, owner, due
        self.meeting, self.item, self.subjects = meeting, item, list(subjects)
        self.words, self.by, self.assigned_at = words, by, at
        self.progress = Progress.ASSIGNED
        self.evidence: Words | None = None
        self.escalated: dict[str, str] = {}
        self.history: list[dict[str, Any]] = [{"at": at, "progress": Progress.ASSIGNED.value, "by": by, "words": None}]

    def report_progress(self, progress: Progress, said: str, by: str, at: str, seal: Seal) -> None:
        """The owner says how far it is. An action is done with evidence, or not possible for a reason."""
        if self.progress in OVER:
            raise Over
        if progress in OVER:
            require(evidence=said)
        self._progressed(progress.value, seal(f"progress:{self.version}", said=said), by, at)

    @event("Progressed", topic="action.progressed")
    def _progressed(self, progress: str, words: Words, by: str, at: str) -> None:
        self.progress = Progress(progress)
        if self.progress in OVER:
            self.evidence = words
        self.history.append({"at": at, "progress": progress, "by": by, "words": words})

    def postpone(self, due: str, reason: str, by: str, at: str, seal: Seal) -> None:
        """The panel gives more time, and says why; who was told that it is overdue stays on record."""
        if self.progress in OVER:
            raise Over
        require(due=due, reason=reason)
        if due <= at[:10]:
            raise DueBeforeToday
        self._postponed(due, seal(f"postponed:{self.version}", reason=reason), by, at)

    @event("Postponed", topic="action.postponed")
    def _postponed(self, due: str, words: Words, by: str, at: str) -> None:
        self.due = due
        self.history.append({"at": at, "progress": self.progress.value, "by": by, "words": words})

    def escalate(self, today: date, at: str) -> None:
        """Ask the chair, and after a while the committee too, to act on what is overdue; once for each due day."""
        reached = self.escalation(today)
        asked = {None: (), Escalation.CHAIR: (Escalation.CHAIR,), Escalation.COMMITTEE: tuple(Escalation)}[reached]
        for to in asked:
            if self.escalated.get(to.value) != self.due:
                self._escalated(to.value, self.due, at)

    @event("Escalated", topic="action.escalated")
    def _escalated(self, to: str, due: str, at: str) -> None:
        self.escalated[to] = due
        self.history.append({"at": at, "progress": self.progress.value, "by": "", "words": None, "escalated": to})

    def overdue(self, today: date) -> bool:
        """Whether its day is over and it is not."""
        return self.progress not in OVER and date.fromisoformat(self.due) < today

    def escalation(self, today: date) -> Escalation | None:
        """Who is to act now, if it is overdue."""
        if not self.overdue(today):
            return None
        late = today - date.fromisoformat(self.due)
        return Escalation.COMMITTEE if late >= timedelta(days=TO_COMMITTEE_DAYS) else Escalation.CHAIR
