"""The outbox: what a service has decided to say, until the relay has said it on the log.

It is written in the transaction that made it true, so that neither can happen without the other.
"""

from collections.abc import Sequence

from sqlalchemy import BigInteger, Column, Integer, LargeBinary, MetaData, String, Table, delete, func, insert, select
from sqlalchemy.orm import Session

from services.kernel.log import Record, refuse_too_large

outbox = Table(
    "outbox",
    MetaData(),
    Column("id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True),
    Column("topic", String(250), nullable=False),
    Column("key", String(250), nullable=False),
    Column("record_id", String(250), nullable=False),
    Column("value", LargeBinary, nullable=False),
    Column("partition", Integer, nullable=True),
    sqlite_autoincrement=True,
)


def put(session: Session, records: Sequence[Record]) -> None:
    """Say these, in this order, once the session's transaction is durable. Raises ValueError for one too large."""
    refuse_too_large(records)
    if records:
        session.execute(
            insert(outbox),
            [
                {"topic": r.topic, "key": r.key, "record_id": r.id, "value": r.value, "partition": r.partition}
                for r in records
            ],
        )


def oldest(session: Session, limit: int) -> list[tuple[int, Record]]:
    """At most `limit` of what is still to be said, oldest first, each with its number in the outbox."""
    c = outbox.c
    rows = session.execute(select(outbox).order_by(c.id).limit(limit))
    return [(row.id, Record(row.topic, row.key, row.record_id, bytes(row.value), row.partition)) for row in rows]


def strike(session: Session, numbers: Sequence[int]) -> None:
    """Take out what was said."""
    session.execute(delete(outbox).where(outbox.c.id.in_(numbers)))


def pending(session: Session) -> int:
    """How many are still to be said."""
    return int(session.execute(select(func.count()).select_from(outbox)).scalar_one())
