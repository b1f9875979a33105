"""How the hub speaks to Kafka: what every client of it has in common."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from services.kernel.log import LogUnavailable

REQUEST_SECONDS_MAX = 5

logging.getLogger("kafka").setLevel(logging.WARNING)  # at its most talkative the driver writes keys and values
for talker in ("kafka.net", "kafka.cluster", "kafka.producer.sender"):
    logging.getLogger(talker).setLevel(
        logging.CRITICAL
    )  # ten lines a second without a broker; we say it once, ourselves


def settings(servers: list[str]) -> dict[str, Any]:
    """The settings of every client: bounded waiting, and topics are made by nobody but us."""
    return {
        "bootstrap_servers": servers,
        "client_id": "cairn",
        "bootstrap_timeout_ms": REQUEST_SECONDS_MAX * 1000,
        "request_timeout_ms": REQUEST_SECONDS_MAX * 1000,
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
