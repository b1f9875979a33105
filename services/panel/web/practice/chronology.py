"""The chronology: all that an agency knows for a purpose, by when it happened, the latest page of it first."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from fastapi import APIRouter, Request
from fastapi.responses import Response
from sqlalchemy.orm import Session

from schemas.classes import Purpose
from services.kernel.identity import Caller
from services.kernel.pages import address
from services.kernel.pages.listing import page_asked
from services.kernel.pages.words import purpose_words
from services.panel.domain.held import Held
from services.panel.projections.holdings import held_of
from services.panel.projections.outsides import latest, undated, undated_items
from services.panel.reading import OPERATION, Current
from services.panel.web.practice.chronology_page import chronology_days
from services.panel.web.practice.room import Practising, Room, Stated, Word, stated, strip

RECORDS_OF_A_PAGE: Final = 100


@dataclass(frozen=True)
class Found:
    """How many records there are that tell a day, and how many that tell none: these stand behind all others."""

    dated: int
    undated: int

    @property
    def count(self) -> int:
        """All of them."""
        return self.dated + self.undated

    def undated_from(self) -> int:
        """The page on which those without a day begin."""
        return self.dated // RECORDS_OF_A_PAGE + 1


def install(router: APIRouter, room: Room) -> None:
    """`/`: the chronology, or the question what it is needed for."""

    @router.get("/")
    def chronology(request: Request, who: Practising, purpose: Stated = "", page: Word = "") -> Response:
        if not purpose:
            return room.ask_purpose(request, who)
        asked, number = stated(purpose), page_asked(page)
        room.joined(who)
        current = _find(room, who, asked, number)
        found = current.found

        def at(other: int) -> str:
            return address(request, "/", purpose=asked.value, page=other if other > 1 else None)

        return room.page(
            request,
            who,
            "chronology.html",
            "What your agency knows",
            strip=strip(request, asked, current.as_of),
            agency=current.agencies.get(who.partner, who.partner),
            days=chronology_days(current.records, current),
            count=found.count,
            shown=len(current.records),
            purpose=purpose_words(asked),
            later=at(number - 1) if number > 1 else None,
            earlier=at(number + 1) if found.count > number * RECORDS_OF_A_PAGE else None,
            undated=found.undated,
            undated_at=at(found.undated_from()) if found.undated and found.undated_from() > number else None,
        )


def _find(room: Room, who: Caller, asked: Purpose, number: int) -> Current[Found]:
    def find(session: Session, _: datetime) -> tuple[Found, list[Held]]:
        first, size = (number - 1) * RECORDS_OF_A_PAGE, RECORDS_OF_A_PAGE
        count, items = latest(session, who.partner, asked, first, size)
        found = Found(count, undated(session, who.partner, asked))
        items += undated_items(session, who.partner, asked, max(0, first - count), size - len(items))
        return found, held_of(session, who.partner, asked, sorted(items))

    return room.reading.look(who, asked, OPERATION, find)
