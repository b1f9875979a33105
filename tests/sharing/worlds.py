"""Made-up worlds: agencies, agreements and reports, told to the log the way intake and the agreement desk tell them."""

import json
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

from schemas.agreements import Agreement
from schemas.binding import bound, bound_birth, token
from schemas.classes import (
    DataClass,
    Existence,
    Form,
    Handling,
    HandlingCode,
    Published,
    Purpose,
    ReadingWindow,
    SubjectKind,
)
from schemas.envelope import Event
from schemas.rules import PartnerJoined
from schemas.sealed import Contribution, Correction, CorrectionKind, SealedItem, SealedReport, SealedSubject
from services.kernel import topics
from services.kernel.keys import Keys
from services.kernel.log import Log, Record

START = datetime(2026, 4, 1, 9, tzinfo=UTC)

SECTIONS = {
    DataClass.IDENTITY: "missing-episode.reported",
    DataClass.MISSING: "missing-episode.reported",
    DataClass.PEER_LINKS: "referral.submitted",
    DataClass.CONTEXT: "context.observed",
    DataClass.INTELLIGENCE_SANITISED: "intelligence.published",
    DataClass.VOICE_PRIVATE: "return-discussion.completed",
    DataClass.DECISION: "ird.closed",
}


PERMITTED = Handling()
CONDITIONS = Handling(code=HandlingCode.CONDITIONS, existence=Existence.DISCLOSABLE)
SILENT = Handling(code=HandlingCode.CONDITIONS, existence=Existence.SILENT)
ADDRESSED = Handling(addressed_to=("birch", "cedar"))
FOR_A_NIGHT = Handling(
    reading_window=ReadingWindow(opens=START + timedelta(hours=20), closes=START + timedelta(hours=60))
)


@dataclass(frozen=True)
class Told:
    """A report as a world has it: one item, and what happens to it later."""

    name: str
    by: str
    data_class: DataClass
    about: tuple[str, ...]
    context: str | None = None
    handling: Handling = PERMITTED
    corrects: str | None = None
    kind: CorrectionKind | None = None


@dataclass
class Teller:
    """Tells a log what a world holds; the counts of each agency are kept here, as intake keeps them."""

    log: Log
    keys: Keys
    born: dict[str, date]
    sequences: dict[str, int] = field(default_factory=dict)
    _rules: int = 0
    _keys_of: dict[str, str] = field(default_factory=dict)
    _told: dict[str, Told] = field(default_factory=dict)

    def join(self, partner: str) -> None:
        self.rule("cairn.partner.joined.v1", PartnerJoined(partner=partner, name=partner))

    def rule(self, kind: str, data: Published) -> None:
        self._rules += 1
        self._say(topics.RULES, "rules", f"rule-{self._rules}", kind, data)

    def report(self, told: Told, times: int = 1) -> None:
        """Say a report, and what it adds to its context, once or, as after a crash, more often."""
        if times == 0:
            return
        sequence = self.sequences[told.by] = self.sequences.get(told.by, 0) + 1
        report = self._sealed(told, sequence)
        for _ in range(times):
            key = self._keys_of.get(told.corrects or "", self.subject(told.about[0]))
            self._say(topics.REPORTS, key, report.report, "cairn.report.sealed.v1", report)
            if told.context and told.kind is None:
                self._contribute(told, report, withdrawn=False)
            if told.kind is CorrectionKind.WITHDRAWN and told.corrects is not None:
                original = self._told[told.corrects]
                if original.context:
                    self._contribute(original, self._sealed(original, sequence), withdrawn=True)
        if told.corrects is None:
            self._keys_of[told.name] = self.subject(told.about[0])
            self._told[told.name] = told

    def subject(self, name: str) -> str:
        return token("s", self.keys.mac("subject", name))

    def context(self, name: str) -> str:
        return token("c", self.keys.mac("context", name))

    def item(self, told: Told) -> str:
        return f"i-{told.name}"

    def _contribute(self, told: Told, report: SealedReport, *, withdrawn: bool) -> None:
        ref = self.context(told.context or "")
        young = tuple(one for one in report.subjects if one.kind is SubjectKind.YOUNG_PERSON)
        contribution = Contribution(
            context=ref, report=report.report, young_people=young, withdrawn=withdrawn, revision=int(withdrawn)
        )
        self._say(topics.CONTEXTS, ref, f"{report.report}-{withdrawn}", "cairn.context.contributed.v1", contribution)

    def _sealed(self, told: Told, sequence: int) -> SealedReport:
        report = f"r-{told.name}"
        kind = f"cairn.{SECTIONS[told.data_class]}.v1"
        corrects = None
        if told.corrects is not None and told.kind is not None:
            corrects = Correction(report=f"r-{told.corrects}", kind=told.kind, handling=self._regraded(told))
        people = tuple(
            SealedSubject(
                ref=self.subject(name),
                kind=SubjectKind.YOUNG_PERSON,
                born=self.keys.seal(
                    self.born[name].isoformat().encode(), [self.subject(name)], bound_birth(self.subject(name))
                ),
            )
            for name in told.about
        )
        contexts = (self.context(told.context),) if told.context else ()
        placed = tuple(SealedSubject(ref=ref, kind=SubjectKind.CONTEXT) for ref in contexts)
        return SealedReport(
            report=report,
            by=told.by,
            type=kind,
            occurred=START,
            recorded=START,
            sequence=sequence,
            subjects=people + placed,
            contexts=contexts,
            items=() if told.kind in (CorrectionKind.WITHDRAWN, CorrectionKind.REGRADED) else (self._item(told, kind),),
            corrects=corrects,
        )

    def _regraded(self, told: Told) -> Handling | None:
        return told.handling if told.kind is CorrectionKind.REGRADED else None

    def _item(self, told: Told, kind: str) -> SealedItem:
        about = tuple(self.subject(name) for name in told.about)
        if told.data_class is DataClass.CONTEXT and told.context:
            about = (self.context(told.context),)
        section = told.data_class.value
        item = self.item(told)
        facts = bound(report=f"r-{told.name}", type=kind, item=item, section=section, data_class=told.data_class.value)
        words = json.dumps({"note": f"trace-{told.name}-"}).encode()
        return SealedItem(
            item=item,
            section=section,
            data_class=told.data_class,
            about=about,
            handling=told.handling,
            shared=self.keys.seal(words, about, facts),
        )

    def _say(self, topic: str, key: str, name: str, kind: str, data: Published) -> None:
        event = Event[Published].model_construct(
            specversion="1.0", id=name, source="urn:cairn:hub:test", type=kind, time=START, data=data
        )
        value = event.model_dump_json(serialize_as_any=True).encode()
        self.log.append([Record(topic, key, name, value)])


Grants = dict[str, dict[DataClass, Form]]


def agreement(
    name: str, purpose: Purpose, parties: tuple[str, ...], days: tuple[int, int], grants: Grants
) -> Agreement:
    """An agreement in force from and until so many days after the start."""
    return Agreement(
        id=name,
        title=name,
        purpose=purpose,
        parties=parties,
        starts=START + timedelta(days=days[0]),
        ends=START + timedelta(days=days[1]),
        grants=grants,
    )
