"""An item of a meeting as it is run: read its pack, hear it, decide it, give it actions, and go on to the next."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from fastapi import APIRouter
from fastapi.responses import RedirectResponse, Response

from services.kernel.pages import Link
from services.kernel.pages.forms import Fields, Sent, first
from services.panel.application.actions import ActionView, Asked
from services.panel.application.meeting_views import ItemView, MeetingView
from services.panel.domain.meeting_terms import ItemState, Stage
from services.panel.domain.refusing import NotKnown
from services.panel.web.progress import PROGRESSES
from services.panel.web.room import deciding
from services.panel.web.room.answers import Answers, Question, Shape
from services.panel.web.room.asking import Failed, Form, attempted, form_page, seen_in
from services.panel.web.room.meeting_page import item_shown
from services.panel.web.room.setting import AT, ItemRef, MeetingRef, PanelRoom, Visit, Visiting
from services.panel.web.room.wording import ITEM_STATES, Called, day_of, time_of

_PATH: Final = f"{AT}/meetings/{{meeting}}/items/{{agenda_item}}"
_WHY_INTEREST: Final = Question(
    "why", "What is your interest?", Shape.TEXT, "For example, that you know somebody whom it is about."
)
_WHY_LATER: Final = Question("reason", "Why does the meeting not come to it?", Shape.TEXT)


@dataclass(frozen=True)
class Place:
    """One item, its meeting, and where one is in it."""

    meeting: MeetingView
    item: ItemView

    def at(self, visit: Visit, step: str = "") -> str:
        """Its address, or that of a step below it."""
        return visit.at(f"/meetings/{self.meeting.ref}/items/{self.item.item}{f'/{step}' if step else ''}")


def install(router: APIRouter, setting: PanelRoom) -> None:
    """`/room/meetings/{ref}/items/{item}` and the steps below it."""

    @router.get(_PATH)
    def item(visit: Visiting, ref: MeetingRef, item: ItemRef) -> Response:
        setting.room.kept.for_panel(visit.who)
        return _page(setting, visit, _place(setting, visit, ref, item))

    @router.post(f"{_PATH}/hear")
    def hear(visit: Visiting, ref: MeetingRef, item: ItemRef, sent: Sent) -> Response:
        setting.room.kept.for_panel(visit.who)
        proceedings = setting.room.proceedings
        failed = attempted(lambda: proceedings.hear(visit.who, ref, item, seen=seen_in(sent)), (), {})
        return _after(setting, visit, ref, item, sent, failed)

    @router.post(f"{_PATH}/recipients")
    def recipients(visit: Visiting, ref: MeetingRef, item: ItemRef, sent: Sent) -> Response:
        setting.room.kept.for_panel(visit.who)
        convening = setting.room.convening
        failed = attempted(
            lambda: convening.check_recipients(visit.who, ref, item, sent.get("recipients", []), seen=seen_in(sent)),
            (), {},
        )  # fmt: skip
        return _after(setting, visit, ref, item, sent, failed)

    @router.post(f"{_PATH}/decide")
    def decide(visit: Visiting, ref: MeetingRef, item: ItemRef, sent: Sent) -> Response:
        setting.room.kept.for_panel(visit.who)
        asked = deciding.questions(setting.called(visit.who), setting.room.kept.panel)

        def act() -> None:
            decision, actions = deciding.decision_in(Answers(sent, asked))
            setting.room.proceedings.decide(visit.who, ref, item, decision, actions, seen=seen_in(sent))

        return _after(setting, visit, ref, item, sent, attempted(act, asked, {}))

    @router.post(f"{_PATH}/assign")
    def assign(visit: Visiting, ref: MeetingRef, item: ItemRef, sent: Sent) -> Response:
        setting.room.kept.for_panel(visit.who)
        asked = deciding.action_questions(setting.called(visit.who), setting.room.kept.panel, 1, needed=True)

        def act() -> None:
            said = Answers(sent, asked)
            made = Asked(said.one("owner1"), said.text("text1"), said.day("due1"))
            said.check()
            key = first(sent, "key") or uuid.uuid4().hex
            setting.room.proceedings.assign(visit.who, ref, item, made, key, seen=seen_in(sent))

        return _after(setting, visit, ref, item, sent, attempted(act, asked, {}))

    _install_forms(router, setting)


def _install_forms(router: APIRouter, setting: PanelRoom) -> None:
    @router.get(f"{_PATH}/interest")
    def ask_interest(visit: Visiting, ref: MeetingRef, item: ItemRef) -> Response:
        return _interest(setting, visit, _place(setting, visit, ref, item, declared=True))

    @router.post(f"{_PATH}/interest")
    def declare(visit: Visiting, ref: MeetingRef, item: ItemRef, sent: Sent) -> Response:
        place = _place(setting, visit, ref, item, declared=True)
        questions = _interest_questions(setting, visit, place)

        def act() -> None:
            said = Answers(sent, questions)
            why, whose = said.text("why"), said.one("practitioner") if setting.of_panel(visit) else ""
            said.check()
            setting.room.interests.declare(visit.who, ref, item, why, whose or None)

        failed = attempted(act, questions, {})
        if failed:
            return _interest(setting, visit, place, sent, failed)
        return RedirectResponse(visit.at(f"/meetings/{ref}"), 303)

    @router.get(f"{_PATH}/carry-over")
    def ask_later(visit: Visiting, ref: MeetingRef, item: ItemRef) -> Response:
        setting.room.kept.for_panel(visit.who)
        return _later(setting, visit, _place(setting, visit, ref, item))

    @router.post(f"{_PATH}/carry-over")
    def carry_over(visit: Visiting, ref: MeetingRef, item: ItemRef, sent: Sent) -> Response:
        setting.room.kept.for_panel(visit.who)
        place = _place(setting, visit, ref, item)

        def act() -> None:
            said = Answers(sent, (_WHY_LATER,))
            reason = said.text("reason")
            said.check()
            setting.room.proceedings.carry_over(visit.who, ref, item, reason, seen=seen_in(sent))

        failed = attempted(act, (_WHY_LATER,), {})
        if failed:
            return _later(setting, visit, place, sent, failed)
        return RedirectResponse(visit.at(f"/meetings/{ref}"), 303)


def _place(setting: PanelRoom, visit: Visit, ref: str, item: str, declared: bool = False) -> Place:
    """Raises NotKnown for an item that is not the reader's to see; `declared`: or was, until an interest in it."""
    meeting = setting.room.meetings.meeting(visit.who, visit.purpose, ref)
    found = next((one for one in meeting.items if one.item == item), None)
    if found is None or (found.conflicted and not declared):
        raise NotKnown
    return Place(meeting, found)


