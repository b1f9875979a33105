"""Opening a service's store by its address."""

from pathlib import Path

from services.kernel.store import Store


def open_store(address: str, name: str) -> Store:
    """Open the store of the service called `name`.

    `sqlite:///relative/path` or `sqlite:////absolute/path`: a path without a suffix is a directory, and the store is
    `<name>.db` in it. `postgresql://user@host:port/database`: the store is the schema `<name>`, made if need be.
    Raises ValueError, UnsafeSQLite, StoreUnavailable.
    """
    if not name.isidentifier() or name != name.lower():
        raise ValueError("a store's name is in small letters, digits and underscores: it names a file or a schema")
    scheme, _, rest = address.partition("://")
    if scheme == "sqlite" and rest.startswith("/") and len(rest) > 1:
        from services.kernel.store.sqlite import open_sqlite

        path = Path(rest[1:])
        return open_sqlite(path if path.suffix else path / f"{name}.db", name)
    if scheme in ("postgresql", "postgres"):
        from services.kernel.store.postgres import open_postgres

        return open_postgres(f"postgresql://{rest}", name)
    raise ValueError(f"no store of the kind {scheme!r}: give sqlite:///path or postgresql://user@host:port/database")
