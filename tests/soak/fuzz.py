"""The body reader and the envelope, fuzzed at length: a million bodies, led by the code that each of them reached."""

import tempfile
from collections.abc import Callable
from pathlib import Path

from tests.intake.fuzzing import fuzz
from tests.support.evidence import Evidence

FULL = 1_000_000
_AT_ONCE = 20_000
_PLANTED = ("nothing hidden is looked for", "the last of two names counts")


def soak(seed: int, share: float, say: Callable[[str], None]) -> Evidence:
    """Fuzz, each run going on from the bodies that the ones before it kept. Raises AssertionError with what broke."""
    wanted, tried, kept, run = max(1, int(FULL * share)), 0, 0, 0
    with tempfile.TemporaryDirectory(prefix="cairn-fuzz-") as folder:
        while tried < wanted:
            fuzzed = fuzz(Path(folder), seed * 100_000 + run, min(_AT_ONCE, wanted - tried))
            assert not fuzzed.broken, fuzzed.broken
            assert fuzzed.tried, "nothing was tried"
            tried, kept, run = tried + fuzzed.tried, kept + fuzzed.kept, run + 1
            say(f"{tried:,} of {wanted:,} bodies, {kept:,} of them new")
    for planted in _PLANTED:
        with tempfile.TemporaryDirectory(prefix="cairn-fuzz-") as folder:
            assert fuzz(Path(folder), seed, _AT_ONCE, planted).broken, f"not noticed: {planted}"
    return Evidence(
        name="",
        promise="No body that anybody can make breaks the reader of bodies or the envelope, is read otherwise than "
        "elsewhere, or comes back.",
        command="",
        result=f"none of {tried:,} bodies did, {kept:,} of which reached code that those before had not (atheris)",
        control=f"noticed: {'; '.join(_PLANTED)}",
        count=tried,
        whole=FULL,
        unit="bodies",
    )
