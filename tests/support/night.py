"""A night of a scenario as it lies on the log once decided: written by hand from what the scenario expects.

For the services that only read the log. Content is that of the published examples, sealed as intake seals it.
"""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from schemas.access import AccessRecorded, Seen
from schemas.agreements import Agreement
from schemas.binding import bound, token
from schemas.classes import NEVER_GRANTED, DataClass, Form, Purpose
from schemas.decisions import Answer, Decision, ItemLabelled, Label, LabelAnswered
from schemas.disclosures import Change, FeedCurrent, ItemDisclosed, Rendering
from schemas.envelope import Event
from schemas.reports import example, fields_annotated, section_for_class
from schemas.rules import AgreementInForce, PartnerJoined
from schemas.sealed import Sealed
from services.kernel import topics
from services.kernel.keys import Keys
from services.kernel.log import Log, Record

HOUSE_B = Path(__file__).parents[2] / "policies" / "scenarios" / "house_b.json"
NAMES = {
    "police": "Police",
    "social-work": "Social work",
    "health": "Health",
    "education": "Education",
    "childrens-house": "Children's house",
    "return-service": "Return service",
    "youth-work": "Youth work",
    "bus-operator": "Bus operator",
}


def told(topic: str, key: str, name: str, kind: str, at: datetime, data: BaseModel) -> Record:
    """A record of the hub's own."""
    event = Event[Any](id=name, source="urn:cairn:hub:night", type=kind, time=at, data=data)
    return Record(topic, key, name, event.model_dump_json().encode())


