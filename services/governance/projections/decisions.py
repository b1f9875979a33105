"""The decisions: which label each item had, and what the rules said to that label, as it was at any instant."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Select, Table, func, select, tuple_
from sqlalchemy.orm import Session

from schemas.decisions import Answer, ItemLabelled, ItemState, Label, LabelAnswered
from schemas.envelope import Event
from services.governance.projections.tables import ANSWERS, ITEMS, LABELLINGS, Account, keep_once
from services.kernel import topics
from services.kernel.log import Entry
from services.kernel.projecting import Told, instant_of, instant_text, listed, said_in, unlisted

_CHUNK = 500
_DECISIONS: dict[str, type[Event[Any]]] = {
    "cairn.item.labelled.v1": Event[ItemLabelled],
    "cairn.label.answered.v1": Event[LabelAnswered],
}


class DecisionsProjection(Account):
    """Folds `hub.decisions` into items, their labels, and the answers to them."""

    name = "governance.decisions"

    def topics(self, session: Session) -> Sequence[str]:  # noqa: ARG002 - always the same topic
        return [topics.DECISIONS]

    def read(self, entry: Entry) -> Any:
        return said_in(entry, _DECISIONS)

    def fold(self, session: Session, told: Sequence[Told]) -> None:
        labelled = [(entry, said) for entry, said in told if isinstance(said, ItemLabelled)]
        answered = [(entry, said) for entry, said in told if isinstance(said, LabelAnswered)]
        keep_once(session, ITEMS, [_item_row(*one) for one in labelled])
        keep_once(session, LABELLINGS, [_labelling_row(*one) for one in labelled])
        keep_once(session, ANSWERS, [_answer_row(*one) for one in answered])


def _item_row(entry: Entry, labelled: ItemLabelled) -> dict[str, Any]:
    return {
        "item": labelled.item, "report": labelled.report, "by": labelled.by, "type": labelled.type,
        "section": labelled.section, "data_class": labelled.data_class, "about": listed(labelled.about),
        "occurred": instant_text(labelled.occurred), "recorded": instant_text(labelled.recorded),
        "ordinal": entry.position,
    }  # fmt: skip


def _labelling_row(entry: Entry, labelled: ItemLabelled) -> dict[str, Any]:
    return {
        "record": entry.id, "item": labelled.item, "label_key": labelled.label_key,
        "labelled": instant_text(labelled.labelled), "position": entry.position,
    }  # fmt: skip


def _answer_row(entry: Entry, answered: LabelAnswered) -> dict[str, Any]:
    return {
        "record": entry.id, "label_key": answered.label_key, "label": answered.label.model_dump_json(),
        "answer": answered.answer.model_dump_json(), "revision": answered.revision,
        "decided": instant_text(answered.decided), "position": entry.position,
    }  # fmt: skip


@dataclass(frozen=True)
class Item:
    """What governance knows of an item: all but its content."""

    item: str
    report: str
    by: str
    type: str
    section: str
    data_class: str
    about: tuple[str, ...]
    occurred: datetime
    recorded: datetime


@dataclass(frozen=True)
class Decided:
    """An item with what the rules said to it; not yet decided where `answer` is None."""

    item: Item
    state: ItemState
    answer: Answer | None
    revision: str | None
    decided: datetime | None


def item_known(session: Session, item: str) -> Item | None:
    """One item, or None where there is none of this reference."""
    row = session.execute(select(ITEMS).where(ITEMS.c.item == item)).first()
    return _item(row) if row is not None else None


def items_known(session: Session, wanted: Sequence[str]) -> dict[str, Item]:
    """Those of these items that are known, by reference."""
    found: dict[str, Item] = {}
    for start in range(0, len(wanted), _CHUNK):
        rows = session.execute(select(ITEMS).where(ITEMS.c.item.in_(wanted[start : start + _CHUNK])))
        found |= {row.item: _item(row) for row in rows}
    return found


def decided_at(session: Session, at: datetime, after: str | None = None, limit: int = _CHUNK) -> list[Decided]:
    """Items in order of occurrence as they were decided at an instant: at most `limit`, behind the item `after`.

    Raises KeyError where `after` is not an item.
    """
    labelled = select(LABELLINGS.c.item).where(
        LABELLINGS.c.item == ITEMS.c.item, LABELLINGS.c.labelled <= instant_text(at)
    )
    query = (
        select(ITEMS)
        .where(labelled.exists())  # asked of each in turn, so that a page of a million items looks at a page of them
        .order_by(ITEMS.c.occurred, ITEMS.c.report, ITEMS.c.ordinal)
        .limit(limit)
    )
    if after is not None:
        query = _behind(session, query, after)
    items = [_item(row) for row in session.execute(query)]
    decided: list[Decided] = []
    for start in range(0, len(items), _CHUNK):
        decided += _decide(session, items[start : start + _CHUNK], at)
    return decided


def item_decided_at(session: Session, item: str, at: datetime) -> Decided | None:
    """One item as it was decided at an instant; None where it was not known then."""
    known = item_known(session, item)
    if known is None:
        return None
    labelled = select(LABELLINGS.c.item).where(LABELLINGS.c.item == item, LABELLINGS.c.labelled <= instant_text(at))
    if session.execute(labelled).first() is None:
        return None
    return _decide(session, [known], at)[0]


def _behind(session: Session, query: Select[Any], after: str) -> Select[Any]:
    last = session.execute(select(ITEMS).where(ITEMS.c.item == after)).first()
    if last is None:
        raise KeyError(after)
    c = ITEMS.c
    return query.where(tuple_(c.occurred, c.report, c.ordinal) > (last.occurred, last.report, last.ordinal))


def _decide(session: Session, items: Sequence[Item], at: datetime) -> list[Decided]:
    labels = _latest(session, LABELLINGS, "item", "labelled", [item.item for item in items], at)
    keys = {row.item: row.label_key for row in labels}
    answers = _latest(session, ANSWERS, "label_key", "decided", sorted(set(keys.values())), at)
    by_key = {row.label_key: row for row in answers}
    return [_decided(item, by_key.get(keys[item.item])) for item in items]


def _latest(
    session: Session, table: Table, key: str, instant: str, wanted: Sequence[str], at: datetime
) -> Sequence[Row[Any]]:
    """For each key, the row that came last on the log of those that were there at that instant."""
    key_column, position = table.c[key], table.c.position
    newest = (
        select(func.max(position))
        .where(key_column.in_(wanted), table.c[instant] <= instant_text(at))
        .group_by(key_column)
    )
    return session.execute(select(table).where(position.in_(newest), key_column.in_(wanted))).all()


def _decided(item: Item, row: Row[Any] | None) -> Decided:
    if row is None:
        return Decided(item, ItemState.CURRENT, None, None, None)
    label = Label.model_validate_json(row.label)
    answer = Answer.model_validate_json(row.answer)
    return Decided(item, label.state, answer, row.revision, instant_of(row.decided))


def _item(row: Row[Any]) -> Item:
    return Item(
        item=row.item,
        report=row.report,
        by=row.by,
        type=row.type,
        section=row.section,
        data_class=row.data_class,
        about=unlisted(row.about),
        occurred=instant_of(row.occurred),
        recorded=instant_of(row.recorded),
    )
