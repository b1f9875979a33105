"""Contexts over HTTP: the board, a case, what can be done to it, and the pack that names nobody."""

from typing import Annotated, Literal

from fastapi import APIRouter
from pydantic import Field, RootModel, TypeAdapter
from starlette.responses import Response

from schemas.classes import PartnerId, Published
from schemas.identifiers import Uprn
from schemas.reports.codes import Harm
from schemas.reports.context import Ask, ContextKind, Days, LocationBand, Spot, TimeBand
from services.kernel.identity import Caller
from services.panel.api.speaking import (
    Body,
    Day,
    Key,
    Listed,
    Name,
    Narrowed,
    Practising,
    Ref,
    Seen,
    Stated,
    Text,
    answer,
    content_of,
    done,
    joined,
)
from services.panel.application.context_views import ContextsAlike, ContextsListed
from services.panel.application.contexts import Contexts
from services.panel.domain.context_case import ContextCase
from services.panel.domain.context_terms import Measure, Side, Weighed
from services.panel.refusals import refusals
from services.panel.room import Room


class Opening(Published):
    """A context that no report names yet."""

    key: Key
    why: Text


class Confirm(Published):
    """A person says that this is one context, and what it is called; the hub's agencies know it by UPRN or name."""

    command: Literal["confirm"]
    kind: ContextKind
    name: Name
    review_due: Day
    uprn: Uprn | None = None
    personal_handle: bool = False

    def do(self, contexts: Contexts, who: Caller, ref: str, seen: int | None) -> ContextCase:
        return contexts.confirm(
            who, ref, self.kind, self.name, self.review_due.isoformat(), self.uprn, self.personal_handle, seen
        )


class Dismiss(Published):
    """A person says that these reports do not make one context."""

    command: Literal["dismiss"]
    reason: Text

    def do(self, contexts: Contexts, who: Caller, ref: str, seen: int | None) -> ContextCase:
        return contexts.dismiss(who, ref, self.reason, seen)


class Join(Published):
    """A person says that these contexts of the hub are the same one."""

    command: Literal["join"]
    contexts: tuple[Listed, ...] = Field(min_length=1, max_length=50)

    def do(self, contexts: Contexts, who: Caller, ref: str, seen: int | None) -> ContextCase:
        return contexts.join(who, ref, self.contexts, seen)


class Note(Published):
    """Something happened there."""

    command: Literal["note"]
    text: Text
    happened: Day

    def do(self, contexts: Contexts, who: Caller, ref: str, seen: int | None) -> ContextCase:
        return contexts.note(who, ref, self.text, self.happened.isoformat(), seen)


class ObserveGuardian(Published):
    """An adult with caring intent is there, or no longer; `guardian` is a role."""

    command: Literal["observe_guardian"]
    guardian: Text
    present: bool
    observed_on: Day

    def do(self, contexts: Contexts, who: Caller, ref: str, seen: int | None) -> ContextCase:
        return contexts.observe_guardian(who, ref, self.guardian, self.present, self.observed_on.isoformat(), seen)


class Assess(Published):
    """What there is, and what is needed, on each side of the triangle."""

    command: Literal["assess"]
    young_people: Text
    guardianship: Text
    resources: Text

    def do(self, contexts: Contexts, who: Caller, ref: str, seen: int | None) -> ContextCase:
        sides = {Side.YOUNG_PEOPLE: self.young_people, Side.GUARDIANSHIP: self.guardianship}
        return contexts.assess(who, ref, {**sides, Side.RESOURCES: self.resources}, seen)


class Weigh(Published):
    """How much each context bears on safety, from 0 to 5."""

    command: Literal["weigh"]
    weighting: dict[Weighed, int]

    def do(self, contexts: Contexts, who: Caller, ref: str, seen: int | None) -> ContextCase:
        return contexts.weigh(who, ref, self.weighting, seen)


class PlanStep(Published):
    """A step of the plan; the same `step` is replaced."""

    command: Literal["plan_step"]
    step: Listed
    aim: Text
    owner: PartnerId
    due: Day
    measure: Measure

    def do(self, contexts: Contexts, who: Caller, ref: str, seen: int | None) -> ContextCase:
        return contexts.plan_step(who, ref, self.step, self.aim, self.owner, self.due.isoformat(), self.measure, seen)


