"""Signing in to a demonstration: choosing one of the invented people.

Only for the demo identity, which answers on loopback alone; elsewhere people come from their own identity provider.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs

from fastapi import APIRouter, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import RedirectResponse, Response

from services.kernel.pages.presenting import FieldError
from services.kernel.pages.rendering import Pages, address

COOKIE = "cairn_demo"
_BODY_BYTES_MAX = 1000
_LEAD = (
    "This is a demonstration. Every person, place and event in it is invented. Each person sees what their own agency "
    "may see, and no more."
)


@dataclass(frozen=True)
class DemoPerson:
    """Somebody one can be in a demonstration; `home` is the address that opens first, `finds` what is there."""

    partner: str
    name: str
    agency: str
    title: str
    home: str
    finds: str = ""

    @property
    def ref(self) -> str:
        """The practitioner's reference, such as `police/officer`."""
        return f"{self.partner}/{self.name}"


@dataclass(frozen=True)
class PeopleGroup:
    """People who see the same kind of page."""

    heading: str
    about: str
    people: Sequence[DemoPerson]


def governance_group(home: str) -> PeopleGroup:
    """The governance lead, who sees who may see what, and no content."""
    finds = "The whole night in one matrix, with the reason behind each cell."
    lead = DemoPerson("governance", "lead", "Governance", "Information governance lead", home, finds)
    return PeopleGroup("Over all of them", "Sees who may see what and who has read what, and no content.", [lead])


def agencies_group(names: Mapping[str, str], home: str) -> PeopleGroup:
    """One practitioner for each agency (partner id -> what people call it)."""
    people = [DemoPerson(partner, "practitioner", name, "Practitioner", home) for partner, name in names.items()]
    return PeopleGroup("See what one agency knows", "The night as that agency's agreements let it see it.", people)


def sign_in_routes(pages: Pages, groups: Callable[[], Sequence[PeopleGroup]], path: str = "/sign-in") -> APIRouter:
    """The page that lists the people, and the form it posts. Needs no identity: it gives one.

    `groups` is asked each time, as agencies join while the hub runs.
    """
    router = APIRouter()

    def show(request: Request, error: FieldError | None = None) -> Response:
        current = (request.cookies.get(COOKIE) or "").strip('"')
        return pages.page(
            request,
            "sign_in.html",
            "Choose who you are",
            status=422 if error else 200,
            error=[error] if error else None,
            lead=_LEAD,
            action=address(request, path),
            groups=[_shown(group, current) for group in groups()],
        )

    @router.get(path, include_in_schema=False)
    def choose(request: Request) -> Response:
        return show(request)

    @router.post(path, include_in_schema=False)
    async def chosen(request: Request) -> Response:
        chosen_ref = await _who(request)
        everyone = await run_in_threadpool(groups)
        person = next((each for group in everyone for each in group.people if each.ref == chosen_ref), None)
        if person is None:
            return show(request, FieldError("who", "Choose one of the people listed"))
        response = RedirectResponse(person.home, status_code=303)
        response.set_cookie(COOKIE, person.ref, httponly=True, samesite="lax", path="/")
        return response

    return router


async def _who(request: Request) -> str:
    """The person chosen on the form; a body larger than the form's could be is not read to its end."""
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > _BODY_BYTES_MAX:
            return ""
    return parse_qs(body.decode("ascii", errors="replace")).get("who", [""])[0]


def _shown(group: PeopleGroup, current: str) -> dict[str, Any]:
    people = [
        {
            "ref": person.ref,
            "agency": person.agency,
            "title": person.title,
            "finds": person.finds,
            "current": person.ref == current,
        }
        for person in group.people
    ]
    return {"heading": group.heading, "about": group.about, "people": people}
