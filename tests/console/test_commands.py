"""The command line as a whole: there from any folder, JSON alone on standard output, no colour where none is wanted."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from services.console import commands
from tests.console.running import cairn
from tests.console.small_world import world, written
from tests.support.demo import Demo


def test_cairn_is_a_command_in_any_folder(tmp_path: Path) -> None:
    ran = cairn("matrix", "--help", folder=tmp_path)

    assert ran.status == 0
    assert "who may see what" in ran.out


def test_help_lists_every_command() -> None:
    ran = CliRunner().invoke(commands.cairn, ["--help"])

    assert ran.exit_code == 0
    for command in ("demo", "up", "post", "matrix", "who-saw", "rehearse", "openapi"):
        assert f"│ {command} " in ran.stdout


def test_up_says_what_it_can_run() -> None:
    ran = CliRunner().invoke(commands.cairn, ["up", "--help"], env={"COLUMNS": "200"})

    assert ran.exit_code == 0
    assert "intake|sharing|panel|governance|all" in ran.stdout


def test_up_refuses_a_service_that_there_is_not() -> None:
    ran = CliRunner().invoke(commands.cairn, ["up", "kitchen"])

    assert ran.exit_code == 2
    assert ran.stdout == ""


def test_colour_is_used_where_it_is_wanted_and_nowhere_else(hub: Demo) -> None:
    wanted = {"FORCE_COLOR": "1", "TERM": "xterm", "CAIRN_HUB": hub.address}

    coloured = cairn("matrix", environment=wanted)
    plain = cairn("matrix", environment=wanted | {"NO_COLOR": "1"})
    piped = cairn("matrix", environment={"CAIRN_HUB": hub.address})

    assert "\x1b[32m" in coloured.out
    assert "\x1b[3" not in plain.out
    assert "\x1b" not in piped.out


def test_standard_output_of_json_is_json_alone(tmp_path: Path) -> None:
    file = written(tmp_path, {name: value for name, value in world().items() if name != "what_if"})

    ran = cairn("rehearse", "--json", file, environment={"FORCE_COLOR": "1", "TERM": "xterm"})

    assert ran.status == 0
    assert json.loads(ran.out)["ok"]
    assert len(ran.out.splitlines()) == 1


@pytest.mark.parametrize("command", [["matrix"], ["who-saw"], ["post", "reports.ndjson"]])
def test_where_no_hub_answers_that_is_said_on_standard_error(command: list[str], tmp_path: Path) -> None:
    (tmp_path / "reports.ndjson").write_text('{"id": "1"}\n')

    ran = cairn(*command, "--hub", "http://127.0.0.1:1", "--as", "police/system", folder=tmp_path)

    assert ran.status == 1
    assert ran.out == ""
    assert "No hub answers at http://127.0.0.1:1" in ran.err
    assert "Traceback" not in ran.err


def test_the_matrix_is_told_as_a_table_and_as_json(hub: Demo) -> None:
    table = cairn("matrix", environment={"COLUMNS": "220", "CAIRN_HUB": hub.address})
    told = cairn("matrix", "--json", "--hub", hub.address, "--purpose", "missing")

    assert (table.status, table.err) == (told.status, told.err) == (0, "")
    for word in ("bus-operator", "voice_private", "pseudonymised", "generalised"):
        assert word in table.out
    items = json.loads(told.out)["items"]
    address = next(one for one in items if one["class"] == "address")
    assert address["cells"]["police"] == {"form": "full", "reasons": ["agreement_grants"], "agreements": ["A2"]}


def test_who_saw_is_told_as_a_table_and_as_json(hub: Demo) -> None:
    table = cairn("who-saw", "--hub", hub.address, "--partner", "health", environment={"COLUMNS": "220"})
    told = cairn("who-saw", "--json", "--hub", hub.address, "--partner", "health", "--agreement", "A1")

    assert (table.status, told.status) == (0, 0)
    assert "health/nurse" in table.out
    assert "A1 v1" in table.out
    accesses = json.loads(told.out)["accesses"]
    assert accesses
    assert all("A1" in {agreement["agreement"] for agreement in one["agreements"]} for one in accesses)


def test_who_saw_says_when_there_is_more(hub: Demo) -> None:
    ran = cairn("who-saw", "--json", "--hub", hub.address, "--limit", "3")

    assert len(json.loads(ran.out)["accesses"]) == 3
    assert "There are more than 3" in ran.err


def test_a_question_that_the_hub_refuses_is_told_with_what_to_do(hub: Demo) -> None:
    ran = cairn("matrix", "--hub", hub.address, "--purpose", "curiosity")

    assert ran.status == 1
    assert "purpose" in ran.err
    assert ran.out == ""


def test_who_is_not_identified_is_told_so(hub: Demo) -> None:
    ran = cairn("matrix", "--hub", hub.address, "--as", "police/officer")

    assert ran.status == 1
    assert "403" in ran.err
