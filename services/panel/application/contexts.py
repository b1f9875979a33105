"""Contexts: proposing, confirming, assessing, planning for and closing the cases of places and groups."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict

from schemas.access import Seen
from schemas.classes import Form, Purpose
from schemas.reports.context import ContextKind
from services.kernel.access import AccessGate
from services.kernel.identity import Caller
from services.panel import publishing
from services.panel.application.context_views import ContextLine, ContextView, SealedLine, line_of, view_of
from services.panel.application.kept import Kept
from services.panel.domain.context_case import ContextCase
from services.panel.domain.context_terms import Measure, OfAnotherCase, Side, State, Weighed
from services.panel.domain.proposals import Evidence
from services.panel.domain.sealing import Seal, require
from services.panel.projections.arrived import records_naming

KIND = "context"


class Contexts:
    """The cases of contexts. Commands are for those of the panel, take what was `seen`, and return the case."""

    def __init__(self, kept: Kept, gate: AccessGate) -> None:
        self._kept, self._gate = kept, gate

    def lines(self, who: Caller, purpose: Purpose, state: str | None = None) -> list[ContextLine]:
        """The board, in the order in which cases were proposed. Raises NotYours, Problem 503."""
        self._kept.for_panel(who)
        lines = [SealedLine(**line) for line in self._kept.lines(KIND, state)]
        self._gate.record(who, "panel.contexts", purpose, [seen_of(line) for line in lines])
        still = self._named({context for line in lines for context in line.contexts})
        return [line.opened(self._kept.texts, still) for line in lines]

    def case(self, who: Caller, purpose: Purpose, ref: str) -> ContextView:
        """One case. Raises NotKnown, Problem 503; NotYours for those of other agencies, whatever they ask for."""
        self._kept.for_panel(who)
        found = self._find(ref)
        self._gate.record(who, "panel.context", purpose, [seen_of(found)])
        return view_of(found, self._kept.texts, self._named(set(found.contexts)))

    def propose(self, context: str, evidence: Iterable[Evidence], by: str) -> str | None:
        """Propose a case for a context of the hub, or add the evidence to the one that it has. Says which, if that
        changed anything."""
        documents = [one.document() for one in evidence]
        with self._kept.store.transaction():
            known = self._kept.case_of(context)
            if known is not None:
                found = self._find(known)
                return self._save(found).ref if found.add_evidence(documents, by, self._kept.now()) else None
            ref = self._kept.ref("ctx", context)
            case = ContextCase(ref, [context], None, documents, None, by, self._kept.now())
            self._kept.cover([context], ref)
            self._save(case)
            return ref

    def open(self, who: Caller, unique: str, why: str) -> ContextCase:
        """Propose a case that no report names yet, such as one that the panel itself hears of. `unique` names it, so
        that proposing it again is harmless."""
        by = self._kept.for_panel(who)
        require(why=why)
        ref = self._kept.ref("ctx", f"{by}\n{unique}")
        with self._kept.store.transaction():
            if self._kept.listed(KIND, ref=ref):
                return self._find(ref)
            words = self._kept.texts.of(ref)("proposal", why=why)
            case = ContextCase(ref, [], None, [], words, by, self._kept.now())
            return self._save(case)

    def confirm(
        self,
        who: Caller,
        ref: str,
        kind: ContextKind,
        name: str,
        review_due: str,
        uprn: str | None = None,
        personal_handle: bool = False,
        seen: int | None = None,
    ) -> ContextCase:
        """A person says that this is one context, and what it is called."""
        return self._change(
            who,
            ref,
            seen,
            lambda case, by, at, seal: case.confirm(kind, name, uprn, personal_handle, review_due, by, at, seal),
        )

    def dismiss(self, who: Caller, ref: str, reason: str, seen: int | None = None) -> ContextCase:
        """A person says that these reports do not make one context."""
        return self._change(who, ref, seen, lambda case, by, at, seal: case.dismiss(reason, by, at, seal))

    def join(self, who: Caller, ref: str, contexts: Sequence[str], seen: int | None = None) -> ContextCase:
        """A person says that these contexts of the hub are the same one."""

        def joined(case: ContextCase, by: str, at: str, _: Seal) -> None:
            case.join(contexts, by, at)
            for other in sorted({found for one in contexts if (found := self._kept.case_of(one)) not in (None, ref)}):
                self._merge(case, other, by, at)
            self._kept.cover(list(contexts), ref)

        return self._change(who, ref, seen, joined)

    def note(self, who: Caller, ref: str, text: str, happened: str, seen: int | None = None) -> ContextCase:
        """Something happened there."""
        return self._change(who, ref, seen, lambda case, by, at, seal: case.note(text, happened, by, at, seal))

    def observe_guardian(
        self, who: Caller, ref: str, guardian: str, present: bool, observed_on: str, seen: int | None = None
    ) -> ContextCase:
        """An adult with caring intent is there, or no longer."""
        return self._change(
            who,
            ref,
            seen,
            lambda case, by, at, seal: case.observe_guardian(guardian, present, observed_on, by, at, seal),
        )

    def assess(self, who: Caller, ref: str, sides: Mapping[Side, str], seen: int | None = None) -> ContextCase:
        """Say what there is, and what is needed, on each side of the triangle."""
        return self._change(who, ref, seen, lambda case, by, at, seal: case.assess(sides, by, at, seal))

    def weigh(self, who: Caller, ref: str, weighting: Mapping[Weighed, int], seen: int | None = None) -> ContextCase:
        """Say how much each context bears on safety."""
        return self._change(who, ref, seen, lambda case, by, at, _: case.weigh(weighting, by, at))

    def plan_step(
        self,
        who: Caller,
        ref: str,
        step: str,
        aim: str,
        owner: str,
        due: str,
        measure: Measure,
        seen: int | None = None,
    ) -> ContextCase:
        """Agree a step of the plan."""
        return self._change(
            who,
            ref,
            seen,
            lambda case, by, at, seal: case.plan_step(step, aim, owner, due, measure, by, at, seal),
        )

    def review(self, who: Caller, ref: str, findings: str, next_due: str, seen: int | None = None) -> ContextCase:
        """Look at how far it has come, and fix the next date."""
        return self._change(who, ref, seen, lambda case, by, at, seal: case.review(findings, next_due, by, at, seal))

    def record_outcome(
        self,
        who: Caller,
        ref: str,
        measure: Measure,
        before: str,
        after: str,
        measured_on: str,
        seen: int | None = None,
    ) -> ContextCase:
        """What a measure said before and after."""
        return self._change(
            who, ref, seen, lambda case, by, at, _: case.record_outcome(measure, before, after, measured_on, by, at)
        )

    def close(self, who: Caller, ref: str, reason: str, seen: int | None = None) -> ContextCase:
        """End the case, because the context changed."""
        return self._change(who, ref, seen, lambda case, by, at, seal: case.close(reason, by, at, seal))

    def convert(self, who: Caller, ref: str, reason: str, seen: int | None = None) -> ContextCase:
        """It is a home: the panel takes back what it told of it as a context."""

        def converted(case: ContextCase, by: str, at: str, seal: Seal) -> None:
            case.convert(reason, by, at, seal)
            for told in self._kept.said(ref, publishing.OBSERVED):
                self._kept.say(publishing.withdrawn(self._kept.panel, told, at), ref, list(case.contexts))

        return self._change(who, ref, seen, converted)

    def publish(self, who: Caller, ref: str, told: Mapping[str, str], seen: int | None = None) -> ContextCase:
        """Tell other agencies of the context, in coded values of a `context` section and nothing else.

        What is handled as a matter of peers, or of people, is never told as a context.
        """

        def published(case: ContextCase, _: str, at: str, __: Seal) -> None:
            case.may_be_told()
            name = publishing.context_name(self._kept.texts.open(ref, case.words["name"]))
            named = publishing.Named((), (name,))
            kind = {"kind": case.kind.value} if case.kind else {}
            report = publishing.observed(self._kept.panel, f"{ref}:{case.version}", at, named, {**kind, **told})
            self._kept.say(report, ref, list(case.contexts))

        return self._change(who, ref, seen, published)

    def opened(self, who: Caller, ref: str) -> ContextCase:
        """The case as an aggregate, for what is made of it. Raises NotYours, NotKnown."""
        self._kept.for_panel(who)
        return self._find(ref)

    def _named(self, contexts: set[str]) -> Mapping[str, set[str]]:
        with self._kept.store.reading() as session:
            return records_naming(session, self._kept.panel, contexts)

    def _merge(self, case: ContextCase, other: str, by: str, at: str) -> None:
        """A proposal for what turns out to be the same context has nothing left to propose: its evidence moves over."""
        found = self._find(other)
        if found.state is not State.PROPOSED:
            raise OfAnotherCase
        case.add_evidence(found.evidence, by, at)
        found.dismiss("It is the same as another context.", by, at, self._kept.texts.of(other, found.contexts))
        self._save(found)

    def _change(
        self, who: Caller, ref: str, seen: int | None, command: Callable[[ContextCase, str, str, Seal], None]
    ) -> ContextCase:
        by = self._kept.for_panel(who)
        with self._kept.store.transaction():
            case = self._kept.as_seen(self._find(ref), seen)
            command(case, by, self._kept.now(), self._kept.texts.of(ref, case.contexts))
            return self._save(case)

    def _find(self, ref: str) -> ContextCase:
        return self._kept.find(ContextCase, ContextCase.create_id(ref))

    def _save(self, case: ContextCase) -> ContextCase:
        line = asdict(line_of(case))
        self._kept.keep(case, KIND, case.ref, case.state.value, due=case.review_due or "", line=line)
        return case


def seen_of(case: ContextCase | SealedLine) -> Seen:
    """What the trace says of a case that was read."""
    return Seen(
        item=case.ref,
        reference=case.ref,
        subjects=tuple(case.contexts),
        form=Form.OWN,
        agreements=(),
        revision=f"v{case.version}",
    )
