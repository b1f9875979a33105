"""`cairn demo`: it starts, serves, stops when it is told to, and begins anew."""

import re
import signal
from pathlib import Path
from typing import Any

import httpx2

from tests.console.running import cairn
from tests.support.demo import Demo, demo

CPU_SECONDS_MAX = 10
"""The start is timed by the processor's clock: on a machine with nothing else to do, that is the wall's."""


def _ask(hub: Demo, path: str, caller: str = "governance/lead") -> httpx2.Response:
    return httpx2.get(hub.address + path, headers={"authorization": f"Demo {caller}"}, timeout=30)


def _post(hub: Demo, event: str) -> str:
    """The receipt's id for a concern posted under this id."""
    return str(_posted(hub, event)["receipt"])


def _posted(hub: Demo, event: str, at: str = "2026-04-23T10:00:00+01:00") -> dict[str, Any]:
    content = {
        "specversion": "1.0",
        "id": event,
        "source": "urn:cairn:partner:education",
        "type": "cairn.school.concern.v1",
        "time": at,
        "data": {
            "people": {"k1": {"kind": "young_person", "identifiers": ["seemis|1"], "born": "2012-03-04"}},
            "school": {"about": ["k1"], "concern": "Seems tired."},
        },
    }
    headers = {"authorization": "Demo education/system", "content-type": "application/cloudevents+json"}
    receipt: dict[str, Any] = httpx2.post(
        f"{hub.address}/intake/v1/events", headers=headers, json=content, timeout=30
    ).json()
    return receipt


def test_the_demo_starts_within_ten_seconds_and_serves_its_night(hub: Demo) -> None:
    matrix = _ask(hub, "/governance/v1/matrix?at=2026-04-24T09:00:00Z").json()  # others may have posted since

    assert hub.cpu_seconds < CPU_SECONDS_MAX
    assert len(matrix["items"]) == 30, "the 24 of the night, and 6 of what the story adds until then"
    assert len(matrix["partners"]) == 9


def test_the_demo_serves_pages_to_whoever_has_chosen_who_they_are(hub: Demo) -> None:
    for path, caller in (("/governance/", "governance/lead"), ("/panel/", "police/duty-worker")):
        page = httpx2.get(hub.address + path, headers={"cookie": f"cairn_demo={caller}"}, timeout=30)

        assert page.status_code == 200
        assert page.headers["content-type"].startswith("text/html")


def test_everybody_has_looked_once_so_that_there_is_a_trace_to_see(hub: Demo) -> None:
    seen = _ask(hub, "/governance/v1/who-saw?partner=police").json()["accesses"]

    assert {one["practitioner"] for one in seen} == {"police/officer"}


def test_the_demo_opens_with_the_night_played_the_panel_sitting_and_actions_to_do(hub: Demo) -> None:
    story = httpx2.get(hub.address + "/story", timeout=30).text
    meetings = _ask(hub, "/panel/v1/meetings?purpose=context", "efh-panel/chair").json()["meetings"]
    actions = _ask(hub, "/panel/v1/actions?purpose=context", "bus-operator/manager").json()["actions"]

    assert "8. Each agency is asked to do its part" in story
    assert "Next, step 9 of 10" in story
    assert [one["state"] for one in meetings[0]["items"]] == ["decided", "decided", "planned"]
    assert [(one["owner"], one["progress"]) for one in actions] == [("bus-operator", "assigned")]


def test_each_person_who_can_be_chosen_lands_on_a_page_that_opens(hub: Demo) -> None:
    people = re.findall(r'name="who" value="([^"]+)"', httpx2.get(hub.address + "/sign-in", timeout=30).text)

    homes = {}
    for who in people:
        chosen = httpx2.post(hub.address + "/sign-in", data={"who": who}, timeout=30)
        homes[who] = chosen.headers["location"]
        cookie = {"cookie": f"cairn_demo={who}"}
        assert httpx2.get(hub.address + homes[who], headers=cookie, timeout=30).status_code == 200, who

    assert len(people) == 11
    assert homes["governance/lead"] == "/governance/"
    assert homes["social-work/duty-worker"] == "/panel/queue?purpose=child_protection"
    assert homes["efh-panel/chair"] == "/panel/room/meetings?purpose=context"
    assert homes["efh-panel/coordinator"] == "/panel/room/contexts?purpose=context"


def test_step_by_step_it_begins_before_the_night_and_goes_on_when_it_is_told_to(tmp_path: Path) -> None:
    with demo(["--step", "--data", str(tmp_path / "night")]) as running:
        before = _ask(running, "/governance/v1/matrix").json()["items"]
        form = re.findall(r'name="(step|token)" value="([^"]*)"', httpx2.get(running.address + "/story").text)
        answered = httpx2.post(running.address + "/story/next", data=dict(form), timeout=120)
        after = _ask(running, "/governance/v1/matrix").json()["items"]
        posted = _posted(running, "meanwhile-1", "2026-04-16T20:00:00+01:00")["status"]
        running.interrupt()
    with demo(["--step", "--data", str(tmp_path / "night")]) as again:
        story = httpx2.get(again.address + "/story").text

    assert before == []
    assert answered.status_code == 303
    assert sorted(one["class"] for one in after) == ["address", "identity", "missing", "missing"]
    assert posted == "accepted", "the hub goes on by itself after a step"
    assert "1. A young person goes missing" in story
    assert "Next, step 2 of 10" in story


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
