"""The tables of the panel service: agencies, titles of agreements, and what each agency holds.

Instants are text that sorts as time does; lists and renderings are JSON text.
"""

from sqlalchemy import BigInteger, Column, Index, Integer, MetaData, String, Table, Text

METADATA = MetaData()

AGENCIES = Table(
    "panel_agencies",
    METADATA,
    Column("partner", String(63), primary_key=True),
    Column("name", Text, nullable=False),
    Column("position", BigInteger, nullable=False),
)

AGREEMENTS = Table(
    "panel_agreements",
    METADATA,
    Column("agreement", String(80), primary_key=True),
    Column("title", Text, nullable=False),
)

FEEDS = Table(
    "panel_feeds",
    METADATA,
    Column("partner", String(63), primary_key=True),
    Column("partition", Integer, primary_key=True, autoincrement=False),
    Column("sequence", BigInteger, nullable=False),
    Column("broken", Integer, nullable=False),
    Column("rules_position", BigInteger),
    Column("valid_from", String(32)),
    Column("valid_until", String(32)),
)
"""How far each partition of a feed was counted, and what it last said of being current; `broken` is 1 once something
was missing from it, and nothing of that agency is shown from then on."""

RECALLS = Table(
    "panel_recalls",
    METADATA,
    Column("partner", String(63), primary_key=True),
    Column("item", String(80), primary_key=True),
    Column("purpose", String(40), primary_key=True),
    Column("recall", String(80), nullable=False),
    Column("recalled", String(32), nullable=False),
)
"""What an agency must remove; the same record disclosed again overtakes its recall."""

ACKNOWLEDGED = Table(
    "panel_acknowledged",
    METADATA,
    Column("partner", String(63), primary_key=True),
    Column("recall", String(80), primary_key=True),
)

HELD = Table(
    "panel_held",
    METADATA,
    Column("partner", String(63), primary_key=True),
    Column("item", String(80), primary_key=True),
    Column("purpose", String(40), primary_key=True),
    Column("agreements", Text, nullable=False),
    Column("report", String(80), nullable=False),
    Column("by", String(63), nullable=False),
    Column("type", String(120), nullable=False),
    Column("section", String(80), nullable=False),
    Column("data_class", String(40), nullable=False),
    Column("subjects", Text, nullable=False),
    Column("occurred", String(32), nullable=False),
    Column("recorded", String(32), nullable=False),
    Column("rendering", Text, nullable=False),
    Column("revision", String(120), nullable=False),
)
Index("panel_held_for", HELD.c.partner, HELD.c.purpose)
