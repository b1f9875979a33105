"""Contexts on the pages of the panel room: proposed, confirmed, assessed, told of, and closed."""

import re
from pathlib import Path
from typing import Any

from schemas.access import AccessRecorded
from schemas.classes import Form
from schemas.envelope import Event
from services.kernel import topics
from services.kernel.log import BEFORE_FIRST
from tests.panel.panel_hub import CHAIR, COORDINATOR, bus_station
from tests.support.panel_story import (
    ASSESSED,
    CONFIRMED,
    OFFICER,
    TEACHER,
    WEIGHTS,
    PanelPages,
    day,
    panel_pages,
    proposed,
    three_reports,
)
from tests.support.reading import error_summary, hidden_value, words

PRACTICE = ("/young-people", "/young-people.csv", "/network", "/network.json", "/missing", "/")
WORKER = "social-work/duty-worker"
STANCE = "Bus station, stance 3"


def _practice(hub: PanelPages, who: str, purpose: str, *paths: str) -> list[bytes]:
    return [hub.raw("GET", path, who, params={"purpose": purpose}).content for path in paths or PRACTICE]


def test_a_place_becomes_a_case_that_is_assessed_and_told_of_without_a_name(hub: PanelPages) -> None:
    three_reports(hub)
    case = f"/contexts/{proposed(hub)}"
    before = words(hub.page(case, COORDINATOR))
    steps: list[tuple[str, dict[str, Any]]] = [
        ("confirm", dict(CONFIRMED)),
        ("guardian", {"who": "Kiosk owner", "present": "yes"} | day("observed_on", "6 5 2026")),
        ("assess", dict(ASSESSED)),
        ("weigh", dict(WEIGHTS)),
        ("plan", {"step": "Lights", "aim": "They work.", "owner": "bus-operator", "measure": "environment_repaired"}
         | day("due", "20 5 2026")),
        ("note", {"text": "The same car came twice."} | day("happened", "6 5 2026 17:10")),
        ("review", {"findings": "Lit since Monday."} | day("next_due", "1 7 2026")),
    ]  # fmt: skip
    for step, sent in steps:
        assert hub.done(f"{case}/{step}", COORDINATOR, sent) == case
    page, pack = words(hub.page(case, CHAIR)), hub.page(f"{case}/pack", CHAIR)

    refused = hub.send(f"{case}/close", CHAIR, {"reason": "Nobody is referred any more."})
    hub.done(f"{case}/outcome", CHAIR, {"measure": "environment_repaired", "before": "Dark", "after": "Lit"}
             | day("measured_on", "6 5 2026"))  # fmt: skip
    hub.done(f"{case}/close", CHAIR, {"reason": "The stance is lit and staffed."})

    assert "This is a proposal. 3 reports from Education, Health, Youth work may be about one context." in before
    assert "Two pupils were offered vapes." in before
    assert "Places 5 of 5 Change first" in page
    assert "Lights They work. Bus operator By Wed 20 May 2026" in page
    assert "Wed 6 May 2026, 17:10 Noted Coordinator, The panel, written down Thu 7 May 2026, 10:00" in page
    assert "Reports behind it Fewer than five" in words(pack)
    assert not re.search(
        "Philippa|vapes|161234567|5503111230|filming|Wellbrae|[ysp]-[a-z2-7]{8}", pack.split("<main")[1]
    )
    assert (refused.status_code, error_summary(refused.text)["form"].partition(".")[0]) == (
        422, "No outcome of the context is recorded",
    )  # fmt: skip
    assert "Place Closed Wellbrae bus station" in words(hub.page(case, CHAIR))


def test_the_board_shows_first_what_waits_for_a_person_and_then_what_is_reviewed_next(hub: PanelPages) -> None:
    for name, due in (("later", "9 9 2026"), ("sooner", "1 6 2026")):
        made = hub.done("/contexts/new", COORDINATOR, {"why": "Heard of.", "key": name})
        sent = {"kind": "school", "name": f"The {name}", "personal_handle": "no"} | day("review_due", due)
        hub.done(f"{made}/confirm", COORDINATOR, sent)
    three_reports(hub)

    page = words(hub.page("/contexts", COORDINATOR))

    assert page.index("Waiting for a person to confirm 1") < page.index("The sooner") < page.index("The later")
    assert [row["name"] for row in hub.open("/contexts.json", CHAIR, state="open").json()["rows"]] == [
        "The sooner", "The later",
    ]  # fmt: skip


