"""Missing figures: how many, how often and how soon somebody listened, from what the agency itself may read."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from fastapi import APIRouter, Request
from fastapi.responses import Response
from sqlalchemy.orm import Session

from schemas.classes import Purpose
from services.kernel.identity import Caller
from services.kernel.pages import Link, address
from services.kernel.pages.listing import Listing, shown, twin
from services.panel.domain.held import Held
from services.panel.domain.missing_clocks import Episode, repeated
from services.panel.domain.missing_figures import Figures, Nameless, figures, nameless, weeks_until
from services.panel.missing_told import day_before, items_behind
from services.panel.projections.holdings import held_of
from services.panel.projections.named import identities_of
from services.panel.projections.nameless import days_under_a_pseudonym, people_in_general_terms
from services.panel.reading import Current
from services.panel.web.practice import missing_page
from services.panel.web.practice.called import callings
from services.panel.web.practice.missing_page import WEEKS, WEEKS_OTHERWISE
from services.panel.web.practice.room import Practising, Room, Stated, Word, stated, strip
from services.panel.web.practice.saving import saved_links
from services.panel.web.practice.young_people import PATH as YOUNG_PEOPLE

PATH: Final = "/missing"
OPERATION: Final = "panel.missing"
_BEFORE = timedelta(days=60)
"""How much is looked at from before the weeks, so that what was going on is known."""


@dataclass(frozen=True)
class Asked:
    """What an address asks of the figures; what does not exist asks for nothing."""

    purpose: Purpose
    weeks: str

    def query(self) -> dict[str, str]:
        """The address."""
        weeks = {"weeks": self.weeks} if self.weeks != WEEKS_OTHERWISE else {}
        return {"purpose": self.purpose.value} | weeks


@dataclass(frozen=True)
class Found:
    """The episodes that the agency is told of, and what it is told without names."""

    episodes: Mapping[str, Sequence[Episode]]
    often: Mapping[str, int]
    days: Sequence[date]
    in_general: int


def install(router: APIRouter, room: Room) -> None:
    """`/missing`, and its weeks as data."""

    @router.get(PATH)
    def missing(request: Request, who: Practising, purpose: Stated = "", weeks: Word = "") -> Response:
        if not purpose:
            return room.ask_purpose(request, who)
        asked, agencies = _asked(purpose, weeks), room.joined(who)
        current = _find(room, who, asked)
        counted, unnamed = _counted(room, asked, current)
        listing = _listing(asked, counted, unnamed, current.as_of)
        called = callings(current.records)
        return room.page(
            request,
            who,
            "missing.html",
            "Missing figures",
            strip=strip(request, asked.purpose, current.as_of),
            agency=agencies[who.partner],
            tiles=missing_page.tiles(counted),
            weeks=missing_page.weeks_shown(counted, unnamed),
            nameless=unnamed,
            in_general=missing_page.kept(current.found.in_general) if current.found.in_general else None,
            often=missing_page.often_shown(
                missing_page.most_often(current.found.often),
                called.words,
                lambda name: address(request, f"{YOUNG_PEOPLE}/{name}", purpose=asked.purpose.value),
            ),
            often_more=max(0, len(current.found.often) - missing_page.OFTEN_MAX),
            spans=[
                Link(words, address(request, PATH, **Asked(asked.purpose, value).query()), current=value == asked.weeks)
                for value, words in WEEKS.items()
            ],
            list=listing,
            shown=shown(request, listing),
            saved=saved_links(room, request, who, listing),
        )

    @router.get(f"{PATH}.csv")
    @router.get(f"{PATH}.json")
    def missing_as_data(request: Request, who: Practising, purpose: Stated = "", weeks: Word = "") -> Response:
        asked = _asked(purpose, weeks)
        room.joined(who)
        current = _find(room, who, asked)
        return twin(_listing(asked, *_counted(room, asked, current), current.as_of), request)


def _asked(purpose: str, weeks: str) -> Asked:
    return Asked(stated(purpose), weeks if weeks in WEEKS else WEEKS_OTHERWISE)


def _find(room: Room, who: Caller, asked: Asked) -> Current[Found]:
    def find(session: Session, now: datetime) -> tuple[Found, list[Held]]:
        since = day_before(now, timedelta(weeks=int(asked.weeks)) + _BEFORE)
        episodes = room.episodes_counted(session, who.partner, asked.purpose, since)
        often = repeated([one for own in episodes.values() for one in own], now, room.clocks)
        named = sorted(missing_page.most_often(often))
        lately = now - max(_BEFORE, room.clocks.repeated_within)
        items = items_behind(session, who.partner, asked.purpose, lately, named)
        items |= identities_of(session, who.partner, asked.purpose, named)
        found = Found(
            episodes,
            often,
            days_under_a_pseudonym(session, who.partner, asked.purpose),
            people_in_general_terms(session, who.partner, asked.purpose),
        )
        return found, held_of(session, who.partner, asked.purpose, sorted(items))

    return room.reading.look(who, asked.purpose, OPERATION, find)


def _counted(room: Room, asked: Asked, current: Current[Found]) -> tuple[Figures, Nameless | None]:
    found, weeks = current.found, int(asked.weeks)
    counted = figures(found.episodes, current.as_of, weeks, room.clocks)
    unnamed = nameless(found.days, weeks_until(current.as_of, weeks)) if found.days else None
    return counted, unnamed


def _listing(asked: Asked, counted: Figures, unnamed: Nameless | None, as_of: datetime) -> Listing:
    return Listing(
        caption="Missing figures by week",
        path=PATH,
        query=asked.query(),
        columns=missing_page.COLUMNS[: 5 if unnamed else 4],
        rows=missing_page.rows(counted, unnamed),
        order=missing_page.ORDER,
        filters=missing_page.filters(asked.weeks),
        purpose=asked.purpose.value,
        as_of=as_of,
    )
