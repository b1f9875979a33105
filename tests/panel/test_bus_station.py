"""The bus station (S4): three schools, no young person in common, and a place that is made safer."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.panel.panel_hub import CHAIR, COORDINATOR, PanelHub, bus_station, panel_hub

WEIGHTS = {"school": 1, "home": 0, "peers": 2, "location": 5, "online": 0}


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[PanelHub]:
    with panel_hub(tmp_path) as opened:
        yield opened


def _three_reports(hub: PanelHub) -> None:
    hub.report(
        "education",
        "cairn.school.concern.v1",
        bus_station(time_band="15:30-17:30", harms=["substances"], description="Two pupils were offered vapes.")
        | {"people": {"k1": {"identifiers": ["scn|161234567"], "born": "2011-02-01"}}, "present": ["k1"]},
    )
    hub.report(
        "health",
        "cairn.health.attendance.v1",
        bus_station(days="weekdays", description="Burns, at the kiosk. Philippa saw it.")
        | {"people": {"k1": {"identifiers": ["chi|5503111230"], "born": "2011-03-15"}}, "present": ["k1"]},
    )
    hub.report(
        "youth-work",
        "cairn.context.observed.v1",
        bus_station(time_band="16:00-18:00", ask="staff_presence", harms=["sexual_exploitation"])
        | {"people": {"k1": {"identifiers": ["club|77"], "born": "2010-12-03"}}, "present": ["k1"]},
    )


def _confirmed(hub: PanelHub) -> str:
    _three_reports(hub)
    (proposed,) = hub.get("/v1/contexts", COORDINATOR)["contexts"]
    ref: str = proposed["ref"]
    hub.post(
        f"/v1/contexts/{ref}/commands", COORDINATOR, command="confirm", kind="place",
        name="Wellbrae bus station", uprn="999900004711", review_due="2026-06-01",
    )  # fmt: skip
    return ref


def test_separate_reports_propose_one_context_with_its_evidence_and_a_person_confirms_it(hub: PanelHub) -> None:
    _three_reports(hub)

    (proposed,) = hub.get("/v1/contexts", COORDINATOR)["contexts"]

    assert (proposed["state"], proposed["agencies"], proposed["reports"]) == (
        "proposed", ["education", "health", "youth-work"], 3,
    )  # fmt: skip
    view = hub.get(f"/v1/contexts/{proposed['ref']}", COORDINATOR)
    assert {one["by"] for one in view["evidence"]} == {"education", "health", "youth-work"}
    refused = hub.refused(f"/v1/contexts/{proposed['ref']}/commands", COORDINATOR, command="weigh", weighting=WEIGHTS)
    assert refused["type"] == "urn:cairn:problem:context_not_open"


def test_one_report_or_one_agency_alone_proposes_nothing(hub: PanelHub) -> None:
    for _ in range(3):
        hub.report("education", "cairn.school.concern.v1", bus_station())

    assert hub.get("/v1/contexts", COORDINATOR)["contexts"] == []


def test_no_young_person_gains_a_link_by_a_context(hub: PanelHub) -> None:
    def known() -> list[bytes]:
        return [
            hub.stage.ask("GET", "/sharing/v1/records", f"{agency}/system", params={"purpose": purpose}).content
            for agency in ("education", "health", "youth-work", "social-work", "police")
            for purpose in ("context", "child_protection")
        ]

    _three_reports(hub)
    before = known()
    (proposed,) = hub.get("/v1/contexts", COORDINATOR)["contexts"]
    hub.post(
        f"/v1/contexts/{proposed['ref']}/commands", COORDINATOR, command="confirm", kind="place",
        name="Wellbrae bus station", review_due="2026-06-01",
    )  # fmt: skip

    assert known() == before


def test_a_context_is_assessed_weighed_planned_for_and_closed_on_an_outcome_of_its_own(hub: PanelHub) -> None:
    here = f"/v1/contexts/{_confirmed(hub)}"
    commands: list[dict[str, object]] = [
        {"command": "observe_guardian", "guardian": "Kiosk owner", "present": True, "observed_on": "2026-05-06"},
        {"command": "assess", "young_people": "They wait there together.", "guardianship": "One kiosk owner.",
         "resources": "The lights are out."},
        {"command": "weigh", "weighting": WEIGHTS},
        {"command": "plan_step", "step": "lights", "aim": "The lights work.", "owner": "bus-operator",
         "due": "2026-05-20", "measure": "environment_repaired"},
        {"command": "review", "findings": "Lit since Monday.", "next_due": "2026-07-01"},
        {"command": "record_outcome", "measure": "referrals", "before": "3", "after": "0", "measured_on": "2026-05-30"},
    ]  # fmt: skip
    for command in commands:
        hub.post(f"{here}/commands", COORDINATOR, **command)

    view = hub.get(here, CHAIR)
    refused = hub.refused(f"{here}/commands", CHAIR, command="close", reason="No more referrals.")
    hub.post(
        f"{here}/commands", CHAIR, command="record_outcome", measure="environment_repaired", before="dark",
        after="lit since 2026-05-18", measured_on="2026-05-30",
    )  # fmt: skip
    closed = hub.post(f"{here}/commands", CHAIR, command="close", reason="The stance is lit and staffed.")

    assert (view["first"], view["guardians"][0]["who"]) == (["location"], "Kiosk owner")
    assert [one["kind"] for one in view["timeline"]].count("reviewed") == 1
    assert refused["type"] == "urn:cairn:problem:outcome_missing"
    assert closed["state"] == "closed"


def test_the_pack_of_a_context_conference_has_nobody_in_it_and_no_small_number(hub: PanelHub) -> None:
    ref = _confirmed(hub)

    pack = hub.get(f"/v1/contexts/{ref}/conference-pack", COORDINATOR)

    assert pack == {
        "kind": "place",
        "location_bands": ["bus_station"],
        "spots": ["stance 3"],
        "time_bands": ["15:30-17:30", "16:00-18:00"],
        "days": ["weekdays"],
        "harms": ["sexual_exploitation", "substances"],
        "asks": ["staff_presence"],
        "reports": "fewer than five",
    }
    for word in ("Philippa", "vapes", "161234567", "5503111230", "2011"):
        assert word not in json.dumps(pack)


def test_what_is_described_alike_under_another_name_is_offered_for_a_person_to_join(hub: PanelHub) -> None:
    ref = _confirmed(hub)
    elsewhere = bus_station(time_band="16:30-17:00") | {"contexts": {"bus": {"name": "the station"}}}
    hub.report("police", "cairn.context.observed.v1", elsewhere)
    at_night = bus_station(time_band="22:00-23:30") | {"contexts": {"bus": {"name": "the night bus"}}}
    hub.report("police", "cairn.context.observed.v1", at_night)

    (alike,) = hub.get(f"/v1/contexts/{ref}/alike", COORDINATOR)["contexts"]
    hub.post(f"/v1/contexts/{ref}/commands", COORDINATOR, command="join", contexts=[alike])

    assert alike in hub.get(f"/v1/contexts/{ref}", COORDINATOR)["contexts"]
    assert hub.get(f"/v1/contexts/{ref}/alike", COORDINATOR)["contexts"] == []
    assert len(hub.get("/v1/contexts", COORDINATOR)["contexts"]) == 1


def test_too_few_reports_make_no_pack(hub: PanelHub) -> None:
    for by in ("education", "health"):
        hub.report(by, "cairn.school.concern.v1", bus_station())
    (proposed,) = hub.get("/v1/contexts", COORDINATOR)["contexts"]
    hub.post(
        f"/v1/contexts/{proposed['ref']}/commands", COORDINATOR, command="confirm", kind="place", name="Station",
        review_due="2026-06-01",
    )  # fmt: skip

    answered = hub.raw(
        "GET", f"/v1/contexts/{proposed['ref']}/conference-pack", COORDINATOR, params={"purpose": "context"}
    )

    assert (answered.status_code, answered.json()["type"]) == (409, "urn:cairn:problem:too_few_reports")


def test_a_context_that_is_a_home_is_withdrawn_from_all_who_were_told_of_it(hub: PanelHub) -> None:
    ref = _confirmed(hub)
    hub.post(
        f"/v1/contexts/{ref}/commands", COORDINATOR, command="publish", location_band="bus_station", ask="lighting"
    )
    told = [one for one in hub.records("police", "context") if one["from"] == "efh-panel"]

    converted = hub.post(f"/v1/contexts/{ref}/commands", CHAIR, command="convert", reason="A family lives there.")

    after = [one for one in hub.records("police", "context") if one["from"] == "efh-panel"]
    refused = hub.raw("GET", f"/v1/contexts/{ref}/conference-pack", COORDINATOR, params={"purpose": "context"})
    assert (len(told), after, converted["state"]) == (1, [], "converted")
    assert refused.status_code == 409


def test_an_online_space_named_by_its_members_is_a_matter_of_peers_and_is_not_told_of(hub: PanelHub) -> None:
    opened = hub.post("/v1/contexts", COORDINATOR, key="chat", why="Heard of by two schools.")
    here = f"/v1/contexts/{opened['ref']}"
    hub.post(
        f"{here}/commands", COORDINATOR, command="confirm", kind="online_space", name="CALDER YT",
        personal_handle=True, review_due="2026-06-01",
    )  # fmt: skip

    view = hub.get(here, COORDINATOR)
    refused = hub.refused(f"{here}/commands", COORDINATOR, command="publish", location_band="online")

    assert view["handled_as"] == "peer_links"
    assert refused["type"] == "urn:cairn:problem:not_a_context"
    assert not [one for one in hub.records("police", "context") if one["from"] == "efh-panel"]


@pytest.mark.parametrize("who", ["education/teacher", "social-work/duty-worker"])
def test_another_agency_cannot_tell_whether_there_is_a_context(hub: PanelHub, who: str) -> None:
    ref = _confirmed(hub)

    answers = [
        hub.raw("GET", path, who, params={"purpose": "context"})
        for path in ("/v1/contexts", f"/v1/contexts/{ref}", "/v1/contexts/ctx-none")
    ]

    assert {one.status_code for one in answers} == {403}
    assert len({one.content for one in answers}) == 1


def test_a_state_that_has_changed_meanwhile_is_not_overwritten(hub: PanelHub) -> None:
    ref = _confirmed(hub)
    version = hub.get(f"/v1/contexts/{ref}", CHAIR)["version"]
    said = {"command": "weigh", "weighting": WEIGHTS}

    first = hub.raw("POST", f"/v1/contexts/{ref}/commands", CHAIR, json=said, headers={"if-match": f'"{version}"'})
    again = hub.raw("POST", f"/v1/contexts/{ref}/commands", CHAIR, json=said, headers={"if-match": f'"{version}"'})

    assert (first.status_code, first.headers["etag"]) == (200, f'"{version + 1}"')
    assert (again.status_code, again.json()["type"]) == (412, "urn:cairn:problem:changed")
