"""A referral to the panel: a young person, a group, a place, a school or an online space; only a decision ends it."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from eventsourcing.domain import Aggregate, event

from schemas.reports.decision import Outcome
from services.panel.domain.prompts import Given, Prompt, PromptAnswer, PromptsOpen, open_prompts
from services.panel.domain.refusing import Over, Refused, Sort
from services.panel.domain.sealing import Seal, Words, require

SAMPLED_SHARE = 0.1
"""The share of all referrals that goes to peer review (our proposal)."""


class About(StrEnum):
    """What is referred."""

    CHILD = "child"
    GROUP = "group"
    PLACE = "place"
    SCHOOL = "school"
    ONLINE_SPACE = "online_space"


REFERRED_BY_OUTCOME = {
    Outcome.REFER_CHILD_TO_EFH_PANEL: About.CHILD,
    Outcome.REFER_GROUP_TO_EFH_PANEL: About.GROUP,
    Outcome.REFER_PLACE_TO_EFH_PANEL: About.PLACE,
    Outcome.REFER_SCHOOL_TO_EFH_PANEL: About.SCHOOL,
    Outcome.REFER_ONLINE_SPACE_TO_EFH_PANEL: About.ONLINE_SPACE,
}
"""The outcome of a discussion, or of a referral, that leads to the panel -> what is referred by it."""


class Standing(StrEnum):
    """How far a referral has come."""

    RECEIVED = "received"
    ON_AGENDA = "on_agenda"
    RETURNED = "returned"
    """The referrer is asked for more; its clock runs on."""
    DECIDED = "decided"


class Way(StrEnum):
    """How it reached the panel."""

    REPORT = "report"
    SUBMITTED = "submitted"


class NotSampled(Refused):
    """This referral is not in the sample, or was reviewed before."""

    code = "not_to_review"
    title = "This referral is not waiting for peer review"
    detail = "Peer review takes those that are drawn, each once."


class OwnWork(Refused):
    """Whoever worked on a referral cannot review it as a peer."""

    code = "own_work"
    title = "A peer reviews what others worked on"
    detail = "Ask somebody who has had no part in this referral."


class NotReturned(Refused):
    """Nothing was asked of the referrer."""

    code = "not_returned"
    title = "The referral was not returned"
    detail = "Only what was returned for information is sent in again."


class PersonalHandle(Refused):
    """The name of an online space is its members' personal data: the group is referred, not the space."""

    sort = Sort.CONTENT
    code = "handle_is_personal"
    title = "This online space is named by personal data of its members"
    detail = "Refer the group of young people, and leave the name of the space out."


