"""The story of the demo: what each step changes, for whom, and that nobody but its world is told of it."""

import json
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from schemas.classes import Form, Purpose
from services.console.demo import NAMES, STORY
from services.console.rehearsal.comparing import rehearse
from services.console.rehearsal.hubs import LEAD
from services.console.rehearsal.parts import embedded_settings
from services.console.rehearsal.players import copied_players
from services.console.rehearsal.scenario import JSON
from services.console.story.acting import Actors
from services.console.story.changes import Change
from services.console.story.script import load
from services.console.story.showing import shown
from services.console.story.telling import Story
from services.front import people
from tests.console.story_hub import Telling, telling


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Telling]:
    """The whole story, told."""
    with telling(tmp_path_factory.mktemp("told")) as begun:
        begun.until("recall")
        yield begun


def _change(told: Telling, step: str, partner: str) -> Change:
    return next(one for one in told.story.told if one.step.id == step).changes.get(partner, Change())


def test_the_panel_s_agreements_change_no_cell_of_the_night_for_the_eight_agencies() -> None:
    scenario = replace(load(STORY).scenario, what_if=())

    with copied_players(scenario, embedded_settings) as new_player:
        outcome = rehearse(scenario, new_player)

    assert sum(len(row) for row in scenario.expect.values()) == 192
    assert outcome.unexpected == []
    assert outcome.matrix["F18"]["efh-panel"] == "none", "the panel is told what is referred to it, not every decision"
    assert {outcome.matrix[item]["efh-panel"] for item in ("F20", "F21", "F22")} == {"full"}


def test_a_young_person_who_goes_missing_changes_nothing_for_who_has_no_part_in_it(told: Telling) -> None:
    police = _change(told, "missing", "police")

    assert police.new[Form.OWN] == {"missing": 1}
    assert police.new[Form.FULL] == {"identity": 1, "address": 1, "missing": 1}
    assert [partner for partner in NAMES if not _change(told, "missing", partner)] == [
        "youth-work", "bus-operator", "efh-panel",
    ]  # fmt: skip


def test_what_was_told_in_private_changes_something_for_nobody_but_who_listened(told: Telling) -> None:
    knowing = [
        partner
        for partner in NAMES
        if any("voice_private" in counts for counts in _change(told, "return", partner).new.values())
    ]

    assert knowing == ["return-service"]


def test_the_panel_s_own_feed_proposes_the_bus_station_and_brings_it_the_group(told: Telling) -> None:
    panel = _change(told, "referral", "efh-panel")
    bus = _change(told, "referral", "bus-operator")

    assert panel.tasks == {"context proposed": 1, "referral received": 1}
    assert panel.new == {Form.FULL: {"context": 5, "peer_links": 1}}
    assert set(bus.new) == {Form.OWN, Form.GENERALISED}


def test_the_meeting_has_a_decided_item_an_open_one_and_actions_that_are_not_done(told: Telling) -> None:
    chair, query = "efh-panel/chair", {"purpose": "context"}
    (meeting,) = told.stage.ask("GET", "/panel/v1/meetings", chair, params=query).json()["meetings"]
    actions = told.stage.ask("GET", "/panel/v1/actions", chair, params=query).json()["actions"]

    assert [one["state"] for one in meeting["items"]] == ["decided", "decided", "planned"]
    assert {one["owner"]: one["progress"] for one in actions} == {
        "bus-operator": "assigned", "youth-work": "under_way", "childrens-house": "assigned",
    }  # fmt: skip


def test_what_the_panel_decides_reaches_those_who_act_on_it_about_young_people_whom_they_know(told: Telling) -> None:
    records = partial(_records, told)
    before = {name for one in records("police") if one["from"] == "social-work" for name in one["about"]}
    decided = [one for one in records("police") if one["from"] == "efh-panel"]

    assert sorted(len(one["about"]) for one in decided) == [1, 4]
    assert {name for one in decided for name in one["about"]} <= before
    assert {one["class"] for one in decided} == {"decision"}


def test_each_owner_is_given_its_own_action_alone(told: Telling) -> None:
    given = {partner: [one["content"]["to_do"] for one in _records(told, partner) if one["class"] == "action"]
             for partner in NAMES if partner != "efh-panel"}  # fmt: skip

    assert {partner: len(texts) for partner, texts in given.items() if texts} == {
        "bus-operator": 1, "youth-work": 1, "childrens-house": 1,
    }  # fmt: skip
    assert "lamps" in given["bus-operator"][0]
    assert "last bus" in given["youth-work"][0]
    assert "side door" in given["childrens-house"][0]


def test_each_owner_is_asked_for_its_own_action_alone(told: Telling) -> None:
    query = {"purpose": "context"}
    for owner in ("bus-operator", "youth-work", "childrens-house"):
        found = told.stage.ask("GET", "/panel/v1/actions", f"{owner}/anybody", params=query).json()["actions"]

        assert [one["owner"] for one in found] == [owner]
        assert _change(told, "action", owner).tasks == {"action": 1}


def test_a_suspended_agreement_takes_records_away_and_each_agency_answers_the_recall(told: Telling) -> None:
    house = _change(told, "suspended", "childrens-house")

    assert house.gone == {"missing": 2, "voice_safety": 1}
    assert house.asked == 3
    assert house.asked_for == ["missing"]
    assert not _change(told, "suspended", "health")
    for partner in NAMES:
        assert _change(told, "recall", partner).answered == _change(told, "suspended", partner).asked


