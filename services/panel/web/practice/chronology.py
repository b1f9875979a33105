"""The chronology: all that an agency knows for a purpose, by when it happened."""

from fastapi import APIRouter, Request
from fastapi.responses import Response

from services.kernel.pages.words import purpose_words
from services.panel.web.practice.chronology_page import chronology_days
from services.panel.web.practice.room import Practising, Room, Stated, stated, strip


def install(router: APIRouter, room: Room) -> None:
    """`/`: the chronology, or the question what it is needed for."""

    @router.get("/")
    def chronology(request: Request, who: Practising, purpose: Stated = "") -> Response:
        if not purpose:
            return room.ask_purpose(request, who)
        asked = stated(purpose)
        room.joined(who)
        found = room.reading.chronology(who, asked)
        return room.page(
            request,
            who,
            "chronology.html",
            "What your agency knows",
            strip=strip(request, asked, found.as_of),
            agency=found.agencies.get(who.partner, who.partner),
            days=chronology_days(found),
            count=len(found.records),
            purpose=purpose_words(asked),
        )
