"""Rows of one table while a batch is folded: looked up together, changed in memory, and written together.

A statement for each change costs more than the change itself; here a batch costs as many statements as one record.
"""

from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any

from sqlalchemy import Delete, Insert, Select, Table, bindparam, delete, insert, select, tuple_
from sqlalchemy.orm import Session

from services.kernel.store.each import Row, run_for_each, values_of
from services.kernel.store.each import Values as Key

_CHUNK = 500


class Rows:
    """Rows by their primary key, found by some columns that several of them may share, such as an item.

    Changed rows are written by `keep`, in the session's transaction: before it, no statement sees them. Looking some up
    raises ValueError where no index begins with these columns: each look would walk along the whole table.
    """

    def __init__(self, session: Session, table: Table, shared: Sequence[str]) -> None:
        self._session, self._table, self._shared = session, table, tuple(shared)
        self._shared_of = values_of(self._shared)
        self._key_of = values_of([column.name for column in table.primary_key.columns])
        self._stored: dict[Key, Row] = {}
        self._now: dict[Key, dict[Key, Row]] = {}
        """What was looked up, as it is to be: values of the shared columns -> primary key -> row."""

    def look_up(self, wanted: Iterable[Key], only_with: "Rows | None" = None) -> None:
        """Find the rows that have these values in the shared columns, with as few statements as possible.

        Where there is a row here, there is one in the table of `only_with`: what that has none of is not looked for.
        """
        missing = [one for one in dict.fromkeys(wanted) if one not in self._now]
        if only_with is not None:
            self._now |= {one: {} for one in missing if not only_with.having(*one)}
            missing = [one for one in missing if one not in self._now]
        for start in range(0, len(missing), _CHUNK):
            some = missing[start : start + _CHUNK]
            self._now |= {one: {} for one in some}
            for found in self._session.execute(_having(self._table, self._shared), {"wanted": some}):
                row = dict(found._mapping)
                self._stored[self._key_of(row)] = row
                self._now[self._shared_of(row)][self._key_of(row)] = row

    def having(self, *shared: Any) -> list[Row]:
        """The rows with these values in the shared columns, as they are to be."""
        return list(self._having(shared).values())

    def put(self, row: Row) -> None:
        """Let there be this row, in place of one with its primary key."""
        self._having(self._shared_of(row))[self._key_of(row)] = row

    def remove(self, row: Row) -> None:
        """Let there be no row with this one's primary key."""
        self._having(self._shared_of(row)).pop(self._key_of(row), None)

    def keep(self) -> None:
        """Write what changed."""
        rows = {key: row for found in self._now.values() for key, row in found.items()}
        gone = [key for key, row in self._stored.items() if rows.get(key) != row]
        new = [row for key, row in rows.items() if self._stored.get(key) != row]
        run_for_each(self._session, _with_key(self._table), [dict(zip(_GIVEN, key, strict=False)) for key in gone])
        run_for_each(self._session, _new(self._table), new)
        self._stored = {key: row for key, row in self._stored.items() if key in rows} | {
            self._key_of(row): row for row in new
        }

    def _having(self, shared: Key) -> dict[Key, Row]:
        if shared not in self._now:
            self.look_up([shared])
        return self._now[shared]


_GIVEN = tuple(f"key_{number}" for number in range(10))

# Made once for each table: to make a statement takes longer than to run it.


@cache
def _having(table: Table, shared: tuple[str, ...]) -> Select[Any]:
    kept_in_order = [table.primary_key.columns, *(index.columns for index in table.indexes)]
    if not any({column.name for column in list(order)[: len(shared)]} == set(shared) for order in kept_in_order):
        raise ValueError(f"no index of {table.name} begins with {', '.join(shared)}")
    columns = tuple_(*(table.c[name] for name in shared))
    return select(table).where(columns.in_(bindparam("wanted", expanding=True)))


@cache
def _with_key(table: Table) -> Delete:
    columns = table.primary_key.columns
    return delete(table).where(*(column == bindparam(given) for column, given in zip(columns, _GIVEN, strict=False)))


@cache
def _new(table: Table) -> Insert:
    return insert(table)
