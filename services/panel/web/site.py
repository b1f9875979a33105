"""The site of the panel service: its two rooms, each a list of the pages that are installed in it."""

from collections.abc import Callable
from pathlib import Path
from typing import Final

from fastapi import APIRouter, FastAPI

from services.kernel.http.apps import add_routes
from services.kernel.identity import Identity
from services.kernel.identity.demo import DemoIdentity
from services.kernel.keys import Keys
from services.kernel.pages import Link, Pages, page_route
from services.kernel.pages.signing_in import agencies_group, sign_in_routes
from services.kernel.store import Store
from services.panel.application.drafts import Drafts
from services.panel.application.wording import Wording
from services.panel.domain.gazetteer import Gazetteer
from services.panel.domain.missing_clocks import Clocks
from services.panel.intake import Intake
from services.panel.room import Room as PanelRoom
from services.panel.web.practice import (
    child,
    chronology,
    missing,
    network,
    places,
    queue,
    report,
    saving,
    seeking,
    young_people,
)
from services.panel.web.practice.room import Room
from services.panel.web.room import pages as room_pages

_TEMPLATES = Path(__file__).parent / "templates"
_PRACTICE_NAVIGATION: Final = (
    Link("My queue", "/queue"),
    Link("Young people", "/young-people"),
    Link("Missing figures", "/missing"),
    Link("What we know", "/"),
    Link("Network", "/network"),
    Link("Places and times", "/places"),
    Link("Post a report", "/report"),
    Link("Panel", "/room/meetings"),
)
_PRACTICE: Final[tuple[Callable[[APIRouter, Room], None], ...]] = (
    queue.install,
    young_people.install,
    seeking.install,
    child.install,
    missing.install,
    saving.install,
    chronology.install,
    network.install,
    places.install,
    report.install,
)


def install(
    app: FastAPI,
    panel: PanelRoom,
    store: Store,
    keys: Keys,
    intake: Intake,
    clocks: Clocks,
    gazetteer: Gazetteer,
    identity: Identity,
    front: str | None,
) -> None:
    """Add the pages to the app, and choosing who one is where identities are those of a demonstration."""
    reading, clock = panel.reading, panel.clock
    pages = Pages("Practice", _TEMPLATES, _PRACTICE_NAVIGATION, front, carried=("purpose",))
    drafts, wording = Drafts(store, keys, clock), Wording(store, clock)
    room = Room(
        pages, reading, store, clock, intake, drafts, wording, panel.actions, panel.back_links, gazetteer, clocks
    )
    router = APIRouter(route_class=page_route(pages), include_in_schema=False)
    for install_page in _PRACTICE:
        install_page(router, room)
    add_routes(app, router)
    room_pages.install(app, panel, drafts, _TEMPLATES, front)
    app.router.routes.append(pages.assets.route())
    if isinstance(identity, DemoIdentity) and front is None:
        add_routes(app, sign_in_routes(pages, lambda: [agencies_group(reading.agencies(), "/")]))
