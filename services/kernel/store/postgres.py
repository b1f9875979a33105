"""A store in a PostgreSQL schema of its own.

Every transaction that writes takes the schema's turn first, so that there is one writer at a time over all processes,
as on SQLite: what is numbered is then committed in the order of its numbers.
"""

from hashlib import sha256

from psycopg import InterfaceError, OperationalError, sql
from sqlalchemy import Connection, Engine, create_engine, event, exc, make_url

from services.kernel.store import StoreUnavailable
from services.kernel.store.sql import SqlStore

_CONNECTIONS_MAX = 20
_CONNECT_SECONDS_MAX = 5
_TURN_SECONDS_MAX = 20


def open_postgres(address: str, name: str) -> SqlStore:
    """Open the schema `name`, or make it. Raises StoreUnavailable."""
    settings = f"-csearch_path={name} -csynchronous_commit=on -clock_timeout={_TURN_SECONDS_MAX}s"
    engine = create_engine(
        make_url(address).set(drivername="postgresql+psycopg"),
        connect_args={
            "options": settings,
            "connect_timeout": _CONNECT_SECONDS_MAX,
            "application_name": f"cairn {name}",
        },
        pool_size=5,
        max_overflow=_CONNECTIONS_MAX - 5,
        pool_timeout=_CONNECT_SECONDS_MAX,
        pool_pre_ping=True,
        hide_parameters=True,
    )
    turn = turn_of(name)

    def take_turn(connection: Connection) -> None:
        if connection.get_execution_options().get("cairn_writing", False):
            connection.exec_driver_sql("SELECT pg_advisory_xact_lock(%s)", (turn,))

    event.listen(engine, "begin", take_turn)
    writing = engine.execution_options(cairn_writing=True)
    reading = engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
    try:
        _make_schema(writing, name)
        return SqlStore(name, writing, reading, _is_unavailable)
    except BaseException as error:
        engine.dispose()
        if isinstance(error, exc.DBAPIError) and _is_unavailable(error):
            raise StoreUnavailable(f"the store {name!r} cannot be reached: look at PostgreSQL's address") from error
        raise


def turn_of(name: str) -> int:
    """The number of the advisory lock that a writer of this schema holds."""
    return int.from_bytes(sha256(f"cairn {name}".encode()).digest()[:8], signed=True)


def _make_schema(engine: Engine, name: str) -> None:
    with engine.begin() as connection:
        if not connection.exec_driver_sql("SELECT 1 FROM pg_namespace WHERE nspname = %s", (name,)).scalar():
            statement = sql.SQL("CREATE SCHEMA IF NOT EXISTS {}").format(sql.Identifier(name))
            connection.exec_driver_sql(statement.as_string(None))


def _is_unavailable(error: BaseException) -> bool:
    """Also for the driver's own errors: a recorder notifies by the driver itself, past SQLAlchemy."""
    if isinstance(error, exc.DBAPIError):
        return error.connection_invalidated or isinstance(error, exc.OperationalError | exc.InterfaceError)
    return isinstance(error, OperationalError | InterfaceError)