class Night:
    """Writes a scenario's reports, decisions and disclosures to a log, as though the other services had."""

    def __init__(
        self, log: Log, keys: Keys, scenario: Path = HOUSE_B, partitions: int = 2, counted: dict[str, int] | None = None
    ) -> None:
        """`counted` goes on counting the feeds of a night that was played before."""
        self.log, self.keys = log, keys
        self.scenario: dict[str, Any] = json.loads(scenario.read_text())
        self.now = datetime.fromisoformat(self.scenario["now"])
        self.partners = [partner["id"] for partner in self.scenario["partners"]]
        self.agreements = {
            each["id"]: Agreement.model_validate_json(json.dumps(each)) for each in self.scenario["agreements"]
        }
        self.counted = counted if counted is not None else {}
        self._gathered: list[Record] | None = None
        for topic in (topics.RULES, topics.DECISIONS, topics.ACCESS, topics.RECALLS):
            log.create(topic, 1)
        for partner in self.partners:
            log.create(topics.disclosures(partner), partitions)

    def play(self) -> None:
        """Everything, from the partners joining to the feeds being current."""
        self.play_rules()
        everybody = {ref for report in self.scenario["reports"] for item in report["items"] for ref in item["about"]}
        self.keys.prepare(sorted(everybody))
        self._gathered = []
        for report in self.scenario["reports"]:
            self.play_report(report)
        for partner in self.partners:
            self.make_current(partner)
        gathered, self._gathered = self._gathered, None
        self.log.append(gathered)

    def _say(self, records: Sequence[Record]) -> None:
        if self._gathered is None:
            self.log.append(records)
        else:
            self._gathered += records

    def play_rules(self) -> None:
        """Partners and the first version of every agreement."""
        at = datetime.fromisoformat("2026-01-05T00:00:00Z")
        records = [
            told(topics.RULES, "rules", f"joined-{partner}", "cairn.partner.joined.v1", at,
                 PartnerJoined(partner=partner, name=NAMES.get(partner, partner), contact=f"Duty lead, {partner}"))
            for partner in self.partners
        ]  # fmt: skip
        self._say(records)
        for document in self.agreements.values():
            self.in_force(document, 1, at)

    def in_force(self, document: Agreement, version: int, at: datetime) -> None:
        """A version of an agreement governs from this instant."""
        data = AgreementInForce(agreement=document.id, version=version, document=document, at=at)
        self._say([told(topics.RULES, "rules", f"{document.id}-v{version}", "cairn.agreement.in-force.v1", at, data)])

    def play_report(self, report: Mapping[str, Any]) -> None:
        """A report's items, labelled, decided and disclosed."""
        for item in report["items"]:
            self._decide(report, item)
            for partner in self.partners:
                self._disclose(report, item, partner)

    def answer(self, item: Mapping[str, Any]) -> Answer:
        """What the scenario expects the rules to say of an item."""
        cells = {
            partner: {purpose: self._decision(item, partner, purpose) for purpose in Purpose}
            for partner in self.partners
        }
        otherwise = Decision(form=Form.NONE, reasons=("no_agreement_in_force",))
        return Answer(otherwise=otherwise, cells=cells)

    def decide(self, item: Mapping[str, Any], answer: Answer, at: datetime, revision: str) -> None:
        """The rules said this of the item's label at this instant."""
        label = Label(source=self._report_of(item)["by"], data_class=item["class"])
        data = LabelAnswered(label_key=f"label-{item['id']}", label=label, answer=answer, revision=revision, decided=at)
        name = f"answer-{item['id']}-{revision}"
        self._say([told(topics.DECISIONS, "decisions", name, "cairn.label.answered.v1", at, data)])

    def make_current(self, partner: str, rules_position: int | None = None) -> None:
        """Every partition of the partner's feed says that it is up to date."""
        topic = topics.disclosures(partner)
        position = self.log.end(topics.RULES, 0) if rules_position is None else rules_position
        for partition in range(self.log.partitions(topic)):
            sequence = self._next(f"{partner}:{partition}")
            data = FeedCurrent(
                partner=partner, sequence=sequence, rules_position=position, revision="r1", valid_from=None,
                valid_until=datetime.fromisoformat("2026-12-31T00:00:00Z"),
            )  # fmt: skip
            record = told(topic, partner, f"{partner}:{partition}:{sequence}", "cairn.feed.current.v1", self.now, data)
            self._say([Record(record.topic, record.key, record.id, record.value, partition)])

    def disclose(
        self, partner: str, item: Mapping[str, Any], changes: Sequence[Change], decided: datetime | None = None
    ) -> None:
        """These changes of an item are in the partner's feed."""
        report = self._report_of(item)
        kind = f"cairn.{report['type']}.v1"
        partition = 0
        sequence = self._next(f"{partner}:{partition}")
        data = ItemDisclosed(
            partner=partner, sequence=sequence, item=item["id"], report=report["id"], by=report["by"], type=kind,
            section=_section(kind, item), data_class=DataClass(item["class"]), subjects=tuple(item["about"]),
            occurred=_at(report), recorded=_at(report) + timedelta(minutes=4), changes=tuple(changes), revision="r1",
            decided=decided or _at(report) + timedelta(minutes=5),
        )  # fmt: skip
        name = f"{partner}:{partition}:{sequence}"
        record = told(topics.disclosures(partner), partner, name, "cairn.item.disclosed.v1", self.now, data)
        self._say([Record(record.topic, record.key, record.id, record.value, partition)])

    def read(
        self, practitioner: str, at: datetime, purpose: Purpose, items: Sequence[str], form: Form = Form.FULL
    ) -> None:
        """Somebody read these items."""
        partner = practitioner.partition("/")[0]
        seen = tuple(
            Seen(item=each, reference=f"n-{each.lower()}", subjects=tuple(self.item(each)["about"]), form=form,
                 agreements=self._relied_on(self.item(each), partner, purpose, form), revision="r1")
            for each in items
        )  # fmt: skip
        name = f"access-{practitioner.replace('/', '-')}-{at:%Y%m%d%H%M}"
        data = AccessRecorded(
            access=name, at=at, practitioner=practitioner, partner=partner, operation="records.list",
            purpose=purpose, seen=seen,
        )  # fmt: skip
        self._say([told(topics.ACCESS, partner, name, "cairn.access.recorded.v1", at, data)])

    def item(self, name: str) -> Mapping[str, Any]:
        """An item of the scenario."""
        return next(item for report in self.scenario["reports"] for item in report["items"] if item["id"] == name)

    def _report_of(self, item: Mapping[str, Any]) -> Mapping[str, Any]:
        return next(
            report for report in self.scenario["reports"] if any(one["id"] == item["id"] for one in report["items"])
        )

    def _decide(self, report: Mapping[str, Any], item: Mapping[str, Any]) -> None:
        kind, at = f"cairn.{report['type']}.v1", _at(report) + timedelta(minutes=5)
        labelled = ItemLabelled(
            item=item["id"], report=report["id"], by=report["by"], type=kind, section=_section(kind, item),
            data_class=DataClass(item["class"]), about=tuple(item["about"]), occurred=_at(report),
            recorded=_at(report) + timedelta(minutes=4), label_key=f"label-{item['id']}", labelled=at,
        )  # fmt: skip
        self.decide(item, self.answer(item), at, "r1")
        self._say(
            [told(topics.DECISIONS, "decisions", f"labelled-{item['id']}", "cairn.item.labelled.v1", at, labelled)]
        )

    def _decision(self, item: Mapping[str, Any], partner: str, purpose: Purpose) -> Decision:
        form = Form(self.scenario["expect_for"].get(purpose, {}).get(item["id"], {}).get(partner, "none"))
        if form is Form.OWN or partner == self._report_of(item)["by"]:
            return Decision(form=Form.OWN, reasons=("originator",))
        agreements = self._relied_on(item, partner, purpose, form)
        reason = "agreement_grants"
        if DataClass(item["class"]) in NEVER_GRANTED:
            reason = "never_shared"
        elif form is Form.EXISTENCE or (form is Form.NONE and item.get("handling", {}).get("code") == "C"):
            reason = "handling_conditions"
        elif form is Form.NONE:
            reason = "no_agreement_in_force"
        return Decision(form=form, reasons=(reason,), agreements=agreements)

    def _relied_on(self, item: Mapping[str, Any], partner: str, purpose: Purpose, form: Form) -> tuple[str, ...]:
        by = self._report_of(item)["by"]
        return tuple(
            document.id
            for document in self.agreements.values()
            if document.purpose is purpose and {by, partner} <= set(document.parties)
            and (granted := document.grants.get(partner, {}).get(DataClass(item["class"]))) is not None
            and form is not Form.NONE and form in (granted, Form.EXISTENCE)
        )  # fmt: skip

    def _disclose(self, report: Mapping[str, Any], item: Mapping[str, Any], partner: str) -> None:
        if partner == report["by"]:
            rendering = self.rendering(item, partner, Form.OWN)
            self.disclose(
                partner, item, [Change(purpose="own", form=Form.OWN, reasons=("originator",), rendering=rendering)]
            )
            return
        changes = []
        for purpose in Purpose:
            decision = self._decision(item, partner, purpose)
            if decision.form is not Form.NONE:
                changes.append(
                    Change(purpose=purpose, form=decision.form, reasons=decision.reasons,
                           agreements=decision.agreements, rendering=self.rendering(item, partner, decision.form))
                )  # fmt: skip
        if changes:
            self.disclose(partner, item, changes)

    def rendering(self, item: Mapping[str, Any], partner: str, form: Form) -> Rendering:
        """What the partner holds of an item in a form."""
        report = self._report_of(item)
        kind = f"cairn.{report['type']}.v1"
        section = _section(kind, item)
        content = dict(example(kind)["data"][section])
        local = content.pop("about")
        each = content.pop("each", {})
        content.pop("handling", None)
        young = [ref for ref in item["about"] if ":" not in ref]
        reference = token("n", self.keys.mac("reference", f"{partner}\n{item['id']}\n{form}"))
        prefix = "p" if form is Form.PSEUDONYMISED else "y"
        names = {ref: token(prefix, self.keys.mac("name", f"{prefix}\n{partner}\n{ref}")) for ref in item["about"]}
        if form in (Form.OWN, Form.FULL):
            parts = {ref: each[name] for ref, name in zip(item["about"], local, strict=False) if name in each}
            return Rendering(
                reference=reference, form=form, about=names,
                shared=self.seal(content, item, "shared"),
                parts={ref: self.seal(part, item, ref, [ref]) for ref, part in parts.items()},
            )  # fmt: skip
        if form is Form.PSEUDONYMISED:
            allowed = fields_annotated(kind, section, "x-pseudonymised")
            shown = {name: value for name, value in content.items() if name in allowed}
        elif form is Form.GENERALISED:
            names = {ref: name for ref, name in names.items() if ref in young}
            shown = _general(item["class"], content, kind, section)
        else:
            shown = {"held_by": report["by"], "ask": f"Duty lead, {NAMES[report['by']]}"}
        sealed = self.seal(shown, item, f"rendered:{reference}")
        return Rendering(reference=reference, form=form, about=names, shared=sealed)

    def seal(
        self, content: object, item: Mapping[str, Any], part: str, subjects: Sequence[str] | None = None
    ) -> Sealed:
        """Content of an item, sealed as the hub seals it."""
        report = self._report_of(item)
        kind = f"cairn.{report['type']}.v1"
        facts = bound(
            report=report["id"], type=kind, item=item["id"], section=_section(kind, item), data_class=item["class"],
            part=part,
        )  # fmt: skip
        return self.keys.seal(json.dumps(content).encode(), list(subjects or item["about"]), facts)

    def _next(self, counted: str) -> int:
        self.counted[counted] = self.counted.get(counted, 0) + 1
        return self.counted[counted]


def _at(report: Mapping[str, Any]) -> datetime:
    return datetime.fromisoformat(report["at"])


def _section(kind: str, item: Mapping[str, Any]) -> str:
    section = section_for_class(kind, DataClass(item["class"]))
    assert section is not None
    return section


def _general(data_class: str, content: Mapping[str, Any], kind: str, section: str) -> dict[str, Any]:
    if data_class == DataClass.MISSING:
        return {"status": "was missing; now safe", "welfare_contact": "Duty lead, Social work"}
    if data_class == DataClass.DECISION:
        return {"summary": "supports in place, speak to the named person"}
    return {name: content[name] for name in sorted(fields_annotated(kind, section, "x-generalised")) if name in content}
