"""Three Kafka brokers that keep each record twice at least before it is acknowledged, as a hub in earnest has them."""

import socket
import subprocess
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from kafka import KafkaAdminClient

from deploy.local.kafka import fetch, find_java
from deploy.local.process import free_port, running_process
from tests.support.broker_network import BrokerNetwork

_SETTINGS = """\
process.roles=broker,controller
node.id={node}
controller.quorum.voters={voters}
listeners=PLAINTEXT://{host}:{port},CONTROLLER://{host}:{controller}
advertised.listeners=PLAINTEXT://{host}:{port}
controller.listener.names=CONTROLLER
listener.security.protocol.map=CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT
log.dirs={folder}/log
auto.create.topics.enable=false
unclean.leader.election.enable=false
# a broker that is gone is noticed in seconds, as the test has no minutes
broker.session.timeout.ms=3000
broker.heartbeat.interval.ms=500
replica.lag.time.max.ms=3000
"""
NODES = (1, 2, 3)


class ThreeBrokers:
    """The brokers, each a process that can be killed and started again with what it had."""

    def __init__(self, folder: Path, network: BrokerNetwork | None = None) -> None:
        """On this machine's own address, or on a network where one of them can be cut off."""
        self._folder, self._network = folder, network
        self._hosts = {node: network.host(node) if network else "127.0.0.1" for node in NODES}
        self._ports = {node: free_port() for node in NODES}
        self._controllers = {node: free_port() for node in NODES}
        self._running: dict[int, tuple[ExitStack, subprocess.Popen[bytes]]] = {}
        self._java = [find_java(), "-Xmx256m", "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn", "-cp", f"{fetch()}/*"]

    @property
    def addresses(self) -> list[str]:
        return [f"{self._hosts[node]}:{port}" for node, port in self._ports.items()]

    def make(self) -> None:
        """Format all three for one cluster, and start them."""
        cluster = uuid.uuid4().hex[:22]
        for node in NODES:
            place = self._folder / str(node)
            place.mkdir(parents=True)
            (place / "server.properties").write_text(
                _SETTINGS.format(
                    node=node,
                    voters=",".join(f"{one}@{self._hosts[one]}:{port}" for one, port in self._controllers.items()),
                    host=self._hosts[node],
                    port=self._ports[node],
                    controller=self._controllers[node],
                    folder=place,
                )
            )
            self._format(place / "server.properties", cluster)
        self.start(*NODES)

    def _format(self, properties: Path, cluster: str) -> None:
        """Make the folder of a node. Tried twice: on a busy machine the tool itself now and then fails to start."""
        command = [*self._java, "kafka.tools.StorageTool", "format", "--ignore-formatted", "-t", cluster]
        for _ in range(2):
            done = subprocess.run([*command, "-c", str(properties)], check=False, capture_output=True, text=True)
            if done.returncode == 0:
                return
        raise AssertionError(f"a node's folder cannot be made: {done.stdout[-500:]}{done.stderr[-2_000:]}")

    def start(self, *nodes: int) -> None:
        """Start these; a node answers once it is part of a quorum, so all are begun before any is awaited."""
        with ExitStack() as unfinished:
            for node in nodes:
                stack = unfinished.enter_context(ExitStack())
                place = self._folder / str(node)
                process = stack.enter_context(
                    running_process(
                        f"Kafka {node}",
                        [*self._where(node), *self._java, "kafka.Kafka", place / "server.properties"],
                        answers=lambda: True,
                        log=place / "kafka.log",
                        seconds_max=5,
                    )
                )
                self._running[node] = (stack, process)
            unfinished.pop_all()
        until_all(lambda: all(_listens(self._hosts[node], self._ports[node]) for node in nodes))

    def _where(self, node: int) -> list[str]:
        return self._network.within(node) if self._network else []

    def kill(self, node: int) -> None:
        """End one at once, in the middle of whatever it does."""
        stack, process = self._running.pop(node)
        process.kill()
        process.wait()
        stack.close()

    def leader_of(self, topic: str, partition: int) -> int:
        """Which of them takes what is appended to a partition."""
        return int(self._described(topic, partition)["leader_id"])

    def _described(self, topic: str, partition: int) -> dict[str, Any]:
        admin = KafkaAdminClient(bootstrap_servers=self.addresses)
        try:
            (described,) = admin.describe_topics([topic])
        finally:
            admin.close()
        (found,) = [one for one in described["partitions"] if one["partition_index"] == partition]
        return dict(found)

    def in_sync(self, topic: str, partition: int) -> set[int]:
        """Which of them have all of a partition, as its leader knows."""
        return set(self._described(topic, partition)["isr_nodes"])

    def close(self) -> None:
        for node in list(self._running):
            self.kill(node)


def _listens(host: str, port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex((host, port)) == 0


def until_all(condition: Callable[[], bool], seconds_max: float = 180) -> None:
    """Wait until it holds. Raises AssertionError after so many seconds."""
    until = time.monotonic() + seconds_max
    while not condition():
        assert time.monotonic() < until, f"not so after {seconds_max:.0f} s"
        time.sleep(0.1)


@contextmanager
def three_brokers(folder: Path, network: BrokerNetwork | None = None) -> Iterator[ThreeBrokers]:
    """Three that run, for as long as the block lasts."""
    brokers = ThreeBrokers(folder, network)
    try:
        brokers.make()
        yield brokers
    finally:
        brokers.close()
