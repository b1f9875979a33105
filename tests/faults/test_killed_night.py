"""A night told to a hub that is killed all the while is seen by each partner as it is from one that never was."""

from dataclasses import replace

import pytest

from tests.faults.killed_night import play_killed
from tests.journeys.night import HOUSE_B


@pytest.mark.timeout(600)
def test_a_night_is_seen_exactly_however_often_the_hub_is_killed_while_it_is_told() -> None:
    scenario = replace(HOUSE_B, what_if=HOUSE_B.what_if[:1])

    outcome, kills = play_killed(scenario, seed=1)

    assert outcome.unexpected == []
    assert kills > 10
