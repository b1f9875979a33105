"""The tables of governance, and how a record is kept once.

Every row carries the id of the record it came from, or a key that the record fixes, so that a repeat changes nothing.
Lists and documents are JSON text; instants are text that sorts as time does.
"""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    func,
    select,
)
from sqlalchemy.dialects.postgresql import Insert, insert
from sqlalchemy.orm import Session

from services.kernel.log import Entry
from services.kernel.store.each import run_for_each

METADATA = MetaData()

PARTNERS = Table(
    "governance_partners",
    METADATA,
    Column("partner", String(63), primary_key=True),
    Column("name", Text, nullable=False),
    Column("contact", Text, nullable=False),
    Column("position", BigInteger, nullable=False),
)
"""Each partner as it last joined, in order of `position`."""

VERSIONS = Table(
    "governance_agreement_versions",
    METADATA,
    Column("record", String(200), primary_key=True),
    Column("agreement", String(80), nullable=False),
    Column("version", Integer, nullable=False),
    Column("at", String(32), nullable=False),
    Column("position", BigInteger, nullable=False),
    Column("document", Text, nullable=False),
)
Index("governance_versions_of", VERSIONS.c.agreement, VERSIONS.c.at)

CHANGES = Table(
    "governance_agreement_changes",
    METADATA,
    Column("record", String(200), primary_key=True),
    Column("agreement", String(80), nullable=False),
    Column("kind", String(40), nullable=False),
    Column("partner", String(63)),
    Column("at", String(32), nullable=False),
    Column("position", BigInteger, nullable=False),
)
"""Suspended, reinstated, ended, and parties that withdrew."""
Index("governance_changes_of", CHANGES.c.agreement, CHANGES.c.at)

ITEMS = Table(
    "governance_items",
    METADATA,
    Column("item", String(80), primary_key=True),
    Column("report", String(80), nullable=False),
    Column("by", String(63), nullable=False),
    Column("type", String(120), nullable=False),
    Column("section", String(80), nullable=False),
    Column("data_class", String(40), nullable=False),
    Column("about", Text, nullable=False),
    Column("occurred", String(32), nullable=False),
    Column("recorded", String(32), nullable=False),
    Column("ordinal", BigInteger, nullable=False),
)
"""What is known of each item without its content; `ordinal` is the position at which it was first labelled."""
Index("governance_items_in_order", ITEMS.c.occurred, ITEMS.c.report, ITEMS.c.ordinal)

LABELLINGS = Table(
    "governance_labellings",
    METADATA,
    Column("record", String(200), primary_key=True),
    Column("item", String(80), nullable=False),
    Column("label_key", String(120), nullable=False),
    Column("labelled", String(32), nullable=False),
    Column("position", BigInteger, nullable=False),
)
Index("governance_labellings_of", LABELLINGS.c.item, LABELLINGS.c.labelled)

ANSWERS = Table(
    "governance_answers",
    METADATA,
    Column("record", String(200), primary_key=True),
    Column("label_key", String(120), nullable=False),
    Column("label", Text, nullable=False),
    Column("answer", Text, nullable=False),
    Column("revision", String(120), nullable=False),
    Column("decided", String(32), nullable=False),
    Column("position", BigInteger, nullable=False),
)
Index("governance_answers_to", ANSWERS.c.label_key, ANSWERS.c.decided)

FEEDS = Table(
    "governance_feeds",
    METADATA,
    Column("partner", String(63), primary_key=True),
)
"""Whose feeds are followed: everybody's who joined."""

DISCLOSED = Table(
    "governance_disclosed",
    METADATA,
    Column("record", String(200), primary_key=True),
    Column("purpose", String(40), primary_key=True),
    Column("partner", String(63), nullable=False),
    Column("sequence", BigInteger, nullable=False),
    Column("item", String(80), nullable=False),
    Column("report", String(80), nullable=False),
    Column("data_class", String(40), nullable=False),
    Column("form", String(20), nullable=False),
    Column("reference", String(80)),
    Column("reasons", Text, nullable=False),
    Column("agreements", Text, nullable=False),
    Column("recall", String(80)),
    Column("revision", String(120), nullable=False),
    Column("decided", String(32), nullable=False),
    Column("partition", Integer, nullable=False),
    Column("position", BigInteger, nullable=False),
)
Index(
    "governance_disclosed_in_order",
    DISCLOSED.c.partner, DISCLOSED.c.partition, DISCLOSED.c.position, DISCLOSED.c.purpose,
)  # fmt: skip
Index("governance_disclosed_item", DISCLOSED.c.item)
_RECALLED = DISCLOSED.c.recall.is_not(None)
Index("governance_disclosed_recall", DISCLOSED.c.recall, sqlite_where=_RECALLED, postgresql_where=_RECALLED)

