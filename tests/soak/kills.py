"""Kills at length: embedded hubs killed under load thousands of times."""

import os
from collections.abc import Callable

from tests.faults.kills import Tally, Trial, control, try_all
from tests.faults.planted import PLANTED
from tests.support.evidence import Evidence

FULL = 2_000
KILLS_EACH = 25
CONTROL_HUBS = 4


def soak(seed: int, share: float, say: Callable[[str], None]) -> Evidence:
    """Raises AssertionError where a hub broke a promise, or a planted fault was not found."""
    count = max(1, int(FULL * share))
    trials = [Trial(seed * 10_000 + start, min(KILLS_EACH, count - start)) for start in range(0, count, KILLS_EACH)]
    total = Tally()
    for tally in try_all(trials, at_once=os.cpu_count() or 1):
        total.add(tally)
        say("; ".join([f"{total.kills:,} kills, {len(total.broken)} promises broken", *tally.broken]))
        if tally.broken:
            raise AssertionError(f"within {total.kills} kills: {tally.broken[0]}")
    return Evidence(
        name="",
        promise="A whole embedded hub that is killed under load loses nothing acknowledged, doubles nothing, gives "
        "each partner just what it may have, and releases nothing without a trace.",
        command="",
        result=f"no promise broken: {total.acknowledged:,} reports acknowledged, {total.released:,} records read; "
        f"{total.at_start:,} kills came before the hub had answered anybody, and {total.said_again:,} reports lay on "
        "the log twice under one id and were taken once",
        control="; ".join(_control(seed, planted, say) for planted in PLANTED),
        count=total.kills,
        whole=FULL,
        unit="kills (SIGKILL)",
    )


def _control(seed: int, planted: str, say: Callable[[str], None]) -> str:
    trials = [control(planted, seed * 10_000 + number) for number in range(CONTROL_HUBS)]
    found = sum(bool(tally.broken) for tally in try_all(trials, at_once=os.cpu_count() or 1))
    say(f"a hub that {planted}: found in {found} of {CONTROL_HUBS}")
    if found < CONTROL_HUBS:
        raise AssertionError(f"a hub that {planted} was found in {found} of {CONTROL_HUBS} trials")
    return f"a hub that {planted} was found in {found} of {CONTROL_HUBS} trials"
