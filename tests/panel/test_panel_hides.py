"""What the panel does not tell cannot be worked out: neither from a list's filter, nor from how a command is refused,
nor by whoever declared an interest."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.panel.panel_hub import CHAIR, COORDINATOR, MINUTE_TAKER, PanelHub, panel_hub, soon

TEACHER, OFFICER = "education/teacher", "police/officer"


class Heard:
    """A referral of education's, and the meeting on whose agenda it is as one of two items; its teacher is invited."""

    def __init__(self, hub: PanelHub) -> None:
        self.hub = hub
        hub.report(
            "education",
            "cairn.missing-episode.reported.v1",
            {
                "people": {"k": {"identifiers": ["niche|909"], "born": "2010-01-01"}},
                "missing": {"about": ["k"], "status": "missing", "since": "2026-05-05T20:00:00+01:00"},
            },
        )
        (young_person,) = next(one for one in hub.records("education") if one["class"] == "missing")["about"]
        words = dict.fromkeys(("asked", "concern", "strengths", "immediate_safety", "views"), "In a few words.")
        sent = hub.post("/v1/referrals", TEACHER, key="one", about="child", young_people=[young_person], **words)
        self.referral = f"/v1/referrals/{sent['ref']}"
        self.ref = sent["ref"]
        self.meeting = self.convene("may")
        self.command(self.meeting, COORDINATOR, command="add_item", kind="matter", title="Another matter")
        self.put_on(self.meeting, COORDINATOR)
        self.item = hub.get(self.meeting, CHAIR)["items"][1]["item"]
        add = {"command": "add_member", "practitioner": TEACHER, "partner": "education", "membership": "invited"}
        self.command(self.meeting, COORDINATOR, None, **add, items=[self.item])

    def convene(self, key: str) -> str:
        parts = {"chair": CHAIR, "coordinator": COORDINATOR, "minute_taker": MINUTE_TAKER}
        made = self.hub.post(
            "/v1/meetings", COORDINATOR, key=key, starts=soon(days=1), ends=soon(days=1, hours=2), parts=parts
        )
        return f"/v1/meetings/{made['ref']}"

    def put_on(self, meeting: str, who: str) -> int:
        return self.command(meeting, who, command="add_item", kind="referral", title="A child", referral=self.ref)

    def command(self, address: str, who: str, seen: int | None = None, **said: object) -> int:
        """The status that a command is answered with."""
        headers = {"if-match": f'"{seen}"'} if seen is not None else {}
        return self.hub.raw("POST", f"{address}/commands", who, json=said, headers=headers).status_code

    def may_read(self, who: str) -> bool:
        return self.hub.raw("GET", self.referral, who, params={"purpose": "context"}).status_code == 200


@pytest.fixture
def heard(tmp_path: Path) -> Iterator[Heard]:
    with panel_hub(tmp_path / "hub") as hub:
        yield Heard(hub)


def test_a_list_that_is_narrowed_tells_the_referrer_no_more_than_the_whole_list(heard: Heard) -> None:
    def listed(who: str, standing: str) -> list[str]:
        return [one["standing"] for one in heard.hub.get("/v1/referrals", who, standing=standing)["referrals"]]

    assert (listed(TEACHER, "received"), listed(TEACHER, "on_agenda")) == (["received"], [])
    assert (listed(CHAIR, "received"), listed(CHAIR, "on_agenda")) == ([], ["on_agenda"])


def test_whom_a_meeting_does_not_concern_cannot_tell_its_version_from_a_refusal(heard: Heard) -> None:
    refusals = {heard.command(heard.meeting, OFFICER, seen, command="close") for seen in (None, *range(1, 9))}
    assert refusals == {heard.command("/v1/meetings/m-none", OFFICER, 1, command="close")} == {404}


def test_who_is_shown_no_version_cannot_find_it_by_trying(heard: Heard) -> None:
    probe = {"command": "declare_conflict", "item": "it-none", "why": "To see what is said."}
    assert len({heard.command(heard.meeting, TEACHER, seen, **probe) for seen in range(1, 9)}) == 1
    again = {"command": "send_in_again", "more": "To see what is said."}
    assert len({heard.command(heard.referral, TEACHER, seen, **again) for seen in range(1, 9)}) == 1


def test_the_panel_is_told_that_somebody_was_quicker(heard: Heard) -> None:
    shown = heard.hub.get(heard.meeting, CHAIR)["version"]
    sent = {"command": "send_agenda"}
    assert heard.command(heard.meeting, COORDINATOR, shown - 1, **sent) == 412
    assert heard.command(heard.meeting, COORDINATOR, shown, **sent) == 200


def test_an_interest_takes_away_the_referral_of_one_s_own_agency_too(heard: Heard) -> None:
    assert heard.may_read(TEACHER)
    heard.command(heard.meeting, TEACHER, command="declare_conflict", item=heard.item, why="My nephew.")
    assert not heard.may_read(TEACHER)
    assert heard.hub.get("/v1/referrals", TEACHER)["referrals"] == []
    assert heard.may_read("education/head")


def test_an_interest_lasts_whichever_meeting_the_referral_goes_to(heard: Heard) -> None:
    heard.command(heard.meeting, MINUTE_TAKER, command="declare_conflict", item=heard.item, why="My street.")
    assert not heard.may_read(MINUTE_TAKER)

    june = heard.convene("june")

    assert heard.put_on(june, MINUTE_TAKER) == 404
    assert heard.put_on(june, COORDINATOR) == 200
    assert not heard.may_read(MINUTE_TAKER)
    assert heard.may_read(CHAIR)
