"""What can be done in a meeting over HTTP, command by command."""

from typing import Annotated, Literal

from pydantic import Field, RootModel, TypeAdapter

from schemas.annotations import Instant
from schemas.classes import PartnerId, Published
from services.kernel.identity import Caller
from services.panel.api.speaking import Day, Key, Listed, Name, Practitioner, Text
from services.panel.application.actions import Asked
from services.panel.application.convening import ItemAsked
from services.panel.domain.context_terms import Weighed
from services.panel.domain.meeting import Meeting
from services.panel.domain.meeting_terms import Decision, Destination, ItemKind, Membership, PanelOutcome
from services.panel.room import Room


class Reschedule(Published):
    """Meet at another time."""

    command: Literal["reschedule"]
    starts: Instant
    ends: Instant

    def do(self, room: Room, who: Caller, ref: str, seen: int | None) -> Meeting:
        return room.convening.reschedule(who, ref, self.starts, self.ends, seen)


class AddItem(Published):
    """Put something on the agenda; once it was sent, for the chair alone."""

    command: Literal["add_item"]
    kind: ItemKind
    title: Name
    referral: Listed | None = None
    case: Listed | None = None

    def do(self, room: Room, who: Caller, ref: str, seen: int | None) -> Meeting:
        return room.convening.add_item(who, ref, ItemAsked(self.kind, self.title, self.referral, self.case), seen)


class MoveItem(Published):
    """Hear it at this place, the first being 1."""

    command: Literal["move_item"]
    item: Listed
    place: int = Field(ge=1, le=500)

    def do(self, room: Room, who: Caller, ref: str, seen: int | None) -> Meeting:
        return room.convening.move_item(who, ref, self.item, self.place, seen)


class AddMember(Published):
    """Let somebody from an agency take part, in all of it or in some items."""

    command: Literal["add_member"]
    practitioner: Practitioner
    partner: PartnerId
    membership: Membership
    items: tuple[Listed, ...] = Field(default=(), max_length=100)

    def do(self, room: Room, who: Caller, ref: str, seen: int | None) -> Meeting:
        return room.convening.add_member(who, ref, self.practitioner, self.partner, self.membership, self.items, seen)


class DeclareConflict(Published):
    """An interest in an item: nothing of it is that person's to see from now on."""

    command: Literal["declare_conflict"]
    item: Listed
    why: Text
    practitioner: Practitioner | None = None

    def do(self, room: Room, who: Caller, ref: str, seen: int | None) -> Meeting:
        return room.interests.declare(who, ref, self.item, self.why, self.practitioner, seen)


class SendAgenda(Published):
    """Let the members prepare."""

    command: Literal["send_agenda"]

    def do(self, room: Room, who: Caller, ref: str, seen: int | None) -> Meeting:
        return room.convening.send_agenda(who, ref, seen)


class CheckRecipients(Published):
    """The chair has looked at who would receive a late item."""

    command: Literal["check_recipients"]
    item: Listed
    recipients: tuple[Practitioner, ...] = Field(max_length=500)

    def do(self, room: Room, who: Caller, ref: str, seen: int | None) -> Meeting:
        return room.convening.check_recipients(who, ref, self.item, self.recipients, seen)


class Begin(Published):
    """Open the meeting; these are there."""

    command: Literal["begin"]
    present: tuple[Practitioner, ...] = Field(max_length=500)

    def do(self, room: Room, who: Caller, ref: str, seen: int | None) -> Meeting:
        return room.proceedings.begin(who, ref, self.present, seen)


class Hear(Published):
    """The meeting has come to this item."""

    command: Literal["hear"]
    item: Listed

    def do(self, room: Room, who: Caller, ref: str, seen: int | None) -> Meeting:
        return room.proceedings.hear(who, ref, self.item, seen)


class ActionAsked(Published):
    """An action, in words for its owner."""

    owner: PartnerId
    text: Text
    due: Day

    def asked(self) -> Asked:
        """As the application has it."""
        return Asked(self.owner, self.text, self.due.isoformat())


class Decide(Published):
    """What was decided on an item that was heard, and what comes of it."""

    command: Literal["decide"]
    item: Listed
    outcome: PanelOutcome
    rationale: Text
    weighting: dict[Weighed, int]
    disclosure: Text
    disclosed_to: tuple[PartnerId, ...] = Field(default=(), max_length=100)
    dissent: Text | None = None
    no_dissent: bool = False
    views: Text | None = None
    no_views_because: Text | None = None
    reason: Text | None = None
    to: Destination | None = None
    review_due: Day | None = None
    actions: tuple[ActionAsked, ...] = Field(default=(), max_length=50)

    def do(self, room: Room, who: Caller, ref: str, seen: int | None) -> Meeting:
        decision = Decision(
            outcome=self.outcome,
            rationale=self.rationale,
            weighting=self.weighting,
            disclosure=self.disclosure,
            disclosed_to=self.disclosed_to,
            dissent=self.dissent,
            no_dissent=self.no_dissent,
            views=self.views,
            no_views_because=self.no_views_because,
            reason=self.reason,
            to=self.to,
            review_due=self.review_due.isoformat() if self.review_due else None,
        )
        return room.proceedings.decide(who, ref, self.item, decision, [one.asked() for one in self.actions], seen)


class AssignAction(Published):
    """One more action of an item that is decided."""

    command: Literal["assign_action"]
    item: Listed
    key: Key
    action: ActionAsked

    def do(self, room: Room, who: Caller, ref: str, seen: int | None) -> Meeting:
        return room.proceedings.assign(who, ref, self.item, self.action.asked(), self.key, seen)


class CarryOver(Published):
    """The meeting does not come to this item."""

    command: Literal["carry_over"]
    item: Listed
    reason: Text

    def do(self, room: Room, who: Caller, ref: str, seen: int | None) -> Meeting:
        return room.proceedings.carry_over(who, ref, self.item, self.reason, seen)


class CloseMeeting(Published):
    """End the meeting: each item was decided or carried over."""

    command: Literal["close"]

    def do(self, room: Room, who: Caller, ref: str, seen: int | None) -> Meeting:
        return room.proceedings.close(who, ref, seen)


class CirculateMinutes(Published):
    """Let each recipient read the minutes, as far as they are theirs."""

    command: Literal["circulate_minutes"]

    def do(self, room: Room, who: Caller, ref: str, seen: int | None) -> Meeting:
        return room.proceedings.circulate_minutes(who, ref, seen)


Command = Annotated[
    Reschedule
    | AddItem
    | MoveItem
    | AddMember
    | DeclareConflict
    | SendAgenda
    | CheckRecipients
    | Begin
    | Hear
    | Decide
    | AssignAction
    | CarryOver
    | CloseMeeting
    | CirculateMinutes,
    Field(discriminator="command"),
]


class MeetingCommand(RootModel[Command]):
    """What is done in a meeting; `command` says what."""


COMMAND: TypeAdapter[Command] = TypeAdapter(Command)
