"""A referral to the panel: its prompts are answered, a tenth is looked at by a peer, and only a decision ends it."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from schemas.classes import Purpose
from services.panel.application.convening import ItemAsked
from services.panel.application.referrals import SubjectNotKnown, Submission
from services.panel.domain.meeting_terms import ItemKind, PanelOutcome
from services.panel.domain.panel_referral import About, NotReturned, NotSampled, OwnWork, PersonalHandle
from services.panel.domain.prompts import Given, Prompt, PromptAnswer, PromptsOpen
from services.panel.domain.refusing import NotKnown, NotYours, Over, WordsMissing
from tests.panel.panel_room import (
    ACCEPTED,
    ALL_ANSWERED,
    CHAIR,
    COORDINATOR,
    ENDS,
    MINUTE_TAKER,
    OFFICER,
    PARTS,
    STARTS,
    TEACHER,
    OpenRoom,
)

STATION = Submission(
    about=About.PLACE,
    asked="Make the bus station safer after school.",
    concern="Pupils are offered vapes at one stance.",
    strengths="They look after one another.",
    immediate_safety="A worker is there this week.",
    views="It is fine when the kiosk is open.",
)


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[OpenRoom]:
    room = OpenRoom(tmp_path)
    yield room
    room.close()


class Hearing:
    """A referral that is heard by a meeting."""

    def __init__(self, opened: OpenRoom) -> None:
        self.referrals, self.room = opened.room.referrals, opened.room
        self.ref = self.referrals.submit(TEACHER, "one", STATION).ref
        self.meeting = self.room.convening.convene(COORDINATOR, "may", STARTS, ENDS, PARTS).ref
        self.item = self.put_on_agenda()
        opened.clock.move(STARTS)
        self.room.convening.send_agenda(COORDINATOR, self.meeting)
        self.room.proceedings.begin(CHAIR, self.meeting, [CHAIR.practitioner])

    def put_on_agenda(self) -> str:
        asked = ItemAsked(ItemKind.REFERRAL, "The bus station", referral=self.ref)
        self.room.convening.add_item(COORDINATOR, self.meeting, asked)
        return self.room.meetings.meeting(CHAIR, Purpose.CONTEXT, self.meeting).items[-1].item

    def standing(self) -> str:
        return self.referrals.referral(CHAIR, Purpose.CONTEXT, self.ref).line.standing

    def decide(self, outcome: PanelOutcome, **changed: object) -> None:
        self.room.proceedings.hear(CHAIR, self.meeting, self.item)
        decision = replace(ACCEPTED, outcome=outcome, **changed)  # type: ignore[arg-type]
        self.room.proceedings.decide(MINUTE_TAKER, self.meeting, self.item, decision)


def test_any_agency_can_send_in_a_referral_and_read_it_again_and_no_other_agency_can(opened: OpenRoom) -> None:
    referrals = opened.room.referrals
    ref = referrals.submit(TEACHER, "one", STATION).ref

    mine = referrals.referral(TEACHER, Purpose.CONTEXT, ref)

    assert mine.words["concern"] == "Pupils are offered vapes at one stance."
    assert [line.ref for line in referrals.lines(TEACHER, Purpose.CONTEXT)] == [ref]
    assert [line.ref for line in referrals.lines(COORDINATOR, Purpose.CONTEXT)] == [ref]
    assert referrals.lines(OFFICER, Purpose.CONTEXT) == []
    for asked in (ref, "pr-none"):
        with pytest.raises(NotKnown):
            referrals.referral(OFFICER, Purpose.CONTEXT, asked)


def test_sending_it_in_again_is_the_same_referral(opened: OpenRoom) -> None:
    first, again = (opened.room.referrals.submit(TEACHER, "one", STATION) for _ in range(2))

    assert first.ref == again.ref
    assert len(opened.room.referrals.lines(CHAIR, Purpose.CONTEXT)) == 1


@pytest.mark.parametrize(
    ("changed", "refusal"),
    [
        ({"concern": ""}, WordsMissing),
        ({"strengths": " "}, WordsMissing),
        ({"views": None}, WordsMissing),
        ({"about": About.GROUP}, WordsMissing),
        ({"about": About.ONLINE_SPACE, "personal_handle": True}, PersonalHandle),
        ({"young_people": ("y-nobody",)}, SubjectNotKnown),
    ],
)
def test_a_referral_that_lacks_something_is_refused(
    opened: OpenRoom, changed: dict[str, object], refusal: type[Exception]
) -> None:
    with pytest.raises(refusal):
        opened.room.referrals.submit(TEACHER, "one", replace(STATION, **changed))  # type: ignore[arg-type]
    assert opened.room.referrals.lines(CHAIR, Purpose.CONTEXT) == []


def test_a_referral_is_not_decided_before_its_prompts_are_answered_or_skipped(opened: OpenRoom) -> None:
    hearing = Hearing(opened)

    with pytest.raises(PromptsOpen) as waiting:
        hearing.decide(PanelOutcome.ACCEPT)

    assert set(waiting.value.missing) == {prompt.value for prompt in Prompt}
    assert hearing.standing() == "on_agenda"
    hearing.referrals.answer_prompts(COORDINATOR, hearing.ref, ALL_ANSWERED)
    hearing.room.proceedings.decide(MINUTE_TAKER, hearing.meeting, hearing.item, ACCEPTED)
    assert hearing.standing() == "decided"
    with pytest.raises(Over):
        hearing.referrals.answer_prompts(COORDINATOR, hearing.ref, ALL_ANSWERED)


def test_a_prompt_is_skipped_with_a_reason_only(opened: OpenRoom) -> None:
    ref = opened.room.referrals.submit(TEACHER, "one", STATION).ref
    skipping = ALL_ANSWERED | {Prompt.MEDICAL: PromptAnswer(Given.SKIPPED)}

    with pytest.raises(PromptsOpen) as waiting:
        opened.room.referrals.answer_prompts(COORDINATOR, ref, skipping)
    assert waiting.value.missing == ("medical",)

    skipping[Prompt.MEDICAL] = PromptAnswer(Given.SKIPPED, "Nobody was hurt.")
    opened.room.referrals.answer_prompts(COORDINATOR, ref, skipping)
    view = opened.room.referrals.referral(CHAIR, Purpose.CONTEXT, ref)
    assert view.prompts["medical"] == "skipped"
    assert view.prompts_words["medical"] == "Nobody was hurt."


def test_a_returned_referral_keeps_its_clock_and_can_be_sent_in_again(opened: OpenRoom) -> None:
    hearing = Hearing(opened)
    before = hearing.referrals.referral(TEACHER, Purpose.CONTEXT, hearing.ref).line

    hearing.decide(PanelOutcome.RETURN, reason="Which stance?", review_due=None)

    returned = hearing.referrals.referral(TEACHER, Purpose.CONTEXT, hearing.ref)
    assert returned.line.standing == "returned"
    assert (returned.line.received_at, returned.line.hear_by) == (before.received_at, before.hear_by)
    assert returned.more == [{"wanted": "Which stance?"}]
    hearing.referrals.send_in_again(TEACHER, hearing.ref, "Stance 3.")
    assert hearing.standing() == "received"
    with pytest.raises(NotReturned):
        hearing.referrals.send_in_again(TEACHER, hearing.ref, "Stance 3.")


def test_the_referrer_learns_that_it_is_decided_and_not_what(opened: OpenRoom) -> None:
    hearing = Hearing(opened)
    hearing.referrals.answer_prompts(COORDINATOR, hearing.ref, ALL_ANSWERED)
    on_agenda = hearing.referrals.referral(TEACHER, Purpose.CONTEXT, hearing.ref).line
    hearing.decide(PanelOutcome.ACCEPT)

    decided = hearing.referrals.referral(TEACHER, Purpose.CONTEXT, hearing.ref)

    assert (on_agenda.standing, on_agenda.meeting) == ("received", None)
    assert (decided.line.standing, decided.line.outcome, decided.prompts) == ("decided", None, {})
    assert hearing.referrals.referral(CHAIR, Purpose.CONTEXT, hearing.ref).line.outcome == "accept"


def test_a_referral_that_was_not_heard_waits_for_another_meeting(opened: OpenRoom) -> None:
    hearing = Hearing(opened)

    hearing.room.proceedings.carry_over(CHAIR, hearing.meeting, hearing.item, "No time.")

    assert hearing.standing() == "received"


def test_an_interest_in_an_item_takes_away_the_referral_too(opened: OpenRoom) -> None:
    hearing = Hearing(opened)

    hearing.room.interests.declare(MINUTE_TAKER, hearing.meeting, hearing.item, "My own street.")

    with pytest.raises(NotKnown):
        hearing.referrals.referral(MINUTE_TAKER, Purpose.CONTEXT, hearing.ref)
    assert hearing.referrals.lines(MINUTE_TAKER, Purpose.CONTEXT) == []


def test_a_tenth_of_all_referrals_is_drawn_for_peer_review_and_always_the_same(opened: OpenRoom) -> None:
    mac = opened.room.kept.mac

    def drawn(ref: str) -> bool:
        return int.from_bytes(mac("panel", f"sample\n{ref}")[:8], "big") / 2**64 < 0.1

    referrals = [opened.room.referrals.submit(TEACHER, f"n{n}", STATION) for n in range(40)]

    assert [one.sampled for one in referrals] == [drawn(one.ref) for one in referrals]
    assert 150 < sum(drawn(f"pr-{n}") for n in range(2_000)) < 250


def test_a_peer_who_had_no_part_in_it_reviews_a_drawn_referral_once(opened: OpenRoom) -> None:
    referrals = opened.room.referrals
    made = [referrals.submit(TEACHER, f"n{n}", STATION) for n in range(40)]
    drawn = next(one.ref for one in made if one.sampled)
    other = next(one.ref for one in made if not one.sampled)
    referrals.answer_prompts(COORDINATOR, drawn, ALL_ANSWERED)

    assert drawn in [line.ref for line in referrals.to_review(CHAIR, Purpose.CONTEXT)]
    with pytest.raises(OwnWork):
        referrals.review(COORDINATOR, drawn, "Fine.")
    with pytest.raises(NotSampled):
        referrals.review(CHAIR, other, "Fine.")
    referrals.review(CHAIR, drawn, "The young people's own words could come first.")

    assert drawn not in [line.ref for line in referrals.to_review(CHAIR, Purpose.CONTEXT)]
    with pytest.raises(NotSampled):
        referrals.review(MINUTE_TAKER, drawn, "Fine.")
    with pytest.raises(NotYours):
        referrals.review(TEACHER, drawn, "Fine.")
