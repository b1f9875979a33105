"""Holdings: the items that a sharing worker holds, sealed as they came, and the label each is decided under.

The pipeline's own memory, in the tables of its store; nobody reads it to answer a partner.
"""

import json
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from pydantic import TypeAdapter
from sqlalchemy.orm import Session

from schemas.classes import DataClass, Handling, SubjectKind
from schemas.decisions import ItemState
from schemas.sealed import Correction, CorrectionKind, SealedItem, SealedReport, SealedSubject
from services.sharing import reading_windows
from services.sharing.disclosure import Disclosable
from services.sharing.domain.labels import ItemFacts

metadata = sa.MetaData()

_reports = sa.Table(
    "held_reports",
    metadata,
    sa.Column("report", sa.String(40), primary_key=True),
    sa.Column("root", sa.String(40), nullable=False, index=True),
    sa.Column("by", sa.String(63), nullable=False),
    sa.Column("type", sa.String(100), nullable=False),
    sa.Column("occurred", sa.String(40), nullable=False),
    sa.Column("recorded", sa.String(40), nullable=False),
    sa.Column("partition", sa.Integer, nullable=False),
    sa.Column("subjects", sa.Text, nullable=False),
)

_items = sa.Table(
    "held_items",
    metadata,
    sa.Column("item", sa.String(40), primary_key=True),
    sa.Column("report", sa.String(40), nullable=False, index=True),
    sa.Column("root", sa.String(40), nullable=False, index=True),
    sa.Column("data_class", sa.String(40), nullable=False, index=True),
    sa.Column("contexts", sa.Text, nullable=False),
    sa.Column("handling", sa.Text, nullable=False),
    sa.Column("state", sa.String(12), nullable=False),
    sa.Column("label_key", sa.String(32), nullable=True, index=True),
    sa.Column("sealed", sa.Text, nullable=False),
)

Place = tuple[str, str]
"""Where an item stands among all: when it was recorded, as text that sorts as time does, and which it is."""
_SUBJECTS = TypeAdapter(tuple[SealedSubject, ...])
_AT_ONCE = 500
"""Values that one statement asks for."""

# Made once, as every report needs them: to make a statement takes longer than to run it.
_HELD = (
    sa.select(_items, _reports.c.by, _reports.c.type, _reports.c.occurred, _reports.c.recorded)
    .add_columns(_reports.c.partition, _reports.c.subjects)
    .join(_reports, _reports.c.report == _items.c.report)
    .order_by(_reports.c.recorded, _items.c.item)
)
_PLACES = sa.select(_reports.c.recorded, _items.c.item).join(_reports, _reports.c.report == _items.c.report)
_KNOWN = sa.select(_reports.c.report).where(_reports.c.report.in_(sa.bindparam("these", expanding=True)))
_CONCERNED = _HELD.where(_items.c.root.in_(sa.bindparam("these", expanding=True)))
_HOLD_REPORT, _HOLD_ITEM = sa.insert(_reports), sa.insert(_items)
_RELABEL = _items.update().where(_items.c.item == sa.bindparam("of")).values(label_key=sa.bindparam("under"))


@dataclass(frozen=True)
class Held:
    """One item with the facts of its report."""

    sealed: SealedItem
    facts: ItemFacts
    report: str
    type: str
    by: str
    occurred: datetime
    recorded: datetime
    partition: int
    subjects: tuple[SealedSubject, ...]
    label_key: str | None

    def young_people(self) -> list[SealedSubject]:
        """The young people it is about, where there are several: one alone is never left out."""
        about = set(self.sealed.about)
        young = [one for one in self.subjects if one.kind is SubjectKind.YOUNG_PERSON and one.ref in about]
        return young if len(young) > 1 else []

    def disclosable(self, adults: frozenset[str]) -> Disclosable:
        """What rendering it takes; `adults` are those of its young people who have turned 18."""
        return Disclosable(
            sealed=self.sealed,
            report=self.report,
            type=self.type,
            by=self.by,
            kinds={subject.ref: subject.kind for subject in self.subjects},
            adults=adults,
            marks={subject.ref: subject.marks for subject in self.subjects},
        )


def hold(session: Session, reports: Sequence[SealedReport], partition: int) -> list[SealedReport]:
    """Keep the items of these reports, in their order; gives those that were not held already."""
    held = set(session.scalars(_KNOWN, {"these": [report.report for report in reports]}))
    new = {report.report: report for report in reports if report.report not in held}
    waiting: list[SealedReport] = []
    for report in new.values():
        if report.corrects is not None:  # what came before may be what it corrects, and its own items are not
            _insert(session, waiting, partition)
            waiting = []
            correct(session, report.corrects, {item.section for item in report.items})
        waiting.append(report)
    _insert(session, waiting, partition)
    return list(new.values())


def _insert(session: Session, reports: Sequence[SealedReport], partition: int) -> None:
    if reports:
        session.execute(_HOLD_REPORT, [_report_row(report, partition) for report in reports])
    if items := [_item_row(report, item) for report in reports for item in report.items]:
        session.execute(_HOLD_ITEM, items)
    limited = [(item.item, item.handling.reading_window) for report in reports for item in report.items]
    reading_windows.keep(session, {item: window for item, window in limited if window})


def _root(report: SealedReport) -> str:
    corrects = report.corrects
    amends = corrects is not None and corrects.kind is CorrectionKind.AMENDED
    return corrects.report if corrects is not None and amends else report.report


def _report_row(report: SealedReport, partition: int) -> dict[str, object]:
    return {
        "report": report.report,
        "root": _root(report),
        "by": report.by,
        "type": report.type,
        "occurred": report.occurred.astimezone(UTC).isoformat(),
        "recorded": report.recorded.astimezone(UTC).isoformat(),
        "partition": partition,
        "subjects": _SUBJECTS.dump_json(report.subjects).decode(),
    }


