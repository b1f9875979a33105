"""Actions: what agencies do by when, in words that each owner reads, and how far they have come."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated

from schemas.access import Seen
from schemas.classes import Form, Published, Purpose
from services.kernel.access import AccessGate
from services.kernel.identity import Caller
from services.panel import publishing
from services.panel.application.holding import holding, where_it_is_said
from services.panel.application.kept import Kept
from services.panel.domain.action import OVER, Action, DueBeforeToday, Progress
from services.panel.domain.local_time import LONDON
from services.panel.domain.refusing import NotKnown
from services.panel.domain.sealing import Seal, require
from services.panel.publishing import Named

KIND = "action"


@dataclass(frozen=True)
class Asked:
    """An action to be assigned: `text` is written for its owner, and can be read by itself."""

    owner: str
    text: str
    due: str


class ActionHappened(Published):
    """How far an action had come, and what was said with it."""

    at: str
    progress: Progress
    by: str
    said: str = where_it_is_said()
    reason: str = where_it_is_said()
    """Why the panel gave more time."""


@dataclass(frozen=True)
class ActionView:
    """An action, opened. `meeting`, `item` and `escalated` are for the panel alone."""

    ref: str
    version: int
    owner: str
    text: str
    due: str
    progress: str
    overdue: bool
    days_late: int
    evidence: str | None
    assigned_at: str
    history: Sequence[Annotated[Mapping[str, str], holding(ActionHappened)]]
    escalated: Sequence[str]
    meeting: str | None
    item: str | None


class Actions:
    """The actions. The owner's practitioners see those of their own agency, the panel all."""

    def __init__(self, kept: Kept, gate: AccessGate, conflicted: Callable[[str, str, str], bool]) -> None:
        """`conflicted(meeting, item, practitioner)`: whether somebody declared an interest in an item."""
        self._kept, self._gate, self._conflicted = kept, gate, conflicted

    def actions(
        self, who: Caller, purpose: Purpose, state: str | None = None, owner: str | None = None
    ) -> list[ActionView]:
        """In the order of their due days. `state` is a progress, or `overdue`."""
        wanted = {"partner": owner} if owner else {}
        if not self._kept.visitor(who).of_panel:
            wanted["partner"] = who.partner
            if owner not in (None, who.partner):
                return self._read(who, purpose, [])
        interests: dict[tuple[str, str], bool] = {}
        found = [
            one
            for one in map(self._load, self._kept.listed(KIND, **wanted))
            if not self._has_interest(who, one, interests) and self._is_theirs(who, one)
        ]
        if state == "overdue":
            found = [one for one in found if one.overdue(self._today())]
        elif state:
            found = [one for one in found if one.progress == state]
        return self._read(who, purpose, sorted(found, key=lambda one: (one.due, one.assigned_at, one.ref)))

    def action(self, who: Caller, purpose: Purpose, ref: str) -> ActionView:
        """One action. Raises NotKnown."""
        return self._read(who, purpose, [self._find(who, ref)])[0]

    def assign(
        self, by: str, unique: str, asked: Asked, meeting: str, item: str, subjects: Sequence[str], named: Named
    ) -> Action:
        """Assign an action, and say so to its owner; in the transaction that is going on. `unique` names it, so that
        assigning it again is harmless."""
        require(owner=asked.owner, text=asked.text, due=asked.due)
        if asked.due <= self._today().isoformat():
            raise DueBeforeToday
        ref, now = self._kept.ref("act", unique), self._kept.now()
        if self._kept.listed(KIND, ref=ref):
            return self._load(ref)
        words = self._kept.texts.of(ref, subjects)("text", text=asked.text)
        made = Action(ref, asked.owner, asked.due, meeting, item, list(subjects), words, by, now)
        if named:
            self._kept.say(
                publishing.assigned(self._kept.panel, ref, now, named, asked.owner, asked.text, asked.due),
                ref,
                list(subjects),
            )
        return self._save(made)

    def report_progress(self, who: Caller, ref: str, progress: Progress, said: str, seen: int | None = None) -> Action:
        """The owner, or the panel for it, says how far it is."""
        return self._change(
            who, ref, seen, lambda one, at, seal: one.report_progress(progress, said, who.practitioner, at, seal)
        )

    def postpone(self, who: Caller, ref: str, due: str, reason: str, seen: int | None = None) -> Action:
        """The panel gives more time, and says why."""
        self._find(who, ref)
        self._kept.for_panel(who)
        return self._change(who, ref, seen, lambda one, at, seal: one.postpone(due, reason, who.practitioner, at, seal))

    def escalate_overdue(self) -> int:
        """Ask the chair, and then the committee, to act on what is overdue. Says how many actions that concerned."""
        escalated = 0
        with self._kept.store.transaction():
            for ref in self._kept.listed(KIND):
                one = self._load(ref)
                before = one.version
                one.escalate(self._today(), self._kept.now())
                if one.version != before:
                    self._save(one)
                    escalated += 1
        return escalated

    def due_days(self) -> list[str]:
        """The due days of the actions that are not over, to know when one may have become overdue."""
        return sorted(one.due for one in map(self._load, self._kept.listed(KIND)) if one.progress not in OVER)

    def of_item(self, meeting: str, item: str) -> list[Action]:
        """The actions that came of an item."""
        found = map(self._load, self._kept.listed(KIND))
        return [one for one in found if (one.meeting, one.item) == (meeting, item)]

    def _change(self, who: Caller, ref: str, seen: int | None, command: Callable[[Action, str, Seal], None]) -> Action:
        with self._kept.store.transaction():
            found = self._find(who, ref, seen)
            command(found, self._kept.now(), self._kept.texts.of(ref, found.subjects))
            return self._save(found)

    def _find(self, who: Caller, ref: str, seen: int | None = None) -> Action:
        found = self._load(ref)
        if not self._may_know(who, found):
            raise NotKnown
        return self._kept.as_seen(found, seen)

    def _may_know(self, who: Caller, found: Action) -> bool:
        return not self._has_interest(who, found, {}) and self._is_theirs(who, found)

    def _has_interest(self, who: Caller, found: Action, known: dict[tuple[str, str], bool]) -> bool:
        """Whether somebody declared an interest in the item that an action came of; `known` is what was found so far,
        as many actions come of one item."""
        item = (found.meeting, found.item)
        if item not in known:
            known[item] = self._conflicted(*item, who.practitioner)
        return known[item]

    def _is_theirs(self, who: Caller, found: Action) -> bool:
        return self._kept.visitor(who).of_panel or found.owner == who.partner

    def _load(self, ref: str) -> Action:
        return self._kept.find(Action, Action.create_id(ref))

    def _save(self, found: Action) -> Action:
        self._kept.keep(found, KIND, found.ref, found.progress.value, found.owner, found.due)
        return found

    def _today(self) -> date:
        return datetime.fromisoformat(self._kept.now()).astimezone(LONDON).date()

    def _read(self, who: Caller, purpose: Purpose, found: Sequence[Action]) -> list[ActionView]:
        self._gate.record(who, "panel.actions", purpose, [seen_of(one) for one in found])
        return [self.view(one, self._kept.visitor(who).of_panel) for one in found]

    def view(self, one: Action, ours: bool) -> ActionView:
        """An action as the panel, or its owner, reads it. Raises Problem 503."""
        texts, today = self._kept.texts, self._today()
        late = (today - date.fromisoformat(one.due)).days if one.overdue(today) else 0
        return ActionView(
            ref=one.ref,
            version=one.version,
            owner=one.owner,
            text=texts.open(one.ref, one.words).get("text", ""),
            due=one.due,
            progress=one.progress.value,
            overdue=late > 0,
            days_late=late,
            evidence=texts.open(one.ref, one.evidence).get("said") if one.evidence else None,
            assigned_at=one.assigned_at,
            history=[
                {"at": step["at"], "progress": step["progress"], "by": step["by"], **texts.open(one.ref, step["words"])}
                for step in one.history
                if "escalated" not in step
            ],
            escalated=sorted(one.escalated) if ours else [],
            meeting=one.meeting if ours else None,
            item=one.item if ours else None,
        )


def seen_of(found: Action) -> Seen:
    """What the trace says of an action that was read."""
    return Seen(
        item=found.ref,
        reference=found.ref,
        subjects=tuple(found.subjects),
        form=Form.OWN,
        agreements=(),
        revision=f"v{found.version}",
    )
