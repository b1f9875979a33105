"""The register: what intake must find again fast, by opaque refs: what was received, what waits, and how many.

Kept in the same transaction as the submissions it speaks of.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import (
    BigInteger,
    Column,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    bindparam,
    delete,
    insert,
    select,
    update,
)
from sqlalchemy.orm import Session

tables = MetaData()

_received = Table(
    "received",
    tables,
    Column("receipt", String(40), primary_key=True),
    Column("digest", String(64), nullable=False),
)
_waiting = Table(
    "waiting",
    tables,
    Column("number", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True),
    Column("receipt", String(40), nullable=False, unique=True),
    Column("agency", String(63), nullable=False, index=True),
    Column("status", String(20), nullable=False),
    Column("recorded", String(40), nullable=False),
    Column("reasons", Text, nullable=False),
    Column("original", String(40), nullable=True, index=True),
)
_sequences = Table(
    "sequences",
    tables,
    Column("agency", String(63), primary_key=True),
    Column("latest", BigInteger, nullable=False),
)

# What every post needs, made once: to make a statement takes longer than to run it.
_DIGESTS = select(_received.c.receipt, _received.c.digest).where(
    _received.c.receipt.in_(bindparam("these", expanding=True))
)
_PARKED_FOR = (
    select(_waiting.c.original, _waiting.c.receipt)
    .where(_waiting.c.original.in_(bindparam("these", expanding=True)))
    .order_by(_waiting.c.number)
)
_LATEST = select(_sequences.c.latest).where(_sequences.c.agency == bindparam("whose"))
_RECEIVE = insert(_received)
_COUNT = update(_sequences).where(_sequences.c.agency == bindparam("whose")).values(latest=bindparam("counted"))


@dataclass(frozen=True)
class Waiting:
    """A submission that is not, or not yet, on the log: quarantined, or parked until its original arrives."""

    receipt: str
    agency: str
    status: str
    recorded: str
    reasons: tuple[dict[str, str], ...]
    original: str | None = None
    """The receipt of the original that a parked correction waits for."""


def digests(session: Session, receipts: Iterable[str]) -> dict[str, str]:
    """Receipt -> keyed hash of the body, for those that were received before."""
    return {row.receipt: row.digest for row in session.execute(_DIGESTS, {"these": sorted(set(receipts))})}


def note_received(session: Session, received: Sequence[tuple[str, str]]) -> None:
    """Note receipts and the keyed hashes of their bodies."""
    if received:
        session.execute(_RECEIVE, [{"receipt": receipt, "digest": digest} for receipt, digest in received])


def note_waiting(session: Session, waiting: Sequence[Waiting]) -> None:
    """Note what was quarantined or parked."""
    if waiting:
        rows = [vars(one) | {"reasons": json.dumps(one.reasons)} for one in waiting]
        session.execute(insert(_waiting), rows)


def strike_waiting(session: Session, receipt: str) -> None:
    """It waits no longer."""
    session.execute(delete(_waiting).where(_waiting.c.receipt == receipt))


def parked_for(session: Session, originals: Iterable[str]) -> dict[str, list[str]]:
    """Receipt of an original -> receipts of the corrections that wait for it, in order of arrival."""
    found: dict[str, list[str]] = {}
    for row in session.execute(_PARKED_FOR, {"these": sorted(set(originals))}):
        found.setdefault(row.original, []).append(row.receipt)
    return found


def number_of(session: Session, agency: str, receipt: str) -> int | None:
    """Where in the order of arrival something of this agency's waits; None if it does not."""
    c = _waiting.c
    return session.scalar(select(c.number).where(c.receipt == receipt, c.agency == agency))


def waiting_of(session: Session, agency: str, after: int, limit: int) -> list[Waiting]:
    """What of an agency's waits behind a number, in order of arrival."""
    c = _waiting.c
    rows = session.execute(select(_waiting).where(c.agency == agency, c.number > after).order_by(c.number).limit(limit))
    return [
        Waiting(row.receipt, row.agency, row.status, row.recorded, tuple(json.loads(row.reasons)), row.original)
        for row in rows
    ]


class Numbering:
    """Numbers each agency's reports from 1 and without gaps, within one transaction."""

    def __init__(self, session: Session, agency: str) -> None:
        self._session = session
        self._agency = agency
        found = session.execute(_LATEST, {"whose": agency}).scalar()
        self._stored = found
        self._latest = found or 0

    def next(self) -> int:
        self._latest += 1
        return self._latest

    def save(self) -> None:
        """Write what was counted."""
        if self._stored is None:
            self._session.execute(insert(_sequences), [{"agency": self._agency, "latest": self._latest}])
        elif self._latest != self._stored:
            self._session.execute(_COUNT, {"whose": self._agency, "counted": self._latest})
