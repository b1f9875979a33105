"""Deployed: hubs that serve and run as `cairn up` runs them, in one process or in one for each service."""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.house_b import scenario
from benchmarks.serving import served
from benchmarks.worlds import PARTITIONS, agree, hub_of
from deploy.local.parts import Share
from services.composition import SERVICES
from services.kernel.settings import Settings


@dataclass(frozen=True)
class Parts:
    """What a hub keeps its things on: a folder, and the real parts where it has a share of them."""

    data: Path
    share: Share | None = None

    @property
    def settings(self) -> Settings:
        """As a hub in this process takes them."""
        real = vars(self.share) if self.share else {}
        addresses = {name: real[name] for name in ("log", "store", "policy") if name in real}
        return Settings(data=self.data, keys=f"file://{self.data}/keys", partitions=PARTITIONS, **addresses)

    @property
    def variables(self) -> dict[str, str]:
        """As a process takes them. The hub's clock stands at the scenario's time."""
        clock = self.data / "clock"
        clock.write_text(scenario().now.isoformat())
        settings = self.settings
        return {
            "CAIRN_DATA": str(self.data),
            "CAIRN_KEYS": settings.keys,
            "CAIRN_LOG": settings.log,
            "CAIRN_STORE": settings.store,
            "CAIRN_POLICY": settings.policy,
            "CAIRN_PARTITIONS": str(PARTITIONS),
            "CAIRN_CLOCK": f"file://{clock}",
        }


@dataclass(frozen=True)
class Deployed:
    """Where agencies find it: `host:port`, with a path behind it where several services share an address."""

    intake: str
    sharing: str


def prepare(parts: Parts) -> None:
    """Let the scenario's partners and agreements be in force."""
    with hub_of(parts.settings, ("intake", "sharing")) as stage:
        agree(stage)


@contextmanager
def in_one_process(parts: Parts) -> Iterator[Deployed]:
    """All services together."""
    prepare(parts)
    with served(("services", "up", "all", "--port", "0"), parts.variables) as place:
        yield Deployed(f"{place}/intake", f"{place}/sharing")


@contextmanager
def in_processes(parts: Parts, services: Sequence[str] = SERVICES) -> Iterator[Deployed]:
    """Each of these services by itself, all at work at once."""
    prepare(parts)
    with ExitStack() as stack:
        places: dict[str, str] = {}
        for name in services:
            intake = {"CAIRN_INTAKE": f"http://{places['intake']}"} if "intake" in places else {}
            words = ("services", "up", name, "--port", "0")
            places[name] = stack.enter_context(served(words, parts.variables | intake))
        yield Deployed(places["intake"], places["sharing"])