def test_whoever_was_second_is_told_so_and_shown_what_it_is_like_now(hub: PanelPages) -> None:
    three_reports(hub)
    case = f"/contexts/{proposed(hub)}"
    seen = hidden_value(hub.page(f"{case}/confirm", COORDINATOR), "seen")
    hub.done(f"{case}/confirm", CHAIR, CONFIRMED | {"seen": seen})

    second = hub.send(f"{case}/confirm", COORDINATOR, CONFIRMED | {"seen": seen, "name": "Another name"})
    anyway = hub.send(f"{case}/confirm", COORDINATOR, CONFIRMED | {"seen": hidden_value(second.text, "seen")})

    assert second.status_code == 409
    assert "Somebody else changed this while you were writing." in second.text
    assert "State Open Review by Mon 1 Jun 2026" in words(second.text)
    assert 'value="Another name"' in second.text
    assert hidden_value(second.text, "seen") != seen
    assert "The context is not waiting to be confirmed" in error_summary(anyway.text)["form"]


def test_a_context_that_is_described_alike_is_joined_by_a_person(hub: PanelPages) -> None:
    three_reports(hub)
    case = f"/contexts/{proposed(hub)}"
    hub.done(f"{case}/confirm", COORDINATOR, CONFIRMED)
    elsewhere = bus_station(time_band="16:30-17:00") | {"contexts": {"bus": {"name": "the station"}}}
    hub.report("police", "cairn.context.observed.v1", elsewhere)
    before = words(hub.page(case, COORDINATOR))

    hub.done(f"{case}/join", COORDINATOR, {"sure": "yes"})

    assert "1 other context is described alike under another name." in before
    assert "described alike" not in words(hub.page(case, COORDINATOR))


def test_confirming_a_context_gives_no_young_person_a_link_on_any_page(hub: PanelPages) -> None:
    three_reports(hub)
    case = f"/contexts/{proposed(hub)}"
    people = [(who, purpose) for who in (TEACHER, OFFICER, WORKER) for purpose in ("context", "child_protection")]
    before = [_practice(hub, who, purpose) for who, purpose in people]

    hub.done(f"{case}/confirm", COORDINATOR, CONFIRMED)

    assert [_practice(hub, who, purpose) for who, purpose in people] == before


def test_what_turns_out_to_be_a_home_is_taken_back_from_pages_that_told_of_it(hub: PanelPages) -> None:
    three_reports(hub)
    case = f"/contexts/{proposed(hub)}"
    hub.done(f"{case}/confirm", COORDINATOR, CONFIRMED)
    before = _practice(hub, OFFICER, "context", "/", "/places.csv")
    hub.done(f"{case}/publish", COORDINATOR, {"location_band": "bus_station", "ask": "lighting"})
    told = _practice(hub, OFFICER, "context", "/", "/places.csv")

    hub.done(f"{case}/convert", CHAIR, {"reason": "A family lives there."})

    assert b"Told to the hub" in told[0]
    assert told != before
    assert _practice(hub, OFFICER, "context", "/", "/places.csv") == before
    assert "A home" in words(hub.page(case, CHAIR))
    assert hub.open(f"{case}/pack", CHAIR).status_code == 409
    assert hub.send(f"{case}/publish", CHAIR, {"location_band": "bus_station"}).status_code == 409


def test_an_online_space_named_by_its_members_is_handled_as_a_matter_between_them(hub: PanelPages) -> None:
    case = hub.done("/contexts/new", COORDINATOR, {"why": "Two schools heard of it.", "key": "chat"})
    named = {"kind": "online_space", "name": "CALDER YT", "personal_handle": "yes"} | day("review_due", "1 6 2026")
    hub.done(f"{case}/confirm", COORDINATOR, named)
    before = _practice(hub, OFFICER, "context", "/")

    refused = hub.send(f"{case}/publish", COORDINATOR, {"location_band": "online"})

    assert "A matter between young people." in words(hub.page(case, COORDINATOR))
    assert refused.status_code == 409
    assert _practice(hub, OFFICER, "context", "/") == before


