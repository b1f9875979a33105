"""How the hub speaks to Kafka: what every client of it has in common."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from kafka.cluster import ClusterMetadata

from services.kernel.log import LogUnavailable

REQUEST_SECONDS_MAX = 5
_RETRY_MS = 10

logging.getLogger("kafka").setLevel(logging.WARNING)  # at its most talkative the driver writes keys and values
for talker in ("kafka.net", "kafka.cluster", "kafka.producer.sender"):
    logging.getLogger(talker).setLevel(
        logging.CRITICAL
    )  # ten lines a second without a broker; we say it once, ourselves

# The driver (3.0.12) does not hand these on from its clients' settings. Without the first, a client that meets a topic
# waits for a tenth of a second; without the second, asking about a topic may make it.
ClusterMetadata.DEFAULT_CONFIG |= {"retry_backoff_ms": _RETRY_MS, "allow_auto_create_topics": False}


def settings(servers: list[str]) -> dict[str, Any]:
    """The settings of every client: bounded waiting, and topics are made by nobody but us."""
    return {
        "bootstrap_servers": servers,
        "client_id": "cairn",
        "bootstrap_timeout_ms": REQUEST_SECONDS_MAX * 1000,
        "request_timeout_ms": REQUEST_SECONDS_MAX * 1000,
        "retry_backoff_ms": _RETRY_MS,
        "reconnect_backoff_max_ms": 1000,
    }


@contextmanager
def speaking() -> Iterator[None]:
    """Whatever goes wrong inside the driver, to the hub it is one thing: the log is unavailable."""
    try:
        yield
    except LogUnavailable:
        raise
    except Exception as error:
        raise LogUnavailable("Kafka did not do as it was asked") from error
