"""The broker away for a minute under load, and its disk full, again and again."""

import tempfile
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

from deploy.local.opa import opa
from deploy.local.parts import RealParts
from deploy.local.postgres import postgres
from tests.faults.broker_away import Outage, fill_up, go_away, own_broker, small_disk, why_no_small_disk
from tests.support.evidence import Evidence

FULL = 6
AWAY_SECONDS = 60


def soak(seed: int, share: float, say: Callable[[str], None]) -> Evidence:
    """Every second outage is a full disk, where one can be made. Raises AssertionError where a promise was broken."""
    count, outages, not_tried = max(1, int(FULL * share)), list[tuple[str, Outage]](), why_no_small_disk()
    with opa() as policy, postgres() as server:
        parts = RealParts(kafka="", opa=policy, postgres=server)
        for number in range(count):
            kind = "full disk" if number % 2 and not not_tried else "away"
            outage = _outage(kind, parts, seed * 100 + number)
            assert not outage.tally.broken, f"{kind}: {outage.tally.broken[0]}"
            outages.append((kind, outage))
            say(f"{number + 1} of {count} outages, {outage.taken} reports taken in the last")
    away = [outage for kind, outage in outages if kind == "away"]
    assert all(one.read == 0 for one in away), "something was read while there was no log to trace it on"
    total = sum(one.tally.acknowledged for _, one in outages)
    return Evidence(
        name="",
        promise="While Kafka is away, or its disk is full, agencies report on, nobody reads without a trace, and "
        "nothing is lost, doubled or told wrongly when it is back.",
        command="",
        result=f"no promise broken: {len(away)} times away for {AWAY_SECONDS} s, {count - len(away)} times a full disk "
        f"for as long; {total:,} reports acknowledged, {sum(one.taken for _, one in outages):,} of them meanwhile, "
        f"and nothing read while it was away" + (f"; no disk was filled up: {not_tried}" if not_tried else ""),
        control="as of the kills on the real parts, whose examination this shares",
        count=count,
        whole=FULL,
        unit="outages of Kafka",
    )


def _outage(kind: str, parts: RealParts, seed: int) -> Outage:
    name = f"outage_{seed}"
    with tempfile.TemporaryDirectory(prefix="cairn-broker-") as folder, ExitStack() as stack:
        store = parts.new_database(name)
        stack.callback(parts.drop_database, name)
        if kind == "full disk":
            stack.enter_context(small_disk(Path(folder) / "kafka" / "log"))
        broker = stack.enter_context(own_broker(Path(folder)))
        return (fill_up if kind == "full disk" else go_away)(broker, store, parts.opa, AWAY_SECONDS, seed)
