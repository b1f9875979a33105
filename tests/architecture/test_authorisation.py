"""Who may do what: the reviewed list of every operation, compared with a running hub for every kind of caller."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from starlette.responses import Response

from services.console.rehearsal.hubs import throw_away_folder
from services.kernel.identity import Caller, Role
from services.kernel.topics import ACCESS
from tests.architecture.asked_hub import LEAD, TOLD, AskedHub, asked_hub
from tests.architecture.routes import Route, routes_of

ROWS: dict[str, dict[str, Any]] = {
    row["operation"]: row for row in yaml.safe_load(Path(__file__).with_name("authorisation.yaml").read_text())
}
AGENCIES = {"concerned": "health", "bystander": "education", "stranger": "harbour-trust"}
NAMES = {"practitioner": "nurse", "system": "system", "signatory": "signatory"}
RELEASED = {"records", "account", "agreements", "partners", "receipts", "recalls", "people", "panel", "nothing"}


@pytest.fixture(scope="module")
def hub() -> Iterator[AskedHub]:
    with throw_away_folder() as folder, asked_hub(folder) as opened:
        yield opened


def _route(operation: str) -> Route:
    return Route(*operation.split(" "))


def _callers(row: dict[str, Any]) -> Iterator[tuple[str | None, int]]:
    """Everybody who knocks, who is let in last, and the status that the row expects."""
    answers = row["answers"]
    yield None, answers["anonymous"]
    knocking = []
    for kind, agency in AGENCIES.items():
        for role, name in NAMES.items():
            concerned = kind == "concerned" or (role not in row["may"] and row["may"] != "anyone")
            knocking.append((f"{agency}/{name}", answers[role if concerned else kind]))
    knocking.append((LEAD, answers["governance"]))
    yield from sorted(knocking, key=lambda one: one[1] < 400)


def differences(hub: AskedHub, operation: str) -> list[str]:
    """Where the hub does not do what the row says."""
    row, found, released = ROWS[operation], [], False
    for who, expected in _callers(row):
        answer = hub.knock(_route(operation), who)
        if answer.status != expected:
            found.append(f"{who or 'anonymous'}: {answer.status} rather than {expected}")
        told = TOLD.encode() in answer.body
        released = released or told
        if told and not (who or "").startswith("health/"):
            found.append(f"{who or 'anonymous'} is told what does not concern it")
    if released != (row["releases"] == "records"):
        found.append(f"it releases {'records' if released else 'no records'}")
    return found


def unlisted(hub: AskedHub) -> set[str]:
    """Operations that the hub has and the list has not, or the other way round."""
    return {str(route) for route in routes_of(hub.apps)} ^ ROWS.keys()


def test_every_operation_of_the_hub_has_a_row_and_every_row_an_operation(hub: AskedHub) -> None:
    assert unlisted(hub) == set()


@pytest.mark.parametrize("operation", ROWS)
def test_the_hub_answers_every_caller_as_the_list_says(hub: AskedHub, operation: str) -> None:
    assert differences(hub, operation) == []


@pytest.mark.parametrize("operation", ROWS)
def test_who_may_is_who_is_let_in(operation: str) -> None:
    row = ROWS[operation]
    let_in = {role for role in (*NAMES, "governance") if row["answers"][role] < 400}

    assert row["releases"] in RELEASED
    if row["may"] == "anyone":
        assert len(set(row["answers"].values())) == 1
    else:
        assert let_in == set(row["may"])
        assert row["answers"]["anonymous"] in (401, 303)
    assert {str(role) for role in Role} == {*NAMES, "governance"}


def test_a_stream_leaves_its_trace_when_it_opens_even_if_it_has_nothing_to_say(hub: AskedHub) -> None:
    # given an agency that has joined and holds nothing
    hub.ask("sharing", "POST", "/v1/partners", LEAD, content={"partner": "library", "name": "Library"})
    before = hub.hub.log.end(ACCESS, 0)

    answer = hub.knock(_route("sharing GET /v1/stream"), "library/system")

    assert (answer.status, answer.body) == (200, b"")
    assert hub.hub.log.end(ACCESS, 0) == before + 1


def test_control_a_hub_that_looks_at_no_role_is_noticed_at_every_operation_that_needs_one(
    hub: AskedHub, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Caller, "may", lambda *_: True)
    asking = {name for name, row in ROWS.items() if row["may"] not in ("anyone", []) and 403 in row["answers"].values()}

    unnoticed = {operation for operation in asking if not differences(hub, operation)}

    assert len(asking) > 30
    assert unnoticed == set()


def test_control_a_route_without_a_row_is_noticed(hub: AskedHub) -> None:
    app = hub.apps["panel"]
    before = list(app.router.routes)
    app.add_route("/v1/everything", lambda _: Response())
    try:
        assert unlisted(hub) == {"panel GET /v1/everything"}
    finally:
        app.router.routes[:] = before
