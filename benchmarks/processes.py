"""Processes: the hub with each service a process of its own, on the embedded log and, as it is deployed, on Kafka.

What one interpreter does in turn for the hub in one process is here done by several at once.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from benchmarks.benchmark import Run
from benchmarks.deployed import Deployed, Parts, in_processes
from benchmarks.intake import MANY, ONE, Sent
from benchmarks.measuring import Row
from benchmarks.serving import posts_a_second
from benchmarks.visible import at_rate
from benchmarks.worlds import folder
from deploy.local import PartUnavailable, running

NAME = "processes"
_CLIENTS = 4
_EMBEDDED, _KAFKA = "SQLite", "Kafka, PostgreSQL and OPA"
_AIMS = {_EMBEDDED: 250, _KAFKA: 500}


def rows(run: Run) -> list[Row]:
    """Posts, batches, and how soon a post is seen; without Kafka where the real parts are not to be had."""
    with folder() as data, in_processes(Parts(data)) as hub:
        found = _rows(run, hub, _EMBEDDED)
    try:
        with _on_kafka() as hub:
            return found + _rows(run, hub, _KAFKA)
    except PartUnavailable as missing:
        run.say(f"processes: on Kafka left out, {missing}")
        return found


@contextmanager
def _on_kafka() -> Iterator[Deployed]:
    with running() as parts, parts.share() as share, folder() as data, in_processes(Parts(data, share)) as hub:
        yield hub


def _rows(run: Run, hub: Deployed, where: str) -> list[Row]:
    size = run.size
    rates, seconds = size.of((10,), (20, 200), (20, 200)), size.of(1.0, 3.0, 20.0)
    seen = [at_rate(run, hub, rate, seconds, f"a process for each service, {where}", _AIMS[where]) for rate in rates]
    return [*seen, *_posts(run, hub, where)]


def _posts(run: Run, hub: Deployed, where: str) -> list[Row]:
    posts, batches, each = run.size.of(20, 400, 1_000), run.size.of(1, 4, 10), run.size.of(20, 500, 500)
    run.say(f"processes, {where}: {posts} single posts, {batches} batches of {each}")
    sent, note = Sent(2_000_000), "everything else the hub does is being done meanwhile, on the same processors"
    singles = posts_a_second(hub.intake, sent.singles(posts), ONE, _CLIENTS)
    many = each * posts_a_second(hub.intake, sent.batches(batches, each), MANY, 2)
    return [
        Row(f"intake beside all other services, {where}, single posts", singles, "reports/s", note=note),
        Row(f"intake beside all other services, {where}, batches of {each}", many, "reports/s", note=note),
    ]
