"""Accesses: a long history of reading, as governance's own projection would have kept it, made in its tables at once.

Each access saw two items of two young people; every item was read some ten times, by whoever, in no order of time.
A test folds the same accesses by the projection, and compares the rows; what it counts besides is left out.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from pysqlite3 import dbapi2
from sqlalchemy.schema import CreateIndex

from schemas.access import AccessRecorded, Seen
from schemas.classes import Form, Purpose
from services.governance.projections.tables import ACCESSES, METADATA, SEEN
from services.kernel.store.opening import open_store

READ_TIMES = 10
ITEMS_OF_A_SUBJECT = 8
PRACTITIONERS = 50
_SEEN_EACH = 2
_APART = 1_000_003
"""A prime: counting in steps of it, round and round, meets every number once and no two in a row near each other."""

_ACCESSES = """
WITH RECURSIVE counted(n) AS (VALUES (0) UNION ALL SELECT n + 1 FROM counted WHERE n + 1 < :accesses)
INSERT INTO governance_accesses (access, at, practitioner, partner, operation, purpose, "partition", position)
SELECT printf('%032x', n), strftime('%Y-%m-%dT%H:%M:%S.000000Z', :began + n * :apart % :accesses, 'unixepoch'),
  name || '/duty-' || (n % :practitioners), name, 'records.list', 'child_protection', 0, n
FROM counted JOIN agencies ON agencies.number = n % :agencies
"""
_SEEN = """
WITH RECURSIVE counted(n) AS (VALUES (0) UNION ALL SELECT n + 1 FROM counted WHERE n + 1 < :places)
INSERT INTO governance_seen (access, number, item, reference, subjects, form, agreements, revision)
SELECT printf('%032x', n / 2), n % 2, printf('i-%026d', item), printf('n-%026d', item),
  printf('["s-%026d"]', item / :items_of_a_subject), 'full', '["A1"]', 'r'
FROM (SELECT n, n * :apart % :places / :read_times AS item FROM counted)
"""
_SUBJECTS = """
WITH RECURSIVE counted(n) AS (VALUES (0) UNION ALL SELECT n + 1 FROM counted WHERE n + 1 < :places)
INSERT INTO governance_seen_subjects (subject, access, number)
SELECT printf('s-%026d', n / :read_times / :items_of_a_subject), printf('%032x', place / 2), place % 2
FROM (SELECT n, n * :back % :places AS place FROM counted)
"""
_AGREEMENTS = """
WITH RECURSIVE counted(n) AS (VALUES (0) UNION ALL SELECT n + 1 FROM counted WHERE n + 1 < :places)
INSERT INTO governance_seen_agreements (agreement, access, number)
SELECT 'A1', printf('%032x', n / 2), n % 2 FROM counted
"""
_STATEMENTS = (_ACCESSES, _SEEN, _SUBJECTS, _AGREEMENTS)
"""Each in the order of its table's key, so that nothing is sorted but the indexes."""


@dataclass(frozen=True)
class Accesses:
    """So many accesses by people of these agencies, from this instant on, one a second."""

    number: int
    agencies: Sequence[str]
    began: datetime

    def access(self, number: int) -> AccessRecorded:
        """One of them, as it would lie on `hub.access`."""
        agency = self.agencies[number % len(self.agencies)]
        return AccessRecorded(
            access=f"{number:032x}",
            at=self.began + timedelta(seconds=number * _APART % self.number),
            practitioner=f"{agency}/duty-{number % PRACTITIONERS}",
            partner=agency,
            operation="records.list",
            purpose=Purpose.CHILD_PROTECTION,
            seen=tuple(self._seen(number * _SEEN_EACH + which) for which in range(_SEEN_EACH)),
        )

    def _seen(self, place: int) -> Seen:
        item = place * _APART % self._places // READ_TIMES
        return Seen(
            item=f"i-{item:026}",
            reference=f"n-{item:026}",
            subjects=(f"s-{item // ITEMS_OF_A_SUBJECT:026}",),
            form=Form.FULL,
            agreements=("A1",),
            revision="r",
        )

    @property
    def _places(self) -> int:
        return self.number * _SEEN_EACH

    def keep(self, data: Path) -> None:
        """Make governance's store in this folder, with all of them in it."""
        store = open_store(f"sqlite:///{data}", "governance")
        store.create_tables(METADATA)
        store.close()
        connection = dbapi2.connect(str(data / "governance.db"), isolation_level=None)
        for pragma in ("journal_mode = delete", "journal_mode = off", "synchronous = off", "cache_size = -1000000"):
            connection.execute(f"PRAGMA {pragma}").fetchall()  # the file is ours alone, and is not kept
        connection.execute("CREATE TEMP TABLE agencies (number INTEGER PRIMARY KEY, name TEXT NOT NULL)")
        connection.executemany("INSERT INTO agencies VALUES (?, ?)", list(enumerate(self.agencies)))
        indexes = [index for table in (ACCESSES, SEEN) for index in table.indexes]
        for index in indexes:
            connection.execute(f"DROP INDEX {index.name}")
        for statement in _STATEMENTS:
            connection.execute(
                statement, {name: one for name, one in self._numbers().items() if f":{name}" in statement}
            )
        for index in indexes:
            connection.execute(str(CreateIndex(index)))
        connection.close()

    def _numbers(self) -> dict[str, int]:
        return {
            "accesses": self.number,
            "places": self._places,
            "agencies": len(self.agencies),
            "practitioners": PRACTITIONERS,
            "read_times": READ_TIMES,
            "items_of_a_subject": ITEMS_OF_A_SUBJECT,
            "apart": _APART,
            "back": pow(_APART, -1, self._places),
            "began": int(self.began.timestamp()),
        }
