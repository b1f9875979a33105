"""The body of a request is bounded, has one meaning, and hides nothing."""

import json
from collections.abc import Iterator
from typing import Annotated, Any

import pytest
from fastapi import Depends, FastAPI
from hypothesis import given
from hypothesis import strategies as st
from starlette.testclient import TestClient

from services.kernel.http.apps import new_app
from services.kernel.http.body import JSON, USUAL, Limits, Posted, json_body, posted, read_json
from services.kernel.http.json_text import _faults, _sound
from services.kernel.http.problems import Problem
from services.kernel.identity.demo import DemoIdentity

SECRET = "Kim Canary"
SMALL = Limits(depth_max=3, names_max=4, values_max=12, string_max=10, name_max=5)


def told(body: bytes, limits: Limits = USUAL) -> tuple[int, str, list[tuple[str, str]]]:
    """Status, code and (pointer, code) of each error with which a body is refused."""
    with pytest.raises(Problem) as refusal:
        read_json(body, limits)
    problem = refusal.value
    return problem.status, problem.code, [(each["pointer"], each["code"]) for each in problem.errors]


@pytest.mark.parametrize(
    "value",
    [
        {},
        [],
        None,
        True,
        "",
        0,
        -1.5e-7,
        2**53,
        -(2**53),
        {"a": [{"b": "tab\tline\nend\r"}]},
        {"": "nameless"},
        {"name": "Ó Dòmhnaill – 🚌 \u200d שלום"},
        "e\u0301",
    ],
)
def test_sound_json_is_read_as_it_stands(value: object) -> None:
    assert read_json(json.dumps(value).encode()) == value
    assert read_json(json.dumps(value, ensure_ascii=False).encode()) == value


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", "not_json"),
        (b"{", "not_json"),
        (b"{} {}", "not_json"),
        (b"{'a': 1}", "not_json"),
        (b'{"a": 1,}', "not_json"),
        (b"[01]", "not_json"),
        (b'"raw\nline"', "not_json"),
        (b'"raw\x00nul"', "not_json"),
        (b"// comment\n1", "not_json"),
        (b"\xef\xbb\xbf{}", "byte_order_mark"),
        (b'"\xff"', "not_utf8"),
        (b'"\xed\xa0\x80"', "not_utf8"),
        (b'"\xc0\xaf"', "not_utf8"),
        ("{}".encode("utf-16"), "not_utf8"),
    ],
)
def test_what_is_not_json_in_utf_8_is_refused(body: bytes, code: str) -> None:
    assert told(body) == (400, code, [])


@pytest.mark.parametrize(
    ("body", "pointer", "code"),
    [
        (b'{"a": {"b": 1, "b": 2}}', "/a", "duplicate_name"),
        (b'{"a": 1, "\\u0061": 2}', "", "duplicate_name"),
        (b'{"a": [1, NaN]}', "/a/1", "number_not_finite"),
        (b"[Infinity]", "/0", "number_not_finite"),
        (b"[-Infinity]", "/0", "number_not_finite"),
        (b"[1e999]", "/0", "number_not_finite"),
        (b"[9007199254740993]", "/0", "number_too_large"),
        (b"[-9007199254740993]", "/0", "number_too_large"),
        (b"[" + b"9" * 5_000 + b"]", "/0", "number_too_large"),
        (b'["\\u0000"]', "/0", "control_character"),
        (b'["\\u001b[31m"]', "/0", "control_character"),
        (b'["\\u007f"]', "/0", "control_character"),
        (b'["\\u0085"]', "/0", "control_character"),
        ('["\u009f"]'.encode(), "/0", "control_character"),
        (b'["\\b"]', "/0", "control_character"),
        (b'{"a\\tb": 1}', "", "control_character"),
        (b'{"x": {"\\u0000": 1}}', "/x", "control_character"),
        (b'["\\u202e"]', "/0", "direction_control"),
        ('["abc\u2066def"]'.encode(), "/0", "direction_control"),
        ('{"\u202a": 1}'.encode(), "", "direction_control"),
        (b'["\\ud800"]', "/0", "lone_surrogate"),
        (b'["\\udc00\\ud800"]', "/0", "lone_surrogate"),
        (b'{"\\udfff": 1}', "", "lone_surrogate"),
    ],
)
def test_what_readers_would_disagree_about_or_people_not_see_is_refused_with_its_place(
    body: bytes, pointer: str, code: str
) -> None:
    assert told(body) == (422, "unfit_json", [(pointer, code)])


@pytest.mark.parametrize(
    ("value", "pointer", "code"),
    [
        ([[[[]]]], "/0/0/0", "too_deep"),
        ({"a": {"b": {"c": {}}}}, "/a/b/c", "too_deep"),
        ({"a": 1, "b": {"c": 1, "d": 1, "e": 1}}, "", "too_many_names"),
        ([0] * 12, "", "too_many_values"),
        (["x" * 11], "/0", "too_long"),
        ({"longer": 1}, "", "name_too_long"),
    ],
)
def test_each_limit_is_told(value: object, pointer: str, code: str) -> None:
    assert told(json.dumps(value).encode(), SMALL) == (422, "unfit_json", [(pointer, code)])


def test_what_is_just_within_every_limit_is_read() -> None:
    for value in ([[[0]]], {"a": 1, "b": {"c": 1, "d": 1}}, [0] * 11, ["x" * 10], {"5char": 1}):
        assert read_json(json.dumps(value).encode(), SMALL) == value


