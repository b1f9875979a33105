"""What a meeting puts into one reader's hands: the pack of an item, and the minutes, each made for that reader."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from fastapi import APIRouter
from fastapi.responses import Response

from services.kernel.pages import Link
from services.panel.application.meeting_views import Minutes, MinutesItem
from services.panel.web.practice.called import callings
from services.panel.web.practice.entries import entry_shown
from services.panel.web.room import printing
from services.panel.web.room.meeting_page import DecisionShown, decision_shown
from services.panel.web.room.setting import AT, ItemRef, MeetingRef, PanelRoom, Visit, Visiting
from services.panel.web.room.wording import Called, day_of, time_of

_MEETING: Final = f"{AT}/meetings/{{meeting}}"


@dataclass(frozen=True)
class MinutedShown:
    """One item of somebody's minutes, in words."""

    number: int
    title: str
    state: str
    decision: DecisionShown | None
    actions: Sequence[tuple[str, str, str]]
    """What, whose, by when."""


def install(router: APIRouter, setting: PanelRoom) -> None:
    """`/room/meetings/{ref}/items/{item}/pack`, and the minutes as a page and, where it can be made, as PDF."""

    @router.get(f"{_MEETING}/items/{{agenda_item}}/pack")
    def pack(visit: Visiting, ref: MeetingRef, item: ItemRef) -> Response:
        made = setting.room.packs.pack(visit.who, visit.purpose, ref, item)
        called, people = setting.called(visit.who), callings(made.records)
        return setting.page(
            visit,
            "pack.html",
            made.title,
            crumbs=_crumbs(visit, ref, made.starts),
            entries=[entry_shown(one, made, people.words) for one in made.records],
            reader=called.person(made.reader),
            read_at=made.read_at,
            starts=time_of(made.starts),
            agency=called.agency(visit.who.partner),
        )

    @router.get(f"{_MEETING}/minutes")
    def minutes(visit: Visiting, ref: MeetingRef) -> Response:
        return _minutes(setting, visit, ref, "minutes.html")

    @router.get(f"{_MEETING}/minutes.pdf")
    def minutes_pdf(visit: Visiting, ref: MeetingRef) -> Response:
        return printing.as_pdf(_minutes(setting, visit, ref, "minutes_print.html"), "minutes.pdf")


def _minutes(setting: PanelRoom, visit: Visit, ref: str, template: str) -> Response:
    told = setting.room.meetings.minutes(visit.who, visit.purpose, ref)
    called = setting.called(visit.who)
    return setting.page(
        visit,
        template,
        f"Minutes, {day_of(told.starts)}",
        crumbs=_crumbs(visit, ref, told.starts),
        starts=time_of(told.starts),
        present=called.persons(list(told.present)),
        items=_items(told, called),
        withheld=told.withheld,
        reader=called.person(told.for_reader),
        read_at=setting.room.clock.now(),
        pdf=visit.at(f"/meetings/{ref}/minutes.pdf") if printing.is_possible() else None,
    )


def _items(told: Minutes, called: Called) -> list[MinutedShown]:
    return [
        MinutedShown(
            number=one.number,
            title="Not shown to you" if one.conflicted else one.title,
            state=_state(one),
            decision=decision_shown(one.decision, called) if one.decision else None,
            actions=[_action(each, called) for each in one.actions],
        )
        for one in told.items
    ]


def _state(one: MinutesItem) -> str:
    if one.conflicted:
        return "You have declared an interest in this item."
    if one.decision is not None:
        return ""
    if one.decided:
        return "This was decided. What was decided is not for your agency to read."
    why = f" Why: {one.carried_over}" if one.carried_over else ""
    return f"This was carried over to another meeting.{why}"


def _action(one: Mapping[str, str], called: Called) -> tuple[str, str, str]:
    return one["text"], called.agency(one["owner"]), day_of(one["due"])


def _crumbs(visit: Visit, ref: str, starts: str) -> list[Link]:
    return [Link("Meetings", visit.at("/meetings")), Link(time_of(starts), visit.at(f"/meetings/{ref}"))]
