"""A panel meeting (S15), from the referral of a group to the action that its owner reads, through the interfaces."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from services.panel.domain.prompts import Prompt
from tests.panel.panel_hub import (
    CHAIR,
    COORDINATOR,
    MINUTE_TAKER,
    PanelHub,
    bus_station,
    group_referral,
    panel_hub,
    soon,
)

ANSWERED = {prompt.value: {"given": "yes"} for prompt in Prompt}
WEIGHTS = {"school": 1, "home": 0, "peers": 2, "location": 5, "online": 0}
DECISION: dict[str, Any] = {
    "command": "decide",
    "outcome": "joint_intervention",
    "rationale": "The rationale, zaunkoenig: the place comes first.",
    "weighting": WEIGHTS,
    "disclosure": "Police and social work act on it; the house is told its action.",
    "disclosed_to": ["police", "social-work"],
    "dissent": "Health would have waited a week.",
    "no_views_because": "They are asked on Friday, with a person they chose.",
    "review_due": "2026-06-15",
    "actions": [{"owner": "childrens-house", "text": "Please keep the side door lit.", "due": "2026-05-20"}],
}
TEACHER, OFFICER, KEY_WORKER = "education/teacher", "police/officer", "childrens-house/key-worker"


class Sitting:
    """The meeting of the panel that hears a group, a bus station and four other things."""

    def __init__(self, hub: PanelHub) -> None:
        self.hub = hub
        for by in ("education", "health"):
            hub.report(by, "cairn.school.concern.v1", bus_station(description=f"Told by {by}."))
        (station,) = hub.get("/v1/contexts", COORDINATOR)["contexts"]
        self.station = station["ref"]
        hub.post(
            f"/v1/contexts/{self.station}/commands", COORDINATOR, command="confirm", kind="place",
            name="Wellbrae bus station", uprn="999900004711", review_due="2026-06-01",
        )  # fmt: skip
        hub.report("social-work", "cairn.referral.submitted.v1", group_referral())
        (self.referral,) = hub.get("/v1/referrals", COORDINATOR)["referrals"]
        made = hub.post(
            "/v1/meetings", COORDINATOR, key="may", starts=soon(days=3), ends=soon(days=3, hours=2),
            parts={"chair": CHAIR, "coordinator": COORDINATOR, "minute_taker": MINUTE_TAKER},
        )  # fmt: skip
        self.here = f"/v1/meetings/{made['ref']}"
        self.do(COORDINATOR, command="add_item", kind="matter", title="From last time")
        self.do(COORDINATOR, command="add_item", kind="referral", title="A group", referral=self.referral["ref"])
        self.do(COORDINATOR, command="add_item", kind="context", title="The bus station", case=self.station)
        for title in ("Reviews", "Missing", "Language"):
            self.do(COORDINATOR, command="add_item", kind="matter", title=title)
        self.items = [one["item"] for one in self.view(CHAIR)["items"]]
        self.do(COORDINATOR, command="add_member", practitioner=OFFICER, partner="police", membership="core")
        self.do(
            COORDINATOR, command="add_member", practitioner=TEACHER, partner="education", membership="invited",
            items=[self.items[2]],
        )  # fmt: skip

    def do(self, who: str, **command: Any) -> Any:
        return self.hub.post(f"{self.here}/commands", who, **command)

    def view(self, who: str) -> Any:
        return self.hub.get(self.here, who)

    def pack(self, who: str, number: int, purpose: str = "context") -> tuple[int, Any]:
        path = f"{self.here}/items/{self.items[number]}/pack"
        asked = self.hub.raw("GET", path, who, params={"purpose": purpose})
        return asked.status_code, asked.json()

    def begin(self) -> None:
        self.do(COORDINATOR, command="send_agenda")
        self.hub.stage.move(self.hub.stage.now().replace(day=10, hour=9))
        self.do(CHAIR, command="begin", present=[CHAIR, OFFICER])

    def decide_group(self) -> None:
        self.hub.post(
            f"/v1/referrals/{self.referral['ref']}/commands", COORDINATOR, command="answer_prompts", answers=ANSWERED
        )
        self.do(CHAIR, command="hear", item=self.items[1])
        self.do(MINUTE_TAKER, item=self.items[1], **DECISION)


@pytest.fixture
def sitting(tmp_path: Path) -> Iterator[Sitting]:
    with panel_hub(tmp_path) as hub:
        yield Sitting(hub)


def test_a_group_reaches_the_panel_by_the_report_that_refers_it(sitting: Sitting) -> None:
    view = sitting.hub.get(f"/v1/referrals/{sitting.referral['ref']}", CHAIR)

    assert (sitting.referral["about"], sitting.referral["way"], sitting.referral["by_partner"]) == (
        "group", "report", "social-work",
    )  # fmt: skip
    assert len(view["young_people"]) == 3
    assert view["words"] == {}


def test_a_school_that_is_invited_to_one_item_has_its_own_pack_of_that_item_while_it_is_open(sitting: Sitting) -> None:
    before = sitting.pack(TEACHER, 2)
    sitting.hub.stage.move(sitting.hub.stage.now().replace(day=8, hour=9))
    sitting.hub.stage.settle()

    status, pack = sitting.pack(TEACHER, 2)
    others = [sitting.pack(TEACHER, number)[0] for number in (0, 1, 3, 4, 5)]
    agenda = sitting.view(TEACHER)

    assert before[0] == 404
    assert status == 200
    assert {one["from"] for one in pack["records"]} == {"education", "health"}
    assert [one["form"] for one in pack["records"] if one["from"] == "education"] == ["own"]
    assert pack["reader"] == TEACHER
    assert others == [404] * 5
    assert [(one["number"], one["title"]) for one in agenda["items"]] == [(1, "The bus station")]
    sitting.hub.stage.move(sitting.hub.stage.now().replace(day=11, hour=11))
    assert sitting.pack(TEACHER, 2)[0] == 404


def test_a_pack_is_made_of_what_its_reader_s_agency_holds_and_not_of_what_the_panel_holds(sitting: Sitting) -> None:
    sitting.begin()

    police = sitting.pack(OFFICER, 1)[1]["records"]
    panel = sitting.pack(CHAIR, 1, "child_protection")[1]["records"]

    assert {one["class"] for one in police} == {"peer_links", "context"}
    assert {one["class"] for one in panel} == {"identifiers", "identity", "decision"}
    assert "0777" not in str(police)
    assert {one["form"] for one in police if one["class"] == "peer_links"} == {"pseudonymised"}


def test_a_declared_interest_takes_the_pack_away_at_once(sitting: Sitting) -> None:
    sitting.begin()
    before = sitting.pack(OFFICER, 1)[0]

    sitting.do(OFFICER, command="declare_conflict", item=sitting.items[1], why="K2 is my nephew.")

    after = sitting.pack(OFFICER, 1)
    none = sitting.hub.raw("GET", f"{sitting.here}/items/it-none/pack", OFFICER, params={"purpose": "context"})
    assert (before, after[0]) == (200, 404)
    assert after[1] == none.json()


def test_a_late_item_goes_to_nobody_before_the_chair_has_checked_its_recipients(sitting: Sitting) -> None:
    sitting.begin()
    refused = sitting.hub.refused(
        f"{sitting.here}/commands", COORDINATOR, command="add_item", kind="matter", title="Late"
    )
    sitting.do(CHAIR, command="add_item", kind="matter", title="Late")
    sitting.items.append(sitting.view(CHAIR)["items"][-1]["item"])
    before = sitting.pack(OFFICER, 6)[0]

    recipients = sitting.view(CHAIR)["items"][-1]["recipients"]
    sitting.do(CHAIR, command="check_recipients", item=sitting.items[6], recipients=recipients)

    assert refused["type"] == "urn:cairn:problem:for_the_chair"
    assert (before, sitting.pack(OFFICER, 6)[0], recipients) == (404, 200, [OFFICER])


def test_what_was_heard_is_decided_before_the_meeting_ends(sitting: Sitting) -> None:
    sitting.begin()
    sitting.do(CHAIR, command="hear", item=sitting.items[1])

    refused = sitting.hub.refused(f"{sitting.here}/commands", CHAIR, command="close")

    assert refused["type"] == "urn:cairn:problem:heard_without_decision"
    assert refused["errors"][0]["pointer"] == f"/{sitting.items[1]}"


@pytest.mark.parametrize("left_out", ["dissent", "no_views_because", "review_due"])
def test_a_decision_that_does_not_say_all_is_refused(sitting: Sitting, left_out: str) -> None:
    sitting.begin()
    sitting.do(CHAIR, command="hear", item=sitting.items[3])
    said = {name: value for name, value in DECISION.items() if name != left_out}

    refused = sitting.hub.refused(f"{sitting.here}/commands", MINUTE_TAKER, item=sitting.items[3], **said)

    named = "views" if left_out == "no_views_because" else left_out
    assert (refused["type"], refused["errors"][0]["pointer"]) == (
        "urn:cairn:problem:decision_incomplete", f"/{named}",
    )  # fmt: skip


def test_a_referral_is_decided_once_its_prompts_are_answered(sitting: Sitting) -> None:
    sitting.begin()
    sitting.do(CHAIR, command="hear", item=sitting.items[1])

    refused = sitting.hub.refused(f"{sitting.here}/commands", MINUTE_TAKER, item=sitting.items[1], **DECISION)

    assert refused["type"] == "urn:cairn:problem:prompts_open"
    assert len(refused["errors"]) == len(Prompt)


def test_the_house_reads_its_action_and_learns_nothing_of_the_decision(sitting: Sitting) -> None:
    sitting.begin()
    sitting.decide_group()

    (action,) = sitting.hub.get("/v1/actions", KEY_WORKER)["actions"]
    told = [one for one in sitting.hub.records("childrens-house") if one["from"] == "efh-panel"]
    decided = [one for one in sitting.hub.records("police") if one["from"] == "efh-panel"]

    assert (action["text"], action["meeting"]) == ("Please keep the side door lit.", None)
    assert [(one["class"], one["content"]["to_do"]) for one in told] == [("action", "Please keep the side door lit.")]
    assert "zaunkoenig" not in str(told)
    assert "zaunkoenig" in str(decided)
    assert "side door" not in str(decided)
    assert sitting.hub.raw("GET", sitting.here, KEY_WORKER, params={"purpose": "context"}).status_code == 404


def test_what_the_panel_decides_is_about_whom_it_was_referred(sitting: Sitting) -> None:
    known = {name for one in sitting.hub.records("social-work") for name in one["about"]}
    sitting.begin()
    sitting.decide_group()

    (decided,) = [one for one in sitting.hub.records("social-work") if one["from"] == "efh-panel"]

    assert decided["content"]["panel_outcome"] == "joint_intervention"
    assert decided["content"]["dissent"] == "Health would have waited a week."
    assert set(decided["about"]) <= known


def test_an_action_that_is_late_goes_to_the_chair_and_then_to_the_committee(sitting: Sitting) -> None:
    sitting.begin()
    sitting.decide_group()
    sitting.hub.stage.move(sitting.hub.stage.now().replace(day=21))
    (first,) = sitting.hub.get("/v1/actions", CHAIR, state="overdue")["actions"]
    sitting.hub.stage.move(sitting.hub.stage.now().replace(month=6, day=4))
    (then,) = sitting.hub.get("/v1/actions", CHAIR, state="overdue")["actions"]

    assert first["escalated"] == ["chair"]
    assert then["escalated"] == ["chair", "child_protection_committee"]


def test_an_owner_says_that_it_is_done_with_evidence(sitting: Sitting) -> None:
    sitting.begin()
    sitting.decide_group()
    (action,) = sitting.hub.get("/v1/actions", KEY_WORKER)["actions"]
    here = f"/v1/actions/{action['ref']}/commands"

    refused = sitting.hub.refused(here, KEY_WORKER, command="report_progress", progress="done")
    hidden = [sitting.hub.refused(path, TEACHER, command="report_progress", progress="done", said="Me.")
              for path in (here, "/v1/actions/act-none/commands")]  # fmt: skip
    sitting.hub.post(here, KEY_WORKER, command="report_progress", progress="done", said="Lit since Monday.")

    assert refused["type"] == "urn:cairn:problem:words_missing"
    assert hidden[0] == hidden[1]
    assert sitting.hub.get(f"/v1/actions/{action['ref']}", CHAIR)["evidence"] == "Lit since Monday."


def test_each_recipient_reads_minutes_of_their_own(sitting: Sitting) -> None:
    sitting.begin()
    sitting.decide_group()
    for number in (0, 2, 3, 4, 5):
        sitting.do(CHAIR, command="carry_over", item=sitting.items[number], reason="No time.")
    sitting.do(CHAIR, command="close")
    early = sitting.hub.raw("GET", f"{sitting.here}/minutes", OFFICER, params={"purpose": "context"}).status_code
    sitting.do(COORDINATOR, command="circulate_minutes")

    police = sitting.hub.get(f"{sitting.here}/minutes", OFFICER)
    school = sitting.hub.get(f"{sitting.here}/minutes", TEACHER)

    assert early == 404
    assert police["items"][1]["decision"]["words"]["dissent"] == "Health would have waited a week."
    assert police["items"][1]["actions"] == []
    assert [(one["number"], one["title"], one["decided"]) for one in school["items"]] == [(1, "The bus station", False)]
    assert "zaunkoenig" not in str(school)


@pytest.mark.parametrize("who", ["efh-panel/system", "efh-panel/signatory"])
def test_the_panel_s_systems_and_signatories_do_not_work_in_its_room(sitting: Sitting, who: str) -> None:
    asked = [
        sitting.hub.raw("GET", "/v1/contexts", who, params={"purpose": "context"}),
        sitting.hub.raw("GET", sitting.here, who, params={"purpose": "context"}),
        sitting.hub.raw("POST", f"{sitting.here}/commands", who, json={"command": "send_agenda"}),
        sitting.hub.raw("POST", f"/v1/contexts/{sitting.station}/commands", who, json={"command": "weigh"}),
    ]

    assert {(one.status_code, one.json()["type"]) for one in asked} == {(403, "urn:cairn:problem:role_missing")}


def test_somebody_without_a_part_cannot_tell_a_meeting_from_none(sitting: Sitting) -> None:
    answers = [
        sitting.hub.raw("GET", path, "health/nurse", params={"purpose": "context"})
        for path in (sitting.here, "/v1/meetings/m-none", f"{sitting.here}/minutes", "/v1/meetings/m-none/minutes")
    ]

    assert {one.status_code for one in answers} == {404}
    assert len({one.content for one in answers}) == 1
    assert sitting.hub.get("/v1/meetings", "health/nurse") == {"meetings": []}