@pytest.mark.parametrize("opening", [b"[", b'{"a":'])
def test_a_hundred_thousand_levels_are_refused_and_harm_nothing(opening: bytes) -> None:
    assert told(opening * 100_000)[0] in (400, 422)
    assert told(opening * 900 + b"1" + (b"]" if opening == b"[" else b"}") * 900)[2][0][1] == "too_deep"


def test_many_faults_are_told_in_order_and_bounded() -> None:
    errors = told(json.dumps(["\u0000"] * 300).encode())[2]

    assert errors[:2] == [("/0", "control_character"), ("/1", "control_character")]
    assert len(errors) == 50


def test_a_refusal_never_repeats_a_value_or_a_name_that_is_not_plain() -> None:
    body = json.dumps({SECRET: {"deep": [SECRET + "\u0000", {SECRET: "\u202e" + SECRET}]}}).encode()

    with pytest.raises(Problem) as refusal:
        read_json(body)

    assert "Canary" not in json.dumps(refusal.value.document())
    assert {each["pointer"] for each in refusal.value.errors} == {"/deep/0", "/deep/1"}


_texts = st.text(st.sampled_from("ab\t\n\x00\x85\u202e\ud800é"), max_size=12)
_values: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.integers(-(2**53), 2**53) | _texts,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(_texts, inner, max_size=4),
    max_leaves=20,
)


@given(_values)
def test_the_quick_look_and_the_thorough_one_agree(value: object) -> None:
    text = json.dumps(value)
    thorough = not list(_faults(value, SMALL))

    assert _sound(value, SMALL, escaped="\\" in text) == thorough


@given(st.binary(max_size=60) | _values.map(lambda value: json.dumps(value).encode()))
def test_any_bytes_are_read_or_refused_as_a_problem(body: bytes) -> None:
    try:
        value = read_json(body)
    except Problem:
        return
    assert read_json(json.dumps(value, ensure_ascii=False).encode()) == value


@pytest.fixture
def client() -> TestClient:
    app = new_app("Body", DemoIdentity())
    _add_routes(app)
    return TestClient(app, client=("127.0.0.1", 50_000), headers={"Authorization": "Demo police/system"})


def _add_routes(app: FastAPI) -> None:
    @app.post("/json")
    def taken(body: Annotated[object, Depends(json_body(100))]) -> object:
        return body

    @app.post("/posted")
    def kept(body: Annotated[Posted, Depends(posted(100, (JSON, "application/cloudevents+json")))]) -> dict[str, str]:
        return {"raw": body.raw.decode(), "type": body.media_type}


def _code(response: Any) -> tuple[int, str]:
    assert response.headers["content-type"] == "application/problem+json"
    return response.status_code, response.json()["type"].removeprefix("urn:cairn:problem:")


def test_a_handler_gets_what_the_body_stands_for(client: TestClient) -> None:
    assert client.post("/json", json={"a": [1]}).json() == {"a": [1]}


def test_a_handler_may_have_the_very_bytes_and_their_type(client: TestClient) -> None:
    response = client.post(
        "/posted", content=b'{ "a":1 }', headers={"Content-Type": 'Application/CloudEvents+JSON; charset="UTF-8"'}
    )

    assert response.json() == {"raw": '{ "a":1 }', "type": "application/cloudevents+json"}


def test_a_body_that_says_it_is_too_large_is_refused(client: TestClient) -> None:
    assert client.post("/json", json="x" * 98).status_code == 200
    assert _code(client.post("/json", json="x" * 99)) == (413, "too_large")


def test_a_body_that_turns_out_too_large_is_cut_off_while_it_arrives(client: TestClient) -> None:
    def in_pieces() -> Iterator[bytes]:
        yield from [b"[" * 50] * 10

    response = client.post("/json", content=in_pieces(), headers={"Content-Type": JSON})

    assert "content-length" not in response.request.headers
    assert _code(response) == (413, "too_large")


@pytest.mark.parametrize(
    "content_type",
    [
        None,
        "",
        "text/plain",
        "application/jsonx",
        "application/x-www-form-urlencoded",
        "multipart/form-data",
        "application/json; charset=utf-16",
        "application/json; charset=utf-8; boundary=x",
        "application/json, text/plain",
        "application/cloudevents+json",
    ],
)
def test_a_body_of_another_type_is_refused(client: TestClient, content_type: str | None) -> None:
    headers = {} if content_type is None else {"Content-Type": content_type}

    assert _code(client.post("/json", content=b"{}", headers=headers)) == (415, "media_type")


def test_two_content_types_are_refused(client: TestClient) -> None:
    response = client.post("/json", content=b"{}", headers=[("Content-Type", JSON), ("Content-Type", JSON)])

    assert _code(response) == (415, "media_type")


def test_a_compressed_body_is_refused(client: TestClient) -> None:
    headers = {"Content-Type": JSON, "Content-Encoding": "gzip"}

    assert _code(client.post("/json", content=b"\x1f\x8b", headers=headers)) == (415, "encoded_body")


def test_nothing_is_read_before_the_caller_is_known(client: TestClient) -> None:
    response = client.post("/json", content=b"[" * 1_000, headers={"Authorization": "", "Content-Type": JSON})

    assert _code(response) == (401, "not_identified")
