"""Forms: what a page of the hub sent back, and from nowhere else; nothing that cannot be seen comes along."""

from pathlib import Path

import pytest
from fastapi import APIRouter
from fastapi.testclient import TestClient

from services.kernel.http.apps import add_routes, new_app
from services.kernel.http.caller import Called
from services.kernel.identity.demo import DemoIdentity
from services.kernel.pages import Pages, page_route
from services.kernel.pages.forms import BYTES_MAX, Sent, first

WHO = {"authorization": "Demo police/officer"}
OURS = {**WHO, "sec-fetch-site": "same-origin"}
FORM = {"content-type": "application/x-www-form-urlencoded"}


@pytest.fixture
def client(tmp_path: Path) -> TestClient:
    """An application that says back what it was sent."""
    app, router = new_app("Forms", DemoIdentity()), APIRouter(route_class=page_route(Pages("Forms", tmp_path)))

    @router.post("/said")
    def said(who: Called, sent: Sent) -> dict[str, list[str]]:
        return {**sent, "by": [who.practitioner], "first": [first(sent, "a")]}

    add_routes(app, router)
    return TestClient(app, client=("127.0.0.1", 5), follow_redirects=False)


def test_every_field_comes_with_all_its_values_in_order(client: TestClient) -> None:
    answer = client.post("/said", content=b"a=1&b=&a=2%20%C3%A9", headers=OURS | FORM)

    assert answer.json() == {"a": ["1", "2 é"], "b": [""], "by": ["police/officer"], "first": ["1"]}


def test_a_line_ends_in_one_way_and_what_nobody_can_see_is_left_out(client: TestClient) -> None:
    typed = "one\r\ntwo\rthree\tfour\x00\x1b\u202eevil\u2066\x85"

    answer = client.post("/said", data={"a": typed}, headers=OURS)

    assert answer.json()["a"] == ["one\ntwo\nthree\tfourevil"]


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
        {"sec-fetch-site": "none"},
        {"origin": "null"},
        {"origin": "https://elsewhere.example"},
        {"origin": "http://testserver:81"},
        {"origin": "https://testserver"},
        {"origin": "http://testserver", "sec-fetch-site": "cross-site"},
    ],
)
def test_a_form_that_no_page_of_ours_sent_is_refused_unread(client: TestClient, headers: dict[str, str]) -> None:
    answer = client.post("/said", data={"a": "1"}, headers=WHO | headers)

    assert answer.status_code == 403
    assert "was not sent from a page of the hub" in answer.text


def test_a_browser_that_says_only_where_the_page_came_from_is_believed(client: TestClient) -> None:
    assert client.post("/said", data={"a": "1"}, headers=WHO | {"origin": "http://testserver"}).status_code == 200


@pytest.mark.parametrize("body", [b"a=%ff", b"a=\xc3\xa9", b"a=%ed%a0%80", b"&".join([b"a=1"] * 401)])
def test_what_is_no_form_is_refused_and_not_repeated(client: TestClient, body: bytes) -> None:
    answer = client.post("/said", content=body, headers=OURS | FORM)

    assert answer.status_code == 400
    assert "%ff" not in answer.text


def test_a_form_that_is_too_large_or_of_another_type_is_refused(client: TestClient) -> None:
    large = client.post("/said", content=b"a=" + b"1" * BYTES_MAX, headers=OURS | FORM)
    other = client.post("/said", json={"a": "1"}, headers=OURS)

    assert (large.status_code, other.status_code) == (413, 415)


def test_whoever_has_not_said_who_they_are_is_asked_first(client: TestClient) -> None:
    answer = client.post("/said", data={"a": "1"}, headers={"origin": "https://elsewhere.example"})

    assert answer.status_code == 303
