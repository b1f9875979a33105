"""The accesses that benchmarks make in governance's tables: that they are what the projection would have kept."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import select

from benchmarks.accesses import Accesses
from services.governance.projections.accesses import AccessesProjection
from services.governance.projections.tables import ACCESSES, SEEN, SEEN_AGREEMENTS, SEEN_SUBJECTS
from services.kernel import topics
from services.kernel.log import Entry
from services.kernel.store import Store
from services.kernel.store.opening import open_store

TABLES = (ACCESSES, SEEN, SEEN_SUBJECTS, SEEN_AGREEMENTS)


def test_accesses_made_at_once_are_the_rows_that_the_projection_keeps(tmp_path: Path) -> None:
    # given a history of reading
    history = Accesses(300, ("police", "health", "education"), datetime(2026, 4, 20, tzinfo=UTC))

    # when it is made in the tables at once, and folded by the projection access by access
    history.keep(tmp_path / "made")
    made, folded = (open_store(f"sqlite:///{tmp_path / name}", "governance") for name in ("made", "folded"))
    projection = AccessesProjection()
    folded.create_tables(projection.tables)
    with folded.transaction() as session:
        projection.fold(session, [(_entry(number), history.access(number)) for number in range(history.number)])

    # then no row differs, and they are found by the same indexes
    assert _rows(made) == _rows(folded)
    assert _indexes(made) == _indexes(folded)
    made.close()
    folded.close()


def _entry(number: int) -> Entry:
    return Entry(topics.ACCESS, 0, number, "", f"{number:032x}", b"")


def _rows(store: Store) -> list[list[Any]]:
    with store.reading() as session:
        return [sorted(tuple(row) for row in session.execute(select(table))) for table in TABLES]


def _indexes(store: Store) -> list[Any]:
    with store.reading() as session:
        named = session.connection().exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'index' ORDER BY 1")
        return list(named.scalars())
