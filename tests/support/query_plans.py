"""Query plans: how SQLite looks up what is asked of a store or changed in it, told while it happens.

Stores keep no statistics, so that a plan is the same for a few rows as for a million.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Engine, event

_QUESTIONS = ("SELECT", "WITH")
_CHANGES = ("UPDATE", "DELETE")


@contextmanager
def plans(*, of_changes: bool = False) -> Iterator[list[str]]:
    """The steps of the plan of every question that is asked of any store meanwhile; `of_changes`: and of what is looked
    up there to be changed."""
    told: list[str] = []
    explained = (*_QUESTIONS, *_CHANGES) if of_changes else _QUESTIONS

    def explain(connection: Connection, _: Any, statement: str, given: Any, __: Any, many: bool) -> None:
        if statement.startswith(explained):
            driver: Any = connection.connection.driver_connection
            values = given[0] if many else given
            told.extend(step for *_, step in driver.execute(f"EXPLAIN QUERY PLAN {statement}", values))

    event.listen(Engine, "before_cursor_execute", explain)
    try:
        yield told
    finally:
        event.remove(Engine, "before_cursor_execute", explain)
