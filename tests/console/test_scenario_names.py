"""Names in a scenario are any text: no name keeps a file from being played, and none is taken for another."""

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from services.console.commands import cairn
from tests.console.small_world import world, written


def _played(folder: Path, scenario: dict[str, Any]) -> dict[str, Any]:
    """What a rehearsal tells of a scenario whose every cell is as expected."""
    ran = CliRunner().invoke(cairn, ["rehearse", str(written(folder, scenario)), "--json"])
    assert ran.exit_code == 0, ran.output
    told: dict[str, Any] = json.loads(ran.stdout)
    return told


@pytest.mark.parametrize("name", ["ISA 2026/04 (draft)", "Còrdadh-Ùr", "..", "?", "A" * 200])
def test_an_agreement_can_have_any_name(tmp_path: Path, name: str) -> None:
    named = world()
    named["agreements"][0]["id"] = name
    named["what_if"][0]["rules"] = [{"suspend": name}]
    _played(tmp_path, named)


@pytest.mark.parametrize("name", ["K:0", " spaced ", "e\u0301", "y" * 200, "two\nlines"])
def test_a_young_person_and_a_report_can_have_any_name(tmp_path: Path, name: str) -> None:
    named = world()
    named["subjects"][0]["id"] = named["reports"][0]["id"] = name
    named["reports"][0]["items"][0]["about"] = [name, name]
    named["what_if"][0]["rules"] = [{"withdraw_report": name}]
    _played(tmp_path, named)


def test_a_report_named_as_if_it_withdrew_another_is_one_like_any_other(tmp_path: Path) -> None:
    named = world()
    second = json.loads(json.dumps(named["reports"][0]).replace("I1", "I2").replace("R1", "R1-withdrawn"))
    named["reports"].append(second)
    named["what_if"][0]["rules"] = [{"withdraw_report": "R1"}]
    assert _played(tmp_path, named)["matrix"]["I2"]["clinic"] == "full"


def test_contexts_are_the_same_only_if_they_are_spelled_alike(tmp_path: Path) -> None:
    """Three reports and four young people at one place, and a fifth at a place that is spelled nearly so."""
    told = _played(tmp_path, _at_places("stance-3", "stance-3", "stance-3", "stance 3"))
    assert {row["clinic"] for row in told["matrix"].values()} == {"none"}


def test_a_context_with_a_name_that_no_agency_would_use_is_counted_like_any_other(tmp_path: Path) -> None:
    told = _played(tmp_path, _at_places("--", "--", "--", "--"))
    assert {row["clinic"] for row in told["matrix"].values()} == {"generalised"}


def test_what_was_ended_and_is_amended_is_signed_anew(tmp_path: Path) -> None:
    ended = world()
    ended["what_if"] = [
        {"title": "Ended, and amended", "rules": [{"terminate": "P1"}, _WIDER], "differences": []},
        {
            "title": "Ended, amended, and suspended",
            "rules": [{"terminate": "P1"}, _WIDER, {"terminate": "P1"}, _WIDER, {"suspend": "P1"}],
            "differences": [{"item": "I1", "partner": "clinic", "from": "full", "to": "none"}],
        },
    ]
    _played(tmp_path, ended)


_WIDER = {"amend": "P1", "with": {"title": "School and clinic, once more"}}


def _at_places(*places: str) -> dict[str, Any]:
    """A report of each place, of which the school tells the clinic what many reports of many say: one young person at
    the first, and one more at each that follows, beside the first."""
    young = [f"K:{number}" for number in range(len(places) + 1)]
    bare = {name: value for name, value in world().items() if name not in ("expect", "what_if")}
    (agreement,) = bare["agreements"]
    return bare | {
        "subjects": [{"id": one, "born": "2012-03-04"} for one in young],
        "agreements": [agreement | {"purpose": "context", "grants": {"clinic": {"context": "generalised"}}}],
        "reports": [
            {
                "id": f"R{number}",
                "at": "2026-05-01T09:00:00Z",
                "by": "school",
                "type": "context.observed",
                "young_people": [young[0], young[number + 1]],
                "items": [{"id": f"I{number}", "class": "context", "about": [f"context:{place}"]}],
            }
            for number, place in enumerate(places)
        ],
    }