class PanelReferral(Aggregate):
    """One referral. Refs are opaque; instants are ISO 8601; `by` is the ref of a practitioner."""

    TOPIC = "panel-referral"

    @staticmethod
    def create_id(ref: str) -> UUID:
        return uuid5(NAMESPACE_URL, f"urn:cairn:panel:referral:{ref}")

    @event("Created", topic="panel-referral.received")
    def __init__(
        self,
        ref: str,
        about: str,
        way: str,
        by_partner: str,
        subjects: list[str],
        contexts: list[str],
        report: str | None,
        words: Words | None,
        sampled: bool,
        hear_by: str,
        by: str,
        at: str,
    ) -> None:
        """`report` is the hub's ref of the report that it came as; `hear_by` is the day of the panel's own target."""
        self.ref, self.about, self.way = ref, About(about), Way(way)
        self.by_partner, self.by = by_partner, by
        self.subjects, self.contexts, self.report = list(subjects), list(contexts), report
        self.words: dict[str, Words] = {"asked": words} if words else {}
        self.sampled, self.received_at, self.hear_by = sampled, at, hear_by
        self.standing = Standing.RECEIVED
        self.meeting: str | None = None
        self.meetings: list[str] = []
        """All that it was ever put before: an interest that somebody declared in one of them lasts."""
        self.outcome: str | None = None
        self.decided_at: str | None = None
        self.prompts: dict[str, str] = {}
        self.prompts_words: Words | None = None
        self.worked: list[str] = [by]
        self.reviews: list[dict[str, Any]] = []
        self.history: list[dict[str, Any]] = [{"at": at, "kind": "received", "by": by}]

    def answer_prompts(self, answers: Mapping[Prompt, PromptAnswer], by: str, at: str, seal: Seal) -> None:
        """Answer all quality prompts, or skip some with a reason."""
        self._not_over()
        missing = open_prompts(answers)
        if missing:
            raise PromptsOpen(missing)
        given = {prompt.value: answers[prompt].given.value for prompt in Prompt}
        words = {prompt.value: answer.words for prompt, answer in answers.items()}
        self._prompts_answered(given, seal(f"prompts:{self.version}", **words), by, at)

    @event("PromptsAnswered", topic="panel-referral.prompts-answered")
    def _prompts_answered(self, given: dict[str, str], words: Words, by: str, at: str) -> None:
        self.prompts, self.prompts_words = given, words
        self._mark(at, "prompts_answered", by)

    def skipped(self) -> list[str]:
        """The prompts that were skipped, each with a reason in `prompts_words`."""
        return [prompt for prompt, given in self.prompts.items() if given == Given.SKIPPED]

    def put_on_agenda(self, meeting: str, by: str, at: str) -> None:
        """A meeting is going to hear it."""
        self._not_over()
        self._put_on_agenda(meeting, by, at)

    @event("PutOnAgenda", topic="panel-referral.put-on-agenda")
    def _put_on_agenda(self, meeting: str, by: str, at: str) -> None:
        self.standing, self.meeting = Standing.ON_AGENDA, meeting
        self.meetings.append(meeting)
        self._mark(at, "put_on_agenda", by)

    def carry_over(self, by: str, at: str) -> None:
        """The meeting did not come to it: it waits for another."""
        self._not_over()
        self._carried_over(by, at)

    @event("CarriedOver", topic="panel-referral.carried-over")
    def _carried_over(self, by: str, at: str) -> None:
        self.standing, self.meeting = Standing.RECEIVED, None
        self._mark(at, "carried_over", by)

    def send_back(self, wanted: str, by: str, at: str, seal: Seal) -> None:
        """Ask the referrer for more. What it is waiting for, and since when, stays as it was."""
        self._not_over()
        require(wanted=wanted)
        self._sent_back(seal(f"wanted:{self.version}", wanted=wanted), by, at)

    @event("SentBack", topic="panel-referral.returned")
    def _sent_back(self, words: Words, by: str, at: str) -> None:
        self.standing, self.meeting = Standing.RETURNED, None
        self.words[words["part"]] = words
        self._mark(at, "returned", by)

    def send_in_again(self, more: str, by: str, at: str, seal: Seal) -> None:
        """The referrer gives what it was asked for."""
        self._not_over()
        if self.standing is not Standing.RETURNED:
            raise NotReturned
        require(more=more)
        self._sent_in_again(seal(f"more:{self.version}", more=more), by, at)

    @event("SentInAgain", topic="panel-referral.sent-in-again")
    def _sent_in_again(self, words: Words, by: str, at: str) -> None:
        self.standing = Standing.RECEIVED
        self.words[words["part"]] = words
        self._mark(at, "sent_in_again", by)

    def decide(self, outcome: str, by: str, at: str) -> None:
        """The panel has decided, and the prompts are answered: this ends the referral."""
        self._not_over()
        if not self.prompts:
            raise PromptsOpen([prompt.value for prompt in Prompt])
        self._decided(outcome, by, at)

    @event("Decided", topic="panel-referral.decided")
    def _decided(self, outcome: str, by: str, at: str) -> None:
        self.standing, self.outcome, self.decided_at = Standing.DECIDED, outcome, at
        self._mark(at, "decided", by)

    def review(self, learning: str, by: str, at: str, seal: Seal) -> None:
        """A peer looks at how a referral of the sample was worked on."""
        if not self.sampled or self.reviews:
            raise NotSampled
        if by in self.worked:
            raise OwnWork
        require(learning=learning)
        self._reviewed(seal(f"peer-review:{self.version}", learning=learning), by, at)

    @event("Reviewed", topic="panel-referral.reviewed")
    def _reviewed(self, words: Words, by: str, at: str) -> None:
        self.reviews.append({"by": by, "at": at, "words": words})
        self.history.append({"at": at, "kind": "reviewed", "by": by})

    def _mark(self, at: str, kind: str, by: str) -> None:
        self.worked.append(by)
        self.history.append({"at": at, "kind": kind, "by": by})

    def _not_over(self) -> None:
        if self.standing is Standing.DECIDED:
            raise Over
