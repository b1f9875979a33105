"""A service's private memory: aggregates, projections, outbox and positions, in one transaction.

Terms. `transaction()` is atomic and durable when it ends without an error, and undone otherwise; it nests within
one store and must never span two. SQL is SQLAlchemy Core, the same for every database. One writer at a time, so that
what is numbered in a store is committed in the order of its numbers. A transaction belongs to the thread that began it.
"""

from contextlib import AbstractContextManager
from typing import Any, Protocol

from eventsourcing.application import Application
from eventsourcing.persistence import InfrastructureFactory
from eventsourcing.utils import Environment, EnvType
from sqlalchemy import MetaData
from sqlalchemy.orm import Session


class StoreUnavailable(Exception):
    """The store cannot be reached or written now."""


class TransactionSpansStores(RuntimeError):
    """A transaction was begun in one store while the same thread was in a transaction of another."""


class Store(Protocol):
    """One service's database."""

    def create_tables(self, *metadata: MetaData) -> None:
        """Make the tables that are not there."""
        ...

    def transaction(self) -> AbstractContextManager[Session]:
        """A writing transaction; aggregates saved inside it are part of it."""
        ...

    def reading(self) -> AbstractContextManager[Session]:
        """A consistent view, for reading only."""
        ...

    def recording(self, environment: Environment) -> InfrastructureFactory[Any]:
        """Where `StoredApplication` keeps its aggregates: in this store, and in its transactions."""
        ...

    def wait(self, seconds_max: float) -> None:
        """Return when this process may have kept something since this thread last waited, or after so many seconds."""
        ...

    def close(self) -> None: ...


__all__ = [
    "Any",
    "Application",
    "EnvType",
    "MetaData",
    "Session",
    "Store",
    "StoreUnavailable",
    "TransactionSpansStores",
]
