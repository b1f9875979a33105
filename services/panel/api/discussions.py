"""Discussions and missing episodes over HTTP: closing a discussion, and what is due after somebody came back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from fastapi import APIRouter, Request
from pydantic import Field, TypeAdapter
from sqlalchemy.orm import Session
from starlette.responses import Response

from schemas.classes import Published, Purpose
from schemas.identifiers import Identifier
from schemas.reports.codes import Agency
from schemas.reports.decision import Outcome
from services.kernel.identity import Caller
from services.panel.api.referrals import Answered
from services.panel.api.speaking import (
    Body,
    Key,
    Practising,
    Stated,
    Text,
    answer,
    content_of,
    joined,
)
from services.panel.application.discussions import DiscussionView
from services.panel.domain.episodes import STEPS, Told
from services.panel.domain.held import Held
from services.panel.domain.ird_closing import Closing
from services.panel.domain.missing_clocks import (
    Clocks,
    Episode,
    MissingTogether,
    Timed,
    missing_together,
    overdue,
    repeated,
    timed,
)
from services.panel.domain.prompts import Prompt
from services.panel.intake import relayed
from services.panel.missing_told import EVER, episodes_opened, found_elsewhere
from services.panel.projections.holdings import held_for
from services.panel.refusals import refusals
from services.panel.room import Room


class ClosingDiscussion(Published):
    """How an inter-agency referral discussion ended."""

    key: Key
    young_people: tuple[tuple[Identifier, ...], ...] = Field(min_length=1, max_length=50)
    """The identifiers of each, as `system|value`."""
    outcome: Outcome
    took_part: tuple[Agency, ...]
    not_taken_part: dict[Agency, Text] = Field(default_factory=dict)
    reasons: Text
    lead_professional: Text
    young_persons_view: Text | None = None
    no_view_because: Text | None = None
    dissent: Text | None = None
    prompts: dict[Prompt, Answered] = Field(default_factory=dict)

    def closing(self) -> Closing:
        """As the domain has it."""
        return Closing(
            outcome=self.outcome,
            took_part=frozenset(self.took_part),
            reasons=self.reasons,
            lead_professional=self.lead_professional,
            not_taken_part=self.not_taken_part,
            young_persons_view=self.young_persons_view,
            no_view_because=self.no_view_because,
            dissent=self.dissent,
            prompts={prompt: given.answer() for prompt, given in self.prompts.items()},
        )


_CLOSING = TypeAdapter(ClosingDiscussion)


@dataclass(frozen=True)
class DiscussionReported:
    """What became of the report of a discussion; `receipt` is that of intake, as its own interface describes it."""

    status: str
    receipt: Mapping[str, Any]


@dataclass(frozen=True)
class DiscussionsListed:
    """The discussions that the caller's agency has closed."""

    discussions: Sequence[DiscussionView]


@dataclass(frozen=True)
class MissingTold:
    """Missing episodes; those of which something is late, the longest late first; who was missing often, and with whom.

    `repeated` is how often each of those young people went missing of late.
    """

    episodes: Sequence[Timed]
    overdue: Sequence[Timed]
    repeated: Mapping[str, int]
    together: Sequence[MissingTogether]


def routes(room: Room, clocks: Clocks) -> APIRouter:
    """`/v1/discussions` and `/v1/missing`: of the caller's own agency."""
    router = APIRouter(tags=["discussions"])

    @router.post("/v1/discussions", status_code=201)
    def close(who: Practising, body: Body, request: Request) -> Response:
        """Close an inter-agency referral discussion: it is reported for the caller's agency, with intake's receipt."""
        joined(room.reading, who)
        told = content_of(body, _CLOSING)
        with refusals():
            closed = room.discussions.close(who, relayed(request), told.key, told.young_people, told.closing())
            return answer(DiscussionReported(closed.accepted.status, dict(closed.accepted.receipt)), 201)

    @router.get("/v1/discussions")
    def every(who: Practising, purpose: Stated) -> Response:
        """The discussions that the caller's agency has closed, with how their prompts were answered."""
        joined(room.reading, who)
        with refusals():
            return answer(DiscussionsListed(room.discussions.discussions(who, purpose)))

    @router.get("/v1/missing")
    def missing(who: Practising, purpose: Stated) -> Response:
        """Missing episodes as the caller's agency knows them: what is due, what is late, and what happens often."""
        joined(room.reading, who)
        now = room.clock.now()
        known = _episodes(room, who, purpose)
        return answer(
            MissingTold(
                episodes=[timed(one, now, clocks) for one in known],
                overdue=overdue(known, now, clocks),
                repeated=repeated(known, now, clocks),
                together=missing_together(known, now),
            )
        )

    return router


def _episodes(room: Room, who: Caller, purpose: Purpose) -> list[Episode]:
    """What the caller's agency is told of missing episodes, those of each young person the earliest first."""

    def find(session: Session, _: datetime) -> tuple[Mapping[str, Sequence[Told]], list[Held]]:
        held = [one for one in held_for(session, who.partner, purpose) if one.type in STEPS]
        names = sorted({name for one in held for name in one.rendering.about.values()})
        return found_elsewhere(session, who.partner, purpose, EVER, names), held

    current = room.reading.look(who, purpose, "panel.missing", find)
    return [one for own in episodes_opened(current.records, current.found).values() for one in own]
