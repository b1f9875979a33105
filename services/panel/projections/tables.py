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
    Column("disclosed", BigInteger, nullable=False),
    Column("broken", Integer, nullable=False),
    Column("rules_position", BigInteger),
    Column("valid_from", String(32)),
    Column("valid_until", String(32)),
)
"""How far each partition of a feed was counted, and what it last said of being current; `disclosed` is the last of its
records that changed what the agency holds. `broken` is 1 once something was missing from it, and nothing of that agency
is shown from then on."""

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

NAMED = Table(
    "panel_named",
    METADATA,
    Column("partner", String(63), primary_key=True),
    Column("item", String(80), primary_key=True),
    Column("purpose", String(40), primary_key=True),
    Column("name", String(80), primary_key=True),
    Column("ref", String(80), nullable=False),
    Column("kind", String(20), nullable=False),
    Column("form", String(20), nullable=False),
    Column("reference", String(80), nullable=False),
    Column("report", String(80), nullable=False),
    Column("by", String(63), nullable=False),
    Column("type", String(120), nullable=False),
    Column("section", String(80), nullable=False),
    Column("occurred", String(32)),
    Column("recorded", String(32)),
)
"""Whom and what each held record names, by the agency's own references, and which ref of the hub each of them is for;
pseudonyms are left out, and so is the time of what does not tell one."""
Index("panel_named_ref", NAMED.c.partner, NAMED.c.ref, NAMED.c.form, NAMED.c.name, NAMED.c.item)
Index("panel_named_name", NAMED.c.partner, NAMED.c.name, NAMED.c.section)
Index("panel_named_report", NAMED.c.partner, NAMED.c.report)
Index(
    "panel_named_type",
    NAMED.c.partner, NAMED.c.type, NAMED.c.occurred, NAMED.c.purpose, NAMED.c.kind, NAMED.c.section, NAMED.c.name,
    NAMED.c.item, NAMED.c.reference, NAMED.c.report,
)  # fmt: skip
Index(
    "panel_named_people",
    NAMED.c.partner, NAMED.c.kind, NAMED.c.name, NAMED.c.purpose, NAMED.c.occurred, NAMED.c.by, NAMED.c.reference,
    NAMED.c.item,
)  # fmt: skip

OUTSIDES = Table(
    "panel_outsides",
    METADATA,
    Column("partner", String(63), primary_key=True),
    Column("item", String(80), primary_key=True),
    Column("purpose", String(40), primary_key=True),
    Column("form", String(20), nullable=False),
    Column("reference", String(80), nullable=False),
    Column("told_in", String(80), nullable=False),
    Column("type", String(120), nullable=False),
    Column("data_class", String(40), nullable=False),
    Column("day", String(10)),
    Column("hour", Integer),
    Column("at", String(32)),
)
"""What can be told of each held record without opening it: its day, hour and instant, as far as its form tells them.
`told_in` is its report, or the record itself where its form must not let two be joined by their report."""
_O = OUTSIDES.c
Index("panel_outsides_day", _O.partner, _O.purpose, _O.day, _O.hour, _O.at, _O.told_in, _O.reference, _O.item)
Index(
    "panel_outsides_class",
    _O.partner, _O.data_class, _O.purpose, _O.form, _O.day, _O.at, _O.told_in, _O.reference, _O.item, _O.type,
)  # fmt: skip

PLACED = Table(
    "panel_placed",
    METADATA,
    Column("partner", String(63), primary_key=True),
    Column("item", String(80), primary_key=True),
    Column("purpose", String(40), primary_key=True),
    Column("place", String(80), primary_key=True),
    Column("reference", String(80), nullable=False),
    Column("told_in", String(80), nullable=False),
    Column("by", String(63), nullable=False),
    Column("day", String(10)),
    Column("at", String(32)),
)
"""Which place each held record of one is about, by the agency's own name for it or its pseudonym; empty where its form
names none. What is said of the place stays sealed."""
_P = PLACED.c
Index("panel_placed_place", _P.partner, _P.purpose, _P.place, _P.day, _P.at, _P.reference, _P.told_in, _P.by, _P.item)

LOOKED = Table(
    "panel_looked",
    METADATA,
    Column("partner", String(63), primary_key=True),
    Column("access", String(80), primary_key=True),
    Column("reference", String(80), primary_key=True),
    Column("item", String(80), nullable=False),
    Column("practitioner", String(120), nullable=False),
    Column("operation", String(80), nullable=False),
    Column("purpose", String(40), nullable=False),
    Column("at", String(32), nullable=False),
)
"""What each agency's own practitioners looked at of late, among what the agency still holds; nobody else's looks are
kept here."""
Index("panel_looked_reference", LOOKED.c.partner, LOOKED.c.reference)
Index("panel_looked_item", LOOKED.c.partner, LOOKED.c.item)
Index("panel_looked_when", LOOKED.c.at)

SAVED_FILTERS = Table(
    "panel_saved_filters",
    METADATA,
    Column("practitioner", String(120), primary_key=True),
    Column("path", String(80), primary_key=True),
    Column("query", String(400), primary_key=True),
)
"""Filters that a practitioner keeps: codes alone, as they stand in an address, and nobody else's to see."""
