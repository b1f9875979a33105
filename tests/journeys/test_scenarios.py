"""Scenarios that nobody wrote with this hub in mind are answered by the text of the rule."""

import json
from pathlib import Path

import pytest

from services.console.rehearsal.comparing import rehearse
from services.console.rehearsal.parts import embedded_settings
from services.console.rehearsal.players import copied_players
from services.console.rehearsal.scenario import load
from tests.journeys.made_up import Answer, MadeUp, answered


@pytest.mark.parametrize("seed", range(16))
def test_a_made_up_scenario_is_answered_by_the_text_of_the_rule(seed: int, tmp_path: Path) -> None:
    # given a made-up world, with the answer worked out by the text alone
    file = tmp_path / f"{seed}.json"
    file.write_text(json.dumps(answered(MadeUp(seed).document)))
    scenario = load(file)

    # when it is rehearsed
    with copied_players(scenario, embedded_settings) as new_player:
        outcome = rehearse(scenario, new_player)

    # then every cell of every matrix and every branch is as expected
    assert outcome.unexpected == []


def test_the_made_up_scenarios_reach_every_form() -> None:
    # given all the made-up worlds
    documents = [MadeUp(seed).document for seed in range(16)]

    # when each is answered by the text of the rule
    forms = {form for one in documents for row in Answer(one).matrix().values() for form in row.values()}

    # then no form is left out, so that none goes untried
    assert forms == {"own", "full", "pseudonymised", "generalised", "existence", "none"}
