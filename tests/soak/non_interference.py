"""Non-interference at scale: families of worlds that a partner must not be able to tell apart, by any door it has."""

import random
import time
from collections.abc import Callable
from itertools import chain

import pytest

from tests.journeys.planted_leaks import LEAKS, Leak
from tests.journeys.secret_weaver import worlds_of
from tests.journeys.test_non_interference import decided_at_once
from tests.journeys.watched_hub import BARE_SERVICES
from tests.journeys.watching import told_apart
from tests.support.evidence import Evidence

FULL = 200_000
_WORLDS = 3
_TOLD_EVERY_SECONDS = 10
_FAMILIES_PER_LEAK = 8


def soak(seed: int, share: float, say: Callable[[str], None]) -> Evidence:
    """Compare all that a watcher is answered in worlds with different secrets. Raises AssertionError with the seed and
    the door by which a watcher could tell.

    Each family gives one pair of worlds for each secret world beside the bare one.
    """
    picked = random.Random(seed)
    wanted, pairs, families = max(1, int(FULL * share)), 0, 0
    told_at = time.monotonic()
    while pairs < wanted:
        family, partitions = picked.getrandbits(32), picked.choice((1, 4))
        worlds = worlds_of(family, _WORLDS)
        found = told_apart(worlds, partitions, BARE_SERVICES)
        assert found is None, f"family {family}, {partitions} partitions: told apart by {found and found[1][:300]}"
        pairs += len(worlds) - 1
        families += 1
        if time.monotonic() - told_at > _TOLD_EVERY_SECONDS:
            told_at = time.monotonic()
            say(f"{pairs:,} of {wanted:,} pairs")
    missed = [leak.name for leak in LEAKS if not _is_found(leak, picked)]
    assert not missed, f"planted and not found: {missed}"
    return Evidence(
        name="",
        promise="Two histories that differ only in what a partner may not know give it the same bytes of everything.",
        command="",
        result=f"{pairs:,} pairs of {families:,} families of worlds could not be told apart",
        control=f"{len(LEAKS)} of {len(LEAKS)} planted leaks were found",
        count=pairs,
        unit="pairs of worlds",
    )


def _is_found(leak: Leak, picked: random.Random) -> bool:
    """Whether it is found in the worlds that its test tries, or in some others."""
    known = decided_at_once() if leak.seed is None else worlds_of(leak.seed)
    others = (worlds_of(picked.getrandbits(32)) for _ in range(_FAMILIES_PER_LEAK))
    with pytest.MonkeyPatch.context() as patch:
        leak.plant(patch)
        return any(told_apart(worlds, services=BARE_SERVICES) for worlds in chain([known], others))
