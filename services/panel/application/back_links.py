"""Back-links: telling a lead professional, and nobody else, that a plan for a context bears on a young person."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from schemas.access import Seen
from schemas.classes import Form, Purpose, SubjectKind
from services.kernel.access import AccessGate
from services.kernel.identity import Caller
from services.panel.application.kept import Kept
from services.panel.application.referrals import SubjectNotKnown
from services.panel.domain.back_link import BackLink, LeadUnknown, NoPlan
from services.panel.domain.context_case import ContextCase
from services.panel.domain.context_terms import NotOpen, State
from services.panel.domain.held import kind_of
from services.panel.domain.refusing import NotKnown
from services.panel.domain.sealing import require
from services.panel.projections import back_links
from services.panel.projections.sought import whole_reference
from services.panel.projections.subjects import names_of, refs_of

KIND = "back-link"
OPERATION = "panel.back-links"


@dataclass(frozen=True)
class BackLinkLine:
    """One back-link as the panel reads it. `young_person` is the panel's own reference, None where it has none."""

    ref: str
    young_person: str | None
    lead: str
    since: str


@dataclass(frozen=True)
class PlanExists:
    """What a lead professional is told: that there is a plan, since when, and of whom by their agency's reference."""

    ref: str
    young_person: str
    since: str


class BackLinks:
    """The back-links. The panel makes them; each is shown to the one practitioner whom it names."""

    def __init__(self, kept: Kept, gate: AccessGate) -> None:
        self._kept, self._gate = kept, gate
        kept.store.create_tables(back_links.BACK_LINK_METADATA)

    def tell(self, who: Caller, case: str, young_person: str, lead: str, agencies: Collection[str]) -> BackLink:
        """Tell a lead professional of a young person, whom the panel names by its own reference; whoever was told
        before is told no more. Raises NotYours, NotKnown, NotOpen, NoPlan, SubjectNotKnown, LeadUnknown."""
        by = self._kept.for_panel(who)
        require(young_person=young_person, lead=lead)
        partner, _, name = lead.partition("/")
        if partner not in agencies or not name:
            raise LeadUnknown(["lead"])
        with self._kept.store.transaction() as session:
            self._planned(case)
            name = whole_reference(session, who.partner, young_person)
            subject = refs_of(session, who.partner, [name]).get(name)
            if subject is None or kind_of(subject) is not SubjectKind.YOUNG_PERSON:
                raise SubjectNotKnown(["young_person"])
            ref, now = self._kept.ref("bl", f"{case}\n{subject}"), self._kept.now()
            if self._kept.listed(KIND, ref=ref):
                told = self._find(ref)
                told.tell(lead, by, now)
            else:
                told = BackLink(ref, case, subject, lead, by, now)
            back_links.note(session, ref, case, lead, subject)
            self._kept.keep(told, KIND, ref, "told")
            return told

    def take_back(self, who: Caller, case: str, ref: str) -> BackLink:
        """Tell it no more. Raises NotYours, NotKnown, Over."""
        by = self._kept.for_panel(who)
        with self._kept.store.transaction() as session:
            told = self._find(ref)
            if told.case != case:
                raise NotKnown
            told.take_back(by, self._kept.now())
            back_links.forget(session, ref)
            self._kept.keep(told, KIND, ref, "taken_back")
            return told

    def of_case(self, who: Caller, purpose: Purpose, case: str) -> list[BackLinkLine]:
        """Who was told of the plan for a case, the earliest first. Raises NotYours, Problem 503."""
        self._kept.for_panel(who)
        with self._kept.store.reading() as session:
            found = [self._find(ref) for ref in back_links.of_case(session, case)]
            names = names_of(session, who.partner, [one.subject for one in found])
        self._traced(who, purpose, found)
        lines = [BackLinkLine(one.ref, names.get(one.subject), one.lead, one.at) for one in found]
        return sorted(lines, key=lambda one: (one.since, one.ref))

    def of_lead(self, who: Caller, purpose: Purpose) -> list[PlanExists]:
        """Every young person of whom the caller is told, by the references of the caller's own agency; nobody whom
        its records do not name. Raises Problem 503."""
        with self._kept.store.reading() as session:
            standing = self._standing(back_links.of_lead(session, who.practitioner))
            names = names_of(session, who.partner, [one.subject for one in standing])
        found = [one for one in standing if one.subject in names]
        self._traced(who, purpose, found)
        told = [PlanExists(one.ref, names[one.subject], one.at) for one in found]
        return sorted(told, key=lambda one: (one.young_person, one.since, one.ref))

    def about(self, who: Caller, purpose: Purpose, young_person: str, subjects: Collection[str]) -> list[PlanExists]:
        """What the caller is told of one young person, whom the hub knows by these refs; of a plan that is over, or
        of a young person whom somebody else leads, nothing, and then no trace is made. Raises Problem 503."""
        with self._kept.store.reading() as session:
            found = self._standing(back_links.of_lead(session, who.practitioner, subjects))
        if found:
            self._traced(who, purpose, found)
        return sorted((PlanExists(one.ref, young_person, one.at) for one in found), key=lambda one: one.since)

    def _standing(self, refs: Sequence[str]) -> list[BackLink]:
        """Those of plans that go on."""
        found = [self._find(ref) for ref in refs]
        return [one for one in found if _has_plan(self._case(one.case))]

    def _planned(self, ref: str) -> None:
        case = self._case(ref)
        if case.state is not State.OPEN:
            raise NotOpen
        if not _has_plan(case):
            raise NoPlan

    def _case(self, ref: str) -> ContextCase:
        return self._kept.find(ContextCase, ContextCase.create_id(ref))

    def _find(self, ref: str) -> BackLink:
        return self._kept.find(BackLink, BackLink.create_id(ref))

    def _traced(self, who: Caller, purpose: Purpose, found: Sequence[BackLink]) -> None:
        self._gate.record(who, OPERATION, purpose, [_seen(one) for one in found])


def _has_plan(case: ContextCase) -> bool:
    return case.state is State.OPEN and bool(case.plan)


def _seen(found: BackLink) -> Seen:
    return Seen(
        item=found.ref,
        reference=found.ref,
        subjects=(found.subject,),
        form=Form.OWN,
        agreements=(),
        revision=f"v{found.version}",
    )
