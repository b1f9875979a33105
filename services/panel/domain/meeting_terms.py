"""The words of a panel meeting: who does what, how an item ends, and what a decision has to say."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from schemas.reports.decision import PanelOutcome as PanelOutcome
from services.panel.domain.context_terms import WEIGHT_MAX, Weighed, WeightOutOfRange
from services.panel.domain.refusing import NotYours, Refused, Sort
from services.panel.domain.sealing import require


class Stage(StrEnum):
    """How far a meeting has come."""

    PLANNED = "planned"
    AGENDA_SENT = "agenda_sent"
    HELD = "held"
    CLOSED = "closed"
    MINUTED = "minuted"
    """The minutes have gone to those who were there."""


class Part(StrEnum):
    """What a panel person does in a meeting."""

    CHAIR = "chair"
    DEPUTY = "deputy"
    COORDINATOR = "coordinator"
    MINUTE_TAKER = "minute_taker"


class Membership(StrEnum):
    """How somebody from an agency takes part."""

    CORE = "core"
    INVITED = "invited"
    PRESENTER = "presenter"


class ItemKind(StrEnum):
    """What an item is about; contexts are heard first."""

    CONTEXT = "context"
    REFERRAL = "referral"
    REVIEW = "review"
    MISSING = "missing"
    MATTER = "matter"


class ItemState(StrEnum):
    """How far an item has come."""

    PLANNED = "planned"
    HEARD = "heard"
    DECIDED = "decided"
    CARRIED_OVER = "carried_over"


class Destination(StrEnum):
    """Where something is redirected or escalated to."""

    IRD = "ird"
    PLANNING_MEETING = "child_protection_planning_meeting"
    EARLY_HELP = "early_help"
    ADULT_PROTECTION = "adult_protection"
    SINGLE_AGENCY = "single_agency"
    NAMED_PERSON = "named_person"
    COMMITTEE = "child_protection_committee"


ELSEWHERE = frozenset({PanelOutcome.REDIRECT, PanelOutcome.ESCALATE})
REASONED = frozenset({PanelOutcome.NO_FURTHER_ACTION, PanelOutcome.RETURN})
"""Outcomes with a reason of their own: why nothing is done, or what the referrer is asked for."""
REVIEWED = frozenset({PanelOutcome.ACCEPT, PanelOutcome.OPEN_CONTEXT_ASSESSMENT, PanelOutcome.JOINT_INTERVENTION})
"""Outcomes with a date of review, fixed at the decision."""


class MinuteTakerIsChair(Refused):
    """Whoever chairs does not take the minutes (national guidance for Scotland, on planning meetings)."""

    sort = Sort.CONTENT
    code = "minute_taker_is_chair"
    title = "The chair cannot take the minutes"
    detail = "Name somebody else as the minute-taker."


class WrongTimes(Refused):
    """A meeting starts in the future and ends after it has started."""

    sort = Sort.CONTENT
    code = "meeting_times"
    title = "The times of the meeting do not fit"
    detail = "Give a start, and an end after it."


class HeardWithoutDecision(Refused):
    """Something was heard and nothing decided; `missing` names the items."""

    code = "heard_without_decision"
    title = "An item was heard, and nothing was decided"
    detail = "Decide each item that was heard; no further action, with its reason, is a decision."


class NotHeard(Refused):
    """The meeting did not come to some items; `missing` names them."""

    code = "items_not_heard"
    title = "Some items were not heard"
    detail = "Hear and decide them, or carry them over to another meeting."


class ItemNotOpen(Refused):
    """The item is not at the point at which this can be done."""

    code = "item_not_open"
    title = "The item is not open for this"
    detail = "An item is heard while the meeting is held, then decided; one that was not heard can be carried over."


class MeetingNotOpen(Refused):
    """The meeting is not at the point at which this can be done."""

    code = "meeting_not_open"
    title = "The meeting is not open for this"
    detail = "An agenda is sent, the meeting held, closed, and then its minutes circulated."


class ForTheChair(NotYours):
    """Only the chair, or the deputy, can do this."""

    code = "for_the_chair"
    title = "This is for the chair"
    detail = "Ask the chair of this meeting, or the deputy."


class RecipientsNotChecked(Refused):
    """A late item reaches nobody until its recipients were looked at; `missing` counts nobody by name."""

    code = "recipients_not_checked"
    title = "The recipients of this late item are not those who were checked"
    detail = "Read the list of recipients again, and confirm it as it is now."


class DecisionIncomplete(Refused):
    """Something that each decision has to say is not said; `missing` names it."""

    sort = Sort.CONTENT
    code = "decision_incomplete"
    title = "The decision is not complete"
    detail = "Say what is missing. Dissent and views are given, or it is said that there is none and why."


@dataclass(frozen=True)
class Decision:
    """What is decided on an item, in the panel's words; see `checked` for what it has to say."""

    outcome: PanelOutcome
    rationale: str
    weighting: Mapping[Weighed, int]
    disclosure: str
    """Why those of `disclosed_to` are told the decision, and the others are not."""
    disclosed_to: tuple[str, ...] = ()
    """Agencies; an action's owner is told its action, whether or not it is told the decision."""
    dissent: str | None = None
    no_dissent: bool = False
    views: str | None = None
    no_views_because: str | None = None
    reason: str | None = None
    to: Destination | None = None
    review_due: str | None = None

    def checked(self) -> "Decision":
        """This decision, complete. Raises WordsMissing, DecisionIncomplete, WeightOutOfRange."""
        require(rationale=self.rationale, disclosure=self.disclosure)
        if set(self.weighting) != set(Weighed) or not all(0 <= one <= WEIGHT_MAX for one in self.weighting.values()):
            raise WeightOutOfRange
        missing = [
            name
            for name, said in {
                "dissent": bool((self.dissent or "").strip()) != self.no_dissent,
                "views": bool((self.views or "").strip()) != bool((self.no_views_because or "").strip()),
                "reason": self.outcome not in REASONED or bool((self.reason or "").strip()),
                "to": (self.outcome in ELSEWHERE) == (self.to is not None),
                "review_due": self.outcome not in REVIEWED or self.review_due is not None,
            }.items()
            if not said
        ]
        if missing:
            raise DecisionIncomplete(missing)
        return self

    def words(self) -> dict[str, str | None]:
        """What is written in it, by name."""
        return {
            "rationale": self.rationale,
            "disclosure": self.disclosure,
            "dissent": self.dissent,
            "views": self.views,
            "no_views_because": self.no_views_because,
            "reason": self.reason,
        }
