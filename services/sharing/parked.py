"""The parked: reports that could not be taken, which hold up nobody else's and wait for a person to look at them.

The pipeline's own memory, in the tables of its store.
"""

import sqlalchemy as sa
from sqlalchemy.orm import Session

metadata = sa.MetaData()

_parked = sa.Table(
    "parked_reports",
    metadata,
    sa.Column("partition", sa.Integer, primary_key=True),
    sa.Column("position", sa.Integer, primary_key=True),
    sa.Column("error", sa.String(100), nullable=False),
)


def park(session: Session, partition: int, position: int, error: str) -> None:
    """Keep where a report lies that could not be taken, and the kind of error."""
    session.execute(_parked.insert(), {"partition": partition, "position": position, "error": error})


def count(session: Session) -> int:
    """How many reports could not be taken."""
    return int(session.execute(sa.select(sa.func.count()).select_from(_parked)).scalar_one())
