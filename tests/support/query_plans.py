"""Query plans: how SQLite looks up what is asked of a store, told while it is asked.

Stores keep no statistics, so that a plan is the same for a few rows as for a million.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Engine, event

_QUESTIONS = ("SELECT", "WITH")


@contextmanager
def plans() -> Iterator[list[str]]:
    """The steps of the plan of every question that is asked of any store meanwhile."""
    told: list[str] = []

    def explain(connection: Connection, _: Any, statement: str, given: Any, *__: Any) -> None:
        if statement.startswith(_QUESTIONS):
            driver: Any = connection.connection.driver_connection
            told.extend(step for *_, step in driver.execute(f"EXPLAIN QUERY PLAN {statement}", given))

    event.listen(Engine, "before_cursor_execute", explain)
    try:
        yield told
    finally:
        event.remove(Engine, "before_cursor_execute", explain)
