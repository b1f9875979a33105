"""`cairn demo`: it starts, serves, stops when it is told to, and begins anew."""

import signal
from pathlib import Path

import httpx2

from tests.console.running import cairn
from tests.support.demo import Demo, demo

CPU_SECONDS_MAX = 10
"""The start is timed by the processor's clock: on a machine with nothing else to do, that is the wall's."""


def _ask(hub: Demo, path: str, caller: str = "governance/lead") -> httpx2.Response:
    return httpx2.get(hub.address + path, headers={"authorization": f"Demo {caller}"}, timeout=30)


def _post(hub: Demo, event: str) -> str:
    """The receipt's id for a concern posted under this id."""
    content = {
        "specversion": "1.0",
        "id": event,
        "source": "urn:cairn:partner:education",
        "type": "cairn.school.concern.v1",
        "time": "2026-04-23T10:00:00+01:00",
        "data": {
            "people": {"k1": {"kind": "young_person", "identifiers": ["seemis|1"], "born": "2012-03-04"}},
            "school": {"about": ["k1"], "concern": "Seems tired."},
        },
    }
    headers = {"authorization": "Demo education/system", "content-type": "application/cloudevents+json"}
    answer = httpx2.post(f"{hub.address}/intake/v1/events", headers=headers, json=content, timeout=30)
    return str(answer.json()["receipt"])


def test_the_demo_starts_within_ten_seconds_and_serves_its_night(hub: Demo) -> None:
    matrix = _ask(hub, "/governance/v1/matrix?at=2026-04-24T09:00:00Z").json()  # others may have posted since

    assert hub.cpu_seconds < CPU_SECONDS_MAX
    assert len(matrix["items"]) == 24
    assert len(matrix["partners"]) == 8


def test_the_demo_serves_pages_to_whoever_has_chosen_who_they_are(hub: Demo) -> None:
    for path, caller in (("/governance/", "governance/lead"), ("/panel/", "police/duty-worker")):
        page = httpx2.get(hub.address + path, headers={"cookie": f"cairn_demo={caller}"}, timeout=30)

        assert page.status_code == 200
        assert page.headers["content-type"].startswith("text/html")


def test_everybody_has_looked_once_so_that_there_is_a_trace_to_see(hub: Demo) -> None:
    seen = _ask(hub, "/governance/v1/who-saw?partner=police").json()["accesses"]

    assert {one["practitioner"] for one in seen} == {"police/duty-worker"}


def test_ctrl_c_stops_the_demo_with_status_0_and_a_second_run_starts_fresh() -> None:
    with demo() as first:
        receipt = _post(first, "fresh-1")
        kept = _ask(first, f"/intake/v1/receipts/{receipt}", "education/system").status_code
        status, out, err = first.interrupt()
    with demo() as second:
        gone = _ask(second, f"/intake/v1/receipts/{receipt}", "education/system").status_code
        second.process.send_signal(signal.SIGTERM)
        terminated = second.process.wait(timeout=60)

    assert (kept, gone) == (200, 404)
    assert (status, out.strip(), err) == (0, "Stopped.", "")
    assert terminated == 0


def test_a_demo_with_a_folder_goes_on_from_it_and_leaves_alone_the_hub_that_the_environment_names(
    tmp_path: Path,
) -> None:
    with demo(["--data", str(tmp_path / "night")]) as first:
        receipt = _post(first, "kept-1")
        status, out, _ = first.interrupt()
    elsewhere = {"CAIRN_LOG": "kafka://127.0.0.1:1", "CAIRN_IDENTITY": "bearer", "CAIRN_STORE": "postgresql://nobody"}
    with demo(["--data", str(tmp_path / "night")], elsewhere) as second:
        kept = _ask(second, f"/intake/v1/receipts/{receipt}", "education/system").status_code

    assert status == 0
    assert "The data is kept in" in out
    assert kept == 200


def test_a_demo_does_not_play_into_a_folder_that_holds_something_else(tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("Dear aunt")

    ran = cairn("demo", "--data", tmp_path)

    assert ran.status == 1
    assert ran.out == ""
    assert "give an empty folder" in ran.err
