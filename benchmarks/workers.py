"""Workers: two sharing workers on Kafka beside one, each a process with a store and half of the partitions.

They are held still while reports are put on the log, and let go together.
"""

import os
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import ExitStack

from benchmarks import house_b
from benchmarks.benchmark import Run
from benchmarks.building import ROOT
from benchmarks.deployed import Parts, prepare
from benchmarks.measuring import Row, at_least, in_turn
from benchmarks.worlds import PARTITIONS, folder, hub_of, post, step_all
from deploy.local import PartUnavailable, RealParts, running
from services.composition import Hub
from services.kernel.clock import SimulatedClock
from services.kernel.settings import Settings

NAME = "workers"
_READY, _DONE = "ready", "done"


def rows(run: Run) -> list[Row]:
    """Reports a second through both; no row where the real parts can be neither found nor started."""
    rounds, reports = run.size.of(1, 2, 3), run.size.of(15, 450, 1_200)
    run.say(f"workers: {rounds} rounds of {reports} reports through one, and through two")
    halves = (range(0, PARTITIONS, 2), range(1, PARTITIONS, 2))
    try:
        with running() as parts:
            found = in_turn(
                rounds,
                {
                    "one": lambda: _reports_a_second(parts, [range(PARTITIONS)], reports),
                    "two": lambda: _reports_a_second(parts, halves, reports),
                },
            )
    except PartUnavailable as missing:
        run.say(f"workers: left out, {missing}")
        return []
    return [
        Row(
            "two sharing workers on Kafka",
            found.median("two"),
            "reports/s",
            found.median("one"),
            "one worker",
            found.ratio("two", "one"),
            at_least(1.7, of_ratio=True),
            f"{os.cpu_count()} processors for them, Kafka, PostgreSQL and OPA; the aim is for where there are cores",
        )
    ]


def _reports_a_second(parts: RealParts, shares: Sequence[Sequence[int]], reports: int) -> float:
    """So many reports, taken by a worker for each of these shares of the partitions."""
    with ExitStack() as stack:
        data = stack.enter_context(folder())
        hub = Parts(data, stack.enter_context(parts.share()))
        prepare(hub)
        stores = [hub.settings.store, *(stack.enter_context(parts.share()).store for _ in shares[1:])]
        workers = [
            stack.enter_context(
                _started(hub, {"CAIRN_OWNED_PARTITIONS": ",".join(map(str, owned)), "CAIRN_STORE": store})
            )
            for owned, store in zip(shares, stores, strict=True)
        ]
        _await(workers, _READY)
        with hub_of(hub.settings, ("intake", "sharing")) as stage:
            post(stage, house_b.events(reports))
            step_all(stage, "intake")
        began = time.perf_counter()
        _let_go(workers)
        _await(workers, _DONE)
        return reports / (time.perf_counter() - began)


def _started(hub: Parts, own: dict[str, str]) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "benchmarks.workers"],
        cwd=ROOT,
        env=os.environ | hub.variables | own,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def _let_go(workers: Sequence[subprocess.Popen[str]]) -> None:
    for worker in workers:
        if worker.stdin is not None:
            worker.stdin.write("go\n")
            worker.stdin.flush()


def _await(workers: Sequence[subprocess.Popen[str]], word: str) -> None:
    """Raises RuntimeError for a worker that ends, or says something else."""
    for worker in workers:
        told = worker.stdout.readline().strip() if worker.stdout is not None else ""
        if told != word:
            raise RuntimeError(f"a worker was to say {word!r}, and did not")


def main() -> None:
    """One worker: brings itself under the rules, holds still until it is told to go, and says when all is through."""
    hub = Hub(Settings(), SimulatedClock(house_b.scenario().now), ("sharing",))
    _, pipeline, feeds, _ = hub.services["sharing"].followers

    def work() -> None:
        while pipeline.step() + feeds.step():
            pass

    work()
    print(_READY, flush=True)
    sys.stdin.readline()
    work()
    print(_DONE, flush=True)
    hub.close()


if __name__ == "__main__":
    main()
