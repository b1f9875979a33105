"""Packs: a record is in one only where it names to its reader whom, or what, the item is about."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.panel.panel_hub import CHAIR, COORDINATOR, MINUTE_TAKER, PanelHub, bus_station, panel_hub, soon

TEACHER, DRIVER = "education/teacher", "bus-operator/manager"
EXISTENCE = {"code": "C", "existence": "disclosable"}
SAID = {"asked": "?", "concern": "?", "strengths": "?", "immediate_safety": "?", "views": "?"}
YOUNG = {
    "k": {"identifiers": ["niche|909"], "born": "2010-01-01"},
    "l": {"identifiers": ["niche|910"], "born": "2010-01-01"},
}


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[PanelHub]:
    with panel_hub(tmp_path) as opened:
        yield opened


def _refer(hub: PanelHub, **about: Any) -> str:
    ref: str = hub.post("/v1/referrals", TEACHER, key="one", **about, **SAID)["ref"]
    return ref


def _pack(hub: PanelHub, reader: str, referral: str) -> list[tuple[str, str, str]]:
    """Who told, the class and the form of each record in the pack that somebody invited to one item reads of it."""
    made = hub.post(
        "/v1/meetings", COORDINATOR, key="may", starts=soon(days=1), ends=soon(days=1, hours=2),
        parts={"chair": CHAIR, "coordinator": COORDINATOR, "minute_taker": MINUTE_TAKER},
    )  # fmt: skip
    here = f"/v1/meetings/{made['ref']}"
    hub.post(f"{here}/commands", COORDINATOR, command="add_item", kind="referral", title="One", referral=referral)
    item = hub.get(here, CHAIR)["items"][0]["item"]
    partner = reader.partition("/")[0]
    hub.post(
        f"{here}/commands", COORDINATOR, command="add_member", practitioner=reader, partner=partner,
        membership="invited", items=[item],
    )  # fmt: skip
    records = hub.get(f"{here}/items/{item}/pack", reader)["records"]
    return sorted((one["from"], one["class"], one["form"]) for one in records)


def test_a_record_that_names_nobody_is_in_no_pack_of_those_whom_it_is_about(hub: PanelHub) -> None:
    missing = {"about": ["k"], "status": "missing", "since": "2026-05-05T20:00:00+01:00"}
    hub.report(
        "education", "cairn.missing-episode.reported.v1", {"people": {"k": YOUNG["k"]}, "missing": missing}
    )  # fmt: skip
    hub.report(
        "health", "cairn.referral.submitted.v1",
        {"people": YOUNG, "peer_links": {"about": ["k", "l"], "kind": "friends", "handling": EXISTENCE}},
    )  # fmt: skip
    (own,) = [one for one in hub.records("education") if one["class"] == "missing"]

    pack = _pack(hub, TEACHER, _refer(hub, about="child", young_people=own["about"]))

    held = [(one["form"], one["about"]) for one in hub.records("education", "context") if one["class"] == "peer_links"]
    assert held == [("existence", [])]
    assert pack == [("education", "missing", "own")]


def test_a_record_in_general_terms_is_in_no_pack_of_the_place_that_it_does_not_name(hub: PanelHub) -> None:
    for number, by in enumerate(("education", "health", "youth-work")):
        people = {f"k{one}": {"identifiers": [f"{by}|{number}{one}"], "born": "2010-01-01"} for one in range(3)}
        hub.report(by, "cairn.context.observed.v1", bus_station() | {"people": people, "present": sorted(people)})
    hub.report("bus-operator", "cairn.context.observed.v1", bus_station())
    (place,) = [ref for one in hub.records("education", "context") if one["form"] == "own" for ref in one["about"]]

    pack = _pack(hub, DRIVER, _refer(hub, about="place", contexts=[place]))

    told = {one["form"] for one in hub.records("bus-operator", "context") if one["from"] != "bus-operator"}
    assert told == {"generalised"}
    assert pack == [("bus-operator", "context", "own")]
