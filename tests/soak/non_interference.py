"""Non-interference at scale: families of worlds that a partner must not be able to tell apart, by any door it has."""

import random
import time
from collections.abc import Callable
from itertools import chain, cycle

import pytest

from tests.journeys.families_watched import Compared, Leaked, compare
from tests.journeys.leaking import Leak
from tests.journeys.planted_leaks import LEAKS
from tests.journeys.secret_families import family_of
from tests.journeys.secret_weaver import worlds_of
from tests.journeys.test_non_interference import decided_at_once
from tests.journeys.watched_hub import BARE_SERVICES
from tests.journeys.watching import told_apart
from tests.support.evidence import Evidence

FULL = 200_000
_GROUPS = (2, 3, 2, 8, 2, 3, 2, 7)
"""How many groups of secrets a family has, in turn: every combination of them is a world. Small families are many
stories, large ones many pairs."""
_TOLD_EVERY_SECONDS = 10
_FAMILIES_PER_LEAK = 8


def soak(seed: int, share: float, say: Callable[[str], None]) -> Evidence:
    """Compare all that each partner is answered in worlds with different secrets. Raises AssertionError with the seed
    and the door by which somebody could tell.

    A pair is counted for a partner and two worlds in which the digest of all that it was answered is the same.
    """
    picked = random.Random(seed)
    wanted, seen, largest = max(1, int(FULL * share)), Compared(), cycle(_GROUPS)
    told_at = 0.0
    while seen.pairs < wanted:
        number, partitions, groups = picked.getrandbits(32), picked.choice((1, 4)), next(largest)
        try:
            seen.add(compare(family_of(number, groups), partitions))
        except Leaked as leaked:
            raise AssertionError(f"family {number} of {groups}, {partitions} partitions: {str(leaked)[:600]}") from None
        if time.monotonic() - told_at > _TOLD_EVERY_SECONDS:
            told_at = time.monotonic()
            say(f"{seen.pairs:,} of {wanted:,} pairs, {seen.worlds:,} worlds")
    missed = [leak.name for leak in LEAKS if not _is_found(leak, picked)]
    assert not missed, f"planted and not found: {missed}"
    return Evidence(
        name="",
        promise="Two histories that differ only in what a partner may not know give it the same bytes of everything.",
        command="",
        result=f"none of {seen.pairs:,} pairs could be told apart: {seen.worlds:,} worlds of {seen.families:,} "
        f"families, each asked by four partners, {seen.views:,} times all that there is to ask, {seen.answers:,} "
        "answers in all; worlds that a partner may not tell apart gave it one digest",
        control=f"{len(LEAKS)} of {len(LEAKS)} planted leaks were found",
        count=seen.pairs,
        whole=FULL,
        unit="pairs of worlds and a partner",
    )


def _is_found(leak: Leak, picked: random.Random) -> bool:
    """Whether it is found in the worlds that its test tries, or in some others."""
    known = decided_at_once() if leak.seed is None else worlds_of(leak.seed)
    others = (worlds_of(picked.getrandbits(32)) for _ in range(_FAMILIES_PER_LEAK))
    with pytest.MonkeyPatch.context() as patch:
        leak.plant(patch)
        return any(told_apart(worlds, services=BARE_SERVICES) for worlds in chain([known], others))
