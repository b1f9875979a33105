"""Kafka, OPA and PostgreSQL together, for a rehearsal or a run of the journeys."""

import os
import uuid
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from urllib.parse import urlsplit

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

    def new_database(self, name: str) -> str:
        """Make a database of this name; gives its address."""
        import psycopg
        from psycopg import sql

        with psycopg.connect(self.postgres, autocommit=True) as connection:
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        return urlsplit(self.postgres)._replace(path=f"/{name}").geturl()

    def drop_database(self, name: str) -> None:
        """Drop a database, whoever is connected to it."""
        import psycopg
        from psycopg import sql

        with psycopg.connect(self.postgres, autocommit=True) as connection:
            connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))

    def drop_topics(self, prefix: str) -> None:
        """Remove every topic whose name begins like this."""
        from kafka.admin import KafkaAdminClient

        admin = KafkaAdminClient(bootstrap_servers=self.kafka)
        try:
            found = [topic for topic in admin.list_topics() if topic.startswith(prefix)]
            if found:
                admin.delete_topics(found)
        finally:
            admin.close()

    @contextmanager
    def share(self) -> Iterator["Share"]:
        """What one hub has to itself on these parts; removed afterwards."""
        name = f"hub-{uuid.uuid4().hex[:12]}"
        with ExitStack() as stack:
            store = self.new_database(name)
            stack.callback(self.drop_database, name)
            stack.callback(self.drop_topics, f"{name}.")
            yield Share(f"kafka://{self.kafka}?prefix={name}.", store, self.opa)


@dataclass(frozen=True)
class Share:
    """Addresses as the hub's settings take them: topics under a prefix, a database, and the policy engine of all."""

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
