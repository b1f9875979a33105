"""What every page of the panel room is served with: its two navigations, the stated purpose, and how refusals read."""

from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass
from pathlib import Path as Folder
from typing import Annotated, Any, Final

from fastapi import Depends, Path
from fastapi.routing import APIRoute
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from schemas.classes import Purpose
from services.kernel.http.problems import Problem
from services.kernel.identity import Caller
from services.kernel.pages import FieldError, Link, Pages, Strip, address, page_route, who_is
from services.panel.application.drafts import Drafts
from services.panel.domain.refusing import Refused
from services.panel.refusals import as_problem
from services.panel.room import Room
from services.panel.web.practice.room import Practising, Stated, purpose_choices, stated, strip
from services.panel.web.room.wording import Called

AT: Final = "/room"
_OURS: Final = (
    Link("Meetings", f"{AT}/meetings"),
    Link("Contexts", f"{AT}/contexts"),
    Link("Referrals", f"{AT}/referrals"),
    Link("Actions", f"{AT}/actions"),
    Link("Reviews", f"{AT}/reviews"),
    Link("What we know", "/"),
)
_THEIRS: Final = (
    Link("Meetings", f"{AT}/meetings"),
    Link("Referrals", f"{AT}/referrals"),
    Link("Actions", f"{AT}/actions"),
    Link("Discussions", f"{AT}/discussions"),
    Link("Practice", "/queue"),
)


class PurposeNotStated(Exception):
    """A page was opened without saying what for."""

    def __init__(self, who: Caller) -> None:
        super().__init__("purpose_not_stated")
        self.who = who


@dataclass(frozen=True)
class Visit:
    """Who opens a page, and what for."""

    request: Request
    who: Caller
    purpose: Purpose

    def at(self, path: str, **query: object) -> str:
        """An address below the panel room, for the same purpose."""
        return self.near(f"{AT}{path}", **query)

    def near(self, path: str, **query: object) -> str:
        """An address of the service, for the same purpose."""
        return address(self.request, path, purpose=self.purpose.value, **query)


def _visit(request: Request, who: Practising, purpose: Stated = "") -> Visit:
    if not purpose and request.method == "GET" and "." not in request.url.path.rpartition("/")[2]:
        raise PurposeNotStated(who)
    return Visit(request, who, stated(purpose))


Visiting = Annotated[Visit, Depends(_visit)]
ContextRef = Annotated[str, Path(alias="context", max_length=60)]
ReferralRef = Annotated[str, Path(alias="referral", max_length=60)]
MeetingRef = Annotated[str, Path(alias="meeting", max_length=60)]
ItemRef = Annotated[str, Path(alias="agenda_item", max_length=60)]
ActionRef = Annotated[str, Path(alias="action", max_length=60)]


@dataclass(frozen=True)
class PanelRoom:
    """The room, and the pages that show it: `ours` to people of the panel, `theirs` to people of other agencies."""

    room: Room
    ours: Pages
    theirs: Pages
    drafts: Drafts
    """Where the receipts of what is reported from here are kept."""

    def of_panel(self, visit: Visit) -> bool:
        """Whether the visitor is of the panel."""
        return self.room.kept.visitor(visit.who).of_panel

    def called(self, who: Caller) -> Called:
        """What people call agencies. Raises the 403 problem `not_a_partner`."""
        agencies = self.room.reading.agencies()
        if who.partner not in agencies:
            raise Problem(403, "not_a_partner", "Your agency is not part of this hub", "Ask its governance lead.")
        return Called(agencies)

    def page(
        self,
        visit: Visit,
        template: str,
        title: str,
        *,
        crumbs: Sequence[Link] = (),
        error: Sequence[FieldError] = (),
        **content: Any,
    ) -> Response:
        """A page of the room for its visitor."""
        return self._pages(visit.who).page(
            visit.request,
            f"room/{template}",
            title,
            who=who_is(visit.who, self.called(visit.who).agencies),
            strip=self._strip(visit),
            breadcrumbs=crumbs,
            error=list(error) or None,
            at=visit.at,
            **content,
        )

    def ask_purpose(self, request: Request, who: Caller) -> Response:
        """The page that asks what for."""
        choices = purpose_choices(request)
        shown = who_is(who, self.called(who).agencies)
        return self._pages(who).page(request, "purpose.html", "What do you need this for?", who=shown, choices=choices)

    def tell(self, request: Request, refused: Refused) -> Response:
        """A refusal as a page."""
        problem = as_problem(refused)
        back = Link("Go to the panel's meetings", address(request, f"{AT}/meetings"))
        return self.ours.message(request, problem.status, problem.title, problem.detail or "", link=back)

    def _pages(self, who: Caller) -> Pages:
        return self.ours if self.room.kept.visitor(who).of_panel else self.theirs

    def _strip(self, visit: Visit) -> Strip:
        return strip(visit.request, visit.purpose, self.room.clock.now())


def make(room: Room, drafts: Drafts, templates: Folder, front: str | None) -> PanelRoom:
    """The room with its pages. Raises PagesNotSetUp."""
    ours, theirs = (
        Pages("Panel", templates, navigation, front, carried=("purpose",)) for navigation in (_OURS, _THEIRS)
    )
    return PanelRoom(room, ours, theirs, drafts)


def room_route(setting: PanelRoom) -> type[APIRoute]:
    """The class of route for pages of the room: asks for a purpose where none is stated, and tells refusals."""
    base: type[APIRoute] = page_route(setting.ours)

    class RoomRoute(base):  # type: ignore[misc, valid-type]
        def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
            handler = super().get_route_handler()

            async def shown(request: Request) -> Response:
                try:
                    answer: Response = await handler(request)
                except PurposeNotStated as unstated:
                    return await run_in_threadpool(setting.ask_purpose, request, unstated.who)
                except Refused as refused:
                    if request.url.path.endswith((".csv", ".json")):
                        raise as_problem(refused) from None
                    return setting.tell(request, refused)
                return answer

            return shown

    return RoomRoute