def _after(setting: PanelRoom, visit: Visit, ref: str, item: str, sent: Fields, failed: Failed | None) -> Response:
    place = _place(setting, visit, ref, item)
    if failed is None:
        return RedirectResponse(place.at(visit), 303)
    return _page(setting, visit, place, sent, failed)


def _page(
    setting: PanelRoom, visit: Visit, place: Place, sent: Fields | None = None, failed: Failed | None = None
) -> Response:
    called, panel, failed = setting.called(visit.who), setting.room.kept.panel, failed or Failed(200)
    meeting, item = place.meeting, place.item
    shown = item_shown(item, called, place.at(visit), len(meeting.items))
    hearing = item.state == ItemState.HEARD and meeting.stage == Stage.HELD
    around = {one.number: one for one in meeting.items}
    return setting.page(
        visit,
        "item.html",
        item.title,
        crumbs=[Link("Meetings", visit.at("/meetings")), Link("Panel meeting", visit.at(f"/meetings/{meeting.ref}"))],
        error=failed.errors,
        status=failed.status,
        changed=failed.changed,
        item=shown,
        total=len(meeting.items),
        version=_seen(sent, failed, meeting.version),
        answers=sent or {},
        key=first(sent or {}, "key") or uuid.uuid4().hex,
        hearing=hearing,
        can_hear=item.state == ItemState.PLANNED and meeting.stage == Stage.HELD,
        can_carry_over=item.state == ItemState.PLANNED and meeting.stage not in (Stage.CLOSED, Stage.MINUTED),
        recipients=item.recipients,
        groups=deciding.groups(called, panel) if hearing else [],
        action_sets=[deciding.action_questions(called, panel, n) for n in range(1, deciding.ACTIONS + 1)],
        action_now=deciding.action_questions(called, panel, 1, needed=True),
        actions=_actions(setting, visit, place, called),
        now=[("Item", ITEM_STATES[item.state])],
        referral=visit.at(f"/referrals/{item.referral}") if item.referral else None,
        prompts=visit.at(f"/referrals/{item.referral}/questions") if _open_prompts(item, setting, visit) else None,
        case=visit.at(f"/contexts/{item.case}") if item.case else None,
        do=lambda step: place.at(visit, step),
        before=_neighbour(visit, meeting, around.get(item.number - 1)),
        after=_neighbour(visit, meeting, around.get(item.number + 1)),
        over=meeting.stage in (Stage.CLOSED, Stage.MINUTED),
    )