def _item_row(report: SealedReport, item: SealedItem) -> dict[str, object]:
    kinds = {subject.ref: subject.kind for subject in report.subjects}
    own = [ref for ref in item.about if kinds.get(ref) is SubjectKind.CONTEXT]
    return {
        "item": item.item,
        "report": report.report,
        "root": _root(report),
        "data_class": item.data_class.value,
        "contexts": json.dumps(own or list(report.contexts)),
        "handling": item.handling.model_dump_json(),
        "state": ItemState.CURRENT.value,
        "label_key": None,
        "sealed": item.model_dump_json(),
    }


def correct(session: Session, correction: Correction, sections: set[str]) -> None:
    """Apply what a later report does to the items of an earlier one and of its amendments."""
    concerned = sa.select(_items.c.item, _items.c.sealed).where(
        _items.c.root == correction.report, _items.c.state == ItemState.CURRENT.value
    )
    for row in session.execute(concerned).all():
        section = SealedItem.model_validate_json(row.sealed).section
        match correction.kind:
            case CorrectionKind.WITHDRAWN:
                change = {"state": ItemState.WITHDRAWN.value}
            case CorrectionKind.AMENDED if section in sections:
                change = {"state": ItemState.SUPERSEDED.value}
            case CorrectionKind.REGRADED if correction.handling and correction.section in (None, section):
                change = {"handling": correction.handling.model_dump_json()}
            case _:
                continue
        session.execute(_items.update().where(_items.c.item == row.item).values(**change))
        window = correction.handling.reading_window if correction.handling else None
        reading_windows.change(session, row.item, window if correction.kind is CorrectionKind.REGRADED else None)


def concerned_by(session: Session, reports: Sequence[SealedReport]) -> dict[str, list[Held]]:
    """Ref of each report -> the items whose label it may have changed: its own, and those that it corrects."""
    roots = {
        report.report: {report.report, report.corrects.report if report.corrects else report.report}
        for report in reports
    }
    found: dict[str, list[Held]] = {}
    for row in session.execute(_CONCERNED, {"these": sorted(set().union(*roots.values()))}):
        found.setdefault(row.root, []).append(_held_from(row))
    return {
        report: sorted((held for root in of for held in found.get(root, ())), key=_in_order)
        for report, of in roots.items()
    }


def about_contexts(session: Session, contexts: Set[str]) -> set[Place]:
    """The items of class context about any of these contexts."""
    if not contexts:
        return set()
    of_contexts = _items.c.data_class == DataClass.CONTEXT.value
    lists = session.scalars(sa.select(_items.c.contexts).where(of_contexts).distinct())
    wanted = [text for text in lists if not contexts.isdisjoint(json.loads(text))]
    return _places(session, _items.c.contexts, wanted, of_contexts)


def labelled(session: Session, keys: Sequence[str]) -> set[Place]:
    """The items under any of these labels."""
    return _places(session, _items.c.label_key, keys)


def turned(session: Session, one: datetime | None, other: datetime) -> set[Place]:
    """The items whose reading window opened or closed between two instants, in whichever order."""
    return _places(session, _items.c.item, reading_windows.turned(session, one, other))


def all_of(session: Session, sources: Set[str]) -> set[Place]:
    """The items that these agencies reported."""
    return _places(session, _reports.c.by, sorted(sources))


def _places(
    session: Session, column: sa.Column[Any], values: Sequence[str], *besides: sa.ColumnElement[bool]
) -> set[Place]:
    return {
        (recorded, item)
        for start in range(0, len(values), _AT_ONCE)
        for recorded, item in session.execute(
            _PLACES.where(column.in_(values[start : start + _AT_ONCE]), *besides)
        ).tuples()
    }


def read(session: Session, places: Set[Place]) -> Iterator[list[Held]]:
    """The items there, some at once: in one order whatever they are asked for, which may be the affair of others."""
    items = [item for _, item in sorted(places)]
    for start in range(0, len(items), _AT_ONCE):
        yield sorted(_held(session, _items.c.item.in_(items[start : start + _AT_ONCE])), key=_in_order)


def _in_order(held: Held) -> tuple[datetime, str]:
    """By when it was recorded, then by its name: not left to a database, which may sort text in its own way."""
    return held.recorded, held.sealed.item


def _held(session: Session, condition: sa.ColumnElement[bool]) -> list[Held]:
    return [_held_from(row) for row in session.execute(_HELD.where(condition))]


def _held_from(row: sa.Row[tuple[object, ...]]) -> Held:
    fields = row._mapping
    recorded = datetime.fromisoformat(fields["recorded"])
    sealed = SealedItem.model_validate_json(fields["sealed"])
    return Held(
        sealed=sealed,
        facts=ItemFacts(
            source=fields["by"],
            data_class=sealed.data_class,
            handling=Handling.model_validate_json(fields["handling"]),
            recorded=recorded,
            state=ItemState(fields["state"]),
            contexts=tuple(json.loads(fields["contexts"])),
        ),
        report=fields["report"],
        type=fields["type"],
        by=fields["by"],
        occurred=datetime.fromisoformat(fields["occurred"]),
        recorded=recorded,
        partition=fields["partition"],
        subjects=_SUBJECTS.validate_json(fields["subjects"]),
        label_key=fields["label_key"],
    )


def relabel(session: Session, labels: Mapping[str, str]) -> None:
    """Item -> the label that it is decided under from now on."""
    if labels:
        session.execute(_RELABEL, [{"of": item, "under": key} for item, key in labels.items()])


def one(session: Session, item: str) -> Held | None:
    """The item of this name."""
    return next(iter(_held(session, _items.c.item == item)), None)
