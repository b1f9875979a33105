"""The real parts in containers, for those who have a Docker engine."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

import docker
from docker.errors import DockerException
from testcontainers.core.container import DockerContainer
from testcontainers.core.wait_strategies import ExecWaitStrategy, HttpWaitStrategy, LogMessageWaitStrategy

from deploy.local.kafka import VERSION as KAFKA_VERSION
from deploy.local.opa import VERSION as OPA_VERSION
from deploy.local.process import free_port

_POSTGRES_IMAGE = "postgres:18"


def engine_answers() -> bool:
    """Whether a Docker engine answers within two seconds."""
    try:
        client = docker.from_env(timeout=2)
    except DockerException:
        return False
    try:
        return bool(client.ping())
    except (DockerException, OSError):
        return False
    finally:
        client.close()


@contextmanager
def _kafka() -> Iterator[str]:
    port = free_port()  # the broker tells its clients this address, so it must be known before the start
    settings = {
        "KAFKA_NODE_ID": "1",
        "KAFKA_PROCESS_ROLES": "broker,controller",
        "KAFKA_LISTENERS": "PLAINTEXT://:9092,CONTROLLER://:9093",
        "KAFKA_ADVERTISED_LISTENERS": f"PLAINTEXT://127.0.0.1:{port}",
        "KAFKA_CONTROLLER_LISTENER_NAMES": "CONTROLLER",
        "KAFKA_LISTENER_SECURITY_PROTOCOL_MAP": "CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT",
        "KAFKA_CONTROLLER_QUORUM_VOTERS": "1@localhost:9093",
        "KAFKA_OFFSETS_TOPIC_REPLICATION_FACTOR": "1",
        "KAFKA_TRANSACTION_STATE_LOG_REPLICATION_FACTOR": "1",
        "KAFKA_TRANSACTION_STATE_LOG_MIN_ISR": "1",
        "KAFKA_AUTO_CREATE_TOPICS_ENABLE": "false",
        "KAFKA_LOG_RETENTION_MS": "-1",
    }
    container = DockerContainer(f"apache/kafka:{KAFKA_VERSION}").with_envs(**settings).with_bind_ports(9092, port)
    with container.waiting_for(LogMessageWaitStrategy("Kafka Server started")):
        yield f"127.0.0.1:{port}"


@contextmanager
def _opa() -> Iterator[str]:
    container = DockerContainer(f"openpolicyagent/opa:{OPA_VERSION}").with_exposed_ports(8181)
    container = container.with_command("run --server --addr 0.0.0.0:8181 --disable-telemetry")
    with container.waiting_for(HttpWaitStrategy(8181, "/health")):
        yield f"http://{container.get_container_host_ip()}:{container.get_exposed_port(8181)}"


@contextmanager
def _postgres() -> Iterator[str]:
    container = DockerContainer(_POSTGRES_IMAGE).with_exposed_ports(5432)
    container = container.with_envs(POSTGRES_USER="cairn", POSTGRES_PASSWORD="cairn")
    ready = ExecWaitStrategy(
        ["pg_isready", "--host", "127.0.0.1"]
    )  # by TCP: the server of the set-up has a socket only
    with container.waiting_for(ready):
        place = f"{container.get_container_host_ip()}:{container.get_exposed_port(5432)}"
        yield f"postgresql://cairn:cairn@{place}/postgres"


START: dict[str, Callable[[], AbstractContextManager[str]]] = {"kafka": _kafka, "opa": _opa, "postgres": _postgres}
