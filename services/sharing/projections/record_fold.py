"""How one partner's disclosure feed becomes the records it holds: a pure fold, partition by partition.

A line's ordinal counts within its partition, so that it is the same however the partitions were interleaved, and
after every rebuilding: cursors outlive the tables.
"""

import json
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Row, bindparam, delete, insert, select, update
from sqlalchemy.orm import Session

from schemas.classes import Form
from schemas.disclosures import Change, FeedCurrent, ItemDisclosed, Rendering, ReportReflected
from services.sharing.projections.record_tables import (
    CURRENCY,
    DISCLOSED,
    MARKS,
    NAMES,
    RECALLED,
    RECALLS,
    RECORDS,
    REFLECTED,
    REPLACED,
    instant_text,
)

_LOCAL = ZoneInfo("Europe/London")
_UNSEEN = {"ordinal", "reasons", "revision", "decided"}
"""Columns that may change without the partner's line changing."""

_EVER_GIVEN = (  # made once, like every statement of each disclosure: to make it takes longer than to run it
    select(RECORDS)
    .where(*(RECORDS.c[name] == bindparam(name) for name in ("partner", "item", "purpose")))
    .order_by(RECORDS.c.ordinal)
)
_MARKS_OF = delete(MARKS).where(MARKS.c.partner == bindparam("of"), MARKS.c.item == bindparam("what"))


@dataclass
class Place:
    """Where the fold stands in one partition of one partner's feed."""

    partner: str
    partition: int
    ordinal: int

    def next_ordinal(self) -> int:
        self.ordinal += 1
        return self.ordinal


def reflect(session: Session, place: Place, reflected: ReportReflected) -> None:
    """The partner's own report of this number is in its feed."""
    key = {"partner": place.partner, "report_sequence": reflected.report_sequence}
    session.execute(delete(REFLECTED).filter_by(**key))
    session.execute(insert(REFLECTED).values(**key))


def keep_current(session: Session, place: Place, marker: FeedCurrent) -> None:
    """This partition of the feed says everything the rules say, up to a position and within a span of time."""
    key = {"partner": place.partner, "partition": place.partition}
    session.execute(delete(CURRENCY).filter_by(**key))
    session.execute(
        insert(CURRENCY).values(
            **key,
            rules_position=marker.rules_position,
            valid_from=marker.valid_from and instant_text(marker.valid_from),
            valid_until=marker.valid_until and instant_text(marker.valid_until),
            revision=marker.revision,
        )
    )


def disclose(session: Session, place: Place, disclosed: ItemDisclosed) -> None:
    """Take what changed about one item, purpose by purpose."""
    for change in disclosed.changes:
        held = _held(session, place.partner, disclosed.item, change.purpose)
        if change.rendering is None:
            for row in held.values():
                _recall(session, place, row, disclosed, change)
        else:
            kept = held.pop(change.rendering.reference, None)
            for row in held.values():
                if change.recall is not None:
                    _recall(session, place, row, disclosed, change)
                elif row.state == DISCLOSED:
                    _replace(session, row)
            _give(session, place, kept, disclosed, change, change.rendering)


def _held(session: Session, partner: str, item: str, purpose: str) -> dict[str, "Row[Any]"]:
    """Reference -> row of everything the partner was ever given of an item for a purpose, oldest line first."""
    rows = session.execute(_EVER_GIVEN, {"partner": partner, "item": item, "purpose": str(purpose)})
    return {row.reference: row for row in rows}


def _give(
    session: Session,
    place: Place,
    kept: "Row[Any] | None",
    disclosed: ItemDisclosed,
    change: Change,
    rendering: Rendering,
) -> None:
    values = _values(place, disclosed, change, rendering)
    key = {name: values[name] for name in ("partner", "item", "purpose", "reference")}
    if kept is not None and _looks_the_same(kept, values):
        values["ordinal"] = kept.ordinal
        session.execute(update(RECORDS).filter_by(**key).values(**values))
        return
    values["ordinal"] = place.next_ordinal()
    if kept is not None:
        _forget_names(session, kept)
        session.execute(delete(RECORDS).filter_by(**key))
    session.execute(insert(RECORDS), values)
    if names := sorted(set(rendering.about.values())):
        session.execute(insert(NAMES), [{**key, "name": name} for name in names])
    _keep_marks(session, place.partner, disclosed.item, rendering)
    if kept is not None and kept.state == RECALLED:
        given = {"partner": place.partner, "reference": rendering.reference, "purpose": str(change.purpose)}
        session.execute(update(RECALLS).filter_by(**given).values(overtaken=1))


