"""Positions: how far each follower has come, kept in the same transaction as what it made of it."""

from collections.abc import Mapping

from sqlalchemy import BigInteger, Column, Integer, MetaData, String, Table, bindparam, delete, insert, select
from sqlalchemy.orm import Session

from services.kernel.log import BEFORE_FIRST
from services.kernel.store.each import run_for_each

positions = Table(
    "positions",
    MetaData(),
    Column("follower", String(100), primary_key=True),
    Column("topic", String(250), primary_key=True),
    Column("partition", Integer, primary_key=True),
    Column("position", BigInteger, nullable=False),
)

_KEY = ("follower", "topic", "partition")
_FORGET = delete(positions).where(*(positions.c[name] == bindparam(f"its_{name}") for name in _KEY))
_NOTE = insert(positions)  # both made once: to make a statement takes longer than to run it


def positions_of(session: Session, follower: str) -> dict[tuple[str, int], int]:
    """(topic, partition) -> the last position this follower has done with; absent means none yet."""
    rows = session.execute(
        select(positions.c.topic, positions.c.partition, positions.c.position).where(positions.c.follower == follower)
    )
    return {(topic, partition): position for topic, partition, position in rows}


def position_of(session: Session, follower: str, topic: str, partition: int) -> int:
    """The last position this follower has done with, or BEFORE_FIRST."""
    return positions_of(session, follower).get((topic, partition), BEFORE_FIRST)


def remember(session: Session, follower: str, topic: str, partition: int, position: int) -> None:
    """Keep that this follower has done with everything up to this position."""
    remember_all(session, follower, {(topic, partition): position})


def remember_all(session: Session, follower: str, reached: Mapping[tuple[str, int], int]) -> None:
    """Keep that this follower has done with everything up to the position given for each partition."""
    if reached:
        rows = [
            {"follower": follower, "topic": topic, "partition": partition, "position": position}
            for (topic, partition), position in reached.items()
        ]
        run_for_each(session, _FORGET, [{f"its_{name}": row[name] for name in _KEY} for row in rows])
        run_for_each(session, _NOTE, rows)
