"""Back-links over HTTP: the panel tells lead professionals that a plan exists, and each reads what they were told."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Literal

from fastapi import APIRouter
from pydantic import Field, RootModel, TypeAdapter
from starlette.responses import Response

from schemas.classes import Published
from services.kernel.identity import Caller
from services.panel.api.speaking import (
    Body,
    Listed,
    Practising,
    Practitioner,
    Ref,
    Stated,
    answer,
    content_of,
    done,
    joined,
)
from services.panel.application.back_links import BackLinkLine, PlanExists
from services.panel.domain.back_link import BackLink
from services.panel.refusals import refusals
from services.panel.room import Room


class TellLead(Published):
    """Tell the lead professional of a young person, whom the panel names by its own reference, that a plan exists."""

    command: Literal["tell_lead"]
    young_person: Listed
    lead: Practitioner

    def do(self, room: Room, who: Caller, context: str) -> BackLink:
        return room.back_links.tell(who, context, self.young_person, self.lead, room.reading.agencies())


class TakeBack(Published):
    """Tell it no more."""

    command: Literal["take_back"]
    back_link: Listed

    def do(self, room: Room, who: Caller, context: str) -> BackLink:
        return room.back_links.take_back(who, context, self.back_link)


Command = Annotated[TellLead | TakeBack, Field(discriminator="command")]


class BackLinkCommand(RootModel[Command]):
    """What lead professionals are told; `command` says what."""


_COMMAND: TypeAdapter[Command] = TypeAdapter(Command)


@dataclass(frozen=True)
class PlansTold:
    """The young people of whom the caller is told that a plan exists."""

    back_links: Sequence[PlanExists]


@dataclass(frozen=True)
class LeadsTold:
    """Which lead professionals were told of a plan, the earliest first."""

    back_links: Sequence[BackLinkLine]


def routes(room: Room) -> APIRouter:
    """`/v1/back-links` of the caller, and `/v1/contexts/{context}/back-links` for people of the panel."""
    router = APIRouter(tags=["back-links"])

    @router.get("/v1/back-links")
    def mine(who: Practising, purpose: Stated) -> Response:
        """The young people of whom the caller, as their lead professional, is told that a plan for a context exists."""
        joined(room.reading, who)
        with refusals():
            return answer(PlansTold(room.back_links.of_lead(who, purpose)))

    @router.get("/v1/contexts/{context}/back-links")
    def of_case(who: Practising, purpose: Stated, context: Ref) -> Response:
        """Which lead professionals were told of the plan for a context."""
        joined(room.reading, who)
        with refusals():
            return answer(LeadsTold(room.back_links.of_case(who, purpose, context)))

    @router.post("/v1/contexts/{context}/back-links/commands")
    def change(who: Practising, context: Ref, body: Body) -> Response:
        """Tell a lead professional, in the place of any who was told of the same young person before, or no longer."""
        joined(room.reading, who)
        command = content_of(body, _COMMAND)
        with refusals():
            made = command.do(room, who, context)
            return done(made.ref, made.version, "told" if made.stands else "taken_back")

    return router