def test_what_the_story_says_each_agency_has_is_what_its_feed_serves(told: Telling) -> None:
    for partner in NAMES:
        said: Counter[str] = Counter()
        for one in told.story.told:
            change = one.changes.get(partner, Change())
            for counts in change.new.values():
                said.update(counts)
            said.subtract(change.gone)

        assert +said == _served(told, partner), partner


def _records(told: Telling, partner: str) -> list[dict[str, Any]]:
    query = {"purpose": "child_protection", "limit": "200"}
    return list(told.stage.ask("GET", "/sharing/v1/records", f"{partner}/system", params=query).json()["records"])


def _served(told: Telling, partner: str) -> Counter[str]:
    """Data class -> how many items the partner's own feed holds over all purposes."""
    query = {"partner": partner, "limit": "500"}
    page = told.stage.ask("GET", "/governance/v1/disclosures", LEAD, params=query).json()
    items = {one["reference"]: (one["item"], one["class"]) for one in page["disclosures"]}
    assert page["next"] is None
    live = set()
    for purpose in Purpose:
        asked = {"purpose": purpose.value, "limit": "500"}
        for line in told.stage.ask("GET", "/sharing/v1/feed", f"{partner}/system", params=asked).content.splitlines():
            one = json.loads(line)
            if one["kind"] == "disclosed":
                live.add(items[one["record"]["record"]])
    return Counter(data_class for _, data_class in live)


def test_a_story_goes_on_from_where_it_was_kept(told: Telling) -> None:
    now = told.stage.now()
    told.story.keep(now)

    again = Story(told.story.script, NAMES, told.story.file)

    assert again.told == told.story.told
    assert (again.now, again.next) == (now, None)


class _Killed(BaseException):
    """The program ends at once."""


def test_a_step_that_was_interrupted_goes_on_where_it_stopped(
    told: Telling, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    act = Actors._act
    left: list[int] = []

    def last_act(actors: Actors, asked: JSON) -> None:
        if not left:
            raise _Killed
        act(actors, asked)
        left.pop()

    with telling(tmp_path) as begun:
        begun.until("referral")
        begun.story.keep(begun.stage.now())
        monkeypatch.setattr(Actors, "_act", last_act)
        for acts in (1, 2, 3, 4):  # each time nothing is remembered but what lies in the file
            left[:] = range(acts)
            with pytest.raises(_Killed):
                Story(begun.story.script, NAMES, begun.story.file).tell(begun.stage)
        monkeypatch.undo()
        again = Story(begun.story.script, NAMES, begun.story.file)
        again.tell(begun.stage)

        assert again.told[-1].step.id == "panel"
        assert again.told[-1].changes == next(one for one in told.story.told if one.step.id == "panel").changes


def test_an_act_that_was_done_and_not_noted_is_done_once(
    told: Telling, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    act = Actors._act
    done: list[str] = []

    def each_act(actors: Actors, asked: JSON) -> None:
        act(actors, asked)
        if json.dumps(asked) not in done:
            done.append(json.dumps(asked))
            raise _Killed

    with telling(tmp_path) as begun:
        begun.until("referral")
        begun.story.keep(begun.stage.now())
        monkeypatch.setattr(Actors, "_act", each_act)
        story = begun.story
        while story.told[-1].step.id != "action":
            story = Story(begun.story.script, NAMES, begun.story.file)
            with suppress(_Killed):
                story.tell(begun.stage)
                story.keep(begun.stage.now())

        assert len(done) == sum(len(step.acts) for step in story.script.steps if step.id in ("panel", "action"))
        assert _in_the_room(begun) == _in_the_room(told)


def _in_the_room(told: Telling) -> dict[str, list[Any]]:
    """What was done in the panel's room, each thing as often as it was done."""

    def read(path: str, who: str = "efh-panel/coordinator") -> Any:
        return told.stage.ask("GET", f"/panel/v1/{path}", who, params={"purpose": "context"}).json()

    (context,), (meeting,), (referral,) = (read(what)[what] for what in ("contexts", "meetings", "referrals"))
    return {
        "items": [one["title"] for one in meeting["items"]],
        "members": sorted(meeting["members"]),
        "timeline": [one["kind"] for one in read(f"contexts/{context['ref']}")["timeline"]],
        "referral": [one["kind"] for one in read(f"referrals/{referral['ref']}")["history"]],
        "actions": [[step["progress"] for step in one["history"]] for one in read("actions")["actions"]],
    }


def test_the_page_says_of_every_agency_what_is_different_or_that_nothing_is(told: Telling) -> None:
    groups = people(NAMES, [])
    step = shown(told.story.told[2], 3, groups, NAMES)

    by_agency = {one.agency: [(line.form, line.label, line.words) for line in one.lines] for one in step.changes}
    assert by_agency["Police"] == [(Form.FULL, None, "Own words about safety")]
    assert by_agency["Return discussion service"] == [
        (Form.OWN, None, "Own words about safety, Own words told in private")
    ]
    assert step.unchanged == "Health, Education, Youth work, Bus operator and Extra-familial harm panel"


def test_nothing_is_different_before_anything_is_told(tmp_path: Path) -> None:
    with telling(tmp_path) as begun:
        matrix = begun.stage.ask("GET", "/governance/v1/matrix", LEAD).json()

        assert matrix["items"] == []
        assert begun.story.next is not None
        assert begun.story.next.id == "missing"


def test_every_step_that_is_written_is_told_in_its_order(told: Telling) -> None:
    assert [one.step.id for one in told.story.told] == [
        "missing", "found", "return", "intelligence", "discussion",
        "referral", "panel", "action", "suspended", "recall",
    ]  # fmt: skip
    times = [one.at for one in told.story.told]
    assert times == sorted(times)
