"""Young people: everybody whom the agency's own records name, by what is happening now and what was told last."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import Response
from sqlalchemy.orm import Session

from schemas.classes import Purpose
from services.kernel.identity import Caller
from services.kernel.pages import address
from services.kernel.pages.listing import ROWS_OF_A_PAGE, ROWS_OF_A_TWIN, Listing, order_asked, page_asked, shown, twin
from services.panel.domain.held import Held
from services.panel.missing_told import day_before, items_behind
from services.panel.projections.holdings import held_of
from services.panel.projections.named import ToldOf, identities_of, told_of, young_people_known
from services.panel.reading import Current
from services.panel.web.practice.called import callings
from services.panel.web.practice.room import Practising, Room, Stated, Word, stated, strip
from services.panel.web.practice.saving import saved_links
from services.panel.web.practice.young_people_page import (
    COLUMNS,
    DAYS,
    ORDER,
    STANDINGS,
    Somebody,
    filters,
    in_order,
    row_of,
    standing_of,
)

PATH = "/young-people"
OPERATION = "panel.young_people"
_TOLD_WITHIN = timedelta(days=90)


@dataclass(frozen=True)
class Asked:
    """What an address asks of the list; what does not exist narrows nothing."""

    purpose: Purpose
    standing: str
    by: str
    days: str
    order: str
    page: int
    size: int

    def query(self) -> dict[str, str]:
        """The address, without order and page."""
        given = {"purpose": self.purpose.value, "now": self.standing, "from": self.by, "days": self.days}
        return {name: value for name, value in given.items() if value}


@dataclass(frozen=True)
class Given:
    """What an address says, as it was written."""

    purpose: str
    now: str
    by: str
    days: str
    order: str
    page: str

    def understood(self, size: int, agencies: Mapping[str, str]) -> Asked:
        """What is asked for. Raises the 422 problem `purpose_unknown`."""
        return Asked(
            stated(self.purpose),
            self.now if self.now in STANDINGS else "",
            self.by if self.by in agencies else "",
            self.days if self.days in DAYS else "",
            order_asked(self.order, COLUMNS, ORDER).written,
            page_asked(self.page),
            size,
        )


@dataclass(frozen=True)
class Found:
    """The young people of one page of the list, and who tells of them."""

    shown: Sequence[Somebody]
    further: bool
    count: int
    told: Mapping[str, ToldOf]


def install(router: APIRouter, room: Room) -> None:
    """`/young-people`, and the same as data."""

    @router.get(PATH)
    def young_people(request: Request, who: Practising, given: Annotated[Given, Depends(_given)]) -> Response:
        if not given.purpose:
            return room.ask_purpose(request, who)
        agencies = room.joined(who)
        asked = given.understood(ROWS_OF_A_PAGE, agencies)
        found = _find(room, who, asked)
        listing = _listing(request, asked, found)
        return room.page(
            request,
            who,
            "young_people.html",
            "Young people",
            strip=strip(request, asked.purpose, found.as_of),
            agency=agencies[who.partner],
            count=found.found.count,
            list=listing,
            seek=address(request, f"{PATH}/find", purpose=asked.purpose.value),
            shown=shown(request, listing),
            saved=saved_links(room, request, who, listing),
        )

    @router.get(f"{PATH}.csv")
    @router.get(f"{PATH}.json")
    def young_people_as_data(request: Request, who: Practising, given: Annotated[Given, Depends(_given)]) -> Response:
        asked = given.understood(ROWS_OF_A_TWIN, room.joined(who))
        return twin(_listing(request, asked, _find(room, who, asked)), request)


def _given(
    purpose: Stated = "",
    now: Word = "",
    by: Annotated[str, Query(alias="from", max_length=200)] = "",
    days: Word = "",
    order: Word = "",
    page: Word = "",
) -> Given:
    return Given(purpose, now, by, days, order, page)


def _find(room: Room, who: Caller, asked: Asked) -> Current[Found]:
    def find(session: Session, now: datetime) -> tuple[Found, list[Held]]:
        since = now - timedelta(days=int(asked.days)) if asked.days else None
        known = young_people_known(session, who.partner, asked.purpose, since, asked.by or None)
        told_since = day_before(now, _TOLD_WITHIN)
        episodes = room.episodes_counted(session, who.partner, asked.purpose, told_since)
        everybody = [Somebody(one, *standing_of(episodes.get(one.name, ()), now, room.clocks)) for one in known]
        wanted = [one for one in everybody if asked.standing in ("", one.standing)]
        start = (asked.page - 1) * asked.size
        ordered = in_order(wanted, order_asked(asked.order, COLUMNS, ORDER))
        people = ordered[start : start + asked.size]
        names = [one.known.name for one in people]
        told = told_of(session, who.partner, asked.purpose, names)
        items = identities_of(session, who.partner, asked.purpose, names)
        # what a list says about somebody is a reading of their records, and leaves its trace on one at least: that
        # which the standing comes from, or else one of those that are counted
        away = [one.known.name for one in people if one.episode]
        items |= items_behind(session, who.partner, asked.purpose, told_since, away)
        items |= {told[one.known.name].item for one in people if not one.episode}
        held = held_of(session, who.partner, asked.purpose, sorted(items))
        return Found(people, len(wanted) > start + asked.size, len(wanted), told), held

    return room.reading.look(who, asked.purpose, OPERATION, find)


def _listing(request: Request, asked: Asked, current: Current[Found]) -> Listing:
    found, called = current.found, callings(current.records)
    rows = [
        row_of(
            one,
            called,
            found.told[one.known.name].by,
            current.agencies,
            address(request, f"{PATH}/{one.known.name}", purpose=asked.purpose.value),
        )
        for one in found.shown
    ]
    return Listing(
        caption="Young people",
        path=PATH,
        query=asked.query(),
        columns=COLUMNS,
        rows=rows,
        order=order_asked(asked.order, COLUMNS, ORDER),
        filters=filters(asked.standing, asked.by, asked.days, current.agencies),
        page=asked.page,
        further=found.further,
        purpose=asked.purpose.value,
        as_of=current.as_of,
    )
