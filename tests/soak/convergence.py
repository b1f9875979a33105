"""Convergence at scale: random histories, each told to a hub whose workers step, stop and repeat as they please."""

import random
import time
from collections.abc import Callable

import pytest

from tests.sharing.test_convergence import FAULTS, tell_and_compare
from tests.support.evidence import Evidence

FULL = 20_000
_TOLD_EVERY_SECONDS = 10
_STORIES_PER_FAULT = 1_500


def soak(seed: int, share: float, say: Callable[[str], None]) -> Evidence:
    """Tell histories and compare each with the pure fold. Raises AssertionError with the seed of one that differs."""
    picked = random.Random(seed)
    count = max(1, int(FULL * share))
    told_at = time.monotonic()
    for number in range(count):
        _tell(picked)
        if time.monotonic() - told_at > _TOLD_EVERY_SECONDS:
            told_at = time.monotonic()
            say(f"{number + 1:,} of {count:,} histories")
    found = [plant.__name__.strip("_").replace("_", " ") for plant in FAULTS if _is_found(plant, picked)]
    assert len(found) == len(FAULTS), f"of {len(FAULTS)} planted faults only these were found: {found}"
    return Evidence(
        name="",
        promise="Whatever order reports and rules come in, however often workers stop or hear a record twice, partners "
        "end with the pure fold of what was said.",
        command="",
        result=f"{count:,} of {count:,} histories ended in the fold",
        control=f"{len(found)} of {len(FAULTS)} planted faults were found: {', '.join(found)}",
        count=count,
        whole=FULL,
        unit="histories",
    )


def _tell(picked: random.Random) -> None:
    seed, partitions, workers = picked.getrandbits(32), picked.randint(1, 3), picked.randint(1, 2)
    try:
        tell_and_compare(seed, partitions, workers)
    except AssertionError:
        raise AssertionError(f"seed {seed}, {partitions} partitions, {workers} workers: not the fold") from None


def _is_found(plant: Callable[[pytest.MonkeyPatch], None], picked: random.Random) -> bool:
    with pytest.MonkeyPatch.context() as patch:
        plant(patch)
        try:
            for _ in range(_STORIES_PER_FAULT):
                tell_and_compare(picked.getrandbits(32), picked.randint(1, 3), picked.randint(1, 2), length=20)
        except AssertionError:
            return True
    return False
