"""The kit: files that are found or asked for, times as people read them, words for every closed list."""

from datetime import date, datetime
from pathlib import Path

import pytest
from jinja2 import UndefinedError
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.testclient import TestClient

from schemas.classes import DataClass, Form, Purpose
from schemas.reports.types import REPORT_TYPES
from services.kernel.pages import Assets, Pages, PagesNotSetUp, address, short_ref
from services.kernel.pages.times import day_words, instant_given, local_input, span_words, time_words
from services.kernel.pages.words import CLASSES, FORMS, PURPOSES, class_words, purpose_words, type_words


def test_without_the_front_end_files_the_service_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(PagesNotSetUp, match="run make setup"):
        Assets(tmp_path)


def test_only_the_files_that_pages_use_are_served() -> None:
    assets = Assets()
    client = TestClient(Starlette(routes=[assets.route()]))

    css = client.get(assets.address("cairn.css"))
    assert css.status_code == 200
    assert css.headers["content-type"] == "text/css; charset=utf-8"
    assert "immutable" in css.headers["cache-control"]
    assert client.get("/static/cairn.css?v=old").headers["cache-control"] == "public, no-cache"
    for name in ("package.json", "..%2f__init__.py", "layout.html", "design-system.css.map"):
        assert client.get(f"/static/{name}").status_code == 404


def test_a_font_is_not_sent_again_to_a_browser_that_has_it() -> None:
    client = TestClient(Starlette(routes=[Assets().route()]))
    first = client.get("/static/roboto.woff2")

    again = client.get("/static/roboto.woff2", headers={"if-none-match": first.headers["etag"]})
    other = client.get("/static/roboto.woff2", headers={"if-none-match": '"another"'})

    assert (first.status_code, again.status_code, other.status_code) == (200, 304, 200)
    assert (len(again.content), again.headers["cache-control"]) == (0, "public, no-cache")


def test_no_style_sheet_or_script_of_ours_names_another_host() -> None:
    for path in (Path(__file__).parents[2] / "services" / "kernel" / "pages" / "files").iterdir():
        text = path.read_text()
        assert "//" not in text.replace("http://www.w3.org/2000/svg", ""), path.name


@pytest.mark.parametrize(
    ("instant", "words"),
    [
        ("2026-04-16T20:55:00+00:00", "Thu 16 Apr 2026, 21:55"),
        ("2026-01-05T00:00:00+00:00", "Mon 5 Jan 2026, 00:00"),
        ("2026-03-29T00:59:59+00:00", "Sun 29 Mar 2026, 00:59"),
        ("2026-03-29T01:00:00+00:00", "Sun 29 Mar 2026, 02:00"),
        ("2026-12-31T23:30:00-05:00", "Fri 1 Jan 2027, 04:30"),
    ],
)
def test_a_time_is_told_as_it_is_in_scotland(instant: str, words: str) -> None:
    assert time_words(datetime.fromisoformat(instant)) == words


def test_a_day_is_told_without_a_time() -> None:
    assert day_words(date(2026, 4, 16)) == "Thu 16 Apr 2026"
    assert day_words(datetime.fromisoformat("2026-04-16T23:30:00Z")) == "Fri 17 Apr 2026"


def test_a_time_that_a_person_writes_is_the_time_in_scotland() -> None:
    summer = instant_given("2026-04-16T21:55")

    assert summer == datetime.fromisoformat("2026-04-16T20:55:00Z")
    assert local_input(summer) == "2026-04-16T21:55"
    assert instant_given("2026-04-16T21:55Z") == datetime.fromisoformat("2026-04-16T21:55:00Z")


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0, "less than a minute"), (60, "1 minute"), (7200, "2 hours"), (86_400, "1 day"), (260_000, "3 days")],
)
def test_a_span_is_told_in_the_largest_unit_that_fits(seconds: float, words: str) -> None:
    assert span_words(seconds) == words


def test_there_are_words_for_every_form_class_and_purpose() -> None:
    assert set(FORMS) == set(Form)
    assert set(CLASSES) == set(DataClass)
    assert set(PURPOSES) == set(Purpose)
    assert purpose_words(None) == "Oversight"
    assert class_words("something_new") == "Something new"


def test_every_report_type_has_a_readable_name() -> None:
    for name in REPORT_TYPES:
        words = type_words(name)
        assert words[0].isupper()
        assert not any(mark in words for mark in ("cairn", ".", "_", "v1")), name
    assert type_words("cairn.missing-episode.reported.v1") == "Missing episode reported"


def test_the_tags_of_the_forms_differ_in_words_and_not_in_colour_alone() -> None:
    assert len({words.short for words in FORMS.values()}) == len(Form)
    assert len({words.name for words in FORMS.values()}) == len(Form)


def test_an_address_stays_below_where_the_service_is_mounted() -> None:
    request = _request("/governance")

    assert address(request, "/who-saw", item="F 1", partner="", to=None) == "/governance/who-saw?item=F+1"


def test_a_template_that_is_given_too_little_fails_rather_than_showing_a_gap(tmp_path: Path) -> None:
    (tmp_path / "page.html").write_text('{% extends "layout.html" %}{% block main %}{{ nothing }}{% endblock %}')

    with pytest.raises(UndefinedError):
        Pages("Test", tmp_path).page(_request(""), "page.html", "Title")


def test_a_long_reference_is_cut_so_that_people_can_compare_it() -> None:
    assert short_ref("y-abcdefghijklmnopqrstuvwxyz") == "y-abcdefg…"
    assert short_ref("F01") == "F01"


def _request(root_path: str) -> Request:
    return Request(
        {"type": "http", "path": f"{root_path}/", "root_path": root_path, "headers": [], "query_string": b""}
    )
