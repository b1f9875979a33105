"""A million posts of mutated examples: none breaks the intake, none comes back or is logged, none costs memory."""

import time
from collections.abc import Callable

import pytest

from services.kernel.http import json_text, problems
from tests.intake.bombardment import ANYTHING, NOTHING, Bombardment, Broken
from tests.support.evidence import Evidence

FULL = 1_000_000
MEMORY_GROWTH_MAX = 256 * 1024 * 1024
_CONTROL_TRIES = 20_000


def soak(seed: int, share: float, say: Callable[[str], None]) -> Evidence:
    """Post them; raises AssertionError at the first answer of 500 or more, echo, line logged, or at memory grown."""
    count, bombardment, said = max(1, int(FULL * share)), Bombardment(seed), time.monotonic()
    for tried in bombardment.run(count):
        if time.monotonic() - said > 5:
            said = time.monotonic()
            say(f"{tried:,} of {count:,} posts")
    grown = bombardment.memory_growth
    assert grown < MEMORY_GROWTH_MAX, f"the process grew by {grown:,} bytes"
    echoed, broke = _told_names(seed), _hidden_let_in(seed)
    answers = ", ".join(f"{number:,} {what}" for what, number in sorted(bombardment.answers.items()))
    return Evidence(
        name="",
        promise="Whatever is posted, the intake answers it without failing, echoing it or logging it, and stays small.",
        command="",
        result=f"none answered with 500 or more, no echo, nothing logged of it; {answers}; "
        f"memory grew by {grown // 1024 // 1024} MiB over all",
        control=f"names told whatever they hold: noticed after {echoed:,} posts; lone surrogates let in: {broke:,}",
        count=bombardment.tries,
        whole=FULL,
        unit="posts",
    )


def _told_names(seed: int) -> int:
    with pytest.MonkeyPatch.context() as taken_out:
        for module in (problems, json_text):
            taken_out.setattr(module, "PLAIN", ANYTHING)
        return _noticed(seed)


def _hidden_let_in(seed: int) -> int:
    with pytest.MonkeyPatch.context() as taken_out:
        taken_out.setattr(json_text, "_HIDDEN", NOTHING)
        return _noticed(seed)


def _noticed(seed: int) -> int:
    """How many posts it took until something was noticed."""
    bombardment = Bombardment(seed)
    try:
        for _ in bombardment.run(_CONTROL_TRIES):
            pass
    except Broken:
        return bombardment.tries + 1
    raise AssertionError("the control was not noticed")