def test_the_number_behind_a_pack_does_not_change_with_one_report(hub: PanelPages) -> None:
    three_reports(hub)
    for _ in range(3):
        hub.report("police", "cairn.context.observed.v1", bus_station())
    case = f"/contexts/{proposed(hub)}"
    hub.done(f"{case}/confirm", COORDINATOR, CONFIRMED)
    before = words(hub.page(f"{case}/pack", CHAIR))

    hub.report("police", "cairn.context.observed.v1", bus_station())

    assert "Reports behind it At least 5" in before
    assert "Reports behind it At least 5" in words(hub.page(f"{case}/pack", CHAIR))


def _in_the_park(hub: PanelPages, *agencies: str, **context: Any) -> None:
    """These agencies report about a park."""
    told = {"about": ["park"], "kind": "place", "location_band": "park", **context}
    for by in agencies:
        data = {"contexts": {"park": {"uprn": "999900004712"}}, "about_contexts": ["park"], "context": told}
        hub.report(by, "cairn.context.observed.v1", data, "2026-05-06T17:30:00+01:00")


def test_a_proposal_goes_by_what_the_panel_was_told_it_is_like_until_somebody_names_it(hub: PanelPages) -> None:
    three_reports(hub)
    _in_the_park(hub, "police", "education")
    board = words(hub.page("/contexts", COORDINATOR))
    told = {row["described"]: row for row in hub.open("/contexts.json", COORDINATOR).json()["rows"]}
    park = f"/contexts/{told['Park']['reference']}"
    pages = [words(hub.page(f"{park}{step}", COORDINATOR)) for step in ("", "/confirm")]
    hub.done(f"{park}/confirm", COORDINATOR, CONFIRMED | {"name": "Wellbrae park", "uprn": "999900004712"})

    refs = {described: f"{row['reference'][:9]}…" for described, row in told.items()}
    assert f"No name yet {refs['Park']} Park 2 reports from Education, Police" in board
    assert f"No name yet {refs[STANCE]} Bus station, stance 3 3 reports from Education, Health, Youth work" in board
    assert [row["name"] for row in told.values()] == ["", ""]
    for page in pages:
        assert "Park" in page
        assert "without a name" not in page
    named = words(hub.page("/contexts", COORDINATOR))
    assert "Place Wellbrae park 2 reports from Education, Police Review by" in named
    assert refs["Park"] not in named


def test_of_what_a_proposal_is_like_just_the_record_that_says_so_is_traced(hub: PanelPages) -> None:
    three_reports(hub)
    hub.page("/contexts", CHAIR)

    entries = hub.stage.hub.log.read(topics.ACCESS, 0, BEFORE_FIRST, 10_000)
    *_, board, described = [Event[AccessRecorded].model_validate_json(entry.value).data for entry in entries]
    assert (board.operation, described.operation) == ("panel.contexts", "panel.contexts-described")
    assert [seen.form for seen in described.seen] == [Form.FULL]


def test_a_proposal_is_described_only_for_a_purpose_for_which_the_panel_was_told(hub: PanelPages) -> None:
    three_reports(hub)

    page = words(hub.page("/contexts", CHAIR, "child_protection"))

    assert "A context without a name yet 3 reports from Education, Health, Youth work" in page
    assert "Bus station" not in page


def test_what_the_panel_may_not_know_of_a_place_changes_no_byte_of_its_board(tmp_path: Path) -> None:
    with panel_pages(tmp_path / "a") as one, panel_pages(tmp_path / "b") as two:
        for world in (one, two):
            _in_the_park(world, "police", "education")
        _in_the_park(two, "police", handling={"addressed_to": ["health"]}, location_band="private_dwelling")
        case = f"/contexts/{proposed(one)}"
        for path in ("/contexts", "/contexts.csv", "/contexts.json", case, f"{case}/confirm"):
            assert one.open(path, CHAIR).content == two.open(path, CHAIR).content, path
        assert any(record["content"].get("location_band") == "private_dwelling" for record in two.records("police"))
