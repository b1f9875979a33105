"""A store in a SQL database: one transaction for aggregates, projections, outbox and positions.

eventsourcing-sqlalchemy keeps the running transaction in a variable that all its datastores share, and lets some
failures at commit pass. So the transactions are our own, and the recorders take part in them.
"""

import threading
from collections.abc import Callable, Sequence
from types import TracebackType
from typing import Any, NoReturn

from eventsourcing.persistence import InfrastructureFactory, IntegrityError, StoredEvent
from eventsourcing.utils import Environment
from eventsourcing_sqlalchemy.datastore import SQLAlchemyDatastore
from eventsourcing_sqlalchemy.factory import SQLAlchemyFactory
from eventsourcing_sqlalchemy.recorders import SQLAlchemyApplicationRecorder
from sqlalchemy import Engine, MetaData, exc, insert
from sqlalchemy.orm import Session

from services.kernel.bell import Bell
from services.kernel.store import StoreUnavailable, TransactionSpansStores
from services.kernel.store.outbox import outbox
from services.kernel.store.positions import positions


class _Here(threading.local):
    """The transaction this thread is in, of whatever store."""

    slot: list["SqlTransaction"]

    def __init__(self) -> None:
        self.slot = []


_here = _Here()


class SqlTransaction:
    """One transaction: the outermost `with` begins and ends it, those inside take part."""

    def __init__(self, store: "SqlStore", session: Session, writing: bool) -> None:
        self.store = store
        self.session = session
        self.writing = writing
        self._depth = 0
        self._slot = _here.slot

    def __enter__(self) -> Session:
        if self._depth == 0:
            self._begin()
        self._depth += 1
        return self.session

    def _begin(self) -> None:
        if self.writing:
            self.store.take_turn()
        try:
            self.session.begin()
            self.session.connection()  # BEGIN now, so that the view is of this instant
        except BaseException as error:
            self._let_go()
            if isinstance(error, Exception):
                self.store.explain(error)
            raise
        self._slot.append(self)

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        self._depth -= 1
        if self._depth:
            return
        self._slot.clear()
        try:
            if error is None and self.writing:
                self.session.commit()
                self.store.kept.ring()
        except Exception as failure:  # noqa: BLE001 - explained, and raised again in every case
            error = failure
            self.session.invalidate()  # else the pool may give it out again with this transaction still open
        finally:
            self._let_go()
        if isinstance(error, Exception):
            self.store.explain(error)

    def _let_go(self) -> None:
        try:
            self.session.close()  # undoes what was not committed
        except exc.SQLAlchemyError:
            self.session.invalidate()
        finally:
            if self.writing:
                self.store.end_turn()


class _Datastore(SQLAlchemyDatastore):
    """What the recorders know of a store."""

    def __init__(self, store: "SqlStore", engine: Engine) -> None:
        super().__init__()
        self.engine = engine
        self._store = store

    def transaction(self, commit: bool) -> SqlTransaction:  # type: ignore[override]
        return self._store.begin(writing=commit)


class _Recorder(SQLAlchemyApplicationRecorder):
    """Keeps the events of a save with one statement. The transaction's turn orders them, and a relay asks for them:
    the library's own way, an object for each, a lock and a notice, costs a fifth of what a post does."""

    def __init__(self, datastore: SQLAlchemyDatastore, **named: Any) -> None:
        super().__init__(datastore, **named)
        self._insert = insert(self.events_record_cls.__table__)

    def insert_events(self, stored_events: Sequence[StoredEvent], **_: Any) -> None:
        rows = [
            {
                "originator_id": one.originator_id,
                "originator_version": one.originator_version,
                "topic": one.topic,
                "state": one.state,
            }
            for one in stored_events
        ]
        if rows:
            with self.transaction(commit=True) as session:
                session.execute(self._insert, rows)


class _Factory(SQLAlchemyFactory):
    """Makes the recorders of one application, and their tables."""

    application_recorder_class = _Recorder

    def __init__(self, environment: Environment, store: "SqlStore", datastore: _Datastore) -> None:
        InfrastructureFactory.__init__(self, environment)
        self._schema_name = None
        self._store = store
        self.datastore = datastore

    def env_create_table(self) -> bool:
        return False

    def aggregate_recorder(self, purpose: str = "events") -> Any:
        return self._with_tables(super().aggregate_recorder(purpose))

    def application_recorder(self) -> Any:
        return self._with_tables(super().application_recorder())

    def _with_tables(self, recorder: Any) -> Any:
        with self._store.transaction() as session:
            for table in recorder.tables:
                table.create(session.connection(), checkfirst=True)
        return recorder


class SqlStore:
    """A store on two engines of one database: one whose transactions write, one whose transactions read.

    `unavailable` knows an error, of SQLAlchemy's or the driver's own, that means that the database is away.
    """

    def __init__(self, name: str, writing: Engine, reading: Engine, unavailable: Callable[[Exception], bool]) -> None:
        self.name = name
        self._writing = writing
        self._reading = reading
        self._unavailable = unavailable
        self._turn = threading.Lock()
        self.kept = Bell()
        """Rung for each transaction that wrote."""
        self._datastore = _Datastore(self, writing)
        self._made: set[MetaData] = set()
        self.create_tables(outbox.metadata, positions.metadata)

    def create_tables(self, *metadata: MetaData) -> None:
        """Make the tables that are not there, in one transaction."""
        missing = set(metadata) - self._made
        if not missing:
            return
        with self.transaction() as session:
            for tables in missing:
                tables.create_all(session.connection(), checkfirst=True)
        self._made |= missing

    def transaction(self) -> SqlTransaction:
        """A writing transaction; aggregates saved inside it are part of it.

        Raises StoreUnavailable, `eventsourcing.persistence.IntegrityError` where a constraint is broken or an
        aggregate was changed meanwhile, TransactionSpansStores.
        """
        return self.begin(writing=True)

    def reading(self) -> SqlTransaction:
        """A consistent view, in which nothing can be written. Raises StoreUnavailable."""
        return self.begin(writing=False)

    def begin(self, writing: bool) -> SqlTransaction:
        """The transaction this thread is in, or a new one."""
        if not _here.slot:
            engine = self._writing if writing else self._reading
            return SqlTransaction(self, Session(engine, expire_on_commit=False), writing)
        running = _here.slot[-1]
        if running.store is not self:
            raise TransactionSpansStores(
                f"in a transaction of the store {running.store.name!r}, one of {self.name!r} was begun:"
                " end the first before the second, and let the log carry what both must know"
            )
        if writing and not running.writing:
            raise RuntimeError(f"in a reading of the store {self.name!r}, a writing transaction was begun")
        return running

    def recording(self, environment: Environment) -> InfrastructureFactory[Any]:
        return _Factory(environment, self, self._datastore)

    def wait(self, seconds_max: float) -> None:
        """Return when this process may have kept something since this thread last waited, or after so many seconds."""
        self.kept.wait(seconds_max)

    def take_turn(self) -> None:
        self._turn.acquire()

    def end_turn(self) -> None:
        self._turn.release()

    def explain(self, error: Exception) -> NoReturn:
        """Raise what this failure means to the caller."""
        if isinstance(error, exc.IntegrityError):
            raise IntegrityError(f"the store {self.name!r} refused a change that breaks a constraint") from error
        if self._unavailable(error) or isinstance(error, exc.TimeoutError):
            raise StoreUnavailable(f"the store {self.name!r} cannot be reached or written") from error
        raise error

    def close(self) -> None:
        self.kept.close()
        self._reading.dispose()
        self._writing.dispose()
