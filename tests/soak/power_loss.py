"""Power loss at length: thousands of images of what a power cut could have left of a loaded hub."""

import os
from collections.abc import Callable, Sequence

from tests.faults.loaded_hub import SAFE, UNSAFE, Load
from tests.faults.power_loss import Tally, Trial, try_all
from tests.support.evidence import Evidence

FULL = 30_000
IMAGES_EACH = 1_000
REPORTS = 130
"""Enough for each file's write-ahead log to be carried over into the file while it is written."""
CONTROL_SHARE = 10
"""One control image for so many."""


def soak(seed: int, share: float, say: Callable[[str], None]) -> Evidence:
    """Raises AssertionError where an image lost something, or a control did not."""
    count = max(1, int(FULL * share))
    seen = _tried(_trials(seed, count, SAFE), say, "")
    if seen.broken:
        raise AssertionError(f"{len(seen.broken)} of {seen.images} images: {seen.broken[0]}")
    controls = {
        name: _tried(_trials(seed, max(20, count // CONTROL_SHARE), UNSAFE[name]), say, name) for name in UNSAFE
    }
    for name, control in controls.items():
        if control.caught_at_stake <= 0.99 * control.at_stake:
            raise AssertionError(f"synchronous={name}: {control.caught_at_stake} of {control.at_stake} were caught")
    return Evidence(
        name="",
        promise="What an embedded hub acknowledged is there after a power cut, once, and opens.",
        command="",
        result=f"none of {seen.images:,} images lost or doubled anything acknowledged; {seen.whole_hubs:,} were opened "
        f"by the whole hub, which gave each partner just what it may have. Recorded: {seen.calls['write']:,} writes, "
        f"{seen.calls['sync']:,} syncs, {seen.calls['note']:,} acknowledgements",
        control="; ".join(_said(name, control) for name, control in controls.items()),
        count=seen.images,
        whole=FULL,
        unit="disk images",
    )


def _trials(seed: int, count: int, synchronous: tuple[str, int]) -> Sequence[Trial]:
    starts = range(0, count, IMAGES_EACH)
    reports = REPORTS if count >= IMAGES_EACH else REPORTS // 4
    return [
        Trial(
            Load(seed * 10_000 + number, reports, number % 2 == 1 and synchronous == SAFE, synchronous),
            min(IMAGES_EACH, count - start),
        )
        for number, start in enumerate(starts)
    ]


def _tried(trials: Sequence[Trial], say: Callable[[str], None], what: str) -> Tally:
    total = Tally()
    for tally in try_all(trials, at_once=os.cpu_count() or 1):
        total.add(tally)
        say(f"{what} {total.images:,} images, {len(total.broken)} broken".strip())
    return total


def _said(name: str, control: Tally) -> str:
    share = control.caught_at_stake / control.at_stake if control.at_stake else 0
    return (
        f"with synchronous={name}, {control.caught_at_stake:,} of {control.at_stake:,} cuts with something "
        f"acknowledged at stake were caught ({share:.2%})"
    )
