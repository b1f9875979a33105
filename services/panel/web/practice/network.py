"""The network: people, places, groups, phones and vehicles that an agency's own records name together."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import Response
from sqlalchemy.orm import Session

from schemas.classes import Purpose
from services.kernel.identity import Caller
from services.kernel.pages import address
from services.kernel.pages.listing import (
    ROWS_OF_A_PAGE,
    ROWS_OF_A_TWIN,
    Head,
    Listing,
    order_asked,
    page_asked,
    shown,
    twin,
)
from services.panel.domain.held import Held
from services.panel.domain.local_time import LONDON
from services.panel.domain.network import Network, network
from services.panel.projections.linked import Linking, linking_about, linking_since
from services.panel.web.practice.network_views import (
    COLUMNS,
    DAYS,
    ORDER,
    SHOWN,
    drawing,
    filters,
    in_order,
    narrowed,
    row_of,
    words_for,
)
from services.panel.web.practice.room import Practising, Room, Stated, Word, stated, strip

PATH = "/network"
OPERATION = "panel.network"
_USUAL_DAYS = 90
_About = Annotated[str, Query(max_length=80, pattern=r"^[A-Za-z0-9:._-]*$")]


@dataclass(frozen=True)
class Asked:
    """What an address asks of the network; what does not exist narrows nothing."""

    purpose: Purpose
    about: str
    show: str
    days: str
    block: int
    order: str
    page: int

    def query(self) -> dict[str, str]:
        """The address, without order and page."""
        block = str(self.block) if self.block > 1 else ""
        given = {
            "purpose": self.purpose.value, "about": self.about, "show": self.show, "days": self.days, "block": block,
        }  # fmt: skip
        return {name: value for name, value in given.items() if value}


@dataclass(frozen=True)
class Given:
    """What an address says, as it was written."""

    purpose: str
    about: str
    show: str
    days: str
    block: str
    order: str
    page: str

    def understood(self) -> Asked:
        """What is asked for. Raises the 422 problem `purpose_unknown`."""
        return Asked(
            stated(self.purpose),
            self.about,
            self.show if self.show in SHOWN else "",
            self.days if self.days in DAYS and not self.about else "",
            1 if self.about else page_asked(self.block),
            order_asked(self.order, COLUMNS, ORDER).written,
            page_asked(self.page),
        )


@dataclass(frozen=True)
class Found:
    """The network that was asked for, and what goes with it."""

    network: Network
    agencies: Mapping[str, str]
    as_of: datetime
    made_of: Linking


def install(router: APIRouter, room: Room) -> None:
    """`/network`, and the same as data."""

    @router.get(PATH)
    def drawn(request: Request, who: Practising, given: Annotated[Given, Depends(_given)]) -> Response:
        if not given.purpose:
            return room.ask_purpose(request, who)
        room.joined(who)
        asked = given.understood()
        found = _find(room, who, asked)
        here = found.network.nodes.get(asked.about)
        listing = _listing(request, asked, found, holds=True, size=ROWS_OF_A_PAGE)
        return room.page(
            request,
            who,
            "network.html",
            f"Who is linked with {words_for(here)}" if here else "Network",
            strip=strip(request, asked.purpose, found.as_of),
            agency=found.agencies[who.partner],
            about=asked.about,
            count=len(found.network.links),
            drawing=drawing(found.network, asked.about),
            list=listing,
            shown=shown(request, listing),
            run_out=_listing(request, asked, found, holds=False, size=ROWS_OF_A_PAGE),
            run_out_count=len(found.network.run_out),
            run_out_heads=[Head(column.heading) for column in COLUMNS],
            theirs=address(request, f"/young-people/{asked.about}", purpose=asked.purpose.value) if here else None,
            everybody=address(request, PATH, purpose=asked.purpose.value, show=asked.show),
            made_of=found.made_of,
            later=_block(request, asked, asked.block - 1) if found.made_of.before else None,
            earlier=_block(request, asked, asked.block + 1) if found.made_of.behind and not asked.about else None,
        )

    @router.get(f"{PATH}.csv")
    @router.get(f"{PATH}.json")
    def network_as_data(request: Request, who: Practising, given: Annotated[Given, Depends(_given)]) -> Response:
        room.joined(who)
        asked = given.understood()
        return twin(_listing(request, asked, _find(room, who, asked), holds=None, size=ROWS_OF_A_TWIN), request)


def _given(
    purpose: Stated = "",
    about: _About = "",
    show: Word = "",
    days: Word = "",
    block: Word = "",
    order: Word = "",
    page: Word = "",
) -> Given:
    return Given(purpose, about, show, days, block, order, page)


def _find(room: Room, who: Caller, asked: Asked) -> Found:
    def find(session: Session, now: datetime) -> tuple[Linking, Sequence[Held]]:
        if asked.about:
            told = linking_about(session, who.partner, asked.purpose, asked.about)
        else:
            told = linking_since(session, who.partner, asked.purpose, _first_day(asked, now), asked.block)
        return told, told.held

    current = room.reading.look(who, asked.purpose, OPERATION, find)
    today = current.as_of.astimezone(LONDON).date()
    found = narrowed(network(current.records, today, asked.about or None), asked.show)
    return Found(found, current.agencies, current.as_of, current.found)


def _first_day(asked: Asked, now: datetime) -> date | None:
    """From which day on: what has only a day in its form must not be told apart by its hour."""
    if asked.days == "all":
        return None
    return now.astimezone(LONDON).date() - timedelta(days=int(asked.days or _USUAL_DAYS))


def _block(request: Request, asked: Asked, block: int) -> str:
    return address(request, PATH, **replace(asked, block=block).query(), order=asked.order)


def _listing(request: Request, asked: Asked, found: Found, holds: bool | None, size: int) -> Listing:
    """The links that hold, those that have run out, or both, one page of them."""
    order = order_asked(asked.order, COLUMNS, ORDER)
    live = in_order(found.network.links, order, found.network, found.agencies) if holds is not False else []
    run_out = in_order(found.network.run_out, order, found.network, found.agencies) if holds is not True else []
    links = [*((link, True) for link in live), *((link, False) for link in run_out)]
    page = asked.page if holds is not False else 1
    start = (page - 1) * size
    linked = _linked(request, asked)
    return Listing(
        caption="Each link that has run out" if holds is False else "Each link, with its source and its end",
        path=PATH,
        query=asked.query(),
        columns=COLUMNS,
        rows=[
            row_of(link, found.network, found.agencies, linked, asked.about, holds=still)
            for link, still in links[start : start + size]
        ],
        order=order,
        filters=filters(asked.show, asked.days, asked.about),
        page=page,
        further=len(links) > start + size,
        then=replace(asked, block=asked.block + 1).query() if found.made_of.behind and not asked.about else None,
        purpose=asked.purpose.value,
        as_of=found.as_of,
    )


def _linked(request: Request, asked: Asked) -> Callable[[str], str]:
    return lambda key: address(request, PATH, purpose=asked.purpose.value, about=key, show=asked.show)
