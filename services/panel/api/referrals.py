"""Referrals over HTTP: agencies send them in, the panel works on them, peers review a sample."""

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
    Key,
    Listed,
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
from services.panel.application.referral_views import ReferralLine
from services.panel.application.referrals import Referrals, Submission
from services.panel.domain.panel_referral import About, PanelReferral
from services.panel.domain.prompts import Given, Prompt, PromptAnswer
from services.panel.refusals import refusals
from services.panel.room import Room


class Referring(Published):
    """What an agency refers; young people and contexts by the references that its own records have for them."""

    key: Key
    about: About
    asked: Text
    concern: Text
    strengths: Text
    immediate_safety: Text
    views: Text | None = None
    no_views_because: Text | None = None
    young_people: tuple[Listed, ...] = Field(default=(), max_length=200)
    contexts: tuple[Listed, ...] = Field(default=(), max_length=50)
    personal_handle: bool = False


class Answered(Published):
    """One prompt answered; `words` say why it was skipped."""

    given: Given
    words: Text | None = None

    def answer(self) -> PromptAnswer:
        """As the domain has it."""
        return PromptAnswer(self.given, self.words)


class AnswerPrompts(Published):
    """All quality prompts, each answered or skipped with a reason."""

    command: Literal["answer_prompts"]
    answers: dict[Prompt, Answered]

    def do(self, referrals: Referrals, who: Caller, ref: str, seen: int | None) -> PanelReferral:
        answers = {prompt: given.answer() for prompt, given in self.answers.items()}
        return referrals.answer_prompts(who, ref, answers, seen)


class SendInAgain(Published):
    """What the referrer was asked for."""

    command: Literal["send_in_again"]
    more: Text

    def do(self, referrals: Referrals, who: Caller, ref: str, seen: int | None) -> PanelReferral:
        return referrals.send_in_again(who, ref, self.more, seen)


class PeerReview(Published):
    """What a peer learned from a referral of the sample."""

    command: Literal["peer_review"]
    learning: Text

    def do(self, referrals: Referrals, who: Caller, ref: str, seen: int | None) -> PanelReferral:
        return referrals.review(who, ref, self.learning, seen)


Command = Annotated[AnswerPrompts | SendInAgain | PeerReview, Field(discriminator="command")]


class ReferralCommand(RootModel[Command]):
    """What is done to a referral; `command` says what."""


_COMMAND: TypeAdapter[Command] = TypeAdapter(Command)
_REFERRING = TypeAdapter(Referring)


@dataclass(frozen=True)
class ReferralsListed:
    """Referrals in the order of arrival."""

    referrals: Sequence[ReferralLine]


def routes(room: Room) -> APIRouter:
    """`/v1/referrals`: all for the panel; for another agency those that it sent in, and otherwise as if none were."""
    router = APIRouter(tags=["referrals"])

    @router.get("/v1/referrals")
    def every(who: Practising, purpose: Stated, standing: Narrowed = None, to_review: bool = False) -> Response:
        """Referrals in the order of arrival; `to_review` for those of the sample that no peer has looked at."""
        joined(room.reading, who)
        with refusals():
            found = (
                room.referrals.to_review(who, purpose) if to_review else room.referrals.lines(who, purpose, standing)
            )
            return answer(ReferralsListed(found))

    @router.post("/v1/referrals", status_code=201)
    def submit(who: Practising, body: Body) -> Response:
        """Refer a young person, a group, a place, a school or an online space to the panel."""
        joined(room.reading, who)
        told = content_of(body, _REFERRING)
        said = {name: getattr(told, name) for name in Referring.model_fields if name != "key"}
        with refusals():
            made = room.referrals.submit(who, told.key, Submission(**said))
            return done(made.ref, 0, "received", 201)

    @router.get("/v1/referrals/{referral}")
    def one(who: Practising, purpose: Stated, referral: Ref) -> Response:
        """One referral."""
        joined(room.reading, who)
        with refusals():
            return answer(room.referrals.referral(who, purpose, referral))

    @router.post("/v1/referrals/{referral}/commands")
    def change(who: Practising, referral: Ref, body: Body, seen: Seen) -> Response:
        """Do something to a referral; `command` says what."""
        joined(room.reading, who)
        command = content_of(body, _COMMAND)
        with refusals():
            changed = command.do(room.referrals, who, referral, seen)
            ours = room.kept.visitor(who).of_panel
            return done(changed.ref, changed.version if ours else 0, changed.standing.value)

    return router
