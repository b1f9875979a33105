"""The published interfaces, asked what schemathesis makes up from them, by everybody: nothing breaks or comes back."""

from collections.abc import Iterator

import pytest
from pydantic import ValidationError

from services.console.rehearsal.hubs import throw_away_folder
from services.kernel.http.problems import Problem
from services.sharing.api import search as search_api
from tests.architecture.asked_hub import AskedHub, asked_hub
from tests.architecture.made_requests import Asking, Described, described

SEED = 4
TIMES = 4


@pytest.fixture(scope="module")
def hub() -> Iterator[AskedHub]:
    with throw_away_folder() as folder, asked_hub(folder) as opened:
        yield opened


@pytest.mark.parametrize("operation", described(), ids=str)
def test_what_is_made_up_is_answered_as_described_without_failing_and_without_echo(
    hub: AskedHub, operation: Described, caplog: pytest.LogCaptureFixture
) -> None:
    asking = Asking(hub)

    asking.run(operation, SEED, 1 if operation.is_stream else TIMES)

    assert asking.answered["4xx"]
    assert not any(text in caplog.text.lower() for text in asking.made_up)


def test_what_is_made_up_is_taken_often_enough_to_mean_something(hub: AskedHub) -> None:
    asking = Asking(hub)

    for operation in described():
        if "GET" in operation.label and not operation.is_stream:
            asking.run(operation, SEED + 1, 2)

    assert asking.answered["2xx"] > 60
    assert asking.answered["4xx"] > 60


def test_control_a_hub_that_tells_which_value_is_wrong_is_noticed(
    hub: AskedHub, monkeypatch: pytest.MonkeyPatch
) -> None:
    def carelessly(error: ValidationError, *_: object) -> Problem:
        return Problem(422, "invalid_content", "It does not fit", f"Not: {error.errors()[0]['input']}")

    monkeypatch.setattr(search_api, "from_validation", carelessly)
    searching = next(one for one in described() if one.label == "POST /v1/search")

    # what is made up is not always a text that could come back
    with pytest.raises(AssertionError, match="it came back"):
        Asking(hub).run(searching, SEED, 200, times=10)


def test_control_a_hub_that_breaks_on_what_it_did_not_expect_is_noticed(
    hub: AskedHub, monkeypatch: pytest.MonkeyPatch
) -> None:
    def carelessly(*_: object) -> Problem:
        return Problem(500, "unexpected", "Something went wrong")

    monkeypatch.setattr(search_api, "from_validation", carelessly)
    searching = next(one for one in described() if one.label == "POST /v1/search")

    with pytest.raises(AssertionError, match="it failed"):
        Asking(hub).run(searching, SEED, 40)


def test_control_a_refusal_that_is_not_as_described_is_noticed(hub: AskedHub, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Problem, "document", lambda problem: {"title": problem.title})
    searching = next(one for one in described() if one.label == "POST /v1/search")

    with pytest.raises(AssertionError, match="JsonSchemaError"):
        Asking(hub).run(searching, SEED, 2)
