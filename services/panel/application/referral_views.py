"""A referral as those who may know of it read it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated

from schemas.classes import Published
from services.panel.application.holding import holding, where_it_is_said


@dataclass(frozen=True)
class ReferralLine:
    """A referral as a list has it. Its referrer learns how far it has come; the outcome is for the panel."""

    ref: str
    about: str
    way: str
    by_partner: str
    standing: str
    received_at: str
    hear_by: str
    meeting: str | None
    outcome: str | None
    sampled: bool
    peer_reviewed: bool
    prompts_open: bool


class PeerReviewed(Published):
    """What a peer learned from how a referral was worked on."""

    by: str
    at: str
    learning: str = where_it_is_said()


class ReferralHappened(Published):
    """One thing that happened to a referral."""

    at: str
    kind: str
    by: str = where_it_is_said()
    """For the panel."""


@dataclass(frozen=True)
class ReferralView:
    """A referral, opened. `young_people` are the reader's own references, None where the reader has none, or where the
    report that it came as does not name them."""

    line: ReferralLine
    version: int
    words: Mapping[str, str]
    more: Sequence[Mapping[str, str]]
    young_people: Sequence[str | None]
    contexts: Sequence[str]
    report: str | None
    """The report in the reader's feed that it came as."""
    prompts: Mapping[str, str]
    prompts_words: Mapping[str, str]
    peer_reviews: Sequence[Annotated[Mapping[str, str], holding(PeerReviewed)]]
    history: Sequence[Annotated[Mapping[str, str], holding(ReferralHappened)]]
