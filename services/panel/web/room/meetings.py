"""Meetings: the list of them, each with its agenda and members, and what moves it on."""

from collections.abc import Callable, Sequence
from typing import Final

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from services.kernel.pages import FieldError, Link
from services.kernel.pages.forms import Fields, Sent, first
from services.kernel.pages.listing import ROWS_OF_A_TWIN, Column, Listing, Order, Row, shown, twin
from services.panel.application.meeting_views import MeetingView
from services.panel.domain.meeting_terms import ItemState, Stage
from services.panel.domain.refusing import NotKnown
from services.panel.web.room.asking import Failed, attempted, seen_in
from services.panel.web.room.meeting_page import meeting_shown
from services.panel.web.room.setting import AT, MeetingRef, PanelRoom, Visit, Visiting
from services.panel.web.room.wording import ITEM_KINDS, ITEM_STATES, STAGES

PATH: Final = f"{AT}/meetings"
_COLUMNS: Final = tuple(
    Column(key, heading)
    for key, heading in (("starts", "Starts"), ("ends", "Ends"), ("stage", "Stage"), ("items", "Items"))
)
_AGENDA: Final = tuple(
    Column(key, heading)
    for key, heading in (("number", "Item"), ("title", "Title"), ("kind", "About"), ("state", "State"))
)


def install(router: APIRouter, setting: PanelRoom) -> None:
    """`/room/meetings`, each of them, their agendas as data, and the buttons that move one on."""

    @router.get(AT)
    def front(visit: Visiting) -> Response:
        return RedirectResponse(visit.at("/meetings"), 303)

    @router.get(PATH)
    def meetings(request: Request, visit: Visiting) -> Response:
        found = setting.room.meetings.meetings(visit.who, visit.purpose)
        called = setting.called(visit.who)
        told = [meeting_shown(one, called, lambda _: "") for one in found]
        over = [one for one in told if one.is_over]
        return setting.page(
            visit,
            "meetings.html",
            "Meetings",
            groups=[("Now and to come", [one for one in told if not one.is_over]), ("Over", over[::-1])],
            of_panel=setting.of_panel(visit),
            shown=shown(request, _listing(visit, found)),
        )

    @router.get(f"{PATH}.csv")
    @router.get(f"{PATH}.json")
    def meetings_as_data(request: Request, visit: Visiting) -> Response:
        setting.called(visit.who)
        found = setting.room.meetings.meetings(visit.who, visit.purpose)
        return twin(_listing(visit, found[:ROWS_OF_A_TWIN]), request)


def install_one(router: APIRouter, setting: PanelRoom) -> None:
    """`/room/meetings/{ref}`."""

    @router.get(f"{PATH}/{{meeting}}")
    def meeting(visit: Visiting, ref: MeetingRef) -> Response:
        return meeting_page(setting, visit, ref)

    @router.get(f"{PATH}/{{meeting}}/agenda.csv")
    @router.get(f"{PATH}/{{meeting}}/agenda.json")
    def agenda_as_data(request: Request, visit: Visiting, ref: MeetingRef) -> Response:
        setting.called(visit.who)
        return twin(_agenda(visit, setting.room.meetings.meeting(visit.who, visit.purpose, ref)), request)

    for word, act in _BUTTONS.items():
        _install_button(router, setting, word, act)


def _install_button(router: APIRouter, setting: PanelRoom, word: str, act: "_Act") -> None:
    @router.post(f"{PATH}/{{meeting}}/{word}", name=word)
    def pressed(visit: Visiting, ref: MeetingRef, sent: Sent) -> Response:
        setting.room.kept.for_panel(visit.who)
        failed = attempted(lambda: act(setting, visit, ref, sent), (), _items(setting, visit, ref))
        if failed:
            return meeting_page(setting, visit, ref, failed)
        anchor = f"#{first(sent, 'item')}" if word == "move" else ""
        return RedirectResponse(visit.at(f"/meetings/{ref}") + anchor, 303)


def _items(setting: PanelRoom, visit: Visit, ref: str) -> dict[str, FieldError]:
    """What to say of items that are not settled."""
    words = {ItemState.HEARD: "was heard, and nothing is decided", ItemState.PLANNED: "was not heard; carry it over"}
    return {
        one.item: FieldError(one.item, f"Item {one.number}, {one.title}, {words[ItemState(one.state)]}")
        for one in setting.room.meetings.meeting(visit.who, visit.purpose, ref).items
        if one.state in words
    }


_Act = Callable[[PanelRoom, Visit, str, Fields], object]


def _move(setting: PanelRoom, visit: Visit, ref: str, sent: Fields) -> object:
    place = first(sent, "place")
    if not (place.isascii() and place.isdigit() and len(place) < 4):
        raise NotKnown
    return setting.room.convening.move_item(visit.who, ref, first(sent, "item"), int(place), seen=seen_in(sent))


_BUTTONS: Final[dict[str, _Act]] = {
    "move": _move,
    "send-agenda": lambda setting, visit, ref, sent: setting.room.convening.send_agenda(
        visit.who, ref, seen=seen_in(sent)
    ),
    "close": lambda setting, visit, ref, sent: setting.room.proceedings.close(visit.who, ref, seen=seen_in(sent)),
    "circulate": lambda setting, visit, ref, sent: setting.room.proceedings.circulate_minutes(
        visit.who, ref, seen=seen_in(sent)
    ),
}


def meeting_page(setting: PanelRoom, visit: Visit, ref: str, failed: Failed | None = None) -> Response:
    """The page of a meeting, and what went wrong with what was just asked of it."""
    meeting = setting.room.meetings.meeting(visit.who, visit.purpose, ref)
    called, failed = setting.called(visit.who), failed or Failed(200)
    of_panel = setting.of_panel(visit)
    return setting.page(
        visit,
        "meeting.html" if of_panel else "meeting_member.html",
        "Panel meeting",
        crumbs=[Link("Meetings", visit.at("/meetings"))],
        error=failed.errors,
        status=failed.status,
        changed=failed.changed,
        meeting=meeting_shown(meeting, called, lambda item: visit.at(f"/meetings/{ref}/items/{item}")),
        do=lambda step: visit.at(f"/meetings/{ref}/{step}"),
        has_minutes=meeting.stage == Stage.MINUTED or (of_panel and meeting.stage == Stage.CLOSED),
        twins=_agenda(visit, meeting).twins(visit.request),
    )


def _listing(visit: Visit, meetings: Sequence[MeetingView]) -> Listing:
    rows = [
        Row(
            one.ref,
            (),
            {
                "reference": one.ref,
                "starts": one.starts,
                "ends": one.ends,
                "stage": STAGES[one.stage],
                "items": len(one.items),
            },
        )
        for one in meetings
    ]
    return Listing(
        caption="Meetings", path=PATH, query={"purpose": visit.purpose.value}, columns=_COLUMNS, rows=rows,
        order=Order("starts"), purpose=visit.purpose.value,
    )  # fmt: skip


def _agenda(visit: Visit, meeting: MeetingView) -> Listing:
    rows = [
        Row(
            one.item,
            (),
            {
                "number": one.number,
                "title": one.title,
                "kind": ITEM_KINDS.get(one.kind, ""),
                "state": ITEM_STATES.get(one.state, ""),
                "late": one.late,
            },
        )
        for one in meeting.items
    ]
    return Listing(
        caption="Agenda", path=f"{PATH}/{meeting.ref}/agenda", query={"purpose": visit.purpose.value},
        columns=_AGENDA, rows=rows, order=Order("number"), purpose=visit.purpose.value,
    )  # fmt: skip
