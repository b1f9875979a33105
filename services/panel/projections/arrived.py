"""What lies in one agency's holdings that names contexts, or is of some types: found without reading any content."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from services.kernel.projecting import unlisted
from services.panel.projections.tables import HELD


@dataclass(frozen=True)
class Arrived:
    """One record, by what can be told of it without opening it."""

    partner: str
    item: str
    report: str
    by: str
    type: str
    data_class: str
    subjects: tuple[str, ...]


def arrived(session: Session, partner: str, types: Sequence[str]) -> list[Arrived]:
    """The agency's records, once each, that name a context or are of one of these types."""
    c = HELD.c
    query = (
        select(c.partner, c.item, c.report, c.by, c.type, c.data_class, c.subjects)
        .where(c.partner == partner, or_(c.type.in_(types), c.subjects.contains('"c-', autoescape=True)))
        .distinct()
    )
    return [
        Arrived(row.partner, row.item, row.report, row.by, row.type, row.data_class, unlisted(row.subjects))
        for row in session.execute(query)
    ]