def _values(place: Place, disclosed: ItemDisclosed, change: Change, rendering: Rendering) -> dict[str, Any]:
    shown_from, shown_until = shown_span(rendering.form, disclosed.occurred)
    return {
        "partner": place.partner,
        "item": disclosed.item,
        "purpose": str(change.purpose),
        "reference": rendering.reference,
        "partition": place.partition,
        "state": DISCLOSED,
        "form": rendering.form.value,
        "reasons": json.dumps(change.reasons),
        "agreements": json.dumps(change.agreements),
        "report": disclosed.report,
        "by": disclosed.by,
        "type": disclosed.type,
        "section": disclosed.section,
        "data_class": disclosed.data_class.value,
        "subjects": json.dumps(disclosed.subjects),
        "occurred": instant_text(disclosed.occurred),
        "recorded": instant_text(disclosed.recorded),
        "shown_from": shown_from and instant_text(shown_from),
        "shown_until": shown_until and instant_text(shown_until),
        "rendering": rendering.model_dump_json(),
        "recall": None,
        "revision": disclosed.revision,
        "decided": instant_text(disclosed.decided),
    }


def shown_span(form: Form, occurred: datetime) -> tuple[datetime | None, datetime | None]:
    """The span in which the partner is told it happened: the instant, its day, or nothing."""
    match form:
        case Form.OWN | Form.FULL:
            return occurred, occurred
        case Form.PSEUDONYMISED:
            day = datetime.combine(occurred.astimezone(_LOCAL).date(), time(), tzinfo=UTC)
            return day, day + timedelta(days=1, microseconds=-1)
        case _:
            return None, None


def _looks_the_same(kept: "Row[Any]", values: dict[str, Any]) -> bool:
    return all(kept._mapping[name] == value for name, value in values.items() if name not in _UNSEEN)


def _recall(session: Session, place: Place, row: "Row[Any]", disclosed: ItemDisclosed, change: Change) -> None:
    """The record must go: its content is deleted here, and a line tells the partner to remove its own copy."""
    if row.state == RECALLED:
        return
    decided = instant_text(disclosed.decided)
    session.execute(
        _one(row).values(
            state=RECALLED,
            form=Form.NONE.value,
            ordinal=place.next_ordinal(),
            reasons=json.dumps(change.reasons),
            agreements=json.dumps(change.agreements),
            shown_from=None,
            shown_until=None,
            rendering=None,
            recall=change.recall,
            revision=disclosed.revision,
            decided=decided,
        )
    )
    _forget_names(session, row)
    if change.recall is not None:
        key = {"partner": row.partner, "recall": change.recall, "reference": row.reference, "purpose": row.purpose}
        session.execute(delete(RECALLS).filter_by(**key))
        session.execute(insert(RECALLS).values(**key, recalled=decided, overtaken=0))


def _replace(session: Session, row: "Row[Any]") -> None:
    """The partner has the item under another reference now; what it holds under this one goes with the next recall."""
    session.execute(_one(row).values(state=REPLACED, shown_from=None, shown_until=None, rendering=None))
    _forget_names(session, row)


def _one(row: "Row[Any]") -> Any:
    return update(RECORDS).filter_by(partner=row.partner, item=row.item, purpose=row.purpose, reference=row.reference)


def _forget_names(session: Session, row: "Row[Any]") -> None:
    key = {"partner": row.partner, "item": row.item, "purpose": row.purpose, "reference": row.reference}
    session.execute(delete(NAMES).filter_by(**key))


def _keep_marks(session: Session, partner: str, item: str, rendering: Rendering) -> None:
    """Identifiers are found by the partner's own reports alone, so only its own copy brings marks."""
    if rendering.form is not Form.OWN:
        return
    named = [(rendering.about[ref], marks) for ref, marks in rendering.marks.items() if ref in rendering.about]
    found = sorted({(mark, name) for name, marks in named for mark in marks})
    session.execute(_MARKS_OF, {"of": partner, "what": item})
    if found:
        session.execute(
            insert(MARKS), [{"partner": partner, "mark": mark, "name": name, "item": item} for mark, name in found]
        )
