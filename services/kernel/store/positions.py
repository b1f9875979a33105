"""Positions: how far each follower has come, kept in the same transaction as what it made of it."""

from sqlalchemy import BigInteger, Column, ColumnElement, Integer, MetaData, String, Table, insert, select, update
from sqlalchemy.orm import Session

from services.kernel.log import BEFORE_FIRST

positions = Table(
    "positions",
    MetaData(),
    Column("follower", String(100), primary_key=True),
    Column("topic", String(250), primary_key=True),
    Column("partition", Integer, primary_key=True),
    Column("position", BigInteger, nullable=False),
)


def positions_of(session: Session, follower: str) -> dict[tuple[str, int], int]:
    """(topic, partition) -> the last position this follower has done with; absent means none yet."""
    rows = session.execute(
        select(positions.c.topic, positions.c.partition, positions.c.position).where(positions.c.follower == follower)
    )
    return {(topic, partition): position for topic, partition, position in rows}


def position_of(session: Session, follower: str, topic: str, partition: int) -> int:
    """The last position this follower has done with, or BEFORE_FIRST."""
    found = session.execute(select(positions.c.position).where(*_place(follower, topic, partition))).scalar()
    return BEFORE_FIRST if found is None else int(found)


def remember(session: Session, follower: str, topic: str, partition: int, position: int) -> None:
    """Keep that this follower has done with everything up to this position."""
    changed = session.execute(update(positions).where(*_place(follower, topic, partition)).values(position=position))
    if changed.rowcount == 0:  # type: ignore[attr-defined]
        session.execute(
            insert(positions).values(follower=follower, topic=topic, partition=partition, position=position)
        )


def _place(follower: str, topic: str, partition: int) -> tuple[ColumnElement[bool], ...]:
    c = positions.c
    return (c.follower == follower, c.topic == topic, c.partition == partition)
