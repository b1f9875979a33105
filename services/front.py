"""The front: where people choose who they are, when all services run together as a demonstration."""

from collections.abc import Callable
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from services.kernel.http.apps import add_routes, new_app
from services.kernel.identity import Identity
from services.kernel.pages import Pages
from services.kernel.pages.signing_in import agencies_group, governance_group, sign_in_routes


def front(identity: Identity, agencies: Callable[[], dict[str, str]], services: list[Any]) -> Starlette:
    """The services under their names, and at the root the page that lists whom one can be.

    `agencies` gives partner id -> what people call it.
    """
    pages = Pages("Demonstration")
    app = new_app("Cairn demonstration", identity)
    add_routes(
        app, sign_in_routes(pages, lambda: [governance_group("/governance/"), agencies_group(agencies(), "/panel/")])
    )
    app.router.routes += [pages.assets.route(), Route("/", _to_sign_in), *services]
    return app


def _to_sign_in(_: Request) -> Response:
    return RedirectResponse("/sign-in", status_code=303)
