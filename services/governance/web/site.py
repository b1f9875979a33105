"""The site of governance: its pages, its navigation, and the look they share with every other service."""

from pathlib import Path

from fastapi import APIRouter, FastAPI

from services.governance.web.desk import Desk
from services.governance.web.matrix_views import add_matrix, add_why
from services.governance.web.register_views import add_agreements, add_recalls
from services.governance.web.who_looked_views import add_who_looked
from services.governance.web.who_saw_views import add_who_saw
from services.kernel.access import AccessGate
from services.kernel.clock import Clock
from services.kernel.http.apps import add_routes
from services.kernel.identity import Identity
from services.kernel.identity.demo import DemoIdentity
from services.kernel.pages import Link, Pages, page_route
from services.kernel.pages.signing_in import governance_group, sign_in_routes
from services.kernel.store import Store

_NAVIGATION = (
    Link("Who may see what", "/"),
    Link("Who saw what", "/who-saw"),
    Link("Who looked", "/who-looked"),
    Link("Agreements", "/agreements"),
    Link("Recalls", "/recalls"),
)


def install(app: FastAPI, store: Store, gate: AccessGate, clock: Clock, identity: Identity, front: str | None) -> None:
    """Add the pages to the app, and choosing who one is where identities are those of a demonstration."""
    pages = Pages("Governance", Path(__file__).parent / "templates", _NAVIGATION, front)
    desk = Desk(pages, store, gate, clock)
    router = APIRouter(route_class=page_route(pages), include_in_schema=False)
    for add in (add_matrix, add_why, add_who_saw, add_who_looked, add_agreements, add_recalls):
        add(router, desk)
    add_routes(app, router)
    app.router.routes.append(pages.assets.route())
    if isinstance(identity, DemoIdentity) and front is None:
        add_routes(app, sign_in_routes(pages, lambda: [governance_group("/")]))
