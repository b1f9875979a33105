"""Places and times: at which hours things happen, and in which places, counted from an agency's own records."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import Response

from services.kernel.pages import FieldError, Option, address
from services.kernel.pages.listing import Listing, Order, page_asked, shown, twin
from services.panel.domain.local_time import LONDON
from services.panel.domain.places import Count, What, places
from services.panel.reading import Current
from services.panel.web.practice.places_found import RECORDS_OF_A_PAGE, Asked, Found, calendar_of, find
from services.panel.web.practice.places_map import town_map
from services.panel.web.practice.places_views import (
    HOUR_COLUMNS,
    PLACE_COLUMNS,
    WEEKDAYS,
    WHAT,
    calendar_page,
    hour_rows,
    left_out_words,
    nowhere_words,
    place_rows,
    span_words,
)
from services.panel.web.practice.room import Practising, Room, Stated, Word, stated, strip

PATH: Final = "/places"
TIMES_PATH: Final = "/places/times"
_USUAL_DAYS: Final = 90
_EVER: Final = "all"


@dataclass(frozen=True)
class Given:
    """What an address says, as it was written."""

    purpose: str
    what: str
    first: str
    last: str
    page: str

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
        page = page_asked(self.page)
        return Asked(stated(self.purpose), what, days["from"], days["to"], given, errors, page)


def install(router: APIRouter, room: Room) -> None:
    """`/places`, and the same as data: the places, and the times."""

    @router.get(PATH)
    def places_and_times(request: Request, who: Practising, given: Annotated[Given, Depends(_given)]) -> Response:
        if not given.purpose:
            return room.ask_purpose(request, who)
        room.joined(who)
        asked = given.understood(_today(room))
        current = find(room, who, asked)
        counted = calendar_of(asked, current)
        listing, times = _places(asked, current), _times(asked, current, counted)
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
            strip=strip(request, asked.purpose, current.as_of),
            agency=current.agencies[who.partner],
            purpose_value=asked.purpose.value,
            calendar=calendar_page(counted, asked.what),
            weekdays=WEEKDAYS,
            span=span_words(asked.first, asked.last),
            left_out=left_out_words(current.found.left_out, current.found.stating),
            list=listing,
            shown=shown(request, listing),
            town=town_map(room.gazetteer, places(current.found.tallies, current.records), current.records),
            nowhere=nowhere_words(current.found.nowhere, RECORDS_OF_A_PAGE),
            what=asked.what.value,
            whats=[Option(each.value, words) for each, words in WHAT.items()],
            inputs=inputs,
            ever=address(request, PATH, **asked.query() | {"from": _EVER, "to": ""}) if asked.first else None,
            twins=[
                *listing.twins(request),
                *(replace(link, text=f"{link.text} of the times") for link in times.twins(request)),
            ],
        )

    @router.get(f"{PATH}.csv")
    @router.get(f"{PATH}.json")
    def places_as_data(request: Request, who: Practising, given: Annotated[Given, Depends(_given)]) -> Response:
        room.joined(who)
        asked = given.understood(_today(room))
        return twin(_places(asked, find(room, who, asked)), request)

    @router.get(f"{TIMES_PATH}.csv")
    @router.get(f"{TIMES_PATH}.json")
    def times_as_data(request: Request, who: Practising, given: Annotated[Given, Depends(_given)]) -> Response:
        room.joined(who)
        asked = given.understood(_today(room))
        current = find(room, who, asked, with_places=False)
        return twin(_times(asked, current, calendar_of(asked, current)), request)


def _given(
    purpose: Stated = "",
    what: Word = "",
    first: Annotated[str, Query(alias="from", max_length=20)] = "",
    last: Annotated[str, Query(alias="to", max_length=20)] = "",
    page: Word = "",
) -> Given:
    return Given(purpose, what, first, last, page)


def _today(room: Room) -> date:
    return room.clock.now().astimezone(LONDON).date()


def _places(asked: Asked, current: Current[Found]) -> Listing:
    return Listing(
        caption="Places in these records",
        path=PATH,
        query=asked.query(),
        columns=PLACE_COLUMNS,
        rows=place_rows(places(current.found.tallies, current.records), current.agencies),
        order=Order("reports", descending=True),
        page=asked.page,
        further=current.found.further,
        purpose=asked.purpose.value,
        as_of=current.as_of,
    )


def _times(asked: Asked, current: Current[Found], counted: Sequence[Sequence[Count]]) -> Listing:
    return Listing(
        caption="Times in these records",
        path=TIMES_PATH,
        query=asked.query(),
        columns=HOUR_COLUMNS,
        rows=hour_rows(counted),
        order=Order("hour"),
        page=asked.page,
        further=current.found.left_out > 0,
        purpose=asked.purpose.value,
        as_of=current.as_of,
    )
