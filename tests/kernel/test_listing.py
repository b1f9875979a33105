"""Lists: filters and order in the address, and twins that are made of the very rows of the page."""

import csv
import io
import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from starlette.requests import Request

from services.kernel.pages import Option, text
from services.kernel.pages.listing import (
    Column,
    Filter,
    Listing,
    Order,
    Row,
    order_asked,
    page_asked,
    shown,
    twin,
)
from services.kernel.pages.times import elapsed_words

_COLUMNS = (
    Column("who", "Who"),
    Column("count", "Count", ("Fewest first", "Most first"), descending_first=True),
)
_LIST = Listing(
    caption="People",
    path="/people",
    query={"purpose": "missing", "from": "health"},
    columns=_COLUMNS,
    rows=[Row("r1", (text("=1+1"), text("2")), {"who": "=1+1", "count": 2, "away": True, "note": None})],
    order=Order("count", descending=True),
    filters=[Filter("from", "Told by", [Option("", "Every agency"), Option("health", "Health")], "health")],
    purpose="missing",
    as_of=datetime(2026, 4, 24, 9, tzinfo=UTC),
)


def _request(path: str = "/people") -> Request:
    scope = {"type": "http", "path": f"/panel{path}", "root_path": "/panel", "headers": [], "query_string": b"",
             "server": ("hub", 80), "scheme": "http"}  # fmt: skip
    return Request(scope)


def test_a_column_sorts_the_other_way_round_when_it_sorts_already() -> None:
    ascending = replace(_LIST, order=Order("count"))

    assert [head.sorted for head in _LIST.heads(_request())] == [None, "descending"]
    assert (_LIST.heads(_request())[1].href or "").endswith("order=count")
    assert (ascending.heads(_request())[1].href or "").endswith("order=-count")
    assert _LIST.heads(_request())[0].href is None


@pytest.mark.parametrize(
    ("asked", "found"), [("count", "count"), ("-count", "-count"), ("who", "-count"), ("", "-count")]
)
def test_only_what_can_be_sorted_by_is_an_order(asked: str, found: str) -> None:
    assert order_asked(asked, _COLUMNS, _LIST.order).written == found


@pytest.mark.parametrize(("asked", "found"), [("3", 3), ("0", 1), ("", 1), ("-2", 1), ("x", 1), ("٣", 1), ("9" * 9, 1)])
def test_a_page_that_cannot_be_is_the_first(asked: str, found: int) -> None:
    assert page_asked(asked) == found


def test_the_filter_form_sends_along_what_it_has_no_field_for_and_the_reset_keeps_it() -> None:
    around = shown(_request(), _LIST)

    assert around.hidden == [("purpose", "missing")]
    assert around.reset == "/panel/people?purpose=missing"
    assert around.now == "Health; most first"
    assert around.narrowed


def test_what_is_chosen_otherwise_narrows_nothing() -> None:
    usual = replace(_LIST, query={"purpose": "missing"}, filters=[replace(_LIST.filters[0], chosen="7", otherwise="7")])

    assert not shown(_request(), usual).narrowed
    assert shown(_request(), usual).reset is None


def test_pages_lead_to_one_another_with_all_that_was_asked() -> None:
    second = replace(_LIST, page=2, further=True)

    assert second.newer(_request()) == "/panel/people?purpose=missing&from=health&order=-count"
    assert second.older(_request()) == "/panel/people?purpose=missing&from=health&order=-count&page=3"


def test_as_comma_separated_values_a_list_has_its_rows_and_nothing_computes() -> None:
    answer = twin(_LIST, _request("/people.csv"))

    assert list(csv.reader(io.StringIO(bytes(answer.body).decode(), newline=""))) == [
        ["who", "count", "away", "note"],
        ["'=1+1", "2", "yes", ""],
    ]
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"


def test_as_json_a_list_says_what_was_asked_and_where_it_goes_on() -> None:
    told = json.loads(bytes(twin(replace(_LIST, further=True), _request("/people.json")).body))

    assert told["rows"] == [{"key": "r1", "who": "=1+1", "count": 2, "away": True, "note": None}]
    assert told["asked"] == {"purpose": "missing", "from": "health", "order": "-count"}
    assert told["as_of"] == "2026-04-24T09:00:00Z"
    assert told["next"] == "/panel/people.json?purpose=missing&from=health&order=-count&page=2"


def test_an_empty_list_has_the_names_of_its_columns() -> None:
    answer = twin(replace(_LIST, rows=[]), _request("/people.csv"))

    assert bytes(answer.body) == b"who,count\r\n"


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (-5, "0 min"),
        (59, "0 min"),
        (720, "12 min"),
        (25_500, "7 h 05 min"),
        (86_400, "1 day 0 h"),
        (190_000, "2 days 4 h"),
    ],
)
def test_how_long_it_lasts_is_told_as_a_clock_shows_it(seconds: float, words: str) -> None:
    assert elapsed_words(seconds) == words
