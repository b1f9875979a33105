"""A context as a case of its own: a place, peer group, school or online space that is to be made safer.

It names no young person and gives none a link: what happens is the context's, and so is what becomes of it.
"""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from eventsourcing.domain import Aggregate, event

from schemas.reports.context import ContextKind
from services.panel.domain.context_terms import (
    CONTEXTUAL,
    WEIGHT_MAX,
    HandledAs,
    Measure,
    NoContextualOutcome,
    NotAContext,
    NotOpen,
    NotProposed,
    Side,
    State,
    Weighed,
    WeightOutOfRange,
)
from services.panel.domain.refusing import Over
from services.panel.domain.sealing import Seal, Words, require


class ContextCase(Aggregate):
    """One context. Refs are opaque; instants and days are ISO 8601; `by` is the ref of a practitioner."""

    TOPIC = "context-case"

    @staticmethod
    def create_id(ref: str) -> UUID:
        return uuid5(NAMESPACE_URL, f"urn:cairn:panel:context:{ref}")

    @event("Created", topic="context-case.proposed")
    def __init__(
        self,
        ref: str,
        contexts: list[str],
        kind: str | None,
        evidence: list[dict[str, str]],
        words: Words | None,
        by: str,
        at: str,
    ) -> None:
        """`contexts` are the hub's refs; `evidence` is `{"item", "report", "by"}` for each report that names one."""
        self.ref = ref
        self.contexts = list(contexts)
        self.kind = ContextKind(kind) if kind else None
        self.evidence = list(evidence)
        self.state = State.PROPOSED
        self.handled_as = HandledAs.CONTEXT
        self.words: dict[str, Words] = {"proposal": words} if words else {}
        self.proposed_by, self.proposed_at = by, at
        self.timeline: list[dict[str, Any]] = [{"at": at, "kind": "proposed", "by": by, "words": words}]
        self.guardians: dict[str, dict[str, Any]] = {}
        self.triangle: dict[str, Any] = {}
        self.weighting: dict[str, int] = {}
        self.plan: dict[str, dict[str, Any]] = {}
        self.reviews: list[dict[str, Any]] = []
        self.review_due: str | None = None
        self.outcomes: list[dict[str, Any]] = []

    def add_evidence(self, evidence: Sequence[dict[str, str]], by: str, at: str) -> bool:
        """Keep further reports that name the context; says whether any was new."""
        known = {one["item"] for one in self.evidence}
        fresh = [one for one in evidence if one["item"] not in known]
        if fresh and self.state in (State.PROPOSED, State.OPEN):
            self._evidence_added(fresh, by, at)
            return True
        return False

    @event("EvidenceAdded", topic="context-case.evidence-added")
    def _evidence_added(self, evidence: list[dict[str, str]], by: str, at: str) -> None:
        self.evidence += evidence
        self._mark(at, "evidence_added", by)

    def confirm(
        self,
        kind: ContextKind,
        name: str,
        uprn: str | None,
        personal_handle: bool,
        review_due: str,
        by: str,
        at: str,
        seal: Seal,
    ) -> None:
        """A person says that this is one context, what kind it is, and what agencies call it.

        `personal_handle`: whether an online space is named by its members' personal data.
        """
        if self.state is not State.PROPOSED:
            raise NotProposed
        require(name=name, review_due=review_due)
        peers = kind is ContextKind.ONLINE_SPACE and personal_handle
        handled = HandledAs.PEER_LINKS if peers else HandledAs.CONTEXT
        self._confirmed(kind.value, handled.value, review_due, seal("name", name=name, uprn=uprn), by, at)

    @event("Confirmed", topic="context-case.confirmed")
    def _confirmed(self, kind: str, handled_as: str, review_due: str, words: Words, by: str, at: str) -> None:
        self.state = State.OPEN
        self.kind, self.handled_as = ContextKind(kind), HandledAs(handled_as)
        self.words["name"] = words
        self.review_due = review_due
        self._mark(at, "confirmed", by)

    def dismiss(self, reason: str, by: str, at: str, seal: Seal) -> None:
        """A person says that these reports do not make one context."""
        if self.state is not State.PROPOSED:
            raise NotProposed
        require(reason=reason)
        self._dismissed(seal("dismissed", reason=reason), by, at)

    @event("Dismissed", topic="context-case.dismissed")
    def _dismissed(self, words: Words, by: str, at: str) -> None:
        self.state = State.DISMISSED
        self._mark(at, "dismissed", by, words)

    def join(self, contexts: Sequence[str], by: str, at: str) -> None:
        """A person says that these contexts of the hub are the same one."""
        self._not_over()
        fresh = [context for context in contexts if context not in self.contexts]
        if fresh:
            self._joined(fresh, by, at)

    @event("Joined", topic="context-case.joined")
    def _joined(self, contexts: list[str], by: str, at: str) -> None:
        self.contexts += contexts
        self._mark(at, "joined", by)

    def note(self, text: str, happened: str, by: str, at: str, seal: Seal) -> None:
        """Something happened there; `happened` says when."""
        self._open()
        require(text=text, happened=happened)
        self._noted(happened, seal(f"note:{self.version}", text=text), by, at)

    @event("Noted", topic="context-case.noted")
    def _noted(self, happened: str, words: Words, by: str, at: str) -> None:
        self._mark(at, "noted", by, words, happened=happened)

    def observe_guardian(self, who: str, present: bool, observed_on: str, by: str, at: str, seal: Seal) -> None:
        """An adult with caring intent is there, or no longer; `who` is a role, such as the kiosk's owner."""
        self._open()
        require(who=who, observed_on=observed_on)
        self._guardian_observed(present, observed_on, seal(f"guardian:{self.version}", who=who), by, at)

    @event("GuardianObserved", topic="context-case.guardian-observed")
    def _guardian_observed(self, present: bool, observed_on: str, words: Words, by: str, at: str) -> None:
        self.guardians[words["part"]] = {"present": present, "observed_on": observed_on, "words": words}
        self._mark(at, "guardian_observed", by, words)

    def assess(self, sides: Mapping[Side, str], by: str, at: str, seal: Seal) -> None:
        """Say what there is, and what is needed, on each side of the triangle."""
        self._open()
        require(**{side.value: sides.get(side) for side in Side})
        words = seal(f"triangle:{self.version}", **{side.value: text for side, text in sides.items()})
        self._assessed(words, by, at)

    @event("Assessed", topic="context-case.assessed")
    def _assessed(self, words: Words, by: str, at: str) -> None:
        self.triangle = {"words": words, "by": by, "at": at}
        self._mark(at, "assessed", by, words)

    def weigh(self, weighting: Mapping[Weighed, int], by: str, at: str) -> None:
        """Say how much each context bears on safety, from 0 to 5."""
        self._open()
        if set(weighting) != set(Weighed) or not all(0 <= one <= WEIGHT_MAX for one in weighting.values()):
            raise WeightOutOfRange
        self._weighed({each.value: weighting[each] for each in Weighed}, by, at)

    @event("Weighed", topic="context-case.weighed")
    def _weighed(self, weighting: dict[str, int], by: str, at: str) -> None:
        self.weighting = weighting
        self._mark(at, "weighed", by)

    def first(self) -> list[str]:
        """Which contexts have to change first: the heaviest."""
        heaviest = max(self.weighting.values(), default=0)
        return [each for each, weight in self.weighting.items() if weight == heaviest > 0]

    def plan_step(
        self, step: str, aim: str, owner: str, due: str, measure: Measure, by: str, at: str, seal: Seal
    ) -> None:
        """Agree a step: who changes what by when, and by which measure it will be seen. The same step is replaced."""
        self._open()
        require(step=step, aim=aim, owner=owner, due=due)
        words = seal(f"plan:{self.version}", aim=aim)
        self._step_planned(step, owner, due, measure.value, words, by, at)

    @event("StepPlanned", topic="context-case.step-planned")
    def _step_planned(self, step: str, owner: str, due: str, measure: str, words: Words, by: str, at: str) -> None:
        self.plan[step] = {"owner": owner, "due": due, "measure": measure, "words": words}
        self._mark(at, "step_planned", by, words)

    def review(self, findings: str, next_due: str, by: str, at: str, seal: Seal) -> None:
        """Look at how far it has come, and fix the next date."""
        self._open()
        require(findings=findings, next_due=next_due)
        self._reviewed(next_due, seal(f"review:{self.version}", findings=findings), by, at)

    @event("Reviewed", topic="context-case.reviewed")
    def _reviewed(self, next_due: str, words: Words, by: str, at: str) -> None:
        self.reviews.append({"at": at, "by": by, "words": words, "next_due": next_due})
        self.review_due = next_due
        self._mark(at, "reviewed", by, words)

    def record_outcome(self, measure: Measure, before: str, after: str, measured_on: str, by: str, at: str) -> None:
        """What a measure said before and after: a number, a share or a day, never words about somebody."""
        self._open()
        require(before=before, after=after, measured_on=measured_on)
        self._outcome_recorded(measure.value, before, after, measured_on, by, at)

    @event("OutcomeRecorded", topic="context-case.outcome-recorded")
    def _outcome_recorded(self, measure: str, before: str, after: str, measured_on: str, by: str, at: str) -> None:
        self.outcomes.append({"measure": measure, "before": before, "after": after, "measured_on": measured_on})
        self._mark(at, "outcome_recorded", by)

    def close(self, reason: str, by: str, at: str, seal: Seal) -> None:
        """End the case, because the context changed."""
        self._open()
        require(reason=reason)
        if not any(Measure(one["measure"]) in CONTEXTUAL for one in self.outcomes):
            raise NoContextualOutcome
        self._closed(seal("closed", reason=reason), by, at)

    @event("Closed", topic="context-case.closed")
    def _closed(self, words: Words, by: str, at: str) -> None:
        self.state = State.CLOSED
        self.review_due = None
        self._mark(at, "closed", by, words)

    def convert(self, reason: str, by: str, at: str, seal: Seal) -> None:
        """It is a home: from now on what is known belongs to people, and nothing is told of a context."""
        self._not_over()
        require(reason=reason)
        self._converted(seal("converted", reason=reason), by, at)

    @event("Converted", topic="context-case.converted")
    def _converted(self, words: Words, by: str, at: str) -> None:
        self.state, self.handled_as = State.CONVERTED, HandledAs.PEOPLE
        self.review_due = None
        self._mark(at, "converted", by, words)

    def may_be_told(self) -> None:
        """Raises NotOpen, NotAContext for what other agencies are not told of as a context."""
        self._open()
        if self.handled_as is not HandledAs.CONTEXT:
            raise NotAContext

    def _mark(self, at: str, kind: str, by: str, words: Words | None = None, happened: str | None = None) -> None:
        self.timeline.append({"at": happened or at, "recorded": at, "kind": kind, "by": by, "words": words})

    def _open(self) -> None:
        self._not_over()
        if self.state is not State.OPEN:
            raise NotOpen

    def _not_over(self) -> None:
        if self.state in (State.CLOSED, State.DISMISSED, State.CONVERTED):
            raise Over
