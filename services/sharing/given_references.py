"""Given references: under which name a partner has an item that it may give feedback on.

The pipeline's own memory, in the tables of its store.
"""

import sqlalchemy as sa
from sqlalchemy.orm import Session

metadata = sa.MetaData()

_references = sa.Table(
    "given_references",
    metadata,
    sa.Column("partner", sa.String(63), primary_key=True),
    sa.Column("reference", sa.String(40), primary_key=True),
    sa.Column("item", sa.String(40), nullable=False),
)


def keep(session: Session, partner: str, reference: str, item: str) -> None:
    """The partner has the item under this name; harmless to repeat."""
    if item_of(session, partner, reference) is None:
        session.execute(_references.insert(), {"partner": partner, "reference": reference, "item": item})


def item_of(session: Session, partner: str, reference: str) -> str | None:
    """The item that the partner was given under this name."""
    return session.scalar(sa.select(_references.c.item).filter_by(partner=partner, reference=reference))
