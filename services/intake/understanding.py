"""Understanding: from an event whose envelope is whole to a report, or to the reasons why it is not understood.

What breaks the schema of its type is refused with pointers. What may mean something that this hub has yet to learn,
such as a type of a later version, is kept in quarantine.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any

import orjson
from pydantic import ValidationError

from schemas.classes import Handling, Published, SubjectKind
from schemas.envelope import Event
from schemas.reports import (
    REPORT_TYPES,
    IntelligenceRegraded,
    IntelligenceWithdrawn,
    ReportAmended,
    ReportData,
    ReportWithdrawn,
    Section,
    free_text_fields,
)
from schemas.sealed import CorrectionKind
from services.intake.envelope import invalid
from services.intake.prompts import PROMPTS_MAX, Prompt, Reading, prompts_in
from services.kernel.http.problems import from_validation

AHEAD_MAX = timedelta(minutes=10)
"""How far the sender's clock may be ahead of the hub's."""

_TYPE = re.compile(r"(?P<name>.+)\.v[1-9][0-9]{0,3}")
_KNOWN_NAMES = frozenset(name.rpartition(".")[0] for name in REPORT_TYPES)


@dataclass(frozen=True)
class Reason:
    """Why something is kept in quarantine: where, and a code; never the value."""

    pointer: str
    code: str

    def as_json(self) -> dict[str, str]:
        return {"pointer": self.pointer, "code": self.code}


@dataclass(frozen=True)
class Corrects:
    """Which earlier event of the same source is corrected, and how."""

    event_id: str
    kind: CorrectionKind
    section: str | None = None
    handling: Handling | None = None


@dataclass(frozen=True)
class Understood:
    """A report as its sender meant it, with local names still in it."""

    event: dict[str, Any]
    """The whole event, with `time` in UTC."""
    occurred: datetime
    report: ReportData
    corrects: Corrects | None
    prompts: tuple[Prompt, ...]


@dataclass(frozen=True)
class NotUnderstood:
    """An event that is well-formed, and goes to quarantine."""

    event: dict[str, Any]
    reasons: tuple[Reason, ...]


def understand(event: dict[str, Any], now: datetime) -> Understood | NotUnderstood:
    """What an event, whose envelope was checked, says. Raises Problem 422 where it breaks the schema of its type."""
    occurred = datetime.fromisoformat(event["time"])
    ahead = (Reason("/time", "in_the_future"),) if occurred > now + AHEAD_MAX else ()
    model = REPORT_TYPES.get(event["type"])
    if model is None:
        _validated(Event[Any], event)
        return NotUnderstood(event, (_unknown_type(event["type"]), *ahead))
    report: ReportData = _validated(_event_of(model), event).data
    corrects = _correction(report)
    if corrects and corrects.event_id == event["id"]:
        raise invalid([("/data/report", "corrects_itself", "Name the earlier report that this one corrects.")])
    if ahead:
        return NotUnderstood(event, ahead)
    prompts = tuple(_prompts(report, occurred.date()))[:PROMPTS_MAX]
    return Understood(event, occurred, report, corrects, prompts)


@cache
def _event_of(model: type[ReportData]) -> type[Event[Any]]:
    return Event[model]  # type: ignore[valid-type]


def _unknown_type(name: str) -> Reason:
    matched = _TYPE.fullmatch(name)
    known = matched is not None and matched["name"] in _KNOWN_NAMES
    return Reason("/type", "type_version_unknown" if known else "type_unknown")


def _validated(model: type[Event[Any]], event: Mapping[str, Any]) -> Event[Any]:
    try:
        return model.model_validate_json(orjson.dumps(event))
    except ValidationError as error:
        raise from_validation(error, event) from None


def _correction(report: ReportData) -> Corrects | None:
    match report:
        case ReportWithdrawn() | IntelligenceWithdrawn():
            return Corrects(report.report, CorrectionKind.WITHDRAWN)
        case ReportAmended():
            return Corrects(report.report, CorrectionKind.AMENDED)
        case IntelligenceRegraded():
            return Corrects(report.report, CorrectionKind.REGRADED, report.section, report.handling)
    return None


def _prompts(report: ReportData, on: date) -> Iterator[Prompt]:
    for name, section in report.sections():
        everybody = _reading(report, section.about, on)
        yield from _prompts_in(f"/data/{name}", section, everybody)
        for local, part in section.each.items():
            yield from _prompts_in(f"/data/{name}/each/{local}", part, _reading(report, (local,), on))


def _prompts_in(at: str, content: Section | Published, reading: Reading) -> Iterator[Prompt]:
    for field in free_text_fields(type(content)):
        text = getattr(content, field)
        if isinstance(text, str):
            yield from prompts_in(f"{at}/{field}", text, reading)


def _reading(report: ReportData, about: tuple[str, ...], on: date) -> Reading:
    people = [report.people[name] for name in about if name in report.people]
    young = [person for person in people if person.kind is SubjectKind.YOUNG_PERSON]
    under_13 = any(person.born is None or _age(person.born, on) < 13 for person in young)
    return Reading(about_child=bool(young), under_13=under_13)


def _age(born: date, on: date) -> int:
    return on.year - born.year - ((on.month, on.day) < (born.month, born.day))