ACKNOWLEDGED = Table(
    "governance_recalls_acknowledged",
    METADATA,
    Column("partner", String(63), primary_key=True),
    Column("recall", String(80), primary_key=True),
    Column("by", String(200), nullable=False),
    Column("acknowledged", String(32), nullable=False),
)

ACCESSES = Table(
    "governance_accesses",
    METADATA,
    Column("access", String(200), primary_key=True),
    Column("at", String(32), nullable=False),
    Column("practitioner", String(200), nullable=False),
    Column("partner", String(63), nullable=False),
    Column("operation", String(80), nullable=False),
    Column("purpose", String(40)),
    Column("partition", Integer, nullable=False),
    Column("position", BigInteger, nullable=False),
)
Index("governance_accesses_at", ACCESSES.c.at)
Index("governance_accesses_by", ACCESSES.c.practitioner, ACCESSES.c.at)

SEEN = Table(
    "governance_seen",
    METADATA,
    Column("access", String(200), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("item", String(80), nullable=False),
    Column("reference", String(80), nullable=False),
    Column("subjects", Text, nullable=False),
    Column("form", String(20), nullable=False),
    Column("agreements", Text, nullable=False),
    Column("revision", String(120), nullable=False),
)
Index("governance_seen_item", SEEN.c.item)

SEEN_SUBJECTS = Table(
    "governance_seen_subjects",
    METADATA,
    Column("subject", String(80), primary_key=True),
    Column("access", String(200), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
)

SEEN_AGREEMENTS = Table(
    "governance_seen_agreements",
    METADATA,
    Column("agreement", String(80), primary_key=True),
    Column("access", String(200), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
)

TALLIES = Table(
    "governance_tallies",
    METADATA,
    Column("kind", String(20), primary_key=True),
    Column("key", String(200), primary_key=True),
    Column("partner", String(63), primary_key=True),
    Column("purposed", Integer, primary_key=True, autoincrement=False),
    Column("day", String(10), primary_key=True),
    Column("accesses", BigInteger, nullable=False),
    Column("shown", BigInteger, nullable=False),
    Column("latest", String(32), nullable=False),
)
"""How often an agency looked on a local day, by `kind` and `key`; `purposed` is 1 for reads for a stated purpose."""
Index("governance_tallies_day", TALLIES.c.kind, TALLIES.c.key, TALLIES.c.day)

UNREADABLE = Table(
    "governance_unreadable",
    METADATA,
    Column("topic", String(250), primary_key=True),
    Column("partition", Integer, primary_key=True, autoincrement=False),
    Column("position", BigInteger, primary_key=True, autoincrement=False),
    Column("record", String(200), nullable=False),
)
"""Records that could not be read: an account that leaves something out says so."""


class Account:
    """What every account of governance does with a record that it cannot read: keeps where it lies."""

    tables = METADATA

    def pass_over(self, session: Session, entry: Entry) -> None:
        place = {"topic": entry.topic, "partition": entry.partition, "position": entry.position, "record": entry.id}
        keep_once(session, UNREADABLE, [place])


def unreadable_count(session: Session) -> int:
    """How many records no account could read."""
    return int(session.execute(select(func.count()).select_from(UNREADABLE)).scalar_one())


def keep_once(session: Session, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert those rows whose key is not there already; all have the same columns."""
    run_for_each(session, _insert_new(table), rows)


@cache
def _insert_new(table: Table) -> Insert:
    """Made once: to make it takes longer than to run it. PostgreSQL's words for it are SQLite's as well."""
    return insert(table).on_conflict_do_nothing()
