"""A context case as those of the panel read it, opened."""

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from typing import Annotated, Any

from schemas.classes import Published
from services.panel.application.holding import holding
from services.panel.application.texts import Texts
from services.panel.domain.context_case import ContextCase


@dataclass(frozen=True)
class TimelineEntry:
    """One thing that happened, or was done; `words` are what was written about it, by name."""

    at: str
    recorded: str
    kind: str
    by: str
    words: Mapping[str, str]


@dataclass(frozen=True)
class Guardian:
    """An adult with caring intent; `who` is a role."""

    who: str
    present: bool
    observed_on: str


@dataclass(frozen=True)
class Step:
    """One step of the plan."""

    step: str
    aim: str
    owner: str
    due: str
    measure: str


@dataclass(frozen=True)
class Review:
    """A review that was held."""

    at: str
    by: str
    findings: str
    next_due: str


class EvidenceKept(Published):
    """A report, or a decision, that names the context."""

    item: str
    report: str
    by: str
    """The agency that reported it."""


class Measured(Published):
    """What a measure said before and after."""

    measure: str
    before: str
    after: str
    measured_on: str


@dataclass(frozen=True)
class ContextView:
    """A case. `version` is what a command may say it has seen. `evidence` is what the panel still holds of
    what the case was proposed from."""

    ref: str
    version: int
    state: str
    kind: str | None
    handled_as: str
    name: str
    contexts: Sequence[str]
    evidence: Sequence[Annotated[Mapping[str, str], holding(EvidenceKept)]]
    review_due: str | None
    weighting: Mapping[str, int]
    first: Sequence[str]
    triangle: Mapping[str, str]
    guardians: Sequence[Guardian]
    plan: Sequence[Step]
    reviews: Sequence[Review]
    outcomes: Sequence[Annotated[Mapping[str, str], holding(Measured)]]
    timeline: Sequence[TimelineEntry]


@dataclass(frozen=True)
class ContextLine:
    """A case as the board lists it."""

    ref: str
    state: str
    kind: str | None
    handled_as: str
    name: str
    contexts: Sequence[str]
    reports: int
    agencies: Sequence[str]
    review_due: str | None
    first: Sequence[str]
    proposed_at: str


@dataclass(frozen=True)
class ContextsListed:
    """The contexts that are proposed, or are cases."""

    contexts: Sequence[ContextLine]


@dataclass(frozen=True)
class ContextsAlike:
    """Refs of other contexts of the hub that are described alike."""

    contexts: Sequence[str]


@dataclass(frozen=True)
class SealedLine:
    """A line of the board as it is kept: `words` are sealed."""

    ref: str
    version: int
    contexts: Sequence[str]
    state: str
    kind: str | None
    handled_as: str
    words: Mapping[str, Any] | None
    evidence: Sequence[Mapping[str, str]]
    review_due: str | None
    first: Sequence[str]
    proposed_at: str

    def opened(self, texts: Texts, still: Mapping[str, Set[str]]) -> ContextLine:
        """The line in words; `still` as for `evidence_held`. Raises Problem 503."""
        evidence = evidence_held(self, still)
        return ContextLine(
            ref=self.ref,
            state=self.state,
            kind=self.kind,
            handled_as=self.handled_as,
            name=texts.open(self.ref, self.words).get("name", ""),
            contexts=self.contexts,
            reports=len({one["report"] for one in evidence}),
            agencies=sorted({one["by"] for one in evidence}),
            review_due=self.review_due,
            first=self.first,
            proposed_at=self.proposed_at,
        )


def evidence_held(case: ContextCase | SealedLine, still: Mapping[str, Set[str]]) -> list[Mapping[str, str]]:
    """What the panel still holds of the evidence of a case; `still` has the records that name each context."""
    held = set[str]().union(*(still.get(context, ()) for context in case.contexts))
    return [one for one in case.evidence if one["item"] in held]


def view_of(case: ContextCase, texts: Texts, still: Mapping[str, Set[str]]) -> ContextView:
    """Everything about a case; `still` as for `evidence_held`. Raises Problem 503."""

    def read(words: Mapping[str, Any] | None) -> dict[str, str]:
        return texts.open(case.ref, words)

    return ContextView(
        ref=case.ref,
        version=case.version,
        state=case.state.value,
        kind=case.kind.value if case.kind else None,
        handled_as=case.handled_as.value,
        name=read(case.words.get("name")).get("name", ""),
        contexts=case.contexts,
        evidence=evidence_held(case, still),
        review_due=case.review_due,
        weighting=case.weighting,
        first=case.first(),
        triangle=read(case.triangle.get("words")),
        guardians=[
            Guardian(read(one["words"]).get("who", ""), one["present"], one["observed_on"])
            for one in case.guardians.values()
        ],
        plan=[
            Step(step, read(one["words"]).get("aim", ""), one["owner"], one["due"], one["measure"])
            for step, one in case.plan.items()
        ],
        reviews=[
            Review(one["at"], one["by"], read(one["words"]).get("findings", ""), one["next_due"])
            for one in case.reviews
        ],
        outcomes=case.outcomes,
        timeline=[
            TimelineEntry(one["at"], one.get("recorded", one["at"]), one["kind"], one["by"], read(one["words"]))
            for one in sorted(case.timeline, key=lambda one: str(one["at"]))
        ],
    )


def line_of(case: ContextCase) -> SealedLine:
    """The line of the board that is kept for a case."""
    return SealedLine(
        ref=case.ref,
        version=case.version,
        contexts=case.contexts,
        state=case.state.value,
        kind=case.kind.value if case.kind else None,
        handled_as=case.handled_as.value,
        words=case.words.get("name"),
        evidence=case.evidence,
        review_due=case.review_due,
        first=case.first(),
        proposed_at=case.proposed_at,
    )
