"""The site of the panel service: for now, what one agency knows of a night, for a stated purpose."""

from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, Depends, FastAPI, Query, Request
from fastapi.responses import Response

from schemas.classes import Purpose
from services.kernel.http.apps import add_routes
from services.kernel.http.caller import require
from services.kernel.http.problems import Problem
from services.kernel.identity import Caller, Identity, Role
from services.kernel.identity.demo import DemoIdentity
from services.kernel.pages import Link, Pages, address, page_route, who_is
from services.kernel.pages.signing_in import agencies_group, sign_in_routes
from services.kernel.pages.words import PURPOSES, purpose_words
from services.panel.reading import Reading
from services.panel.web.chronology_page import chronology_days

Practising = Annotated[Caller, Depends(require(Role.PRACTITIONER))]
_PURPOSES_IN_WORDS = {
    Purpose.CHILD_PROTECTION: "A young person may be harmed, or is being protected from harm.",
    Purpose.MISSING: "A young person is missing, or has come back and is to be listened to.",
    Purpose.CONTEXT: "A place, school, group or online space is to be made safer.",
    Purpose.ADULT_PROTECTION: "An adult may need support and protection.",
}


def install(app: FastAPI, reading: Reading, identity: Identity, front: str | None) -> None:
    """Add the pages to the app, and choosing who one is where identities are those of a demonstration."""
    pages = Pages("Practice", Path(__file__).parent / "templates", (), front)
    router = APIRouter(route_class=page_route(pages), include_in_schema=False)

    @router.get("/")
    def chronology(request: Request, who: Practising, purpose: Annotated[str, Query(max_length=40)] = "") -> Response:
        if not purpose:
            return _ask_purpose(pages, request, who, _joined(reading, who))
        stated = _stated(purpose)
        _joined(reading, who)
        found = reading.chronology(who, stated)
        days = chronology_days(found)
        return pages.page(
            request,
            "chronology.html",
            "What your agency knows",
            who=who_is(who, found.agencies),
            agency=found.agencies.get(who.partner, who.partner),
            days=days,
            count=len(found.records),
            purpose=purpose_words(stated),
            choices=[
                Link(words, address(request, "/", purpose=each.value), current=each is stated)
                for each, words in PURPOSES.items()
            ],
        )

    add_routes(app, router)
    app.router.routes.append(pages.assets.route())
    if isinstance(identity, DemoIdentity) and front is None:
        add_routes(app, sign_in_routes(pages, lambda: [agencies_group(reading.agencies(), "/")]))


def _ask_purpose(pages: Pages, request: Request, who: Caller, agencies: dict[str, str]) -> Response:
    choices = [
        (words, _PURPOSES_IN_WORDS[each], address(request, "/", purpose=each.value)) for each, words in PURPOSES.items()
    ]
    return pages.page(request, "purpose.html", "What do you need this for?", who=who_is(who, agencies), choices=choices)


def _stated(purpose: str) -> Purpose:
    try:
        return Purpose(purpose)
    except ValueError:
        raise Problem(
            422, "purpose_unknown", "That purpose is not known", "Choose one of the purposes listed."
        ) from None


def _joined(reading: Reading, who: Caller) -> dict[str, str]:
    agencies = reading.agencies()
    if who.partner not in agencies:
        raise Problem(403, "not_a_partner", "Your agency is not part of this hub", "Ask its governance lead.")
    return agencies
