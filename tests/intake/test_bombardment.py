"""Mutated examples by the thousand: nothing breaks, nothing of them comes back or is logged."""

import pytest

from services.kernel.http import json_text, problems
from tests.intake.bombardment import ANYTHING, NOTHING, Bombardment, Broken


def _bombarded(count: int) -> Bombardment:
    bombardment = Bombardment(seed=11)
    for _ in bombardment.run(count):
        pass
    return bombardment


def test_mutated_examples_break_nothing_and_are_not_echoed() -> None:
    bombardment = _bombarded(2_000)

    assert bombardment.tries >= 2_000
    assert bombardment.answers["accepted"] > 200
    assert bombardment.answers["quarantined"] > 20
    assert bombardment.answers["refused"] > 700


def test_control_a_hub_that_tells_names_whatever_they_hold_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (problems, json_text):
        monkeypatch.setattr(module, "PLAIN", ANYTHING)

    with pytest.raises(Broken, match="came back"):
        _bombarded(2_000)


def test_control_a_hub_that_lets_lone_surrogates_in_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(json_text, "_HIDDEN", NOTHING)

    with pytest.raises(Broken, match="answered with"):
        _bombarded(2_000)
