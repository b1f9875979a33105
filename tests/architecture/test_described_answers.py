"""Every answer is as the published interfaces say: every operation is answered with something, and each is checked."""

from collections.abc import Iterator
from typing import Any

import pytest

from schemas.reports import example
from services.console.operations import EVENT
from services.console.rehearsal.hubs import throw_away_folder
from tests.architecture.asked_hub import LEAD, AskedHub, asked_hub
from tests.architecture.routes import Route
from tests.support.described import Operation, contents, operations, undescribed

CALLERS = (LEAD, "health/system", "health/nurse", "health/signatory", "efh-panel/chair", "efh-panel/coordinator")


@pytest.fixture(scope="module")
def hub() -> Iterator[AskedHub]:
    with throw_away_folder() as folder, asked_hub(folder) as opened:
        _furnish(opened)
        yield opened


def _furnish(hub: AskedHub) -> None:
    """Something that intake doesn't understand, from who asks everything else."""
    event = example("cairn.school.concern.v1") | {"id": "not-understood", "type": "cairn.weather.observed.v1"}
    sent = event | {"source": "urn:cairn:partner:health"}
    said = hub.ask("intake", "POST", "/v1/events", "health/system", content=sent, media_type=EVENT)
    assert said.json()["status"] == "quarantined", said.body
    hub.hub.settle()


def _answers(hub: AskedHub, operation: Operation) -> Iterator[Any]:
    """What an operation answers to those who may ask it; every answer is as it is described."""
    for who in CALLERS:
        answer = hub.knock(Route(operation.service, operation.method, operation.path), who)
        if answer.status < 300:
            media_type = answer.headers["content-type"].partition(";")[0]
            assert undescribed(operation, answer.status, media_type, answer.body) == [], who
            yield from contents(media_type, answer.body)


def _says_something(content: Any) -> bool:
    """Whether there is more in it than empty lists."""
    values = content.values() if isinstance(content, dict) else [content]
    return any(value not in (None, "", [], {}) for value in values)


@pytest.mark.parametrize("operation", [one for name in ("intake", "sharing") for one in operations(name)], ids=str)
def test_every_operation_is_answered_with_something_and_as_described(hub: AskedHub, operation: Operation) -> None:
    answered = list(_answers(hub, operation))

    assert any(map(_says_something, answered))
