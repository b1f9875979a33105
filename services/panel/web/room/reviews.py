"""Reviews: what the panel has fixed a day for, as a list and as a calendar that names nobody."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from fastapi import APIRouter, Request
from fastapi.responses import Response
from icalendar import Calendar, Event

from services.kernel.pages import Cell, Part, link, short_ref, text
from services.kernel.pages.listing import ROWS_OF_A_TWIN, Column, Listing, Order, Row, shown, twin
from services.kernel.pages.times import LONDON
from services.panel.domain.context_terms import State
from services.panel.web.room.context_page import title_of
from services.panel.web.room.setting import AT, PanelRoom, Visit, Visiting
from services.panel.web.room.wording import OUTCOMES_IN_SHORT, day_of

PATH: Final = f"{AT}/reviews"
_COLUMNS: Final = (Column("due", "By"), Column("title", "What"), Column("kind", "From"))


@dataclass(frozen=True)
class Due:
    """Something that is to be looked at again. `ref` is all of it that the calendar tells."""

    ref: str
    due: str
    title: str
    kind: str
    href: str


def install(router: APIRouter, setting: PanelRoom) -> None:
    """`/room/reviews`, the same as data, and `/room/reviews.ics`."""

    @router.get(PATH)
    def reviews(request: Request, visit: Visiting) -> Response:
        listing = _listing(setting, visit)
        late = sum(1 for row in listing.rows if row.data["late"])
        calendar = visit.at("/reviews.ics")
        return setting.page(
            visit, "reviews.html", "Reviews", list=listing, shown=shown(request, listing), late=late, calendar=calendar
        )

    @router.get(f"{PATH}.csv")
    @router.get(f"{PATH}.json")
    def reviews_as_data(request: Request, visit: Visiting) -> Response:
        return twin(_listing(setting, visit), request)

    @router.get(f"{PATH}.ics")
    def calendar(visit: Visiting) -> Response:
        made = Calendar()
        made.add("prodid", "-//Cairn//Panel reviews//EN")
        made.add("version", "2.0")
        for one in _due(setting, visit):
            made.add_component(_event(one, setting))
        headers = {"content-disposition": 'attachment; filename="panel-reviews.ics"'}
        return Response(made.to_ical(), media_type="text/calendar; charset=utf-8", headers=headers)


def _event(one: Due, setting: PanelRoom) -> Event:
    day = date.fromisoformat(one.due)
    event = Event()
    event.add("uid", f"{one.ref}@panel.cairn")
    event.add("dtstamp", setting.room.clock.now())
    event.add("dtstart", day)
    event.add("dtend", day + timedelta(days=1))
    event.add("summary", f"Panel review {short_ref(one.ref).rstrip('…')}")
    event.add("transp", "TRANSPARENT")
    event.add("class", "CONFIDENTIAL")
    return event


def _due(setting: PanelRoom, visit: Visit) -> list[Due]:
    """Open cases and decisions with a day of review, the earliest first."""
    setting.room.kept.for_panel(visit.who)
    cases = [
        Due(one.ref, one.review_due, title_of(one.name, one.kind), "Context", visit.at(f"/contexts/{one.ref}"))
        for one in setting.room.contexts.lines(visit.who, visit.purpose, State.OPEN)
        if one.review_due
    ]
    decisions = [
        Due(
            item.item, item.decision.review_due, item.title,
            f"Decision: {OUTCOMES_IN_SHORT[item.decision.outcome].lower()}",
            visit.at(f"/meetings/{meeting.ref}/items/{item.item}"),
        )
        for meeting in setting.room.meetings.meetings(visit.who, visit.purpose)
        for item in meeting.items
        if item.decision and item.decision.review_due
    ]  # fmt: skip
    return sorted([*cases, *decisions], key=lambda one: (one.due, one.ref))


def _listing(setting: PanelRoom, visit: Visit) -> Listing:
    today = setting.room.clock.now().astimezone(LONDON).date().isoformat()
    found: Sequence[Due] = _due(setting, visit)[:ROWS_OF_A_TWIN]
    rows = [
        Row(
            one.ref,
            (
                Cell((Part(day_of(one.due)), *((Part("Overdue", tag="red"),) if one.due < today else ()))),
                link(one.title, one.href),
                text(one.kind),
            ),
            {"reference": one.ref, "due": one.due, "late": one.due < today, "title": one.title, "kind": one.kind},
        )
        for one in found
    ]
    return Listing(
        caption="Reviews", path=PATH, query={"purpose": visit.purpose.value}, columns=_COLUMNS, rows=rows,
        order=Order("due"), purpose=visit.purpose.value,
    )  # fmt: skip
