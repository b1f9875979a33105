"""The story's own page, the banner that says on every other page what comes next, and the button that lets it happen.

Only a demonstration has them: it answers on this machine alone, and everything in it is invented.
"""

import hmac
import logging
import secrets
import threading
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

from fastapi import APIRouter, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from services.console.rehearsal.form import NotAScenario
from services.console.rehearsal.hubs import Refused, ThrowAwayHub
from services.console.story.showing import shown
from services.console.story.telling import Story
from services.kernel.http.apps import add_routes, new_app
from services.kernel.identity import Identity
from services.kernel.pages import Link, Pages
from services.kernel.pages.presenting import ANNOUNCED, Announcement
from services.kernel.pages.signing_in import PeopleGroup

PATH = "/story"
_BODY_BYTES_MAX = 1000
_log = logging.getLogger("cairn.story")

OnStage = Callable[[], AbstractContextManager[ThrowAwayHub]]
"""Gives the hub as something to play on, with nothing else moving it meanwhile."""


class StorySite:
    """The hub's pages with the story's around them."""

    def __init__(
        self,
        hub: ASGIApp,
        story: Story,
        on_stage: OnStage,
        people: Callable[[], Sequence[PeopleGroup]],
        identity: Identity,
    ) -> None:
        """`people` are those whom one can be."""
        self._hub, self._story, self._on_stage, self._people = hub, story, on_stage, people
        self._token, self._playing = secrets.token_urlsafe(16), threading.Lock()
        self._pages = Pages("Demonstration", Path(__file__).parent / "templates")
        self._own = new_app("Cairn story", identity)
        add_routes(self._own, self._routes())

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._hub(scope, receive, send)
        elif scope["path"] == PATH or scope["path"].startswith(f"{PATH}/"):
            await self._own(scope, receive, send)
        else:
            await self._hub({**scope, ANNOUNCED: self._announcement()}, receive, send)

    def _announcement(self) -> Announcement:
        step = self._story.next
        if step is None:
            return Announcement("The story is told", "", Link("What happened", PATH))
        return Announcement(
            "Next", step.title, Link("The story so far", PATH), f"{PATH}/next", "Let it happen", self._fields(step.id)
        )

    def _fields(self, step: str) -> dict[str, str]:
        """What a form sends along: which step it means, and that it was read here, as no other site can."""
        return {"step": step, "token": self._token}

    def _routes(self) -> APIRouter:
        router = APIRouter(include_in_schema=False)

        @router.get(PATH)
        def story(request: Request) -> Response:
            return self._page(request)

        @router.post(f"{PATH}/next")
        async def play_next(request: Request) -> Response:
            sent = await _sent(request)
            token = sent.get("token", [""])[0]
            if not hmac.compare_digest(token.encode(), self._token.encode()):
                return self._told(request, 403, "Nothing has happened", "Open the story, and use the button there.")
            return await run_in_threadpool(self._play, request, sent.get("step", [""])[0])

        return router

    def _play(self, request: Request, step: str) -> Response:
        """Tell the step that the page showed as next; where it was told meanwhile, only show how far the story is."""
        with self._playing:
            following = self._story.next
            if following is not None and following.id == step:
                try:
                    with self._on_stage() as stage:
                        self._story.tell(stage)
                        self._story.keep(stage.now())
                except (Refused, NotAScenario, LookupError) as stopped:
                    _log.warning("a step of the story was not told: %s", type(stopped).__name__)
                    return self._told(
                        request, 409, "The story cannot go on", "Something was changed that it counts on. Start anew."
                    )
        return RedirectResponse(PATH, status_code=303)

    def _page(self, request: Request) -> Response:
        step = self._story.next
        told, count = self._story.told, len(self._story.script.steps)
        groups = self._people()
        steps = [shown(one, number, groups, self._story.names) for number, one in enumerate(told, start=1)]
        return self._pages.page(
            request,
            "story.html",
            self._story.script.title,
            step=step,
            fields=self._fields(step.id) if step else {},
            action=f"{PATH}/next",
            latest=steps[-1] if steps else None,
            earlier=steps[-2::-1],
            number=len(told) + 1,
            count=count,
            lead=next((one for group in groups for one in group.people if one.partner == "governance"), None),
        )

    def _told(self, request: Request, status: int, title: str, words: str) -> Response:
        return self._pages.message(request, status, title, words, link=Link("The story", PATH))


async def _sent(request: Request) -> dict[str, Any]:
    """The fields of the form; a body larger than the form's could be is not read to its end."""
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > _BODY_BYTES_MAX:
            return {}
    return dict(parse_qs(body.decode("ascii", errors="replace")))
