"""Services that are killed under load on Kafka, OPA and PostgreSQL: nothing lost, doubled, told wrongly or untraced."""

import pytest

from deploy.local import RealParts
from tests.faults.real_kills import VICTIMS, RealTrial, try_real


@pytest.fixture
def parts(kafka_address: str, opa_address: str, postgres_address: str) -> RealParts:
    return RealParts(kafka=kafka_address, opa=opa_address, postgres=postgres_address)


@pytest.mark.real
def test_services_that_are_killed_one_by_one_and_together_keep_every_promise(parts: RealParts) -> None:
    with parts.share() as share:
        tally = try_real(share, RealTrial(seed=1, kills=len(VICTIMS)))

    assert tally.broken == []
    assert tally.kills == len(VICTIMS)
    assert tally.acknowledged > len(VICTIMS)
    assert tally.released > 0


@pytest.mark.real
def test_control_callers_who_believe_what_was_not_answered_are_noticed(parts: RealParts) -> None:
    with parts.share() as share:
        tally = try_real(share, RealTrial(seed=2, kills=4, careless=True))

    assert any("acknowledged reports are not" in what for what in tally.broken)
