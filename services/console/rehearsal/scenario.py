"""A scenario file: a small, made-up world and the exact answer to who sees what in it.

Its form is `schemas/json/scenario.schema.json`. Here it is checked beyond that: that every name in it is known,
and that the hub could be told it. What is wrong is said with a JSON Pointer.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from pydantic import ValidationError

from schemas.agreements import Agreement
from schemas.classes import DataClass, Purpose
from schemas.reports import REPORT_TYPES, section_for_class
from services.console.rehearsal.form import JSON as JSON
from services.console.rehearsal.form import NotAScenario as NotAScenario
from services.console.rehearsal.form import check_form, check_form_of, pointer, read_json
from services.console.rehearsal.naming import told_as


@dataclass(frozen=True)
class Scenario:
    """A checked scenario. The parts keep the form of the file."""

    file: str
    title: str
    now: datetime
    partners: tuple[str, ...]
    subjects: Mapping[str, str]
    """Young person -> date of birth."""
    agreements: tuple[JSON, ...]
    reports: tuple[JSON, ...]
    expect: Mapping[str, Mapping[str, str]]
    expect_for: Mapping[str, Mapping[str, Mapping[str, str]]]
    what_if: tuple[JSON, ...]


def instant(text: str) -> datetime:
    """An RFC 3339 instant."""
    return datetime.fromisoformat(text.replace("Z", "+00:00").replace("z", "+00:00"))


def report_type(name: str) -> str:
    """The event type that a scenario calls `missing-episode.reported`."""
    return f"cairn.{name}.v1"


def load(path: Path) -> Scenario:
    """Read and check a file. Raises NotAScenario."""
    try:
        found = read_json(path.read_bytes())
    except OSError as error:
        raise NotAScenario("", f"the file cannot be read ({error.strerror})") from error
    return checked(found, str(path))


def checked(found: JSON, file: str) -> Scenario:
    """The scenario that was read. Raises NotAScenario."""
    check_form(found)
    _Names(found).check()
    return Scenario(
        file=file,
        title=found["title"],
        now=instant(found["now"]),
        partners=tuple(partner["id"] for partner in found["partners"]),
        subjects={subject["id"]: subject["born"] for subject in found["subjects"]},
        agreements=tuple(found["agreements"]),
        reports=tuple(found["reports"]),
        expect=found.get("expect", {}),
        expect_for=found.get("expect_for", {}),
        what_if=tuple(found.get("what_if", ())),
    )


class _Names:
    """Checks that what a scenario names is there, in the order in which it is played."""

    def __init__(self, found: JSON) -> None:
        self._found = found
        self._partners = self._unique("partners", found["partners"])
        self._subjects = self._unique("subjects", found["subjects"])

    def check(self) -> None:
        found = self._found
        agreements = self._unique("agreements", found["agreements"])
        for index, agreement in enumerate(found["agreements"]):
            self._agreement(f"/agreements/{index}", agreement)
        self._unique("reports", found["reports"])
        items: set[str] = set()
        for index, report in enumerate(found["reports"]):
            self._report(f"/reports/{index}", report, items)
        self._matrix("/expect", found.get("expect", {}), items)
        for purpose, matrix in found.get("expect_for", {}).items():
            if purpose not in set(Purpose):
                raise NotAScenario(f"/expect_for/{purpose}", "not a purpose")
            self._matrix(f"/expect_for/{purpose}", matrix, items)
        for index, branch in enumerate(found.get("what_if", ())):
            self._branch(f"/what_if/{index}", branch, dict(agreements), set(items))

    def _unique(self, what: str, things: list[JSON]) -> dict[str, JSON]:
        by_id: dict[str, JSON] = {}
        for index, thing in enumerate(things):
            if thing["id"] in by_id:
                raise NotAScenario(f"/{what}/{index}/id", "this id was used before")
            by_id[thing["id"]] = thing
        return by_id

    def _agreement(self, at: str, agreement: JSON) -> None:
        for index, party in enumerate(agreement["parties"]):
            if party not in self._partners:
                raise NotAScenario(f"{at}/parties/{index}", "not a partner")
        for receiver in agreement["grants"]:
            if receiver not in self._partners:
                raise NotAScenario(f"{at}/grants/{receiver}", "not a partner")
        try:
            Agreement.model_validate_json(json.dumps(agreement | {"id": told_as(agreement["id"])}))
        except ValidationError as error:
            first = error.errors(include_url=False, include_input=False)[0]
            steps = [step for step in first["loc"] if step != "[key]"]
            raise NotAScenario(at + pointer(steps), first["msg"]) from error

    def _report(self, at: str, report: JSON, items: set[str]) -> None:
        if report["by"] not in self._partners:
            raise NotAScenario(f"{at}/by", "not a partner")
        kind = report_type(report["type"])
        if kind not in REPORT_TYPES:
            raise NotAScenario(f"{at}/type", "not a type of report")
        for index, person in enumerate(report.get("young_people", ())):
            self._subject(f"{at}/young_people/{index}", person)
        classes: set[str] = set()
        for index, item in enumerate(report["items"]):
            self._item(f"{at}/items/{index}", item, kind)
            if item["class"] in classes:
                raise NotAScenario(f"{at}/items/{index}/class", "a report has at most one item of a class")
            if item["id"] in items:
                raise NotAScenario(f"{at}/items/{index}/id", "this id was used before")
            classes.add(item["class"])
            items.add(item["id"])

    def _item(self, at: str, item: JSON, kind: str) -> None:
        if item["class"] not in set(DataClass):
            raise NotAScenario(f"{at}/class", "not a data class")
        if section_for_class(kind, DataClass(item["class"])) is None:
            raise NotAScenario(f"{at}/class", "this type of report has no section of this class")
        for index, about in enumerate(item["about"]):
            kind_of_subject, separator, name = about.partition(":")
            if separator and kind_of_subject in ("context", "adult") and name:
                continue
            self._subject(f"{at}/about/{index}", about)

    def _subject(self, at: str, subject: str) -> None:
        if subject not in self._subjects:
            raise NotAScenario(at, "not one of the subjects")

    def _matrix(self, at: str, matrix: JSON, items: set[str]) -> None:
        for item, cells in matrix.items():
            if item not in items:
                raise NotAScenario(f"{at}/{item}", "not an item of a report")
            for partner in cells:
                if partner not in self._partners:
                    raise NotAScenario(f"{at}/{item}/{partner}", "not a partner")

    def _branch(self, at: str, branch: JSON, agreements: JSON, items: set[str]) -> None:
        reports = {report["id"] for report in self._found["reports"]}
        for index, rule in enumerate(branch["rules"]):
            self._rule(f"{at}/rules/{index}", rule, agreements, reports, items)
        for index, difference in enumerate(branch.get("differences", ())):
            here = f"{at}/differences/{index}"
            self._matrix(here, {difference["item"]: {difference["partner"]: difference["to"]}}, items)

    def _rule(self, at: str, rule: JSON, agreements: JSON, reports: set[str], items: set[str]) -> None:
        for name in ("suspend", "reinstate", "terminate", "amend"):
            if name in rule and rule[name] not in agreements:
                raise NotAScenario(f"{at}/{name}", "not an agreement")
        if "amend" in rule:
            agreements[rule["amend"]] = self._amended(f"{at}/with", agreements[rule["amend"]], rule["with"])
        if "withdraw_report" in rule and rule["withdraw_report"] not in reports:
            raise NotAScenario(f"{at}/withdraw_report", "not a report")
        if "agree" in rule:
            if rule["agree"]["id"] in agreements:
                raise NotAScenario(f"{at}/agree/id", "this id was used before")
            self._agreement(f"{at}/agree", rule["agree"])
            agreements[rule["agree"]["id"]] = rule["agree"]
        if "report" in rule:
            if rule["report"]["id"] in reports:
                raise NotAScenario(f"{at}/report/id", "this id was used before")
            self._report(f"{at}/report", rule["report"], items)
            reports.add(rule["report"]["id"])

    def _amended(self, at: str, agreement: JSON, patch: JSON) -> JSON:
        amended = merged(agreement, patch)
        if missing := agreement.keys() - amended.keys():
            raise NotAScenario(f"{at}/{min(missing)}", "an agreement cannot do without this")
        if amended["id"] != agreement["id"]:
            raise NotAScenario(f"{at}/id", "an amendment keeps the agreement's id")
        check_form_of("agreement", at, amended)
        self._agreement(at, amended)
        return amended


def merged(document: JSON, patch: JSON) -> JSON:
    """RFC 7396: the document with the patch merged into it."""
    result = dict(document)
    for name, value in patch.items():
        if value is None:
            result.pop(name, None)
        elif isinstance(value, dict):
            before = result.get(name)
            result[name] = merged(before if isinstance(before, dict) else {}, value)
        else:
            result[name] = value
    return result


def items_of(reports: Iterable[JSON]) -> Iterator[tuple[str, JSON]]:
    """Every item with its report, in the order of posting."""
    for report in reports:
        for item in report["items"]:
            yield item["id"], report
