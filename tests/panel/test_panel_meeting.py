"""A meeting of the panel: who sees what from when until when, and that everything heard is decided."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from schemas.classes import Purpose
from services.kernel.identity import Caller, Role
from services.panel.application.actions import Asked
from services.panel.application.convening import ItemAsked
from services.panel.application.meeting_views import MeetingView
from services.panel.domain.context_terms import Weighed, WeightOutOfRange
from services.panel.domain.meeting_terms import (
    Decision,
    DecisionIncomplete,
    Destination,
    ForTheChair,
    HeardWithoutDecision,
    ItemKind,
    ItemNotOpen,
    MeetingNotOpen,
    Membership,
    MinuteTakerIsChair,
    NotHeard,
    PanelOutcome,
    Part,
    RecipientsNotChecked,
    WrongTimes,
)
from services.panel.domain.recipients import minutes_due
from services.panel.domain.refusing import NotKnown, NotYours, Over, WordsMissing
from tests.panel.panel_room import (
    ACCEPTED,
    CHAIR,
    COORDINATOR,
    ENDS,
    KEY_WORKER,
    MINUTE_TAKER,
    OFFICER,
    PARTS,
    STARTS,
    TEACHER,
    WEIGHTING,
    OpenRoom,
)

NURSE = Caller("health/nurse", "health", frozenset({Role.PRACTITIONER}))
TITLES = ("Matters from last time", "A group of friends", "The bus station", "A school", "An online space", "Reviews")


class Sitting:
    """A meeting with six items; school is invited to the third."""

    def __init__(self, opened: OpenRoom) -> None:
        self.opened, self.room = opened, opened.room
        self.ref = self.room.convening.convene(COORDINATOR, "may", STARTS, ENDS, PARTS).ref
        for title in TITLES:
            self.room.convening.add_item(COORDINATOR, self.ref, ItemAsked(ItemKind.MATTER, title))
        self.items = [one.item for one in self.view(CHAIR).items]
        self.room.convening.add_member(COORDINATOR, self.ref, OFFICER.practitioner, "police", Membership.CORE)
        self.room.convening.add_member(
            COORDINATOR, self.ref, TEACHER.practitioner, "education", Membership.INVITED, [self.items[2]]
        )

    def view(self, who: Caller) -> MeetingView:
        return self.room.meetings.meeting(who, Purpose.CONTEXT, self.ref)

    def can_open(self, who: Caller, item: str) -> bool:
        try:
            self.room.meetings.pack_of(who, self.ref, item)
        except NotKnown:
            return False
        return True

    def begin(self) -> None:
        self.opened.clock.move(STARTS)
        self.room.convening.send_agenda(COORDINATOR, self.ref)
        self.room.proceedings.begin(CHAIR, self.ref, [CHAIR.practitioner, OFFICER.practitioner])

    def decide_all(self, decision: Decision = ACCEPTED) -> None:
        for item in self.items:
            self.room.proceedings.hear(CHAIR, self.ref, item)
            self.room.proceedings.decide(MINUTE_TAKER, self.ref, item, decision)


@pytest.fixture
def sitting(tmp_path: Path) -> Iterator[Sitting]:
    opened = OpenRoom(tmp_path)
    yield Sitting(opened)
    opened.close()


def test_somebody_invited_to_one_item_learns_of_no_other_nor_how_many_there_are(sitting: Sitting) -> None:
    sitting.opened.clock.move(STARTS - timedelta(hours=1))

    theirs, panels = sitting.view(TEACHER), sitting.view(CHAIR)

    assert [(one.number, one.title) for one in theirs.items] == [(1, "The bus station")]
    assert [one.title for one in panels.items] == list(TITLES)
    assert (theirs.version, theirs.members, theirs.parts) == (0, {}, {})


@pytest.mark.parametrize(
    ("at", "is_open"),
    [
        (STARTS - timedelta(hours=48, seconds=1), False),
        (STARTS - timedelta(hours=48), True),
        (ENDS + timedelta(hours=24, seconds=-1), True),
        (ENDS + timedelta(hours=24), False),
    ],
)
def test_an_invitation_opens_two_days_before_and_shuts_a_day_after(
    sitting: Sitting, at: datetime, is_open: bool
) -> None:
    sitting.opened.clock.move(at)

    assert sitting.can_open(TEACHER, sitting.items[2]) is is_open
    assert [one.title for one in sitting.view(TEACHER).items] == ["The bus station" if is_open else ""]
    assert not any(sitting.can_open(TEACHER, item) for n, item in enumerate(sitting.items) if n != 2)


def test_a_member_of_the_core_prepares_from_the_sending_of_the_agenda(sitting: Sitting) -> None:
    before = [sitting.can_open(OFFICER, item) for item in sitting.items]
    sitting.room.convening.send_agenda(COORDINATOR, sitting.ref)

    assert before == [False] * 6
    assert all(sitting.can_open(OFFICER, item) for item in sitting.items)


def test_a_declared_interest_takes_away_access_to_that_item_at_once(sitting: Sitting) -> None:
    sitting.begin()
    assert sitting.can_open(OFFICER, sitting.items[1])

    sitting.room.interests.declare(OFFICER, sitting.ref, sitting.items[1], "K2 is my nephew.")

    assert [sitting.can_open(OFFICER, item) for item in sitting.items] == [True, False, True, True, True, True]
    mine = sitting.view(OFFICER).items[1]
    assert (mine.conflicted, mine.title) == (True, "")


def test_the_panel_s_own_people_lose_an_item_in_which_they_have_an_interest(sitting: Sitting) -> None:
    sitting.begin()
    sitting.room.proceedings.hear(CHAIR, sitting.ref, sitting.items[1])

    sitting.room.interests.declare(
        CHAIR, sitting.ref, sitting.items[1], "A neighbour.", practitioner=MINUTE_TAKER.practitioner
    )

    assert sitting.view(MINUTE_TAKER).items[1].title == ""
    assert not sitting.can_open(MINUTE_TAKER, sitting.items[1])
    with pytest.raises(NotYours):
        sitting.room.proceedings.decide(MINUTE_TAKER, sitting.ref, sitting.items[1], ACCEPTED)


def test_a_member_declares_an_interest_for_themselves_and_in_their_own_items_only(sitting: Sitting) -> None:
    with pytest.raises(NotYours):
        sitting.room.interests.declare(
            TEACHER, sitting.ref, sitting.items[2], "Not me.", practitioner=OFFICER.practitioner
        )
    with pytest.raises(NotKnown):
        sitting.room.interests.declare(TEACHER, sitting.ref, sitting.items[1], "Looking around.")


def test_a_late_item_is_for_the_chair_and_reaches_nobody_before_its_recipients_were_checked(sitting: Sitting) -> None:
    sitting.begin()
    late = ItemAsked(ItemKind.MATTER, "Something that came up")
    with pytest.raises(ForTheChair):
        sitting.room.convening.add_item(COORDINATOR, sitting.ref, late)
    sitting.room.convening.add_item(CHAIR, sitting.ref, late)
    item = sitting.view(CHAIR).items[-1].item

    assert not sitting.can_open(OFFICER, item)
    assert len(sitting.view(OFFICER).items) == 6
    with pytest.raises(RecipientsNotChecked):
        sitting.room.convening.check_recipients(CHAIR, sitting.ref, item, [OFFICER.practitioner, TEACHER.practitioner])
    sitting.room.convening.check_recipients(CHAIR, sitting.ref, item, [OFFICER.practitioner])

    assert sitting.can_open(OFFICER, item)
    assert len(sitting.view(OFFICER).items) == 7


def test_who_joins_after_the_recipients_of_a_late_item_were_checked_is_not_among_them(sitting: Sitting) -> None:
    sitting.begin()
    sitting.room.convening.add_item(CHAIR, sitting.ref, ItemAsked(ItemKind.MATTER, "Something that came up"))
    item = sitting.view(CHAIR).items[-1].item
    sitting.room.convening.check_recipients(CHAIR, sitting.ref, item, [OFFICER.practitioner])

    sitting.room.convening.add_member(COORDINATOR, sitting.ref, NURSE.practitioner, "health", Membership.CORE)

    assert not sitting.can_open(NURSE, item)
    assert sitting.can_open(NURSE, sitting.items[0])


def test_nobody_of_another_agency_can_tell_a_meeting_from_none(sitting: Sitting) -> None:
    for ref in (sitting.ref, "m-none"):
        with pytest.raises(NotKnown):
            sitting.room.meetings.meeting(KEY_WORKER, Purpose.CONTEXT, ref)
        with pytest.raises(NotKnown):
            sitting.room.proceedings.close(KEY_WORKER, ref)
    assert sitting.room.meetings.meetings(KEY_WORKER, Purpose.CONTEXT) == []
    assert sitting.opened.room.meetings.meetings(TEACHER, Purpose.CONTEXT)


def test_a_practitioner_s_name_under_another_agency_is_somebody_else(sitting: Sitting) -> None:
    impostor = Caller(TEACHER.practitioner, "bus-operator", frozenset({Role.PRACTITIONER}))

    assert sitting.room.meetings.meetings(impostor, Purpose.CONTEXT) == []


def test_what_was_heard_has_to_be_decided_before_the_meeting_ends(sitting: Sitting) -> None:
    sitting.begin()
    for item in sitting.items[:2]:
        sitting.room.proceedings.hear(CHAIR, sitting.ref, item)
    sitting.room.proceedings.decide(MINUTE_TAKER, sitting.ref, sitting.items[0], ACCEPTED)

    with pytest.raises(HeardWithoutDecision) as heard:
        sitting.room.proceedings.close(CHAIR, sitting.ref)
    assert heard.value.missing == (sitting.items[1],)
    with pytest.raises(ItemNotOpen):
        sitting.room.proceedings.carry_over(CHAIR, sitting.ref, sitting.items[1], "No time.")

    sitting.room.proceedings.decide(MINUTE_TAKER, sitting.ref, sitting.items[1], ACCEPTED)
    with pytest.raises(NotHeard) as waiting:
        sitting.room.proceedings.close(CHAIR, sitting.ref)
    assert waiting.value.missing == tuple(sitting.items[2:])
    for item in sitting.items[2:]:
        sitting.room.proceedings.carry_over(CHAIR, sitting.ref, item, "No time.")
    sitting.room.proceedings.close(CHAIR, sitting.ref)

    with pytest.raises(Over):
        sitting.room.proceedings.hear(CHAIR, sitting.ref, sitting.items[2])


@pytest.mark.parametrize(
    ("changed", "missing"),
    [
        ({"no_dissent": False}, ("dissent",)),
        ({"dissent": "Health would have waited."}, ("dissent",)),
        ({"views": None}, ("views",)),
        ({"no_views_because": "Asked on Friday."}, ("views",)),
        ({"outcome": PanelOutcome.NO_FURTHER_ACTION}, ("reason",)),
        ({"outcome": PanelOutcome.RETURN}, ("reason",)),
        ({"outcome": PanelOutcome.REDIRECT}, ("to",)),
        ({"outcome": PanelOutcome.ESCALATE}, ("to",)),
        ({"to": Destination.IRD}, ("to",)),
        ({"review_due": None}, ("review_due",)),
    ],
)
def test_a_decision_says_all_that_it_has_to_say(
    sitting: Sitting, changed: dict[str, object], missing: tuple[str, ...]
) -> None:
    with pytest.raises(DecisionIncomplete) as incomplete:
        replace(ACCEPTED, **changed).checked()  # type: ignore[arg-type]

    assert incomplete.value.missing == missing


@pytest.mark.parametrize(("name"), ["rationale", "disclosure"])
def test_a_decision_says_why_and_who_is_told(name: str) -> None:
    with pytest.raises(WordsMissing) as wordless:
        replace(ACCEPTED, **{name: " "}).checked()  # type: ignore[arg-type]

    assert wordless.value.missing == (name,)


def test_a_decision_weighs_every_context() -> None:
    with pytest.raises(WeightOutOfRange):
        replace(ACCEPTED, weighting={Weighed.LOCATION: 5}).checked()


def test_dissent_is_kept_with_the_decision_and_read_in_the_minutes(sitting: Sitting) -> None:
    sitting.begin()
    sitting.decide_all(replace(ACCEPTED, no_dissent=False, dissent="Health would have waited."))
    sitting.room.proceedings.close(CHAIR, sitting.ref)
    sitting.room.proceedings.circulate_minutes(COORDINATOR, sitting.ref)

    minutes = sitting.room.meetings.minutes(OFFICER, Purpose.CONTEXT, sitting.ref)

    assert minutes.items[0].decision is not None
    assert minutes.items[0].decision.words["dissent"] == "Health would have waited."
    assert minutes.items[0].decision.first == ["location"]


def test_minutes_tell_each_recipient_what_is_theirs(sitting: Sitting) -> None:
    sitting.begin()
    sitting.room.interests.declare(OFFICER, sitting.ref, sitting.items[1], "K2 is my nephew.")
    sitting.decide_all()
    sitting.room.proceedings.close(CHAIR, sitting.ref)
    with pytest.raises(NotKnown):
        sitting.room.meetings.minutes(OFFICER, Purpose.CONTEXT, sitting.ref)
    sitting.room.proceedings.circulate_minutes(COORDINATOR, sitting.ref)

    police = sitting.room.meetings.minutes(OFFICER, Purpose.CONTEXT, sitting.ref)
    school = sitting.room.meetings.minutes(TEACHER, Purpose.CONTEXT, sitting.ref)

    assert [one.decision is not None for one in police.items] == [True, False, True, True, True, True]
    assert (police.items[1].title, police.items[1].conflicted, police.withheld) == ("", True, 1)
    assert [(one.number, one.title, one.decided, one.decision) for one in school.items] == [
        (1, "The bus station", True, None)
    ]
    assert (school.withheld, school.present) == (1, ())


def test_an_owner_sees_its_action_and_not_the_decision_that_it_comes_from(sitting: Sitting) -> None:
    sitting.begin()
    sitting.room.proceedings.hear(CHAIR, sitting.ref, sitting.items[1])
    asked = Asked("childrens-house", "Please keep a lamp on at the side door until June.", "2026-06-01")
    sitting.room.proceedings.decide(MINUTE_TAKER, sitting.ref, sitting.items[1], ACCEPTED, [asked])

    actions = sitting.opened.room.actions
    (mine,) = actions.actions(KEY_WORKER, Purpose.CONTEXT)

    assert mine.text == asked.text
    assert (mine.meeting, mine.item) == (None, None)
    assert actions.actions(TEACHER, Purpose.CONTEXT) == []
    assert actions.actions(KEY_WORKER, Purpose.CONTEXT, owner="police") == []
    with pytest.raises(NotKnown):
        actions.action(TEACHER, Purpose.CONTEXT, mine.ref)
    with pytest.raises(NotKnown):
        sitting.room.meetings.meeting(KEY_WORKER, Purpose.CONTEXT, sitting.ref)


def test_only_the_chair_begins_and_ends_and_only_chair_or_minute_taker_decides(sitting: Sitting) -> None:
    sitting.room.convening.send_agenda(COORDINATOR, sitting.ref)
    with pytest.raises(ForTheChair):
        sitting.room.proceedings.begin(COORDINATOR, sitting.ref, [])
    sitting.room.proceedings.begin(CHAIR, sitting.ref, [])
    sitting.room.proceedings.hear(CHAIR, sitting.ref, sitting.items[0])

    with pytest.raises(ForTheChair):
        sitting.room.proceedings.decide(COORDINATOR, sitting.ref, sitting.items[0], ACCEPTED)
    with pytest.raises(ForTheChair):
        sitting.room.proceedings.close(COORDINATOR, sitting.ref)
    with pytest.raises(NotYours):
        sitting.room.proceedings.close(OFFICER, sitting.ref)


def test_items_are_moved_up_and_down(sitting: Sitting) -> None:
    sitting.room.convening.move_item(COORDINATOR, sitting.ref, sitting.items[2], 1)
    sitting.room.convening.move_item(COORDINATOR, sitting.ref, sitting.items[5], 99)

    assert [one.title for one in sitting.view(CHAIR).items] == [TITLES[n] for n in (2, 0, 1, 3, 4, 5)]


def test_an_agenda_is_sent_before_the_meeting_begins(sitting: Sitting) -> None:
    with pytest.raises(MeetingNotOpen):
        sitting.room.proceedings.begin(CHAIR, sitting.ref, [])
    with pytest.raises(MeetingNotOpen):
        sitting.room.proceedings.hear(CHAIR, sitting.ref, sitting.items[0])
    with pytest.raises(MeetingNotOpen):
        sitting.room.proceedings.circulate_minutes(CHAIR, sitting.ref)


def test_whoever_chairs_does_not_take_the_minutes(sitting: Sitting) -> None:
    with pytest.raises(MinuteTakerIsChair):
        sitting.room.convening.convene(COORDINATOR, "x", STARTS, ENDS, {**PARTS, Part.MINUTE_TAKER: CHAIR.practitioner})
    with pytest.raises(MinuteTakerIsChair):
        sitting.room.convening.convene(
            COORDINATOR, "x", STARTS, ENDS, {**PARTS, Part.DEPUTY: MINUTE_TAKER.practitioner}
        )
    with pytest.raises(WordsMissing):
        sitting.room.convening.convene(COORDINATOR, "x", STARTS, ENDS, {Part.CHAIR: CHAIR.practitioner})
    with pytest.raises(WrongTimes):
        sitting.room.convening.convene(COORDINATOR, "x", ENDS, STARTS, PARTS)


def test_convening_again_is_the_same_meeting(sitting: Sitting) -> None:
    again = sitting.room.convening.convene(COORDINATOR, "may", STARTS, ENDS, PARTS)

    assert again.ref == sitting.ref
    assert len(sitting.room.meetings.meetings(CHAIR, Purpose.CONTEXT)) == 1


def test_a_meeting_that_is_put_off_opens_its_packs_later(sitting: Sitting) -> None:
    sitting.opened.clock.move(STARTS)
    sitting.room.convening.reschedule(COORDINATOR, sitting.ref, STARTS + timedelta(days=7), ENDS + timedelta(days=7))

    assert not sitting.can_open(TEACHER, sitting.items[2])


@pytest.mark.parametrize(
    ("closed", "due"),
    [
        (datetime(2026, 5, 11, 15, tzinfo=UTC), datetime(2026, 5, 13, 15, tzinfo=UTC)),
        (datetime(2026, 5, 14, 15, tzinfo=UTC), datetime(2026, 5, 18, 15, tzinfo=UTC)),
        (datetime(2026, 5, 16, 15, tzinfo=UTC), datetime(2026, 5, 19, 15, tzinfo=UTC)),
    ],
)
def test_minutes_are_due_within_two_working_days(closed: datetime, due: datetime) -> None:
    assert minutes_due(closed) == due


def test_what_was_said_is_stored_sealed(sitting: Sitting) -> None:
    sitting.begin()
    sitting.room.proceedings.hear(CHAIR, sitting.ref, sitting.items[0])
    sitting.room.proceedings.decide(
        MINUTE_TAKER, sitting.ref, sitting.items[0], replace(ACCEPTED, rationale="zaunkoenig", views="zaunkoenig")
    )

    stored = [row.state for row in sitting.opened.room.kept.recorder.select_notifications(1, 500)]

    assert len(stored) > 10
    assert not any(b"zaunkoenig" in state for state in stored)
    decision = sitting.view(CHAIR).items[0].decision
    assert decision is not None
    assert decision.words["rationale"] == "zaunkoenig"
    assert {Weighed(name): weight for name, weight in decision.weighting.items()} == WEIGHTING
