"""An action: one owner, a day, and what happens when the day is over."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from schemas.classes import Purpose
from services.kernel.identity import Caller
from services.panel.application.actions import ActionView, Asked
from services.panel.domain.action import Action, DueBeforeToday, Progress
from services.panel.domain.refusing import NotYours, Over, WordsMissing
from services.panel.publishing import Named
from tests.panel.panel_room import CHAIR, COORDINATOR, ENDS, KEY_WORKER, PARTS, STARTS, TEACHER, OpenRoom

LAMP = Asked("childrens-house", "Please keep a lamp on at the side door until June.", "2026-05-20")
CONTEXT = Named((), ({"name": "bus-station"},))


class Assigned:
    """One action of the children's house, as it comes of a meeting."""

    def __init__(self, opened: OpenRoom) -> None:
        self.opened, self.actions = opened, opened.room.actions
        self.meeting = opened.room.convening.convene(COORDINATOR, "may", STARTS, ENDS, PARTS).ref
        self.ref = self.assign(LAMP).ref

    def assign(self, asked: Asked, unique: str = "one", named: Named = CONTEXT) -> Action:
        return self.actions.assign(CHAIR.practitioner, unique, asked, self.meeting, "it-1", [], named)

    def on(self, day: int, month: int = 5) -> None:
        self.opened.clock.move(datetime(2026, month, day, 9, tzinfo=UTC))
        while any(follower.step() for follower in self.opened.room.followers):
            pass

    def read(self, who: Caller = CHAIR) -> ActionView:
        return self.actions.action(who, Purpose.CONTEXT, self.ref)


@pytest.fixture
def assigned(tmp_path: Path) -> Iterator[Assigned]:
    opened = OpenRoom(tmp_path)
    yield Assigned(opened)
    opened.close()


def test_an_action_is_told_in_the_words_that_were_written_for_its_owner_and_no_others(assigned: Assigned) -> None:
    (told,) = assigned.opened.said()

    assert told["type"] == "cairn.action.assigned.v1"
    assert told["source"] == "urn:cairn:partner:efh-panel"
    assert told["data"]["action"] == {
        "about": ["c1"],
        "handling": {"addressed_to": ["childrens-house"]},
        "to_do": LAMP.text,
        "due": "2026-05-20",
    }
    assert set(told["data"]) == {"people", "contexts", "about_contexts", "action"}


def test_an_action_that_is_about_nobody_the_panel_can_name_is_read_in_the_panel_s_room_alone(
    assigned: Assigned,
) -> None:
    assigned.opened.said()

    ref = assigned.assign(LAMP, "two", Named()).ref

    assert assigned.opened.said() == []
    assert assigned.actions.action(KEY_WORKER, Purpose.CONTEXT, ref).text == LAMP.text


def test_assigning_it_again_is_the_same_action_and_tells_its_owner_nothing_new(assigned: Assigned) -> None:
    assigned.opened.said()

    again = assigned.assign(LAMP)

    assert (again.ref, again.version) == (assigned.ref, 1)
    assert len(assigned.actions.actions(CHAIR, Purpose.CONTEXT)) == 1
    assert assigned.opened.said() == []


def test_an_action_is_late_once_its_day_is_over(assigned: Assigned) -> None:
    assigned.on(20)
    on_the_day = assigned.read()
    assigned.on(21)
    after = assigned.read()

    assert (on_the_day.overdue, on_the_day.escalated) == (False, [])
    assert (after.overdue, after.days_late) == (True, 1)
    assert [one.ref for one in assigned.actions.actions(CHAIR, Purpose.CONTEXT, state="overdue")] == [assigned.ref]


def test_a_late_action_goes_to_the_chair_and_later_to_the_committee_once_each(assigned: Assigned) -> None:
    assigned.on(21)
    to_chair = assigned.read()
    assigned.on(22)
    still = assigned.read()
    assigned.on(3, month=6)
    to_committee = assigned.read()

    assert to_chair.escalated == ["chair"]
    assert still.version == to_chair.version
    assert to_committee.escalated == ["chair", "child_protection_committee"]
    assert assigned.read(KEY_WORKER).escalated == []


def test_what_is_very_late_when_it_is_first_looked_at_goes_to_both(assigned: Assigned) -> None:
    assigned.on(1, month=7)

    assert assigned.read().escalated == ["chair", "child_protection_committee"]


def test_its_owner_says_how_far_it_is_and_gives_evidence_when_it_is_done(assigned: Assigned) -> None:
    assigned.actions.report_progress(KEY_WORKER, assigned.ref, Progress.UNDER_WAY, "")
    with pytest.raises(WordsMissing):
        assigned.actions.report_progress(KEY_WORKER, assigned.ref, Progress.DONE, " ")
    assigned.actions.report_progress(KEY_WORKER, assigned.ref, Progress.DONE, "Lit since Monday.")
    assigned.on(21)

    done = assigned.read()
    assert (done.progress, done.evidence, done.overdue, done.escalated) == ("done", "Lit since Monday.", False, [])
    assert [step["progress"] for step in done.history] == ["assigned", "under_way", "done"]
    with pytest.raises(Over):
        assigned.actions.report_progress(KEY_WORKER, assigned.ref, Progress.UNDER_WAY, "Again.")


def test_more_time_is_for_the_panel_to_give_and_what_is_late_again_is_escalated_again(assigned: Assigned) -> None:
    assigned.on(21)
    with pytest.raises(NotYours):
        assigned.actions.postpone(KEY_WORKER, assigned.ref, "2026-06-10", "No electrician.")
    with pytest.raises(DueBeforeToday):
        assigned.actions.postpone(COORDINATOR, assigned.ref, "2026-05-21", "No electrician.")
    assigned.actions.postpone(COORDINATOR, assigned.ref, "2026-06-10", "No electrician.")
    version = assigned.read().version
    assert not assigned.read().overdue

    assigned.on(11, month=6)

    assert assigned.read().version == version + 1


def test_an_action_has_an_owner_words_and_a_day_to_come(assigned: Assigned) -> None:
    with pytest.raises(WordsMissing):
        assigned.assign(Asked("", "Do it.", "2026-06-01"), "two")
    with pytest.raises(WordsMissing):
        assigned.assign(Asked("police", "", "2026-06-01"), "two")
    with pytest.raises(DueBeforeToday):
        assigned.assign(Asked("police", "Do it.", "2026-05-04"), "two")


def test_actions_are_listed_by_their_days_for_the_panel_and_for_each_owner_its_own(assigned: Assigned) -> None:
    school = assigned.assign(Asked("education", "Walk with them.", "2026-05-10"), "two").ref

    assert [one.ref for one in assigned.actions.actions(CHAIR, Purpose.CONTEXT)] == [school, assigned.ref]
    assert [one.ref for one in assigned.actions.actions(TEACHER, Purpose.CONTEXT)] == [school]
    assert [one.ref for one in assigned.actions.actions(CHAIR, Purpose.CONTEXT, owner="education")] == [school]
