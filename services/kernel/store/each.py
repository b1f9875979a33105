"""Each: one statement run for each of many rows, handed to the driver as they are.

On its own way SQLAlchemy makes the parameters of every row anew, which takes longer than SQLite takes to keep it.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from operator import itemgetter
from typing import Any

from sqlalchemy import Delete, Dialect, Insert
from sqlalchemy.orm import Session

Row = Mapping[str, Any]
Values = tuple[Any, ...]
_KEPT_MAX = 500


def run_for_each(session: Session, statement: Insert | Delete, rows: Sequence[Row]) -> None:
    """Run a statement for each of these, which have the same keys. Values go to the driver as they are: no column may
    be of a type that SQLAlchemy would convert, as the texts and whole numbers of projections are not."""
    if rows:
        connection = session.connection()
        text, arranged = _compiled(statement, connection.dialect, tuple(rows[0]))
        connection.exec_driver_sql(text, [arranged(row) for row in rows])


def values_of(names: Sequence[str]) -> Callable[[Row], Values]:
    """What takes the values of these columns out of a row."""
    if len(names) == 1:
        return lambda row: (row[names[0]],)
    return itemgetter(*names)


@lru_cache(_KEPT_MAX)
def _compiled(statement: Insert | Delete, dialect: Dialect, keys: tuple[str, ...]) -> tuple[str, Callable[[Row], Any]]:
    """The text, and what arranges a row for it: by place where the driver counts parameters, else by name."""
    compiled = statement.compile(dialect=dialect, column_keys=list(keys), for_executemany=True)
    return str(compiled), values_of(compiled.positiontup) if compiled.positiontup else dict
