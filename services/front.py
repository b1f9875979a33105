"""The front: where people choose who they are, when all services run together as a demonstration."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Match, Mount, Route

from services.kernel.http.apps import add_routes, new_app
from services.kernel.identity import Identity
from services.kernel.pages import Pages
from services.kernel.pages.signing_in import DemoPerson, PeopleGroup, governance_group, sign_in_routes

GOVERNANCE_HOME: Final = "/governance/"
PRACTICE_HOME: Final = "/panel/"


@dataclass(frozen=True)
class _Invented:
    """Somebody of an agency: what they do there, what they find, and the pages they open first, the best one first."""

    name: str
    title: str
    finds: str
    homes: Sequence[str]


_QUEUE = ("/panel/queue?purpose=child_protection", PRACTICE_HOME)
_MISSING = ("/panel/queue?purpose=missing", PRACTICE_HOME)
_PLACES = ("/panel/places?purpose=context", "/panel/?purpose=context")
_TOLD = ("/panel/?purpose=context",)
_CONTEXTS = ("/panel/room/contexts?purpose=context", *_TOLD)
_MEETINGS = ("/panel/room/meetings?purpose=context", *_TOLD)
_AGENCIES: Final[Mapping[str, _Invented]] = {
    "social-work": _Invented(
        "duty-worker", "Duty social worker", "Tonight's queue, and what others have told.", _QUEUE
    ),
    "police": _Invented("officer", "Missing persons officer", "Who is missing, and what was learned.", _QUEUE),
    "health": _Invented("nurse", "Child protection nurse", "Health's own reports, and what bears on care.", _QUEUE),
    "education": _Invented("teacher", "Pastoral teacher", "That a pupil is safe, without the details.", _QUEUE),
    "childrens-house": _Invented("key-worker", "Key worker", "The young person who lives here.", _MISSING),
    "return-service": _Invented("listener", "Return discussion worker", "Who came back and is to be heard.", _MISSING),
    "youth-work": _Invented("street-worker", "Street youth worker", "Places and groups, under pseudonyms.", _PLACES),
    "bus-operator": _Invented("manager", "Duty manager", "A place and a time, and nobody's name.", _TOLD),
}
_PANEL: Final[Mapping[str, Sequence[_Invented]]] = {
    "efh-panel": (
        _Invented("chair", "Chair", "The meeting: what is heard, decided and still to do.", _MEETINGS),
        _Invented("coordinator", "Co-ordinator", "Places and groups that separate reports point to.", _CONTEXTS),
    )
}


def front(identity: Identity, agencies: Callable[[], dict[str, str]], services: list[Any]) -> Starlette:
    """The services under their names, and at the root the page that lists whom one can be.

    `agencies` gives partner id -> what people call it.
    """
    pages = Pages("Demonstration")
    app = new_app("Cairn demonstration", identity)
    add_routes(app, sign_in_routes(pages, lambda: people(agencies(), services)))
    app.router.routes += [pages.assets.route(), Route("/", _to_sign_in), *services]
    return app


def people(agencies: Mapping[str, str], services: Sequence[Any]) -> list[PeopleGroup]:
    """Whom one can be: somebody of each agency, the panel's chair and co-ordinator, and the governance lead."""
    told = [
        _person(partner, name, _AGENCIES.get(partner, _ANYBODY), services)
        for partner, name in sorted(agencies.items(), key=lambda each: _place(each[0]))
        if partner not in _PANEL
    ]
    of_panel = [
        _person(partner, agencies[partner], each, services)
        for partner, somebody in _PANEL.items()
        if partner in agencies
        for each in somebody
    ]
    groups = [
        PeopleGroup("In an agency", "Each works with young people, or with a place where they meet.", told),
        PeopleGroup("On the panel", "It looks at places and groups, and decides what changes there.", of_panel),
        governance_group(GOVERNANCE_HOME),
    ]
    return [group for group in groups if group.people]


_ANYBODY: Final = _Invented("practitioner", "Practitioner", "What the agency was told, for a stated purpose.", _QUEUE)


def _place(partner: str) -> int:
    """The order of the page: who is nearest to the night comes first, and those who joined later come last."""
    known = list(_AGENCIES)
    return known.index(partner) if partner in known else len(known)


def _person(partner: str, agency: str, told: _Invented, services: Sequence[Any]) -> DemoPerson:
    home = next((home for home in told.homes if _is_there(services, home)), PRACTICE_HOME)
    return DemoPerson(partner, told.name, agency, told.title, home, told.finds)


def _is_there(services: Sequence[Any], home: str) -> bool:
    """Whether a service has a page at this address."""
    path = home.partition("?")[0]
    scope = {"type": "http", "method": "GET", "path": path, "root_path": "", "headers": []}
    return any(_leads(mount, scope) for mount in services)


def _leads(mount: Any, scope: dict[str, Any]) -> bool:
    if not isinstance(mount, Mount):
        return False
    matched, within = mount.matches(scope)
    return matched is Match.FULL and any(route.matches({**scope, **within})[0] is Match.FULL for route in mount.routes)


def _to_sign_in(_: Request) -> Response:
    return RedirectResponse("/sign-in", status_code=303)
