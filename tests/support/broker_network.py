"""A network of its own for each broker, on one bridge, so that one can be cut off while all of them run.

Needs root and Linux: each broker lives in a network namespace, joined to the bridge by a pair of virtual cables.
"""

import os
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import cache

_NETS = tuple(f"10.213.{number}" for number in range(1, 250))
_HERE = 254


@cache
def why_not() -> str:
    """Why no such network can be made here; empty where it can."""
    if shutil.which("ip") is None:
        return "the command `ip` (iproute2) is missing"
    if os.geteuid() != 0:
        return "network namespaces need root"
    name = f"cairn-try-{os.getpid()}"
    made = subprocess.run(["ip", "netns", "add", name], capture_output=True, text=True, check=False)
    if made.returncode:
        return f"network namespaces cannot be made: {made.stderr.strip()}"
    subprocess.run(["ip", "netns", "del", name], check=True)
    return ""


@dataclass(frozen=True)
class BrokerNetwork:
    """The nodes, each in a namespace of its own; names are short, as the system wants those of interfaces."""

    _mark: str
    _net: str

    def host(self, node: int) -> str:
        """The address of a node, as the others and this process reach it."""
        return f"{self._net}.{node}"

    def within(self, node: int) -> list[str]:
        """What stands before a command that is to run in a node's namespace."""
        return ["ip", "netns", "exec", self._space(node)]

    def cut(self, node: int) -> None:
        """From now on nobody hears a node, and it hears nobody; it goes on running."""
        _ip("link", "set", self._cable(node), "down")

    def join(self, node: int) -> None:
        """Let it hear and be heard again."""
        _ip("link", "set", self._cable(node), "up")

    def _space(self, node: int) -> str:
        return f"cairn-{self._mark}-{node}"

    def _cable(self, node: int) -> str:
        return f"cv{self._mark}-{node}"

    def lay(self, nodes: Sequence[int], undo: ExitStack) -> None:
        """Make all of it; `undo` takes it away again."""
        bridge = f"cb{self._mark}"
        _ip("link", "add", bridge, "type", "bridge")
        undo.callback(_ip, "link", "del", bridge)
        _ip("addr", "add", f"{self._net}.{_HERE}/24", "dev", bridge)
        _ip("link", "set", bridge, "up")
        for node in nodes:
            space, cable = self._space(node), self._cable(node)
            _ip("netns", "add", space)
            undo.callback(_ip, "netns", "del", space)
            _ip("link", "add", cable, "type", "veth", "peer", "name", "eth0", "netns", space)
            _ip("link", "set", cable, "master", bridge, "up")
            _ip("-n", space, "addr", "add", f"{self.host(node)}/24", "dev", "eth0")
            for device in ("eth0", "lo"):
                _ip("-n", space, "link", "set", device, "up")


@contextmanager
def broker_network(nodes: Sequence[int]) -> Iterator[BrokerNetwork]:
    """The network, for as long as the block lasts."""
    with ExitStack() as undo:
        network = BrokerNetwork(f"{os.getpid() % 1_000_000}", _free_net())
        network.lay(nodes, undo)
        yield network


def _free_net() -> str:
    """One that nobody here has a way to: another run may be going on, or was killed and could not take its own away."""
    return next(net for net in _NETS if not _ip("route", "show", "to", "root", f"{net}.0/24"))


def _ip(*words: str) -> str:
    return subprocess.run(["ip", *words], check=True, capture_output=True, text=True).stdout.strip()
