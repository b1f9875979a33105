"""Closing an inter-agency referral discussion (S1, 1.10), and the timers of a return (1.7), through the interface."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from services.panel.domain.prompts import Prompt
from tests.panel.panel_hub import CHAIR, PanelHub, panel_hub

WORKER = "social-work/duty-worker"
WHOLE: dict[str, Any] = {
    "key": "ird-1",
    "young_people": [["swis|4711"]],
    "outcome": "refer_group_to_efh_panel",
    "took_part": ["social_work", "police", "health"],
    "reasons": "The harm lies outside the home.",
    "lead_professional": "Team leader, children and families",
    "young_persons_view": "I want it to stop.",
    "prompts": {prompt.value: {"given": "yes"} for prompt in Prompt},
}


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[PanelHub]:
    with panel_hub(tmp_path) as opened:
        yield opened


@pytest.mark.parametrize(
    ("changed", "code", "missing"),
    [
        ({"took_part": ["social_work", "police"]}, "participation_missing", ["/health"]),
        ({"took_part": []}, "participation_missing", ["/health", "/police", "/social_work"]),
        ({"took_part": ["social_work"], "not_taken_part": {"police": "Away."}}, "participation_missing", ["/health"]),
        ({"lead_professional": " "}, "closing_incomplete", ["/lead_professional"]),
        ({"young_persons_view": None}, "closing_incomplete", ["/young_persons_view"]),
        ({"prompts": {}}, "prompts_open", [f"/{prompt.value}" for prompt in Prompt]),
        ({"prompts": WHOLE["prompts"] | {"medical": {"given": "skipped"}}}, "prompts_open", ["/medical"]),
    ],
)  # fmt: skip
def test_a_discussion_that_lacks_something_is_not_closed(
    hub: PanelHub, changed: dict[str, Any], code: str, missing: list[str]
) -> None:
    refused = hub.refused("/v1/discussions", WORKER, **WHOLE | changed)

    assert refused["type"] == f"urn:cairn:problem:{code}"
    assert [one["pointer"] for one in refused["errors"]] == missing
    assert hub.records("social-work") == []


def test_each_absence_has_a_reason_of_its_own_and_each_skipped_prompt_too(hub: PanelHub) -> None:
    changed = {
        "took_part": ["social_work", "police"],
        "not_taken_part": {"health": "Nobody was on duty; they are asked tomorrow."},
        "prompts": WHOLE["prompts"] | {"medical": {"given": "skipped", "words": "Nobody was hurt."}},
    }

    closed = hub.post("/v1/discussions", WORKER, **WHOLE | changed)

    (record,) = hub.records("social-work")
    (kept,) = hub.get("/v1/discussions", WORKER)["discussions"]
    assert closed["status"] == "accepted"
    assert record["content"]["not_taken_part_because"] == "Health: Nobody was on duty; they are asked tomorrow."
    assert record["content"]["lead_professional"] == "Team leader, children and families"
    assert (kept["prompts"]["medical"], kept["prompts_words"]["medical"]) == ("skipped", "Nobody was hurt.")
    assert kept["not_taken_part"] == ["health"]


def test_a_group_that_a_discussion_refers_is_on_the_panel_s_list(hub: PanelHub) -> None:
    hub.post("/v1/discussions", WORKER, **WHOLE)
    hub.post("/v1/discussions", WORKER, **WHOLE | {"key": "ird-2", "outcome": "named_person_arranges_support"})

    (referral,) = hub.get("/v1/referrals", CHAIR)["referrals"]

    assert (referral["about"], referral["way"], referral["by_partner"]) == ("group", "report", "social-work")


def test_closing_it_again_is_the_same_discussion(hub: PanelHub) -> None:
    first = hub.post("/v1/discussions", WORKER, **WHOLE)
    hub.stage.move(hub.stage.now().replace(hour=15))
    again = hub.post("/v1/discussions", WORKER, **WHOLE)

    assert first["receipt"] == again["receipt"]
    assert len(hub.get("/v1/discussions", WORKER)["discussions"]) == 1


def test_another_agency_s_discussions_are_not_listed(hub: PanelHub) -> None:
    hub.post("/v1/discussions", WORKER, **WHOLE)

    assert hub.get("/v1/discussions", "police/officer") == {"discussions": []}


def test_a_return_discussion_that_nobody_offered_is_late_at_its_instant(hub: PanelHub) -> None:
    people = {"people": {"k1": {"identifiers": ["swis|4711"], "born": "2011-03-15"}}}
    hub.report(
        "social-work", "cairn.missing-episode.reported.v1",
        people | {"missing": {"about": ["k1"], "status": "missing", "since": "2026-05-05T20:00:00+01:00"}},
    )  # fmt: skip
    hub.report(
        "social-work", "cairn.missing-episode.located.v1",
        people | {"missing": {"about": ["k1"], "status": "found_safe", "found": "2026-05-06T03:15:00+01:00"}},
    )  # fmt: skip

    def late(day: int, hour: int, minute: int) -> list[Any]:
        hub.stage.move(hub.stage.now().replace(day=day, hour=hour, minute=minute))
        return list(hub.get("/v1/missing", WORKER, "missing")["overdue"])

    assert late(9, 2, 14) == []
    (one,) = late(9, 2, 15)
    assert (one["offered"], one["completed"], one["offered_due"]) == (
        "overdue", "running", "2026-05-09T03:15:00+01:00",
    )  # fmt: skip
    (one,) = late(13, 2, 15)
    assert one["completed"] == "overdue"
    assert hub.get("/v1/missing", "police/officer", "missing")["episodes"] == []
