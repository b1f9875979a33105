"""How one partner's disclosure feed becomes the records it holds: a pure fold, partition by partition.

A line's ordinal counts within its partition, so that it is the same however the partitions were interleaved, and
after every rebuilding: cursors outlive the tables.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from schemas.classes import Form
from schemas.disclosures import Change, FeedCurrent, ItemDisclosed, Rendering, ReportReflected
from services.kernel.projecting import instant_text, listed
from services.kernel.store.each import Row
from services.kernel.store.rows import Rows
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
)

_LOCAL = ZoneInfo("Europe/London")
_UNSEEN = {"ordinal", "reasons", "revision", "decided"}
"""Columns that may change without the partner's line changing."""


@dataclass
class Place:
    """Where the fold stands in one partition of one partner's feed."""

    partner: str
    partition: int
    ordinal: int

    def next_ordinal(self) -> int:
        self.ordinal += 1
        return self.ordinal


Said = ItemDisclosed | ReportReflected | FeedCurrent
"""What a feed says."""


class RecordFold:
    """Batches of partners' feeds, folded into what the partners hold; written by `keep`."""

    def __init__(self, session: Session) -> None:
        self._records = Rows(session, RECORDS, ["partner", "item"])
        self._names = Rows(session, NAMES, ["partner", "item"])
        self._marks = Rows(session, MARKS, ["partner", "item"])
        self._recalls = Rows(session, RECALLS, ["partner", "reference"])
        self._reflected = Rows(session, REFLECTED, ["partner", "report_sequence"])
        self._currency = Rows(session, CURRENCY, ["partner", "partition"])

    def expect(self, said: Iterable[Said]) -> None:
        """Look up at once what these will need."""
        told = list(said)
        disclosed = [one for one in told if isinstance(one, ItemDisclosed)]
        items = [(one.partner, one.item) for one in disclosed]
        self._records.look_up(items)
        self._names.look_up(items, only_with=self._records)
        own_items = [(one.partner, one.item) for one in disclosed if one.partner == one.by]
        self._marks.look_up(own_items, only_with=self._records)
        self._recalls.look_up((row["partner"], row["reference"]) for one in items for row in self._records.having(*one))
        own = [(one.partner, one.report_sequence) for one in told if isinstance(one, ReportReflected)]
        self._reflected.look_up(own)

    def take(self, place: Place, said: Said) -> None:
        """Take what the next record of a partition says."""
        match said:
            case ItemDisclosed():
                for change in said.changes:
                    self._change(place, said, change)
            case ReportReflected():
                self._reflected.put({"partner": place.partner, "report_sequence": said.report_sequence})
            case FeedCurrent():
                self._keep_current(place, said)

    def keep(self) -> None:
        """Write what changed."""
        for rows in (self._records, self._names, self._marks, self._recalls, self._reflected, self._currency):
            rows.keep()

    def _keep_current(self, place: Place, marker: FeedCurrent) -> None:
        """This partition of the feed says everything the rules say, up to a position and within a span of time."""
        self._currency.put(
            {
                "partner": place.partner,
                "partition": place.partition,
                "rules_position": marker.rules_position,
                "valid_from": marker.valid_from and instant_text(marker.valid_from),
                "valid_until": marker.valid_until and instant_text(marker.valid_until),
                "revision": marker.revision,
            }
        )

    def _change(self, place: Place, disclosed: ItemDisclosed, change: Change) -> None:
        """Take what changed about one item for one purpose."""
        held = self._held(place.partner, disclosed.item, str(change.purpose))
        if change.rendering is None:
            for row in held.values():
                self._recall(place, row, disclosed, change)
            return
        kept = held.pop(change.rendering.reference, None)
        for row in held.values():
            if change.recall is not None:
                self._recall(place, row, disclosed, change)
            elif row["state"] == DISCLOSED:
                self._replace(row)
        self._give(place, kept, disclosed, change, change.rendering)

    def _held(self, partner: str, item: str, purpose: str) -> dict[str, Row]:
        """Reference -> row of everything the partner was ever given of an item for a purpose, oldest line first."""
        rows = [row for row in self._records.having(partner, item) if row["purpose"] == purpose]
        return {row["reference"]: row for row in sorted(rows, key=lambda row: int(row["ordinal"]))}

    def _give(
        self, place: Place, kept: Row | None, disclosed: ItemDisclosed, change: Change, rendering: Rendering
    ) -> None:
        values = _values(place, disclosed, change, rendering)
        if kept is not None and _looks_the_same(kept, values):
            self._records.put(values | {"ordinal": kept["ordinal"]})
            return
        if kept is not None:
            self._forget_names(kept)
        self._records.put(values | {"ordinal": place.next_ordinal()})
        key = {name: values[name] for name in ("partner", "item", "purpose", "reference")}
        for name in set(rendering.about.values()):
            self._names.put(key | {"name": name})
        self._keep_marks(place.partner, disclosed.item, rendering)
        if kept is not None and kept["state"] == RECALLED:
            for row in self._recalls.having(place.partner, rendering.reference):
                if row["purpose"] == str(change.purpose):
                    self._recalls.put({**row, "overtaken": 1})

    def _recall(self, place: Place, row: Row, disclosed: ItemDisclosed, change: Change) -> None:
        """The record must go: its content is deleted here, and a line tells the partner to remove its own copy."""
        if row["state"] == RECALLED:
            return
        decided = instant_text(disclosed.decided)
        self._records.put(
            {
                **row,
                "state": RECALLED,
                "form": Form.NONE.value,
                "ordinal": place.next_ordinal(),
                "reasons": listed(change.reasons),
                "agreements": listed(change.agreements),
                "shown_from": None,
                "shown_until": None,
                "rendering": None,
                "recall": change.recall,
                "revision": disclosed.revision,
                "decided": decided,
            }
        )
        self._forget_names(row)
        if change.recall is not None:
            key = {name: row[name] for name in ("partner", "reference", "purpose")}
            self._recalls.put(key | {"recall": change.recall, "recalled": decided, "overtaken": 0})

    def _replace(self, row: Row) -> None:
        """The partner has the item under another reference now; what it holds under this one goes with the next
        recall."""
        self._records.put({**row, "state": REPLACED, "shown_from": None, "shown_until": None, "rendering": None})
        self._forget_names(row)

    def _forget_names(self, row: Row) -> None:
        for name in self._names.having(row["partner"], row["item"]):
            if (name["purpose"], name["reference"]) == (row["purpose"], row["reference"]):
                self._names.remove(name)

    def _keep_marks(self, partner: str, item: str, rendering: Rendering) -> None:
        """Identifiers are found by the partner's own reports alone, so only its own copy brings marks."""
        if rendering.form is not Form.OWN:
            return
        for row in self._marks.having(partner, item):
            self._marks.remove(row)
        for ref, marks in rendering.marks.items():
            if ref in rendering.about:
                key = {"partner": partner, "name": rendering.about[ref], "item": item}
                for mark in marks:
                    self._marks.put(key | {"mark": mark})


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
        "reasons": listed(change.reasons),
        "agreements": listed(change.agreements),
        "report": disclosed.report,
        "by": disclosed.by,
        "type": disclosed.type,
        "section": disclosed.section,
        "data_class": disclosed.data_class.value,
        "subjects": listed(disclosed.subjects),
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


def _looks_the_same(kept: Row, values: dict[str, Any]) -> bool:
    return all(kept[name] == value for name, value in values.items() if name not in _UNSEEN)
