"""Routes of pages: what an interface tells as a problem, a page tells a person in plain words."""

from collections.abc import Callable, Coroutine
from typing import Any

from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from services.kernel.http.problems import Problem
from services.kernel.pages.presenting import Link
from services.kernel.pages.rendering import Pages

_PLAIN: dict[str, tuple[str, str]] = {
    "role_missing": ("This page is not for your role", "Choose another person to open it."),
    "access_not_recorded": (
        "Nothing can be shown now",
        "Every reading is recorded before anything is shown, and just now it cannot be recorded. Try again shortly.",
    ),
    "decisions_not_current": (
        "Nothing can be shown now",
        "The rules have changed and the hub is still working out what your agency may see. Rather than show something "
        "out of date, it shows nothing. Try again in a few seconds.",
    ),
}
_UNFORESEEN = ("This page cannot be shown", "Check the address, or go back and try again.")


def page_route(pages: Pages) -> type[APIRoute]:
    """The class of route for an `APIRouter` of pages."""

    class PageRoute(APIRoute):
        def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
            handler = super().get_route_handler()

            async def shown(request: Request) -> Response:
                try:
                    return await handler(request)
                except Problem as problem:
                    if _is_twin(request):
                        raise
                    return _told(pages, request, problem)
                except RequestValidationError:
                    if _is_twin(request):
                        raise
                    return pages.message(request, 422, *_UNFORESEEN)

            return shown

    return PageRoute


def _is_twin(request: Request) -> bool:
    """Whether a program asks, which is told of a problem as programs are."""
    return request.url.path.endswith((".csv", ".json"))


def _told(pages: Pages, request: Request, problem: Problem) -> Response:
    if problem.status == 401:
        return RedirectResponse(pages.front(request), status_code=303)
    title, words = _PLAIN.get(problem.code, (problem.title, problem.detail or _UNFORESEEN[1]))
    link = Link("Choose who you are", pages.front(request)) if problem.status == 403 else None
    return pages.message(request, problem.status, title, words, link=link, headers=problem.headers)
