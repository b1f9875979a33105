"""An application whose aggregates are kept in a service's store.

Aggregates and SQL are saved together or not at all:

    class Submissions(StoredApplication):
        def accept(self, submission: Submission, said: list[Record]) -> None:
            with self.store.transaction() as session:
                self.save(submission)                      # takes part in the transaction
                session.execute(insert(receipts).values(...))
                outbox.put(session, said)                  # the relay says it on the log once it is durable

    submissions = Submissions(open_store("sqlite:///data", "intake"))

An aggregate with a TOPIC needs a topic on each event, and its first event must be called `Created`, as the library
always makes one of that name: `@event("Created", topic="agreement.drafted")` on `__init__`.
"""

from typing import Any
from uuid import UUID

from eventsourcing.application import Application
from eventsourcing.domain import DomainEventProtocol
from eventsourcing.persistence import InfrastructureFactory, Mapper, StoredEvent
from eventsourcing.utils import Environment, EnvType

from services.kernel.store import Store


class UnnamedEvent(TypeError):
    """A recorded event would be stored under the path of a Python class, which must be free to move."""


class _NamingMapper(Mapper[UUID]):
    """Writes events as JSON under names of the domain."""

    def to_stored_event(self, domain_event: DomainEventProtocol[UUID]) -> StoredEvent:
        stored = super().to_stored_event(domain_event)
        if ":" in stored.topic:
            raise UnnamedEvent(f"{stored.topic}: give the aggregate class a TOPIC and each event a topic")
        return stored


class StoredApplication(Application[UUID]):
    """Saves and loads aggregates in a store. Events are plain JSON: seal what is personal before it gets here.

    `name` (by default the class's name) names the tables, so it must never change. Raises UnnamedEvent on saving an
    aggregate without a TOPIC, `eventsourcing.persistence.IntegrityError` when another saved it first.
    """

    def __init__(self, store: Store, name: str | None = None) -> None:
        if name is not None:
            self.name = name
        self.store = store
        super().__init__()

    def construct_env(self, name: str, env: EnvType | None = None) -> Environment:  # noqa: ARG002
        """Only what the class says: no variable of the process's environment may turn on a cipher or another store."""
        settings = dict(type(self).env)
        if type(self).is_snapshotting_enabled or type(self).snapshotting_intervals:
            settings["IS_SNAPSHOTTING_ENABLED"] = "y"
        return Environment(name, settings)

    def construct_factory(self, env: Environment) -> InfrastructureFactory[Any]:
        return self.store.recording(env)

    def construct_mapper(self) -> Mapper[UUID]:
        return self.factory.mapper(transcoder=self.construct_transcoder(), mapper_class=_NamingMapper)
