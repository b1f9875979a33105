"""`cairn post`: a file of reports, sent once, gone on with where it was broken off, and told line by line."""

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from services.console import post as posting
from services.console.calling import NotAnswered, call
from services.console.commands import cairn
from tests.support.demo import Demo


def _event(name: str, **changed: Any) -> dict[str, Any]:
    return {
        "specversion": "1.0",
        "id": name,
        "source": "urn:cairn:partner:education:console-tests",
        "type": "cairn.school.concern.v1",
        "time": "2026-04-23T10:00:00+01:00",
        "data": {
            "people": {"k1": {"kind": "young_person", "identifiers": ["seemis|77"], "born": "2012-03-04"}},
            "school": {"about": ["k1"], "concern": "Seems tired."},
        },
    } | changed


def _file(folder: Path, *lines: dict[str, Any] | str) -> Path:
    path = folder / "reports.ndjson"
    path.write_text("".join((one if isinstance(one, str) else json.dumps(one)) + "\n" for one in lines))
    return path


def _post(hub: Demo, *arguments: str | Path) -> Result:
    return CliRunner().invoke(cairn, ["post", *map(str, arguments), "--hub", hub.address, "--as", "education/system"])


def test_every_line_is_answered_with_its_receipt(hub: Demo, tmp_path: Path) -> None:
    file = _file(tmp_path, _event("whole-1"), "", _event("whole-2"))

    ran = _post(hub, file, "--json")

    receipts = [json.loads(line) for line in ran.stdout.splitlines()]
    assert ran.exit_code == 0
    assert [(one["line"], one["status"]) for one in receipts] == [(1, "accepted"), (3, "accepted")]
    assert "2 sent: 2 accepted." in ran.stderr


def test_sending_a_file_twice_gives_the_same_receipts(hub: Demo, tmp_path: Path) -> None:
    file = _file(tmp_path, _event("twice-1"), _event("twice-2"))

    first, second = _post(hub, file, "--json"), _post(hub, file, "--json")

    assert first.stdout == second.stdout


def test_a_line_that_is_refused_does_not_keep_the_others_from_being_taken(hub: Demo, tmp_path: Path) -> None:
    file = _file(
        tmp_path,
        _event("mixed-1"),
        "{not JSON",
        '{"id": "mixed-2"}, {"id": "mixed-3"}',
        _event("mixed-4", data={"school": {"about": ["k9"]}}),
        _event("mixed-5", type="cairn.school.rumour.v1"),
        _event("mixed-6"),
    )

    ran = _post(hub, file, "--json")

    told = [json.loads(line) for line in ran.stdout.splitlines()]
    assert ran.exit_code == 1
    assert [one["status"] for one in told] == ["accepted", 400, 400, 422, "quarantined", "accepted"]
    assert "6 sent: 2 accepted, 1 quarantined, 3 refused." in ran.stderr
    assert "line 2: The line is not JSON in UTF-8" in ran.stderr
    assert "line 5: quarantined; /type (type_unknown)" in ran.stderr


def test_what_was_broken_off_goes_on_where_it_stopped(
    hub: Demo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = _file(tmp_path, *(_event(f"broken-{number}") for number in range(5)))
    monkeypatch.setattr(posting, "_BATCH", 2)
    sent: list[int] = []

    def breaking(*arguments: Any, **request: Any) -> Any:
        sent.append(request["content"].count(b"specversion"))
        if len(sent) == 2:
            raise NotAnswered("The line broke.")
        return call(*arguments, **request)

    monkeypatch.setattr(posting, "call", breaking)

    first, second = _post(hub, file), _post(hub, file)

    assert (first.exit_code, second.exit_code) == (1, 0)
    assert "The line broke. 2 of 5 were sent. Run it again to go on." in first.stderr
    assert sent == [2, 2, 2, 1]
    assert "3 sent: 3 accepted." in second.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["reports.ndjson"]


def test_a_file_that_was_changed_meanwhile_is_sent_from_its_first_line(hub: Demo, tmp_path: Path) -> None:
    file = _file(tmp_path, _event("changed-1"), _event("changed-2"))
    before = hashlib.sha256(hub.address.encode() + b"\n" + b"another content").hexdigest()
    file.with_suffix(".ndjson.sent").write_text(f"{before} 1\n")

    assert "2 sent: 2 accepted." in _post(hub, file).stderr


def test_how_far_a_file_was_sent_holds_for_one_hub(hub: Demo, tmp_path: Path) -> None:
    file = _file(tmp_path, _event("hubs-1"), _event("hubs-2"))
    elsewhere = hashlib.sha256(b"http://127.0.0.1:1\n" + file.read_bytes()).hexdigest()
    here = hashlib.sha256(hub.address.encode() + b"\n" + file.read_bytes()).hexdigest()

    file.with_suffix(".ndjson.sent").write_text(f"{elsewhere} 1\n")
    assert "2 sent" in _post(hub, file).stderr
    file.with_suffix(".ndjson.sent").write_text(f"{here} 1\n")
    assert "1 sent" in _post(hub, file).stderr
    file.with_suffix(".ndjson.sent").write_text(f"{here} 1\n")
    assert "2 sent" in _post(hub, file, "--again").stderr


def test_whoever_does_not_say_who_they_are_is_asked_to(hub: Demo, tmp_path: Path) -> None:
    ran = CliRunner().invoke(cairn, ["post", str(_file(tmp_path, _event("nobody-1"))), "--hub", hub.address])

    assert ran.exit_code == 1
    assert "Say who you are, with --as or CAIRN_AS." in ran.stderr
