"""The tables of what the panel itself keeps: a register of its aggregates by what lists ask for, and what it says."""

from sqlalchemy import BigInteger, Column, Index, Integer, MetaData, String, Table, Text

KEPT_METADATA = MetaData()

REGISTER = Table(
    "panel_register",
    KEPT_METADATA,
    Column("number", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True),
    Column("kind", String(20), nullable=False),
    Column("ref", String(80), nullable=False, unique=True),
    Column("state", String(40), nullable=False),
    Column("partner", String(63), nullable=False),
    Column("due", String(40), nullable=False),
    Column("line", Text, nullable=False),
)
"""`partner` is the agency whose it is, or empty; `due` an instant or a day that sorts, or empty; `line` is JSON of what
a list shows of it, with sealed words, where a list is made without loading each."""
Index("panel_register_kind", REGISTER.c.kind, REGISTER.c.state)

CONTEXTS_OF = Table(
    "panel_contexts_of",
    KEPT_METADATA,
    Column("context", String(80), primary_key=True),
    Column("ref", String(80), nullable=False),
)
"""The case of each context that has one."""

SAID = Table(
    "panel_said",
    KEPT_METADATA,
    Column("number", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True),
    Column("report", String(80), nullable=False, unique=True),
    Column("type", String(120), nullable=False),
    Column("concerns", String(80), nullable=False),
    Column("state", String(80), nullable=False),
    Column("sealed", Text),
)
"""What the panel says: `state` is waiting, accepted, or refused with a code; its content goes once it is accepted."""
Index("panel_said_waiting", SAID.c.state, SAID.c.number)

LOOKED_AT = Table("panel_looked_at", KEPT_METADATA, Column("report", String(80), primary_key=True))
"""The reports in the panel's own feed that were looked at for whether they refer somebody."""
