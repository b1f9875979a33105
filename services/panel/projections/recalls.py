"""The recalls: what each agency was asked to remove, and has not said that it has removed."""

import json
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import and_, bindparam, delete, insert, select
from sqlalchemy.orm import Session

from schemas.disclosures import Change, ItemDisclosed, RecallAcknowledged
from schemas.envelope import Event
from services.kernel import topics
from services.kernel.log import Entry
from services.kernel.projecting import instant_text
from services.panel.projections.tables import ACKNOWLEDGED, METADATA, RECALLS

_FORGET = delete(RECALLS).where(
    RECALLS.c.partner == bindparam("of"), RECALLS.c.item == bindparam("what"), RECALLS.c.purpose == bindparam("for")
)


class AcknowledgementsProjection:
    """Folds `hub.recalls` into which recalls were acknowledged; one may be acknowledged before it is read here."""

    name = "panel.acknowledgements"
    tables = METADATA

    def topics(self, session: Session) -> Sequence[str]:  # noqa: ARG002 - always the same topic
        return [topics.RECALLS]

    def apply(self, session: Session, entry: Entry) -> None:
        if json.loads(entry.value).get("type") != "cairn.recall.acknowledged.v1":
            return
        said = Event[RecallAcknowledged].model_validate_json(entry.value).data
        key = {"partner": said.partner, "recall": said.recall}
        if session.execute(select(ACKNOWLEDGED).filter_by(**key)).first() is None:
            session.execute(insert(ACKNOWLEDGED).values(**key))

    def pass_over(self, session: Session, entry: Entry) -> None:
        """What cannot be read acknowledges nothing."""


def note_recall(session: Session, disclosed: ItemDisclosed, change: Change) -> None:
    """Keep what a change asks the agency to remove, in place of what an earlier one asked."""
    key = {"partner": disclosed.partner, "item": disclosed.item, "purpose": str(change.purpose)}
    session.execute(_FORGET, {"of": disclosed.partner, "what": disclosed.item, "for": str(change.purpose)})
    if change.recall is not None:
        session.execute(insert(RECALLS).values(**key, recall=change.recall, recalled=instant_text(disclosed.decided)))


def is_overdue(session: Session, partner: str, before: datetime) -> bool:
    """Whether a recall of before this instant was never acknowledged."""
    acknowledged = and_(ACKNOWLEDGED.c.partner == RECALLS.c.partner, ACKNOWLEDGED.c.recall == RECALLS.c.recall)
    due = (
        select(RECALLS.c.recall)
        .outerjoin(ACKNOWLEDGED, acknowledged)
        .where(RECALLS.c.partner == partner, RECALLS.c.recalled < instant_text(before), ACKNOWLEDGED.c.recall.is_(None))
    )
    return session.execute(due.limit(1)).first() is not None
