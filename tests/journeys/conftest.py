"""The night on which journeys begin, on every kind of hub."""

from collections.abc import Iterator

import pytest

from tests.journeys.night import HOUSE_B, Night, embedded, played


@pytest.fixture(params=["embedded", pytest.param("processes", marks=pytest.mark.real)])
def night(request: pytest.FixtureRequest) -> Iterator[Night]:
    """House B, played: in one process, or with each service a process of its own on Kafka, OPA and PostgreSQL."""
    if request.param == "embedded":
        stage = embedded(HOUSE_B)
    else:
        stage = request.getfixturevalue("processes")(HOUSE_B.now)
    with played(HOUSE_B, stage) as opened:
        yield opened
