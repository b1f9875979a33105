"""Places and times: at which hours things happen, and in which places, counted from an agency's own records."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import Response
from sqlalchemy.orm import Session

from schemas.classes import Purpose
from services.kernel.identity import Caller
from services.kernel.pages import FieldError, Option, address
from services.kernel.pages.listing import ROWS_OF_A_TWIN, Listing, Order, Row, twin
from services.panel.domain.held import Held
from services.panel.domain.local_time import LONDON
from services.panel.domain.places import Count, Place, What, calendar, instants, places
from services.panel.projections.counted import held_counted, instants_of_reports
from services.panel.web.practice.places_views import (
    HOUR_COLUMNS,
    PLACE_COLUMNS,
    WEEKDAYS,
    WHAT,
    calendar_page,
    hour_rows,
    place_rows,
    span_words,
)
from services.panel.web.practice.room import Practising, Room, Stated, Word, stated, strip

PATH: Final = "/places"
TIMES_PATH: Final = "/places/times"
OPERATION = "panel.places"
_USUAL_DAYS: Final = 90
_EVER: Final = "all"


@dataclass(frozen=True)
class Asked:
    """What an address asks for."""

    purpose: Purpose
    what: What
    first: date | None
    last: date | None
    given: Mapping[str, str]
    errors: Sequence[FieldError] = ()

    def query(self) -> dict[str, str]:
        """The address."""
        return {name: value for name, value in ({"purpose": self.purpose.value} | dict(self.given)).items() if value}


@dataclass(frozen=True)
class Found:
    """What there is to show."""

    hours: Sequence[Sequence[Count]]
    places: Sequence[Place]
    agencies: Mapping[str, str]
    as_of: datetime


@dataclass(frozen=True)
class Given:
    """What an address says, as it was written."""

    purpose: str
    what: str
    first: str
    last: str

    def understood(self, today: date) -> Asked:
        """What is asked for; what cannot be understood narrows nothing, and is said. Without days, the last ninety.

        Raises the 422 problem `purpose_unknown`.
        """
        errors = []
        days: dict[str, date | None] = {}
        for name, words, day in (("from", "first", self.first), ("to", "last", self.last)):
            try:
                days[name] = date.fromisoformat(day) if day not in ("", _EVER) else None
            except ValueError:
                days[name] = None
                errors.append(FieldError(name, f"Give the {words} day as a date, such as 2026-04-16"))
        if not self.first and not self.last:
            days["from"] = today - timedelta(days=_USUAL_DAYS)
        what = What(self.what) if self.what in set(What) else What.EVERYTHING
        given = {"what": self.what if self.what in set(What) else "", "from": self.first, "to": self.last}
        return Asked(stated(self.purpose), what, days["from"], days["to"], given, errors)


def install(router: APIRouter, room: Room) -> None:
    """`/places`, and the same as data: the places, and the times."""

    @router.get(PATH)
    def shown(request: Request, who: Practising, given: Annotated[Given, Depends(_given)]) -> Response:
        if not given.purpose:
            return room.ask_purpose(request, who)
        room.joined(who)
        asked = given.understood(_today(room))
        found = _find(room, who, asked)
        listing = _places(asked, found)
        inputs = {
            "from": asked.first.isoformat() if asked.first else "",
            "to": asked.last.isoformat() if asked.last else "",
        }
        return room.page(
            request,
            who,
            "places.html",
            "Places and times",
            status=422 if asked.errors else 200,
            error=list(asked.errors) or None,
            strip=strip(request, asked.purpose, found.as_of),
            agency=found.agencies[who.partner],
            purpose_value=asked.purpose.value,
            calendar=calendar_page(found.hours, asked.what),
            weekdays=WEEKDAYS,
            span=span_words(asked.first, asked.last),
            list=listing,
            heads=[{"text": column.heading, "href": None, "sorted": None} for column in PLACE_COLUMNS],
            what=asked.what.value,
            whats=[Option(each.value, words) for each, words in WHAT.items()],
            inputs=inputs,
            ever=address(request, PATH, **asked.query() | {"from": _EVER, "to": ""}) if asked.first else None,
            twins=[
                *_places(asked, found).twins(request),
                *(replace(link, text=f"{link.text} of the times") for link in _times(asked, found).twins(request)),
            ],
        )

    @router.get(f"{PATH}.csv")
    @router.get(f"{PATH}.json")
    def places_as_data(request: Request, who: Practising, given: Annotated[Given, Depends(_given)]) -> Response:
        room.joined(who)
        asked = given.understood(_today(room))
        return twin(_places(asked, _find(room, who, asked)), request)

    @router.get(f"{TIMES_PATH}.csv")
    @router.get(f"{TIMES_PATH}.json")
    def times_as_data(request: Request, who: Practising, given: Annotated[Given, Depends(_given)]) -> Response:
        room.joined(who)
        asked = given.understood(_today(room))
        return twin(_times(asked, _find(room, who, asked)), request)


def _given(
    purpose: Stated = "",
    what: Word = "",
    first: Annotated[str, Query(alias="from", max_length=20)] = "",
    last: Annotated[str, Query(alias="to", max_length=20)] = "",
) -> Given:
    return Given(purpose, what, first, last)


def _today(room: Room) -> date:
    return room.clock.now().astimezone(LONDON).date()


def _find(room: Room, who: Caller, asked: Asked) -> Found:
    def find(session: Session, _: datetime) -> tuple[Sequence[datetime], list[Held]]:
        held = held_counted(session, who.partner, asked.purpose, asked.what, asked.first, asked.last)
        if asked.what is not What.EVERYTHING:
            return (), held
        return list(instants_of_reports(session, who.partner, asked.purpose)), held

    current = room.reading.look(who, asked.purpose, OPERATION, find)
    counted = current.found or instants(current.records, asked.what)
    hours = calendar(counted, asked.first, asked.last)
    return Found(hours, places(current.records), current.agencies, current.as_of)


def _places(asked: Asked, found: Found) -> Listing:
    return Listing(
        caption="Places in these records",
        path=PATH,
        query=asked.query(),
        columns=PLACE_COLUMNS,
        rows=place_rows(found.places, found.agencies)[:ROWS_OF_A_TWIN],
        order=Order("reports", descending=True),
        purpose=asked.purpose.value,
        as_of=found.as_of,
    )


def _times(asked: Asked, found: Found) -> Listing:
    rows: Sequence[Row] = hour_rows(found.hours)
    return Listing(
        caption="Times in these records",
        path=TIMES_PATH,
        query=asked.query(),
        columns=HOUR_COLUMNS,
        rows=rows,
        order=Order("hour"),
        purpose=asked.purpose.value,
        as_of=found.as_of,
    )
