"""What an agency's records tell of places and times: as far as can be from their outsides, and else by opening few."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Final

from sqlalchemy.orm import Session

from schemas.classes import DataClass, Purpose
from services.kernel.identity import Caller
from services.kernel.pages import FieldError
from services.kernel.projecting import instant_text
from services.panel.domain.episodes import Step, types_of
from services.panel.domain.held import Held
from services.panel.domain.local_time import LONDON
from services.panel.domain.places import Count, Tally, What, calendar, hours, instants, most_told
from services.panel.projections.holdings import held_of
from services.panel.projections.named import moments_of
from services.panel.projections.placed import count_nowhere, items_nowhere, items_placed, items_timed, tallies
from services.panel.reading import Current
from services.panel.web.practice.room import Room

OPERATION: Final = "panel.places"
_EVER_SINCE: Final = datetime(1, 1, 1, tzinfo=UTC)
_FOR_EVER: Final = "~"
"""Stands behind every instant as text."""
_EARLIER: Final = timedelta(days=1)
_LATER: Final = timedelta(days=7)
_TELLING: Final[Mapping[What, Sequence[str]]] = {
    What.WENT_MISSING: types_of({Step.REPORTED}),
    What.FOUND: types_of({Step.FOUND}),
}
PLACES_OF_A_PAGE: Final = 25
DESCRIBED_BY: Final = 5
"""From how many of its latest records a place is described."""
RECORDS_OF_A_PAGE: Final = 200
"""How many of those records a page reads that name no place, and can only be put together by what they say."""
STATED_BY: Final = 400
"""From how many records at once the hours are read that only records state, beginning with the latest."""


@dataclass(frozen=True)
class Asked:
    """What an address asks for."""

    purpose: Purpose
    what: What
    first: date | None
    last: date | None
    given: Mapping[str, str]
    errors: Sequence[FieldError] = ()
    page: int = 1

    def query(self) -> dict[str, str]:
        """The address."""
        return {name: value for name, value in ({"purpose": self.purpose.value} | dict(self.given)).items() if value}


@dataclass(frozen=True)
class Found:
    """What the outsides of records tell: the hours, and the places of one page with what is told of each."""

    hours: Sequence[tuple[date, int, int]]
    tallies: Sequence[Tally] = ()
    further: bool = False
    nowhere: int = 0
    """How many records tell of a place that they do not name."""
    stating: int = 0
    """From how many records the hours are that only records state."""
    left_out: int = 0
    """How many earlier ones state an hour too, and were not read for it."""


def find(room: Room, who: Caller, asked: Asked, with_places: bool = True) -> Current[Found]:
    """The hours, and the places of a page, with the records that say when, and what sort of place."""

    def looked(session: Session, _: datetime) -> tuple[Found, list[Held]]:
        stating = _items_stating(session, who.partner, asked)
        start = 0 if with_places else (asked.page - 1) * STATED_BY  # pages are those of the places, where there are any
        items = {*stating[start : start + STATED_BY]}
        left_out = max(0, len(stating) - start - STATED_BY)
        found = Found(_hours(room, session, who.partner, asked), stating=len(items), left_out=left_out)
        if with_places:
            found = _with_places(session, who.partner, asked, found)
            items |= _items_describing(session, who.partner, asked, found.tallies)
        return found, held_of(session, who.partner, asked.purpose, sorted(items))

    return room.reading.look(who, asked.purpose, OPERATION, looked)


def _hours(room: Room, session: Session, partner: str, asked: Asked) -> Sequence[tuple[date, int, int]]:
    """When reports are from, as their outsides tell it; what records state themselves is not to be had so."""
    if asked.what is not What.EVERYTHING:
        return ()
    return room.hours_of_days(session, partner, asked.purpose, asked.first, asked.last)


def _items_stating(session: Session, partner: str, asked: Asked) -> list[str]:
    """The records that state when somebody went missing or was found, or when something was seen at a place, the latest
    first: that is often hours before anybody wrote it down, so that those of a later day come, behind the others."""
    if asked.what is What.AT_A_PLACE:
        return items_timed(session, partner, asked.purpose, asked.first, asked.last)
    types = _TELLING.get(asked.what, ())
    since = datetime.combine(asked.first, time(), LONDON) - _EARLIER if asked.first else _EVER_SINCE
    told = moments_of(session, partner, asked.purpose, DataClass.MISSING.value, types, since) if types else []
    until = instant_text(datetime.combine(asked.last, time(), LONDON) + _LATER) if asked.last else _FOR_EVER
    told.sort(key=lambda one: (one.occurred < until, one.occurred, one.reference), reverse=True)
    return list(dict.fromkeys(one.item for one in told))


def _with_places(session: Session, partner: str, asked: Asked, found: Found) -> Found:
    every = most_told(tallies(session, partner, asked.purpose, asked.first, asked.last))
    nowhere, start = count_nowhere(session, partner, asked.purpose), (asked.page - 1) * PLACES_OF_A_PAGE
    here = every[start : start + PLACES_OF_A_PAGE]
    further = len(every) > start + PLACES_OF_A_PAGE or nowhere > asked.page * RECORDS_OF_A_PAGE
    return replace(found, tallies=here, further=further, nowhere=nowhere)


def _items_describing(session: Session, partner: str, asked: Asked, here: Sequence[Tally]) -> set[str]:
    names = [one.place for one in here]
    named = items_placed(session, partner, asked.purpose, names, asked.first, asked.last, DESCRIBED_BY)
    before = (asked.page - 1) * RECORDS_OF_A_PAGE
    return {*named, *items_nowhere(session, partner, asked.purpose, before, RECORDS_OF_A_PAGE)}


def calendar_of(asked: Asked, current: Current[Found]) -> Sequence[Sequence[Count]]:
    """Hour -> weekday -> how many of what was asked for."""
    stated = instants(current.records, asked.what)
    return calendar([*current.found.hours, *hours(stated, asked.first, asked.last)])
