"""The front door of a demonstration in which every service is mounted below one address: choosing who one is."""

from collections.abc import Callable, Mapping

from fastapi import FastAPI

from services.kernel.http.apps import new_app
from services.kernel.identity import Identity
from services.kernel.pages.rendering import Pages
from services.kernel.pages.signing_in import agencies_group, governance_group, sign_in_routes


def front_door(
    title: str,
    identity: Identity,
    agencies: Callable[[], Mapping[str, str]],
    governance: str = "/governance/",
    panel: str = "/panel/",
) -> FastAPI:
    """The app for `/`, to be mounted behind the others, whose `front` is then `/`.

    `agencies` gives partner id -> what people call it; the addresses are those of the two services' first pages.
    Raises PagesNotSetUp.
    """
    app = new_app("Cairn", identity)
    pages = Pages(title, front="/")
    app.include_router(
        sign_in_routes(pages, lambda: [governance_group(governance), agencies_group(agencies(), panel)], path="/")
    )
    app.router.routes.append(pages.assets.route())
    return app
