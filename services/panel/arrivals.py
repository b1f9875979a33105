"""Arrivals: what comes in the panel's own feed and is for the panel to act on, proposed contexts and referrals.

It proposes and receives; a person confirms, and a meeting decides.
"""

from collections import defaultdict
from collections.abc import Sequence

from sqlalchemy import func, select

from schemas.classes import DataClass, Purpose, SubjectKind
from schemas.reports.decision import Outcome
from services.kernel.http.problems import Problem
from services.kernel.identity import Caller, Role
from services.panel.application.contexts import Contexts
from services.panel.application.kept import Kept
from services.panel.application.referrals import Referrals
from services.panel.domain.held import TIMED, Opened, kind_of
from services.panel.domain.panel_referral import REFERRED_BY_OUTCOME, About
from services.panel.domain.proposals import Evidence, evidence_by_context, is_enough
from services.panel.projections.arrived import Arrived, ContextNamed, arrived, contexts_named
from services.panel.projections.tables import FEEDS
from services.panel.reading import Reading

SUBMITTED = "cairn.referral.submitted.v1"
DISCUSSED = "cairn.ird.closed.v1"
_PURPOSES = (Purpose.CONTEXT, Purpose.CHILD_PROTECTION)
_ABOUT_BY_CLASS = {
    DataClass.PEER_LINKS: About.GROUP,
    DataClass.IDENTITY: About.CHILD,
    DataClass.CONTEXT: About.PLACE,
}
"""What is referred, where the panel was not given the decision that says so: the first of these that it was given."""


class Arrivals:
    """A follower of what the panel holds."""

    name = "panel.arrivals"

    def __init__(self, kept: Kept, reading: Reading, contexts: Contexts, referrals: Referrals) -> None:
        self._kept, self._reading, self._contexts, self._referrals = kept, reading, contexts, referrals
        self._system = Caller(f"{kept.panel}/system", kept.panel, frozenset({Role.SYSTEM}))
        self._reached = -1
        self._known: dict[str, list[Evidence]] = {}

    def step(self) -> int:
        """Look at what is new in the feed; returns how much was proposed or received. While the panel's feed is not
        current nothing is opened, and it is looked at again."""
        reached = self._sequence()
        if reached == self._reached:
            return 0
        with self._kept.store.reading() as session:
            naming = contexts_named(session, self._kept.panel)
            there = arrived(session, self._kept.panel, (SUBMITTED, DISCUSSED))
        done = self._propose(naming)
        try:
            done += self._receive(there)
        except Problem:
            return done
        self._reached = reached
        return done

    def wait(self, seconds_max: float) -> None:
        """Return when something was kept in the store, or after this many seconds."""
        self._kept.store.wait(seconds_max)

    def _sequence(self) -> int:
        with self._kept.store.reading() as session:
            query = select(func.sum(FEEDS.c.sequence)).where(FEEDS.c.partner == self._kept.panel)
            return int(session.execute(query).scalar() or 0)

    def _propose(self, naming: Sequence[ContextNamed]) -> int:
        proposed = 0
        for context, evidence in evidence_by_context(naming).items():
            if self._known.get(context) != evidence and is_enough(evidence):
                proposed += self._contexts.propose(context, evidence, self._system.practitioner) is not None
            self._known[context] = evidence
        return proposed

    def _receive(self, there: Sequence[Arrived]) -> int:
        """Take the reports that refer somebody or something; what one says is opened only to read that."""
        reports: dict[str, list[Arrived]] = defaultdict(list)
        for one in there:
            if one.by != self._kept.panel:
                reports[one.report].append(one)
        received = 0
        fresh = self._kept.unseen(sorted(reports))
        outcomes = self._outcomes(fresh)
        for report in fresh:
            items = reports[report]
            about = _about(items, outcomes.get(report))
            if about is not None:
                refs = list(dict.fromkeys(ref for one in items for ref in one.subjects))
                young = [ref for ref in refs if kind_of(ref) is SubjectKind.YOUNG_PERSON]
                contexts = [ref for ref in refs if kind_of(ref) is SubjectKind.CONTEXT]
                self._referrals.take(self._system, about, report, items[0].by, young, contexts)
                received += 1
        self._kept.note_seen(fresh)
        return received

    def _outcomes(self, reports: list[str]) -> dict[str, Outcome]:
        """Report -> how it ended, where the panel was given its decision whole."""
        if not reports:
            return {}
        wanted = frozenset(reports)
        found: dict[str, Outcome] = {}
        for purpose in _PURPOSES:
            read = self._reading.chronology(
                self._system,
                purpose,
                "panel.arrivals",
                lambda held: held.report in wanted and held.data_class == DataClass.DECISION and held.form in TIMED,
            )
            found |= {record.held.report: outcome for record in read.records if (outcome := _outcome(record))}
        return found


def _outcome(record: Opened) -> Outcome | None:
    said = record.content.get("outcome")
    return Outcome(said) if said in set(Outcome) else None


def _about(items: Sequence[Arrived], outcome: Outcome | None) -> About | None:
    """What is referred to the panel by a report, if anything is."""
    if outcome is not None and outcome in REFERRED_BY_OUTCOME:
        return REFERRED_BY_OUTCOME[outcome]
    if items[0].type != SUBMITTED:
        return None
    classes = {one.data_class for one in items}
    return next((about for data_class, about in _ABOUT_BY_CLASS.items() if data_class in classes), About.GROUP)