class HoldReview(Published):
    """How far it has come, and the next date."""

    command: Literal["review"]
    findings: Text
    next_due: Day

    def do(self, contexts: Contexts, who: Caller, ref: str, seen: int | None) -> ContextCase:
        return contexts.review(who, ref, self.findings, self.next_due.isoformat(), seen)


class RecordOutcome(Published):
    """What a measure said before and after: a number, a share or a day."""

    command: Literal["record_outcome"]
    measure: Measure
    before: Name
    after: Name
    measured_on: Day

    def do(self, contexts: Contexts, who: Caller, ref: str, seen: int | None) -> ContextCase:
        return contexts.record_outcome(
            who, ref, self.measure, self.before, self.after, self.measured_on.isoformat(), seen
        )


class Close(Published):
    """The context changed: a contextual outcome is recorded."""

    command: Literal["close"]
    reason: Text

    def do(self, contexts: Contexts, who: Caller, ref: str, seen: int | None) -> ContextCase:
        return contexts.close(who, ref, self.reason, seen)


class Convert(Published):
    """It turned out to be a home: what the panel told of it as a context is withdrawn."""

    command: Literal["convert"]
    reason: Text

    def do(self, contexts: Contexts, who: Caller, ref: str, seen: int | None) -> ContextCase:
        return contexts.convert(who, ref, self.reason, seen)


class Publish(Published):
    """Tell other agencies of the context, in coded values alone."""

    command: Literal["publish"]
    location_band: LocationBand | None = None
    spot: Spot | None = None
    time_band: TimeBand | None = None
    days: Days | None = None
    ask: Ask | None = None
    harms: tuple[Harm, ...] = ()

    def do(self, contexts: Contexts, who: Caller, ref: str, seen: int | None) -> ContextCase:
        told = self.model_dump(mode="json", exclude={"command"}, exclude_none=True)
        return contexts.publish(who, ref, told, seen)


Command = Annotated[
    Confirm
    | Dismiss
    | Join
    | Note
    | ObserveGuardian
    | Assess
    | Weigh
    | PlanStep
    | HoldReview
    | RecordOutcome
    | Close
    | Convert
    | Publish,
    Field(discriminator="command"),
]


class ContextCommand(RootModel[Command]):
    """What is done to a context; `command` says what."""


_COMMAND: TypeAdapter[Command] = TypeAdapter(Command)
_OPENING = TypeAdapter(Opening)


def routes(room: Room) -> APIRouter:
    """`/v1/contexts`: for people of the panel alone."""
    router = APIRouter(tags=["contexts"])

    @router.get("/v1/contexts")
    def every(who: Practising, purpose: Stated, state: Narrowed = None) -> Response:
        """The contexts that are proposed, or are cases; by the order in which they were proposed."""
        joined(room.reading, who)
        with refusals():
            return answer(ContextsListed(room.contexts.lines(who, purpose, state)))

    @router.post("/v1/contexts", status_code=201)
    def opened(who: Practising, body: Body) -> Response:
        """Propose a context that no report names yet."""
        joined(room.reading, who)
        told = content_of(body, _OPENING)
        with refusals():
            return _done(room.contexts.open(who, told.key, told.why), 201)

    @router.get("/v1/contexts/{context}")
    def one(who: Practising, purpose: Stated, context: Ref) -> Response:
        """One context with its timeline, assessment, plan, reviews and outcomes."""
        joined(room.reading, who)
        with refusals():
            return answer(room.contexts.case(who, purpose, context))

    @router.post("/v1/contexts/{context}/commands")
    def change(who: Practising, context: Ref, body: Body, seen: Seen) -> Response:
        """Do something to a context; `command` says what."""
        joined(room.reading, who)
        command = content_of(body, _COMMAND)
        with refusals():
            return _done(command.do(room.contexts, who, context, seen))

    @router.get("/v1/contexts/{context}/alike")
    def alike(who: Practising, purpose: Stated, context: Ref) -> Response:
        """Other contexts of the hub that are described alike, for a person to say whether they are the same."""
        joined(room.reading, who)
        with refusals():
            return answer(ContextsAlike(room.packs.alike(who, purpose, context)))

    @router.get("/v1/contexts/{context}/conference-pack")
    def conference(who: Practising, purpose: Stated, context: Ref) -> Response:
        """What a business or a landlord may be told: coded values, and nobody in it."""
        joined(room.reading, who)
        with refusals():
            return answer(room.packs.conference(who, purpose, context).document())

    return router


def _done(case: ContextCase, status: int = 200) -> Response:
    return done(case.ref, case.version, case.state.value, status)
