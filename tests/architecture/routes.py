"""The routes of a running hub: every method of every path of every service, and of the hub itself."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from fastapi.routing import RouteContext, iter_route_contexts
from starlette.routing import Mount

from services.composition import Hub


@dataclass(frozen=True)
class Route:
    """One method of one route of one service."""

    service: str
    method: str
    path: str

    @property
    def short(self) -> str:
        return f"{self.method} {self.path}"

    def __str__(self) -> str:
        return f"{self.service} {self.short}"


def apps_of(hub: Hub) -> dict[str, Any]:
    """The applications by service; the hub's own, with all of them below it, is called `hub`."""
    return {**{name: service.app for name, service in hub.services.items()}, "hub": hub.app}


def routes_of(apps: Mapping[str, Any]) -> list[Route]:
    """Every route; of the hub's own application those that are not below a service."""
    return [
        Route(name, method, context.path)
        for name, app in apps.items()
        for context in _contexts(app, whole=name != "hub")
        if context.path is not None
        for method in sorted(set(context.methods or ()) - {"HEAD"})
    ]


def _contexts(app: Any, *, whole: bool) -> Iterator[RouteContext]:
    for route in app.routes:
        if not isinstance(route, Mount):
            yield from iter_route_contexts([route])
        elif whole or not route.path:
            yield from _contexts(route.app, whole=whole)
