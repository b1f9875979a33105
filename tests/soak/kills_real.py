"""Kills on the real parts at length: services on Kafka, OPA and PostgreSQL, killed one by one and all together."""

from collections.abc import Callable

from deploy.local.parts import running
from tests.faults.kills import Tally
from tests.faults.real_kills import RealTrial, try_real
from tests.support.evidence import Evidence

FULL = 100
KILLS_EACH = 20
_CONTROL_HUBS = 4


def soak(seed: int, share: float, say: Callable[[str], None]) -> Evidence:
    """Raises AssertionError where a hub broke a promise, or the control was not found."""
    count, total = max(1, int(FULL * share)), Tally()
    with running() as parts:
        for start in range(0, count, KILLS_EACH):
            with parts.share() as place:
                tally = try_real(place, RealTrial(seed * 1_000 + start, min(KILLS_EACH, count - start)), say)
            total.add(tally)
            say("; ".join([f"{total.kills:,} kills, {len(total.broken)} promises broken", *tally.broken]))
            assert not tally.broken, f"within {total.kills} kills: {tally.broken[0]}"
        found = 0
        for number in range(_CONTROL_HUBS):
            with parts.share() as place:
                found += bool(try_real(place, RealTrial(seed * 1_000 + number, 4, careless=True)).broken)
    assert found, "callers who believe what was not answered were not noticed"
    return Evidence(
        name="",
        promise="Services that are killed under load on Kafka, OPA and PostgreSQL, one by one and all together, lose "
        "nothing acknowledged, double nothing, give each partner just what it may have, and release nothing untraced.",
        command="",
        result=f"no promise broken: {total.acknowledged:,} reports acknowledged, {total.released:,} records read; "
        f"intake, sharing, governance and all three in turn, {total.at_start:,} of them once more while starting",
        control=f"callers who count a report before it is answered were noticed in {found} of {_CONTROL_HUBS} trials",
        count=total.kills,
        whole=FULL,
        unit="kills (SIGKILL)",
    )
