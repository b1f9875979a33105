"""A meeting of the panel: who takes part, what is heard in which order, and what is decided, item by item."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from eventsourcing.domain import Aggregate, event

from services.panel.domain.meeting_terms import (
    Decision,
    ForTheChair,
    HeardWithoutDecision,
    ItemKind,
    ItemNotOpen,
    ItemState,
    MeetingNotOpen,
    Membership,
    MinuteTakerIsChair,
    NotHeard,
    Part,
    RecipientsNotChecked,
    Stage,
    WrongTimes,
)
from services.panel.domain.refusing import NotKnown, NotYours, Over, WordsMissing
from services.panel.domain.sealing import Seal, Words, require


class Meeting(Aggregate):
    """One meeting. Instants are ISO 8601; `by` and members are refs of practitioners, `partner` an agency."""

    TOPIC = "meeting"

    @staticmethod
    def create_id(ref: str) -> UUID:
        return uuid5(NAMESPACE_URL, f"urn:cairn:panel:meeting:{ref}")

    @staticmethod
    def check(starts: str, ends: str, parts: Mapping[Part, str]) -> None:
        """Raises WordsMissing, MinuteTakerIsChair, WrongTimes for what cannot be convened."""
        missing = [part.value for part in Part if part is not Part.DEPUTY and not parts.get(part)]
        if missing:
            raise WordsMissing(missing)
        if parts[Part.MINUTE_TAKER] in (parts[Part.CHAIR], parts.get(Part.DEPUTY)):
            raise MinuteTakerIsChair
        if datetime.fromisoformat(starts) >= datetime.fromisoformat(ends):
            raise WrongTimes

    @event("Created", topic="meeting.convened")
    def __init__(self, ref: str, starts: str, ends: str, parts: dict[str, str], by: str, at: str) -> None:
        """`parts`: chair, deputy, coordinator, minute_taker -> practitioner of the panel."""
        self.ref, self.starts, self.ends, self.parts = ref, starts, ends, dict(parts)
        self.convened_by, self.convened_at = by, at
        self.stage = Stage.PLANNED
        self.members: dict[str, dict[str, Any]] = {}
        self.items: dict[str, dict[str, Any]] = {}
        self.order: list[str] = []
        self.conflicts: dict[str, list[str]] = {}
        self.present: list[str] = []
        self.closed_at: str | None = None

    def reschedule(self, starts: str, ends: str, by: str, at: str) -> None:
        """Meet at another time; what opens and shuts goes by it."""
        self._preparing()
        if datetime.fromisoformat(starts) >= datetime.fromisoformat(ends):
            raise WrongTimes
        self._rescheduled(starts, ends, by, at)

    @event("Rescheduled", topic="meeting.rescheduled")
    def _rescheduled(self, starts: str, ends: str, by: str, at: str) -> None:  # noqa: ARG002
        self.starts, self.ends = starts, ends

    def add_item(
        self,
        item: str,
        kind: ItemKind,
        title: str,
        referral: str | None,
        case: str | None,
        subjects: Sequence[str],
        contexts: Sequence[str],
        by: str,
        at: str,
        seal: Seal,
    ) -> None:
        """Put something on the agenda, last; after the agenda was sent it is late, and for the chair to table.

        `item` is an opaque ref: a number would tell those who are invited to one how many there are.
        """
        self._not_over()
        late = self.stage is not Stage.PLANNED
        if late and not self.chairs(by):
            raise ForTheChair
        require(title=title)
        words = seal(f"item:{item}", title=title)
        self._item_added(item, kind.value, words, referral, case, list(subjects), list(contexts), late, by, at)

    @event("ItemAdded", topic="meeting.item-added")
    def _item_added(
        self,
        item: str,
        kind: str,
        words: Words,
        referral: str | None,
        case: str | None,
        subjects: list[str],
        contexts: list[str],
        late: bool,
        by: str,  # noqa: ARG002
        at: str,  # noqa: ARG002
    ) -> None:
        self.items[item] = {
            "kind": ItemKind(kind), "words": words, "referral": referral, "case": case, "subjects": subjects,
            "contexts": contexts, "late": late, "checked": [], "state": ItemState.PLANNED, "decision": None,
        }  # fmt: skip
        self.order.append(item)

    def move_item(self, item: str, place: int, by: str, at: str) -> None:
        """Hear it at this place of the agenda, the first being 1."""
        self._not_over()
        self._item(item)
        order = [one for one in self.order if one != item]
        order.insert(max(0, min(place - 1, len(order))), item)
        if order != self.order:
            self._reordered(order, by, at)

    @event("Reordered", topic="meeting.reordered")
    def _reordered(self, order: list[str], by: str, at: str) -> None:  # noqa: ARG002
        self.order = order

    def add_member(
        self, practitioner: str, partner: str, membership: Membership, items: Sequence[str], by: str, at: str
    ) -> None:
        """Somebody from an agency takes part: in all of it, or in some items; adds to what they were invited to."""
        self._not_over()
        if membership is not Membership.CORE:
            if not items:
                raise WordsMissing(["items"])
            for item in items:
                self._item(item)
        self._member_added(practitioner, partner, membership.value, list(items), by, at)

    @event("MemberAdded", topic="meeting.member-added")
    def _member_added(
        self,
        practitioner: str,
        partner: str,
        membership: str,
        items: list[str],
        by: str,  # noqa: ARG002
        at: str,  # noqa: ARG002
    ) -> None:
        before = self.members.get(practitioner, {"items": []})["items"]
        every = sorted({*before, *items})
        self.members[practitioner] = {"partner": partner, "membership": Membership(membership), "items": every}

    def declare_conflict(self, practitioner: str, item: str, why: str, by: str, at: str, seal: Seal) -> None:
        """Somebody has an interest in an item: from this moment nothing of it is theirs to see."""
        self._item(item)
        if practitioner not in self.conflicts.get(item, []):
            words = seal(f"conflict:{self.version}", why=why)
            self._conflict_declared(practitioner, item, words, by, at)

    @event("ConflictDeclared", topic="meeting.conflict-declared")
    def _conflict_declared(self, practitioner: str, item: str, words: Words, by: str, at: str) -> None:  # noqa: ARG002
        self.conflicts.setdefault(item, []).append(practitioner)

    def send_agenda(self, by: str, at: str) -> None:
        """Let the members prepare: what is added from now on is late."""
        if self.stage is not Stage.PLANNED:
            raise MeetingNotOpen
        self._agenda_sent(by, at)

    @event("AgendaSent", topic="meeting.agenda-sent")
    def _agenda_sent(self, by: str, at: str) -> None:  # noqa: ARG002
        self.stage = Stage.AGENDA_SENT

    def check_recipients(self, item: str, recipients: Sequence[str], by: str, at: str) -> None:
        """The chair has looked at who would receive a late item: just these, and nobody who joins later."""
        if not self.chairs(by):
            raise ForTheChair
        if not self._item(item)["late"]:
            raise ItemNotOpen
        if sorted(recipients) != self.recipients(item):
            raise RecipientsNotChecked
        self._recipients_checked(item, self.recipients(item), by, at)

    @event("RecipientsChecked", topic="meeting.recipients-checked")
    def _recipients_checked(self, item: str, recipients: list[str], by: str, at: str) -> None:  # noqa: ARG002
        self.items[item]["checked"] = recipients

    def recipients(self, item: str) -> list[str]:
        """The members to whom an item would go, those with a conflict of interest left out."""
        conflicted = self.conflicts.get(item, [])
        return sorted(
            practitioner
            for practitioner, member in self.members.items()
            if (member["membership"] is Membership.CORE or item in member["items"]) and practitioner not in conflicted
        )

    def begin(self, present: Sequence[str], by: str, at: str) -> None:
        """Open the meeting: confidentiality is stated, conflicts are asked for, and these are there."""
        if self.stage is not Stage.AGENDA_SENT:
            raise MeetingNotOpen
        if not self.chairs(by):
            raise ForTheChair
        self._begun(list(present), by, at)

    @event("Begun", topic="meeting.begun")
    def _begun(self, present: list[str], by: str, at: str) -> None:  # noqa: ARG002
        self.stage, self.present = Stage.HELD, present

    def hear(self, item: str, by: str, at: str) -> None:
        """The meeting has come to this item; from now on it has to be decided."""
        self._holding()
        if self._item(item)["state"] is not ItemState.PLANNED:
            raise ItemNotOpen
        self._heard(item, by, at)

    @event("Heard", topic="meeting.item-heard")
    def _heard(self, item: str, by: str, at: str) -> None:  # noqa: ARG002
        self.items[item]["state"] = ItemState.HEARD

    def decide(self, item: str, decision: Decision, by: str, at: str, seal: Seal) -> None:
        """What was decided on an item that was heard; the minute-taker writes it down, or whoever chairs."""
        self._holding()
        if self._item(item)["state"] is not ItemState.HEARD:
            raise ItemNotOpen
        if not (self.chairs(by) or by == self.parts[Part.MINUTE_TAKER]):
            raise ForTheChair
        if by in self.conflicts.get(item, []):
            raise NotYours
        said = decision.checked()
        coded = {
            "outcome": said.outcome.value,
            "weighting": {each.value: weight for each, weight in said.weighting.items()},
            "disclosed_to": sorted(said.disclosed_to),
            "dissent": not said.no_dissent,
            "to": said.to.value if said.to else None,
            "review_due": said.review_due,
        }
        self._decided(item, coded, seal(f"decision:{item}", **said.words()), by, at)

    @event("Decided", topic="meeting.item-decided")
    def _decided(self, item: str, coded: dict[str, Any], words: Words, by: str, at: str) -> None:
        self.items[item]["state"] = ItemState.DECIDED
        self.items[item]["decision"] = {**coded, "words": words, "by": by, "at": at}

    def carry_over(self, item: str, reason: str, by: str, at: str, seal: Seal) -> None:
        """The meeting does not come to this item."""
        self._not_over()
        if self._item(item)["state"] is not ItemState.PLANNED:
            raise ItemNotOpen
        require(reason=reason)
        self._carried_over(item, seal(f"carried-over:{item}", reason=reason), by, at)

    @event("CarriedOver", topic="meeting.item-carried-over")
    def _carried_over(self, item: str, words: Words, by: str, at: str) -> None:  # noqa: ARG002
        self.items[item]["state"] = ItemState.CARRIED_OVER
        self.items[item]["carried_over"] = words

    def close(self, by: str, at: str) -> None:
        """End the meeting, once each item has been decided or carried over."""
        self._holding()
        if not self.chairs(by):
            raise ForTheChair
        heard = [item for item in self.order if self.items[item]["state"] is ItemState.HEARD]
        if heard:
            raise HeardWithoutDecision(heard)
        planned = [item for item in self.order if self.items[item]["state"] is ItemState.PLANNED]
        if planned:
            raise NotHeard(planned)
        self._closed(by, at)

    @event("Closed", topic="meeting.closed")
    def _closed(self, by: str, at: str) -> None:  # noqa: ARG002
        self.stage, self.closed_at = Stage.CLOSED, at

    def circulate_minutes(self, by: str, at: str) -> None:
        """Let each recipient read the minutes, as far as they are theirs."""
        if self.stage is not Stage.CLOSED:
            raise MeetingNotOpen
        self._minutes_circulated(by, at)

    @event("MinutesCirculated", topic="meeting.minutes-circulated")
    def _minutes_circulated(self, by: str, at: str) -> None:  # noqa: ARG002
        self.stage = Stage.MINUTED

    def chairs(self, practitioner: str) -> bool:
        """Whether somebody chairs this meeting, or stands in for the chair."""
        return practitioner in (self.parts[Part.CHAIR], self.parts.get(Part.DEPUTY))

    def _item(self, item: str) -> dict[str, Any]:
        try:
            return self.items[item]
        except KeyError:
            raise NotKnown from None

    def _preparing(self) -> None:
        if self.stage not in (Stage.PLANNED, Stage.AGENDA_SENT):
            raise MeetingNotOpen

    def _holding(self) -> None:
        self._not_over()
        if self.stage is not Stage.HELD:
            raise MeetingNotOpen

    def _not_over(self) -> None:
        if self.stage in (Stage.CLOSED, Stage.MINUTED):
            raise Over
