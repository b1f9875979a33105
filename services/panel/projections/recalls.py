"""The recalls: what each agency was asked to remove, and has not said that it has removed."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from schemas.disclosures import Change, ItemDisclosed, RecallAcknowledged
from schemas.envelope import Event
from services.kernel import topics
from services.kernel.log import Entry
from services.kernel.projecting import Told, instant_text, said_in
from services.kernel.store.rows import Rows
from services.panel.projections.tables import ACKNOWLEDGED, METADATA, RECALLS

_RECALLS: dict[str, type[Event[Any]]] = {"cairn.recall.acknowledged.v1": Event[RecallAcknowledged]}


class AcknowledgementsProjection:
    """Folds `hub.recalls` into which recalls were acknowledged; one may be acknowledged before it is read here."""

    name = "panel.acknowledgements"
    tables = METADATA

    def topics(self, session: Session) -> Sequence[str]:  # noqa: ARG002 - always the same topic
        return [topics.RECALLS]

    def read(self, entry: Entry) -> Any:
        return said_in(entry, _RECALLS)

    def fold(self, session: Session, told: Sequence[Told]) -> None:
        acknowledged = Rows(session, ACKNOWLEDGED, ["partner", "recall"])
        for _, said in told:
            acknowledged.put({"partner": said.partner, "recall": said.recall})
        acknowledged.keep()

    def pass_over(self, session: Session, entry: Entry) -> None:
        """What cannot be read acknowledges nothing."""


def note_recall(recalls: Rows, disclosed: ItemDisclosed, change: Change) -> None:
    """Keep what a change asks the agency to remove, in place of what an earlier one asked."""
    key = {"partner": disclosed.partner, "item": disclosed.item, "purpose": str(change.purpose)}
    if change.recall is None:
        recalls.remove(key)
    else:
        recalls.put(key | {"recall": change.recall, "recalled": instant_text(disclosed.decided)})


def is_overdue(session: Session, partner: str, before: datetime) -> bool:
    """Whether a recall of before this instant was never acknowledged."""
    acknowledged = and_(ACKNOWLEDGED.c.partner == RECALLS.c.partner, ACKNOWLEDGED.c.recall == RECALLS.c.recall)
    due = (
        select(RECALLS.c.recall)
        .outerjoin(ACKNOWLEDGED, acknowledged)
        .where(RECALLS.c.partner == partner, RECALLS.c.recalled < instant_text(before), ACKNOWLEDGED.c.recall.is_(None))
    )
    return session.execute(due.limit(1)).first() is not None
