"""The tables of the partner records: what each partner holds, must remove, and how current that is.

Instants are text, ISO 8601 in UTC with six decimals, so that they sort, and are the same bytes in every database.
"""

from sqlalchemy import BigInteger, Column, Index, Integer, MetaData, String, Table, Text

METADATA = MetaData()

DISCLOSED = "disclosed"
RECALLED = "recalled"
REPLACED = "replaced"
"""An earlier reference to an item that the partner now has under another, for the same purpose."""

PARTNERS = Table(
    "record_partners",
    METADATA,
    Column("partner", String(63), primary_key=True),
)

FEEDS = Table(
    "record_feeds",
    METADATA,
    Column("partner", String(63), primary_key=True),
    Column("partition", Integer, primary_key=True, autoincrement=False),
    Column("sequence", BigInteger, nullable=False),
    Column("ordinal", BigInteger, nullable=False),
    Column("halted_at", BigInteger),
)
"""How far each feed was counted; `halted_at` is the position of the entry that could not be taken."""

RECORDS = Table(
    "partner_records",
    METADATA,
    Column("partner", String(63), primary_key=True),
    Column("item", String(80), primary_key=True),
    Column("purpose", String(40), primary_key=True),
    Column("reference", String(80), primary_key=True),
    Column("partition", Integer, nullable=False),
    Column("ordinal", BigInteger, nullable=False),
    Column("state", String(12), nullable=False),
    Column("form", String(20), nullable=False),
    Column("reasons", Text, nullable=False),
    Column("agreements", Text, nullable=False),
    Column("report", String(80), nullable=False),
    Column("by", String(63), nullable=False),
    Column("type", String(120), nullable=False),
    Column("section", String(80), nullable=False),
    Column("data_class", String(40), nullable=False),
    Column("subjects", Text, nullable=False),
    Column("occurred", String(32), nullable=False),
    Column("recorded", String(32), nullable=False),
    Column("shown_from", String(32)),
    Column("shown_until", String(32)),
    Column("rendering", Text),
    Column("recall", String(80)),
    Column("revision", String(80), nullable=False),
    Column("decided", String(32), nullable=False),
)
"""`shown_from` and `shown_until`: the span in which the item happened, as coarse as its form tells; null if untold."""

Index("partner_records_in_order", RECORDS.c.partner, RECORDS.c.partition, RECORDS.c.purpose, RECORDS.c.ordinal)

NAMES = Table(
    "record_names",
    METADATA,
    Column("partner", String(63), primary_key=True),
    Column("item", String(80), primary_key=True),
    Column("purpose", String(40), primary_key=True),
    Column("reference", String(80), primary_key=True),
    Column("name", String(80), primary_key=True),
)
"""Under which of the partner's own names, or pseudonyms, a live record shows whom it is about."""

Index("record_names_by_name", NAMES.c.partner, NAMES.c.name, NAMES.c.item, NAMES.c.purpose, NAMES.c.reference)

MARKS = Table(
    "record_marks",
    METADATA,
    Column("partner", String(63), primary_key=True),
    Column("mark", String(80), primary_key=True),
    Column("name", String(80), primary_key=True),
    Column("item", String(80), primary_key=True),
)
"""Keyed hashes of the identifiers that a partner's own reports gave, and the partner's name for whom they are of."""

Index("record_marks_by_item", MARKS.c.partner, MARKS.c.item)

REFLECTED = Table(
    "record_reflected",
    METADATA,
    Column("partner", String(63), primary_key=True),
    Column("report_sequence", BigInteger, primary_key=True, autoincrement=False),
)

CURRENCY = Table(
    "record_currency",
    METADATA,
    Column("partner", String(63), primary_key=True),
    Column("partition", Integer, primary_key=True, autoincrement=False),
    Column("rules_position", BigInteger, nullable=False),
    Column("valid_from", String(32)),
    Column("valid_until", String(32)),
    Column("revision", String(80), nullable=False),
)

RECALLS = Table(
    "record_recalls",
    METADATA,
    Column("partner", String(63), primary_key=True),
    Column("recall", String(80), primary_key=True),
    Column("reference", String(80), primary_key=True),
    Column("purpose", String(40), primary_key=True),
    Column("recalled", String(32), nullable=False),
    Column("overtaken", Integer, nullable=False),
)
"""What must be removed; `overtaken` is 1 once the very same record was disclosed again."""

Index("record_recalls_by_reference", RECALLS.c.partner, RECALLS.c.reference)

ACKNOWLEDGED = Table(
    "record_acknowledged",
    METADATA,
    Column("partner", String(63), primary_key=True),
    Column("recall", String(80), primary_key=True),
    Column("by", String(120), nullable=False),
    Column("acknowledged", String(32), nullable=False),
)
