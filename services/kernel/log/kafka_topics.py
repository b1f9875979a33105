"""The hub's topics on Kafka: made so that nothing is ever dropped, and refused where something could be.

What was said in rules and reports must be there for as long as the hub lives; a broker's usual week of retention would
remove it without a word.
"""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from kafka.admin import ConfigResource, ConfigResourceType, KafkaAdminClient
from kafka.errors import TopicAlreadyExistsError

from services.kernel.log import LogUnavailable, refuse_other_partitions
from services.kernel.log.kafka_client import REQUEST_SECONDS_MAX, settings, speaking

_UNKNOWN_TOPIC = 3  # UNKNOWN_TOPIC_OR_PARTITION, https://kafka.apache.org/protocol#protocol_error_codes
_KEEPS_EVERYTHING = {"retention.ms": "-1", "retention.bytes": "-1", "cleanup.policy": "delete"}
_REPLICAS_WANTED = 3
_LOOK_SECONDS = 0.1


class TopicUnsafe(RuntimeError):
    """A topic on the broker is set up so that it may lose what was said."""


class KafkaTopics:
    """Makes topics and knows how many partitions each has, by its full name."""

    def __init__(self, servers: list[str]) -> None:
        self._servers = servers
        self._partitions: dict[str, int] = {}
        self._asking = threading.Lock()
        self._admin: Any = None

    def create(self, topic: str, partitions: int) -> None:
        """Make it if it is not there. Raises ValueError, TopicUnsafe, LogUnavailable."""
        if not self.partitions(topic):
            with self._asking, self._speaking():
                self._create(topic, partitions)
        refuse_other_partitions(topic, self._made(topic), partitions)

    def partitions(self, topic: str) -> int:
        """How many it has, 0 if there is no such topic. Raises TopicUnsafe, LogUnavailable."""
        if topic not in self._partitions:
            with self._asking:
                found, copies = self._describe(topic)
                if not found:
                    return 0
                self._refuse_forgetful(topic, copies)
                self._partitions[topic] = found
        return self._partitions[topic]

    def close(self) -> None:
        with self._asking:
            self._let_go()

    def _create(self, topic: str, partitions: int) -> None:
        admin = self._connected()
        copies = min(_REPLICAS_WANTED, len(admin.describe_cluster()["brokers"]))
        description = {
            "num_partitions": partitions,
            "replication_factor": copies,
            "configs": {**_KEEPS_EVERYTHING, "min.insync.replicas": str(_in_sync_min(copies))},
        }
        with suppress(TopicAlreadyExistsError):  # where another service was quicker
            admin.create_topics({topic: description}, timeout_ms=REQUEST_SECONDS_MAX * 1000)
        admin.wait_for_topics([topic], timeout_ms=2 * REQUEST_SECONDS_MAX * 1000)

    def _made(self, topic: str) -> int:
        """How many partitions it has, once the broker that is asked has heard of what another made."""
        until = time.monotonic() + REQUEST_SECONDS_MAX
        while time.monotonic() < until:
            with suppress(LogUnavailable):
                if found := self.partitions(topic):
                    return found
            time.sleep(_LOOK_SECONDS)
        raise LogUnavailable(f"topic {topic} is not known everywhere yet")

    def _describe(self, topic: str) -> tuple[int, int]:
        """Its partitions, and the fewest copies any of them has."""
        with self._speaking():
            (described,) = self._connected().describe_topics([topic])
        if described["error_code"] == _UNKNOWN_TOPIC:
            return 0, 0
        parts = described["partitions"]
        if described["error_code"] or not parts:
            raise LogUnavailable(f"topic {topic} is not ready")
        return len(parts), min(len(part["replica_nodes"]) for part in parts)

    def _refuse_forgetful(self, topic: str, copies: int) -> None:
        with self._speaking():
            found = self._connected().describe_configs(
                [ConfigResource(ConfigResourceType.TOPIC, topic)], config_filter="all"
            )["topic"][topic]
        if not found:  # the broker that was asked has not heard of the topic
            raise LogUnavailable(f"topic {topic} is not ready")
        for name, wanted in _KEEPS_EVERYTHING.items():
            if found[name]["value"] != wanted:
                is_set = found[name]["value"]
                raise TopicUnsafe(
                    f"topic {topic} has {name}={is_set}, which would drop what was said: set it to {wanted}"
                )
        if int(found["min.insync.replicas"]["value"]) < _in_sync_min(copies):
            raise TopicUnsafe(
                f"topic {topic} acknowledges with fewer than {_in_sync_min(copies)} copies: set min.insync.replicas"
            )

    def _connected(self) -> Any:
        if self._admin is None:
            self._admin = KafkaAdminClient(**settings(self._servers))
        return self._admin

    @contextmanager
    def _speaking(self) -> Iterator[None]:
        try:
            with speaking():
                yield
        except LogUnavailable:
            with suppress(LogUnavailable):
                self._let_go()  # the next question gets a new client
            raise

    def _let_go(self) -> None:
        admin, self._admin = self._admin, None
        if admin is not None:
            with speaking():
                admin.close()


def _in_sync_min(copies: int) -> int:
    """How many copies must have a record before it is acknowledged: all but one, so that one broker may be down."""
    return max(1, copies - 1)
