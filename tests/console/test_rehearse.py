"""`cairn rehearse`: the status, the JSON and the bytes that a scenario gives, and what is said of a broken file."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from services.console.commands import cairn
from tests.console.small_world import world, written


def _rehearse(*arguments: str | Path) -> Result:
    return CliRunner().invoke(cairn, ["rehearse", *map(str, arguments)])


def test_a_scenario_that_goes_as_expected_ends_with_status_0_and_its_matrices(tmp_path: Path) -> None:
    file = written(tmp_path, world())

    ran = _rehearse(file, "--json")

    assert ran.exit_code == 0
    told = json.loads(ran.stdout)
    assert list(told) == ["file", "title", "ok", "matrix", "matrix_for", "what_if", "unexpected"]
    assert (told["file"], told["title"], told["ok"], told["unexpected"]) == (str(file), "One report", True, [])
    assert told["matrix"] == {"I1": {"school": "own", "clinic": "full"}}
    assert told["matrix_for"]["child_protection"] == {"I1": {"school": "own", "clinic": "full"}}
    assert told["matrix_for"]["missing"] == {"I1": {"school": "own", "clinic": "none"}}
    assert told["what_if"] == [
        {
            "title": "P1 is suspended",
            "differences": [{"item": "I1", "partner": "clinic", "from": "full", "to": "none"}],
        }
    ]


def test_a_cell_that_is_not_as_expected_is_told_and_ends_with_status_1(tmp_path: Path) -> None:
    changed = world() | {"title": "Not [so/] at all", "expect": {"I1": {"clinic": "generalised"}}}
    file = written(tmp_path, changed)

    told, printed = _rehearse(file, "--json"), _rehearse(file)

    assert told.exit_code == printed.exit_code == 1
    unexpected = {"item": "I1", "partner": "clinic", "purpose": None, "expected": "generalised", "got": "full"}
    assert json.loads(told.stdout)["unexpected"] == [unexpected]
    assert "Not [so/] at all" in printed.stdout
    assert "generalised" in printed.stdout


def test_a_branch_that_goes_another_way_ends_with_status_1(tmp_path: Path) -> None:
    changed = world()
    changed["what_if"][0]["differences"] = []

    ran = _rehearse(written(tmp_path, changed), "--json")

    assert ran.exit_code == 1
    (unexpected,) = json.loads(ran.stdout)["unexpected"]
    assert unexpected["what_if"] == "P1 is suspended"


def test_matrices_are_told_whether_or_not_the_file_expects_them(tmp_path: Path) -> None:
    bare = {name: value for name, value in world().items() if name not in ("expect", "what_if")}

    ran = _rehearse(written(tmp_path, bare), "--json")

    assert ran.exit_code == 0
    assert json.loads(ran.stdout)["matrix"]["I1"]["clinic"] == "full"


def test_a_broken_file_among_others_does_not_keep_them_from_being_played(tmp_path: Path) -> None:
    broken, whole = written(tmp_path, b"{", "broken.json"), written(tmp_path, world(), "whole.json")

    ran = _rehearse(broken, whole, "--json")

    assert ran.exit_code == 2
    assert [json.loads(line)["file"] for line in ran.stdout.splitlines()] == [str(whole)]
    assert "broken.json" in ran.stderr


def test_export_writes_the_bytes_that_each_partner_was_served_and_the_same_each_time(tmp_path: Path) -> None:
    file = written(tmp_path, world())

    for name in ("first", "second"):
        assert _rehearse(file, "--export", tmp_path / name).exit_code == 0

    served = {path.name: path.read_bytes() for path in (tmp_path / "first" / "one-report").iterdir()}
    again = {path.name: path.read_bytes() for path in (tmp_path / "second" / "one-report").iterdir()}
    assert set(served) == {"school.ndjson", "clinic.ndjson"}
    assert served == again
    assert b"trace-I1-" in served["clinic.ndjson"]


def _set(*steps: str | int, to: Any) -> Callable[[dict[str, Any]], None]:
    def change(scenario: dict[str, Any]) -> None:
        place: Any = scenario
        for step in steps[:-1]:
            place = place[step]
        place[steps[-1]] = to

    return change


def _without(*steps: str | int) -> Callable[[dict[str, Any]], None]:
    def change(scenario: dict[str, Any]) -> None:
        place: Any = scenario
        for step in steps[:-1]:
            place = place[step]
        del place[steps[-1]]

    return change


_REPORT = world()["reports"][0]
_BROKEN = {
    "a version that is not known": (_set("scenario", to=2), "/scenario", "this must be 1"),
    "no title": (_without("title"), "/", "'title' is missing here"),
    "a word that is not in the form": (_set("colour", to="red"), "/", "'colour' is not known here"),
    "no partners": (_set("partners", to=[]), "/partners", "something must stand here"),
    "a partner's name in capitals": (_set("partners", 0, "id", to="School"), "/partners/0/id", "small letters"),
    "a partner twice": (_set("partners", 1, "id", to="school"), "/partners/1/id", "used before"),
    "a day that is none": (_set("subjects", 0, "born", to="2012-02-30"), "/subjects/0/born", "must be a day"),
    "an instant without an offset": (_set("now", to="2026-05-02T09:00:00"), "/now", "with its offset"),
    "a text where a list belongs": (_set("reports", to="R1"), "/reports", "must be a list"),
    "a purpose that is not known": (
        _set("agreements", 0, "purpose", to="curiosity"),
        "/agreements/0/purpose",
        "one of: child_protection",
    ),
    "a party that is no partner": (_set("agreements", 0, "parties", 1, to="zoo"), "/agreements/0/parties/1", "partner"),
    "a grant to nobody": (_set("agreements", 0, "grants", "zoo", to={}), "/agreements/0/grants/zoo", "not a partner"),
    "a grant of what cannot be granted": (
        _set("agreements", 0, "grants", "clinic", to={"voice_private": "full"}),
        "/agreements/0",
        "no agreement can grant voice_private",
    ),
    "a report by a stranger": (_set("reports", 0, "by", to="zoo"), "/reports/0/by", "not a partner"),
    "a type that is not known": (_set("reports", 0, "type", to="school.rumour"), "/reports/0/type", "type of report"),
    "a class that is not known": (
        _set("reports", 0, "items", 0, "class", to="gossip"),
        "/reports/0/items/0/class",
        "not a data class",
    ),
    "a class that the type has not": (
        _set("reports", 0, "items", 0, "class", to="offence"),
        "/reports/0/items/0/class",
        "no section of this class",
    ),
    "an item about nobody known": (
        _set("reports", 0, "items", 0, "about", to=["y9"]),
        "/reports/0/items/0/about/0",
        "not one of the subjects",
    ),
    "an item's id twice": (_set("reports", to=[_REPORT, _REPORT | {"id": "R2"}]), "/reports/1/items/0/id", "before"),
    "an item of no report": (_set("expect", "I9", to={}), "/expect/I9", "not an item"),
    "a form that is not known": (_set("expect", "I1", "clinic", to="some"), "/expect/I1/clinic", "one of: own, full"),
    "a purpose to expect for that is not known": (_set("expect_for", to={"fun": {}}), "/expect_for/fun", "purpose"),
    "a rule of a later version": (
        _set("what_if", 0, "rules", 0, to={"restrict": "y1"}),
        "/what_if/0/rules/0",
        "not a rule; these are known: at, suspend",
    ),
    "a rule with a word too many": (
        _set("what_if", 0, "rules", 0, to={"suspend": "P1", "why": "x"}),
        "/what_if/0/rules/0",
        "'why' is not known here",
    ),
    "a rule on an agreement that is not there": (
        _set("what_if", 0, "rules", 0, to={"suspend": "P7"}),
        "/what_if/0/rules/0/suspend",
        "not an agreement",
    ),
    "an amendment that leaves no agreement": (
        _set("what_if", 0, "rules", 0, to={"amend": "P1", "with": {"purpose": None}}),
        "/what_if/0/rules/0/with/purpose",
        "cannot do without",
    ),
    "an amendment that breaks the form": (
        _set("what_if", 0, "rules", 0, to={"amend": "P1", "with": {"grants": {"clinic": {"school": "everything"}}}}),
        "/what_if/0/rules/0/with/grants/clinic/school",
        "one of: full",
    ),
}


@pytest.mark.parametrize("what", _BROKEN)
def test_a_file_that_is_not_a_scenario_is_told_with_a_pointer_and_a_sentence(what: str, tmp_path: Path) -> None:
    change, pointer, sentence = _BROKEN[what]
    broken = world()
    change(broken)

    ran = _rehearse(written(tmp_path, broken), "--json")

    assert ran.exit_code == 2
    assert ran.stdout == ""
    assert f"not a scenario: {pointer}: " in ran.stderr
    assert sentence in ran.stderr


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "/: not JSON: Expecting value, line 1"),
        (b"{\n'title': 1}", "line 2"),
        (b"\xff\xfe", "/: the file is not UTF-8"),
        (b'{"title": "a", "title": "b"}', "/: the name 'title' stands twice in one object"),
        (b"[" * 100_000, "nested too deeply"),
        (b"[]", "/: this must be an object"),
    ],
)
def test_a_file_that_is_no_json_object_is_told_so(content: bytes, sentence: str, tmp_path: Path) -> None:
    ran = _rehearse(written(tmp_path, content))

    assert ran.exit_code == 2
    assert sentence in ran.stderr


def test_a_file_that_is_not_there_is_told_so(tmp_path: Path) -> None:
    ran = _rehearse(tmp_path / "[gone].json")

    assert ran.exit_code == 2
    assert "[gone].json: not a scenario: /: the file cannot be read (No such file or directory)" in ran.stderr
