"""Scenarios told to hubs that are killed meanwhile: House B and made-up ones, with the answers they must have."""

import json
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import count
from pathlib import Path

from services.console.rehearsal.scenario import Scenario, load
from tests.faults.killed_night import play_killed
from tests.journeys.made_up import MadeUp, answered
from tests.journeys.night import HOUSE_B
from tests.support.evidence import Evidence

FULL = 1_000
_SCENARIOS_A_SEED = 1_000


def soak(seed: int, share: float, say: Callable[[str], None]) -> Evidence:
    """Play until there were so many kills. Raises AssertionError at the first cell that is not as it must be."""
    wanted, kills, cells, played = max(1, int(FULL * share)), 0, 0, 0
    for number, scenario in _scenarios(seed):
        outcome, killed = play_killed(scenario, number)
        assert not outcome.unexpected, f"scenario {number} ({scenario.title}): {outcome.unexpected[:3]}"
        kills, played = kills + killed, played + 1
        cells += sum(len(row) for matrix in outcome.matrix_for.values() for row in matrix.values())
        say(f"{kills:,} of {wanted:,} kills, {played:,} scenarios")
        if kills >= wanted:
            break
    return Evidence(
        name="",
        promise="A scenario told to a hub that is killed meanwhile, by callers who ask again until they are answered, "
        "is seen by every partner exactly as it is from a hub that never was.",
        command="",
        result=f"every one of {cells:,} cells of {played:,} scenarios was as expected, and every branch",
        control="as of the kills, where hubs with planted faults are found",
        count=kills,
        whole=FULL,
        unit="kills (SIGKILL)",
    )


def _scenarios(seed: int) -> Iterator[tuple[int, Scenario]]:
    """Numbers for chance, each with a scenario: House B first, then made-up ones, with one branch each."""
    first = seed * _SCENARIOS_A_SEED
    yield first, HOUSE_B
    for number in count(first + 1):
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / f"{number}.json"
            file.write_text(json.dumps(answered(MadeUp(number).document)))
            made_up = load(file)
        yield number, replace(made_up, what_if=made_up.what_if[:1])
