"""Kafka, OPA and PostgreSQL together, for a rehearsal or a run of the journeys."""

import os
import uuid
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from urllib.parse import urlsplit

from deploy.local import topics
from deploy.local.kafka import kafka
from deploy.local.opa import opa
from deploy.local.postgres import postgres

START: dict[str, Callable[[], AbstractContextManager[str]]] = {"kafka": kafka, "opa": opa, "postgres": postgres}


@dataclass(frozen=True)
class RealParts:
    """Where they listen: `host:port`, `http://host:port` and `postgresql://...`."""

    kafka: str
    opa: str
    postgres: str

    def new_database(self, name: str, copy_of: str | None = None) -> str:
        """Make a database of this name, empty or with all that another has; gives its address."""
        import psycopg
        from psycopg import sql

        template = sql.SQL("TEMPLATE {}").format(sql.Identifier(copy_of)) if copy_of else sql.SQL("")
        with psycopg.connect(self.postgres, autocommit=True) as connection:
            connection.execute(sql.SQL("CREATE DATABASE {} {}").format(sql.Identifier(name), template))
        return urlsplit(self.postgres)._replace(path=f"/{name}").geturl()

    def drop_database(self, name: str) -> None:
        """Drop a database, whoever is connected to it."""
        import psycopg
        from psycopg import sql

        with psycopg.connect(self.postgres, autocommit=True) as connection:
            connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))

    @contextmanager
    def share(self, copy_of: str | None = None) -> Iterator["Share"]:
        """What one hub has to itself on these parts, removed afterwards; with all that another hub's share holds,
        where it is named and nobody uses it."""
        name = f"hub-{uuid.uuid4().hex[:12]}"
        with ExitStack() as stack:
            store = self.new_database(name, copy_of)
            stack.callback(self.drop_database, name)
            stack.callback(topics.drop, self.kafka, f"{name}.")
            if copy_of:
                topics.copy(self.kafka, f"{copy_of}.", f"{name}.")
            yield Share(name, f"kafka://{self.kafka}?prefix={name}.", store, self.opa)


@dataclass(frozen=True)
class Share:
    """Addresses as the hub's settings take them: topics under a prefix, a database, and the policy engine of all."""

    name: str
    log: str
    store: str
    policy: str


@contextmanager
def running() -> Iterator[RealParts]:
    """Those that `CAIRN_TEST_KAFKA`, `CAIRN_TEST_OPA` and `CAIRN_TEST_POSTGRES` name; the others are started here.

    Raises PartUnavailable when one can be neither found nor started.
    """
    with ExitStack() as stack:

        def found(part: str) -> str:
            return os.environ.get(f"CAIRN_TEST_{part.upper()}") or stack.enter_context(START[part]())

        yield RealParts(**{part: found(part) for part in START})