def _seen(sent: Fields | None, failed: Failed, version: int) -> str:
    """The state that is looked at now; the one that was looked at, as long as nobody was told of another."""
    return (first(sent or {}, "seen") if not failed.changed else "") or str(version)


def _neighbour(visit: Visit, meeting: MeetingView, item: ItemView | None) -> Link | None:
    if item is None or item.conflicted:
        return None
    return Link(item.title, visit.at(f"/meetings/{meeting.ref}/items/{item.item}"))


def _open_prompts(item: ItemView, setting: PanelRoom, visit: Visit) -> bool:
    if not item.referral or item.decision is not None:
        return False
    return setting.room.referrals.referral(visit.who, visit.purpose, item.referral).line.prompts_open


def _actions(setting: PanelRoom, visit: Visit, place: Place, called: Called) -> list[tuple[str, str, str, str, str]]:
    """Actions of the item: where, what, whose, by when, how far."""
    if place.item.decision is None:
        return []
    mine: Sequence[ActionView] = [
        one
        for one in setting.room.actions.actions(visit.who, visit.purpose)
        if (one.meeting, one.item) == (place.meeting.ref, place.item.item)
    ]
    return [
        (visit.at(f"/actions/{one.ref}"), one.text, called.agency(one.owner), day_of(one.due), PROGRESSES[one.progress])
        for one in mine
    ]


def _interest_questions(setting: PanelRoom, visit: Visit, place: Place) -> tuple[Question, ...]:
    if not setting.of_panel(visit):
        return (_WHY_INTEREST,)
    called = setting.called(visit.who)
    everybody = dict.fromkeys([visit.who.practitioner, *place.meeting.parts.values(), *place.meeting.members])
    options = [(who, called.person(who)) for who in everybody]
    return (Question("practitioner", "Whose interest?", Shape.SELECT, options=options), _WHY_INTEREST)


def _interest(
    setting: PanelRoom, visit: Visit, place: Place, sent: Fields | None = None, failed: Failed | None = None
) -> Response:
    form = Form(
        "Declare an interest", "Declare it", _interest_questions(setting, visit, place),
        "From that moment nothing of this item is shown to whoever has the interest, its pack included.",
        about=f"Item {place.item.number}{f': {place.item.title}' if place.item.title else ''}",
        given={"practitioner": [visit.who.practitioner]},
    )  # fmt: skip
    back = visit.at(f"/meetings/{place.meeting.ref}")
    return form_page(setting, visit, form, back, place.at(visit, "interest"), _crumbs(visit, place), sent, failed)


def _later(
    setting: PanelRoom, visit: Visit, place: Place, sent: Fields | None = None, failed: Failed | None = None
) -> Response:
    form = Form(
        "Carry this item over", "Carry it over", (_WHY_LATER,), "A referral waits for another meeting; its day stays.",
        about=f"Item {place.item.number}: {place.item.title}", seen=place.meeting.version,
        now=[("Item", ITEM_STATES[place.item.state])],
    )  # fmt: skip
    return form_page(
        setting, visit, form, place.at(visit), place.at(visit, "carry-over"), _crumbs(visit, place), sent, failed
    )


def _crumbs(visit: Visit, place: Place) -> list[Link]:
    here = visit.at(f"/meetings/{place.meeting.ref}")
    return [Link("Meetings", visit.at("/meetings")), Link(time_of(place.meeting.starts), here)]
