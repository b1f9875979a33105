"""Whatever goes wrong is told as a problem with a code and a place, and without a value, to the caller and the log."""

import json
from collections.abc import Iterator
from datetime import datetime
from typing import Annotated, Any, Literal

import pydantic_core
import pytest
from fastapi import Depends, FastAPI
from fastapi.responses import Response, StreamingResponse
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError, field_validator
from pydantic_core import PydanticCustomError
from starlette.exceptions import HTTPException
from starlette.testclient import TestClient

from services.kernel.http.apps import new_app
from services.kernel.http.caller import Called, require
from services.kernel.http.handlers import BrokenOff
from services.kernel.http.problems import Problem, from_validation, told
from services.kernel.identity import Caller, Role
from services.kernel.identity.demo import DemoIdentity
from services.kernel.keys import KeysUnavailable
from services.kernel.log import LogUnavailable
from services.kernel.policy import PolicyUnavailable
from services.kernel.store import StoreUnavailable

SECRET = "canary"


class Cat(BaseModel):
    kind: Literal["cat"]
    lives: int


class Dog(BaseModel):
    kind: Literal["dog"]


class Report(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    name: str = Field(max_length=8)
    when: AwareDatetime | None = None
    number: int = Field(0, ge=0, le=9)
    pet: Annotated[Cat | Dog, Field(discriminator="kind")] | None = None
    either: list[int] | dict[str, int] | None = None
    check: str = "ok"

    @field_validator("check")
    @classmethod
    def _digits_agree(cls, check: str) -> str:
        if check == SECRET:
            raise PydanticCustomError("check_digit", "the check digit of {value} is wrong", {"value": check})
        if check != "ok":
            raise ValueError(f"{check} is not right")
        return check


def errors_of(document: dict[str, Any]) -> list[tuple[str, str]]:
    with pytest.raises(ValidationError) as found:
        Report.model_validate(document)
    problem = from_validation(found.value, document, "/data")
    assert SECRET not in json.dumps(problem.document())
    return [(each["pointer"], each["code"]) for each in problem.errors]


@pytest.mark.parametrize(
    ("document", "pointer", "code"),
    [
        ({}, "/data/name", "missing"),
        ({"name": SECRET, "extra": SECRET}, "/data", "unknown_field"),
        ({"name": SECRET, "not plain " + SECRET: 1}, "/data", "unknown_field"),
        ({"name": 1}, "/data/name", "wrong_type"),
        ({"name": SECRET * 9}, "/data/name", "too_long"),
        ({"name": "", "number": 10}, "/data/number", "out_of_range"),
        ({"name": "", "number": -1}, "/data/number", "out_of_range"),
        ({"name": "", "when": datetime(2026, 1, 1)}, "/data/when", "timezone_missing"),
        ({"name": "", "pet": {"kind": SECRET}}, "/data/pet", "not_in_list"),
        ({"name": "", "pet": {}}, "/data/pet", "missing"),
        ({"name": "", "pet": {"kind": "cat"}}, "/data/pet/lives", "missing"),
        ({"name": "", "either": [SECRET]}, "/data/either/0", "wrong_type"),
        ({"name": "", "check": SECRET}, "/data/check", "check_digit"),
        ({"name": "", "check": SECRET + "!"}, "/data/check", "not_allowed"),
    ],
)
def test_content_that_breaks_its_schema_is_told_by_place_and_code(
    document: dict[str, Any], pointer: str, code: str
) -> None:
    assert errors_of(document)[0] == (pointer, code)


def test_every_kind_of_error_that_pydantic_knows_has_a_code_of_ours() -> None:
    kinds = [each["type"] for each in pydantic_core._pydantic_core.list_all_errors()]
    ours = {
        "missing",
        "unknown_field",
        "not_in_list",
        "too_long",
        "too_short",
        "out_of_range",
        "timezone_missing",
        "wrong_form",
        "wrong_type",
        "not_allowed",
    }
    internal = {
        "no_such_attribute",
        "needs_python_object",
        "recursion_loop",
        "recursion_depth_exceeded",
        "frozen_field",
        "frozen_instance",
        "get_attribute_error",
        "default_factory_not_called",
        "iteration_error",
        "set_item_not_hashable",
        "ellipsis_error",
        "missing_sentinel_error",
        "multiple_argument_values",
    }

    assert {kind for kind in kinds if told(kind, "")["code"] not in ours} <= internal


@pytest.mark.parametrize("kind", ["Kim was here", "x" * 99, "", "../x"])
def test_a_kind_of_error_that_is_not_a_plain_word_is_no_code(kind: str) -> None:
    assert told(kind, "")["code"] == "not_allowed"


@pytest.fixture
def client() -> TestClient:
    app = new_app("Problems", DemoIdentity())
    _add_routes(app)
    return TestClient(app, client=("127.0.0.1", 50_000), headers={"Authorization": "Demo police/officer"})


def _add_routes(app: FastAPI) -> None:
    @app.get("/refused")
    def refused() -> None:
        raise Problem(409, "same_id", "Told before", "Use another id.", headers={"Retry-After": "5"})

    @app.api_route("/content", methods=["GET", "POST"])
    def content() -> None:
        Report.model_validate({"name": 1, "extra": SECRET})

    @app.get("/failing")
    def failing() -> None:
        raise RuntimeError(SECRET)

    @app.get("/http")
    def http() -> None:
        raise HTTPException(418, SECRET)

    @app.get("/number")
    def number(n: int, header: Annotated[str, Depends(lambda: "x")]) -> None:
        del n, header

    @app.get("/streaming")
    def streaming() -> StreamingResponse:
        def lines() -> Iterator[bytes]:
            yield b"one\n"
            raise RuntimeError(SECRET)

        return StreamingResponse(lines())

    @app.get("/cached/{how}")
    def cached(how: str) -> Response:
        return Response(headers={"Cache-Control": f"{how}, max-age=60", "X-Frame-Options": "ALLOW"})

    @app.get("/who")
    def who(caller: Called) -> str:
        return caller.practitioner

    @app.get("/governing")
    def governing(caller: Annotated[Caller, Depends(require(Role.GOVERNANCE, Role.SIGNATORY))]) -> str:
        return caller.practitioner


def _problem(response: Any) -> dict[str, Any]:
    assert response.headers["content-type"] == "application/problem+json"
    document: dict[str, Any] = response.json()
    assert document["status"] == response.status_code
    assert document["type"].startswith("urn:cairn:problem:")
    assert SECRET not in response.text
    return document


def test_a_refusal_is_told_with_its_headers(client: TestClient) -> None:
    response = client.get("/refused")

    assert _problem(response) == {
        "type": "urn:cairn:problem:same_id",
        "title": "Told before",
        "status": 409,
        "detail": "Use another id.",
    }
    assert response.headers["retry-after"] == "5"


def test_an_error_that_nobody_foresaw_says_nothing_to_the_caller_and_only_its_kind_and_place_to_the_log(
    client: TestClient, caplog: pytest.LogCaptureFixture
) -> None:
    assert _problem(client.get("/failing"))["type"] == "urn:cairn:problem:unforeseen"

    assert "RuntimeError at" in caplog.text
    assert "test_problems.py:" in caplog.text
    assert SECRET not in caplog.text


@pytest.mark.parametrize("away", [LogUnavailable, StoreUnavailable, KeysUnavailable, PolicyUnavailable])
def test_while_a_part_of_the_hub_is_away_whoever_asks_is_told_to_come_back(
    away: type[Exception], caplog: pytest.LogCaptureFixture
) -> None:
    app = new_app("Hub", DemoIdentity())

    @app.get("/asking")
    def asking() -> None:
        raise away(SECRET)

    response = TestClient(app).get("/asking")

    assert response.status_code == 503
    assert response.json()["type"] == "urn:cairn:problem:part_unavailable"
    assert response.headers["retry-after"] == "5"
    assert away.__name__ in caplog.text
    assert SECRET not in caplog.text + response.text


def test_a_response_that_fails_half_way_is_cut_off_and_does_not_pass_for_whole(client: TestClient) -> None:
    with pytest.raises(BrokenOff) as broken:
        client.get("/streaming")

    assert broken.value.__suppress_context__


def test_content_of_the_callers_is_its_fault_and_content_of_the_hubs_is_not(client: TestClient) -> None:
    assert _problem(client.post("/content"))["type"] == "urn:cairn:problem:invalid_content"
    assert _problem(client.get("/content"))["type"] == "urn:cairn:problem:unforeseen"


def test_a_wrong_parameter_is_told_by_its_name(client: TestClient) -> None:
    document = _problem(client.get(f"/number?n={SECRET}"))

    assert [(each["pointer"], each["code"], each["in"]) for each in document["errors"]] == [
        ("/n", "wrong_form", "query")
    ]


def test_no_route_and_no_method_are_problems(client: TestClient) -> None:
    assert _problem(client.get(f"/{SECRET}"))["type"] == "urn:cairn:problem:not_found"
    response = client.put("/who")
    assert _problem(response)["type"] == "urn:cairn:problem:method_not_allowed"
    assert response.headers["allow"] == "GET"


def test_the_words_of_an_http_error_are_not_passed_on(client: TestClient) -> None:
    assert _problem(client.get("/http"))["title"] == "I'm a Teapot"


def test_whoever_is_not_known_is_told_which_scheme_to_use(client: TestClient) -> None:
    answers = [client.get("/who", headers={"Authorization": text}) for text in ("", "Demo", "Bearer x", "Demo a/b c")]

    assert {_problem(each)["type"] for each in answers} == {"urn:cairn:problem:not_identified"}
    assert len({(each.content, each.headers["www-authenticate"]) for each in answers}) == 1


def test_a_role_that_is_missing_is_named(client: TestClient) -> None:
    document = _problem(client.get("/governing"))

    assert (document["status"], document["type"]) == (403, "urn:cairn:problem:role_missing")
    assert client.get("/governing", headers={"Authorization": "Demo governance/lead"}).json() == "governance/lead"
    assert client.get("/governing", headers={"Authorization": "Demo police/signatory"}).json() == "police/signatory"


@pytest.mark.parametrize("path", ["/who", "/failing", "/nowhere", "/healthz", "/governing"])
def test_every_response_whatever_it_says_has_the_headers_that_protect_it(client: TestClient, path: str) -> None:
    headers = client.get(path).headers

    assert headers["cache-control"] == "no-store"
    assert "default-src 'none'" in headers["content-security-policy"]
    assert "unsafe" not in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["cross-origin-opener-policy"] == "same-origin"


def test_only_what_is_public_may_be_cached_and_no_handler_can_weaken_the_rest(client: TestClient) -> None:
    public, private = (client.get(f"/cached/{how}").headers for how in ("public", "private"))

    assert (public["cache-control"], private["cache-control"]) == ("public, max-age=60", "no-store")
    assert public["x-frame-options"] == "DENY"


def test_https_is_asked_for_only_over_https(client: TestClient) -> None:
    assert "strict-transport-security" not in client.get("/healthz").headers
    assert "strict-transport-security" in client.get("https://hub.example.org/healthz").headers


@pytest.mark.parametrize("path", ["/docs", "/redoc", "/openapi.json", "/who/"])
def test_there_are_no_ready_made_pages_and_no_guessing_of_paths(client: TestClient, path: str) -> None:
    assert client.get(path, follow_redirects=False).status_code == 404
