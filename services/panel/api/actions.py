"""Actions over HTTP: an agency reads its own, and says how far it is; the panel reads all."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Literal

from fastapi import APIRouter, Query
from pydantic import Field, RootModel, TypeAdapter
from starlette.responses import Response

from schemas.classes import Published
from services.kernel.identity import Caller
from services.panel.api.speaking import (
    Body,
    Day,
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
from services.panel.application.actions import Actions, ActionView
from services.panel.domain.action import Action, Progress
from services.panel.refusals import refusals
from services.panel.room import Room


class ReportProgress(Published):
    """How far it is; `said` is the evidence once it is done, or why it is not possible."""

    command: Literal["report_progress"]
    progress: Progress
    said: Text = ""

    def do(self, actions: Actions, who: Caller, ref: str, seen: int | None) -> Action:
        return actions.report_progress(who, ref, self.progress, self.said, seen)


class Postpone(Published):
    """The panel gives more time, and says why."""

    command: Literal["postpone"]
    due: Day
    reason: Text

    def do(self, actions: Actions, who: Caller, ref: str, seen: int | None) -> Action:
        return actions.postpone(who, ref, self.due.isoformat(), self.reason, seen)


Command = Annotated[ReportProgress | Postpone, Field(discriminator="command")]


class ActionCommand(RootModel[Command]):
    """What is done to an action; `command` says what."""


_COMMAND: TypeAdapter[Command] = TypeAdapter(Command)


@dataclass(frozen=True)
class ActionsListed:
    """Actions in the order of their due days."""

    actions: Sequence[ActionView]


def routes(room: Room) -> APIRouter:
    """`/v1/actions`: for another agency than the panel, those of its own alone, as if there were no others."""
    router = APIRouter(tags=["actions"])

    @router.get("/v1/actions")
    def every(
        who: Practising,
        purpose: Stated,
        state: Narrowed = None,
        owner: Annotated[str | None, Query(max_length=63)] = None,
    ) -> Response:
        """Actions in the order of their due days; `state` is a progress, or `overdue`."""
        joined(room.reading, who)
        with refusals():
            return answer(ActionsListed(room.actions.actions(who, purpose, state, owner)))

    @router.get("/v1/actions/{action}")
    def one(who: Practising, purpose: Stated, action: Ref) -> Response:
        """One action."""
        joined(room.reading, who)
        with refusals():
            return answer(room.actions.action(who, purpose, action))

    @router.post("/v1/actions/{action}/commands")
    def change(who: Practising, action: Ref, body: Body, seen: Seen) -> Response:
        """Do something to an action; `command` says what."""
        joined(room.reading, who)
        command = content_of(body, _COMMAND)
        with refusals():
            changed = command.do(room.actions, who, action, seen)
            return done(changed.ref, changed.version, changed.progress.value)

    return router
