"""A mistake in the policies is noticed: a sample of them here, all of them in `make soak`."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.policies import POLICIES
from tests.policies.made_up_labels import agree_with_the_ladder
from tests.policies.mutants import Fate, Mutant, fate, mutants, reviewed_survivors, sample

SAMPLE, SEED = 25, 3


def _fates(opa_command: Path, chosen: list[Mutant], noticing: bool = True) -> dict[str, Fate]:
    with ThreadPoolExecutor(2) as pool:
        fates = list(pool.map(lambda one: fate(one, opa_command, noticing), chosen))
    return {one.name: what for one, what in zip(chosen, fates, strict=True)}


@pytest.mark.real
def test_every_mutant_of_a_sample_is_noticed_or_reviewed(opa_command: Path) -> None:
    fates = _fates(opa_command, sample(SAMPLE, SEED))

    assert {name for name, what in fates.items() if what is Fate.SURVIVED} <= reviewed_survivors().keys()
    assert sum(what is Fate.KILLED for what in fates.values()) > SAMPLE / 2


@pytest.mark.real
def test_every_survivor_that_was_reviewed_is_a_mutant_and_still_survives(opa_command: Path) -> None:
    by_name = {one.name: one for one in mutants()}
    reviewed = reviewed_survivors()

    assert reviewed.keys() <= by_name.keys()
    fates = _fates(opa_command, [by_name[name] for name in reviewed])
    assert {name: what for name, what in fates.items() if what is not Fate.SURVIVED} == {}
    assert all(len(reason) > 40 for reason in reviewed.values())


@pytest.mark.real
def test_control_the_policies_as_they_are_pass_and_without_tests_no_mutant_is_noticed(opa_command: Path) -> None:
    module = "grants/grants.rego"
    whole = Mutant("none", module, (POLICIES / module).read_text(encoding="utf-8"))

    assert fate(whole, opa_command) is Fate.SURVIVED
    assert Fate.KILLED not in _fates(opa_command, sample(8, SEED), noticing=False).values()


def test_mutants_are_many_and_each_is_another() -> None:
    every = mutants()

    assert len({one.name for one in every}) == len({(one.module, one.text) for one in every}) == len(every) > 400
    assert agree_with_the_ladder(POLICIES)
