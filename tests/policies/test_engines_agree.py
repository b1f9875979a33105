"""The engine in the process and the OPA server give the same answers to whatever they are asked."""

from collections.abc import Iterator

import pytest

from services.kernel.policy import PolicyEngine
from services.kernel.policy.opening import open_policy
from tests.policies import POLICIES
from tests.policies.engines import CHANGES, batches, disagreement, notice

SEED = 5


@pytest.fixture
def server(opa_address: str) -> Iterator[PolicyEngine]:
    engine = open_policy(opa_address, POLICIES)
    yield engine
    engine.close()


@pytest.mark.real
def test_both_engines_decide_made_up_labels_alike(server: PolicyEngine) -> None:
    embedded = open_policy("embedded:", POLICIES)

    assert [found for batch in batches(SEED, 5_000) if (found := disagreement(embedded, server, *batch))] == []


@pytest.mark.real
@pytest.mark.parametrize("change", CHANGES)
def test_control_policies_that_differ_on_one_side_are_noticed(server: PolicyEngine, change: str) -> None:
    assert notice(server, change, SEED)
