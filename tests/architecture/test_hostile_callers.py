"""Everything that the published interfaces offer, asked wrongly by everybody: nothing breaks, nothing comes back."""

import json
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest

from services.console.rehearsal.hubs import throw_away_folder
from services.kernel.http import problems
from tests.architecture.asked_hub import LEAD, AskedHub, asked_hub
from tests.architecture.checkout import ROOT
from tests.intake.bombardment import ANYTHING
from tests.intake.hostile import CANARY
from tests.intake.mutations import HOSTILE
from tests.support.asking import Answer
from tests.support.schema_driven import Operation, Request, SchemaDriven

SEED = 13
TIMES = 6
CALLERS = (None, "health/nurse", "health/system", "health/signatory", LEAD, "harbour-trust/system")
_EVENTS = {"application/cloudevents+json", "application/cloudevents-batch+json"}


def _document(service: str) -> Any:
    return json.loads((ROOT / "schemas" / "openapi" / f"{service}.json").read_text(encoding="utf-8"))


DOCUMENTS = {service: _document(service) for service in ("intake", "sharing", "governance")}
OPERATIONS = [
    (service, operation)
    for service, document in DOCUMENTS.items()
    for operation in SchemaDriven(document, 0, CANARY, HOSTILE).operations()
]


@pytest.fixture(scope="module")
def hub() -> Iterator[AskedHub]:
    with throw_away_folder() as folder, asked_hub(folder) as opened:
        yield opened


@pytest.mark.parametrize(("service", "operation"), OPERATIONS, ids=[f"{name} {one}" for name, one in OPERATIONS])
def test_whatever_anybody_asks_is_answered_without_failing_and_without_echo(
    hub: AskedHub, service: str, operation: Operation, caplog: pytest.LogCaptureFixture
) -> None:
    making = SchemaDriven(DOCUMENTS[service], SEED, CANARY, HOSTILE)
    answered: Counter[int] = Counter()
    for who in CALLERS:
        for _ in range(1 if operation.path.endswith("/stream") else TIMES):
            request = making.request(operation, hub.values)
            answer = _asked(hub, service, operation, request, who)
            answered[answer.status] += 1

            assert _wrong_with(answer) == "", (who, request, answer.body)
            assert who is not None or answer.status == 401
    assert CANARY.lower() not in caplog.text.lower()
    assert answered[401] >= 1


def _wrong_with(answer: Answer) -> str:
    if answer.status >= 500:
        return "it failed"
    if answer.status < 400:  # what was taken may be told again, as an agreement's title is
        return ""
    if answer.headers["content-type"] != "application/problem+json":
        return "it is no problem"
    return "it came back" if CANARY.lower() in (answer.body.decode() + str(answer.headers)).lower() else ""


def _asked(hub: AskedHub, service: str, operation: Operation, request: Request, who: str | None) -> Answer:
    hub.hub.settle()
    content = request.content if request.content is None else json.dumps(request.content).encode()
    return hub.ask(
        service,
        operation.method,
        request.path,
        who,
        query=request.query,
        content=content,
        media_type=request.media_type,
        headers=request.headers,
    )


def test_what_is_made_up_is_taken_often_enough_to_mean_something(hub: AskedHub) -> None:
    """A generator that only ever made nonsense would show nothing."""
    making = SchemaDriven(DOCUMENTS["sharing"], SEED, CANARY, HOSTILE)
    answered = Counter(
        _asked(hub, "sharing", operation, making.request(operation, hub.values), who).status
        for operation in making.operations()
        if operation.method == "GET" and not operation.path.endswith("/stream")
        for who in CALLERS[1:5]
        for _ in range(8)
    )

    assert answered[200] > 40
    assert answered[422] > 10


def test_control_a_hub_that_tells_names_whatever_they_hold_is_noticed(
    hub: AskedHub, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(problems, "PLAIN", ANYTHING)
    making = SchemaDriven(DOCUMENTS["sharing"], SEED, CANARY, HOSTILE)
    drafting = next(one for one in making.operations() if str(one) == "POST /v1/agreements")

    answers = [_asked(hub, "sharing", drafting, making.request(drafting, {}), LEAD) for _ in range(200)]

    assert "it came back" in {_wrong_with(answer) for answer in answers}
