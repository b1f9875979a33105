"""The desk that every page of governance is served from, and how a page understands what an address asks."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from fastapi import Depends, Query
from starlette.requests import Request
from starlette.responses import Response

from schemas.classes import Purpose
from services.governance.projections.rules import Partner
from services.kernel.access import AccessGate
from services.kernel.clock import Clock
from services.kernel.http.caller import require
from services.kernel.http.problems import Problem
from services.kernel.identity import Caller, Role
from services.kernel.pages import Link, Pages, address, who_is
from services.kernel.pages.times import instant_given
from services.kernel.pages.words import PURPOSES
from services.kernel.store import Store

Governing = Annotated[Caller, Depends(require(Role.GOVERNANCE))]
Word = Annotated[str, Query(max_length=200)]


@dataclass(frozen=True)
class Desk:
    """What every view works with."""

    pages: Pages
    store: Store
    gate: AccessGate
    clock: Clock

    def page(self, request: Request, who: Caller, template: str, title: str, **content: object) -> Response:
        """A page for a governance lead."""
        shown = who_is(who, {"governance": "Governance"})
        return self.pages.page(request, template, title, who=shown, **content)  # type: ignore[arg-type]

    def instant(self, text: str) -> datetime:
        """The instant an address asks for, or now. Raises the 422 problem `not_an_instant`."""
        try:
            return instant_given(text) if text else self.clock.now()
        except (ValueError, OverflowError):
            raise Problem(
                422, "not_an_instant", "That is not a date and time", "Write it as 2026-04-18T09:00, or choose it."
            ) from None


def purpose_asked(text: str) -> Purpose | None:
    """The purpose an address asks for; none means all. Raises the 404 problem for one that does not exist."""
    try:
        return Purpose(text) if text else None
    except ValueError:
        raise not_found() from None


def purpose_links(request: Request, path: str, asked: Purpose | None, **query: str) -> list[Link]:
    """A link for every purpose, and one for all of them together."""
    everything = Link("All purposes", address(request, path, **query), current=asked is None)
    return [
        everything,
        *(
            Link(words, address(request, path, **query, purpose=purpose.value), current=purpose is asked)
            for purpose, words in PURPOSES.items()
        ),
    ]


def names_of(everyone: Sequence[Partner]) -> dict[str, str]:
    """Partner id -> what people call it."""
    return {each.partner: each.name for each in everyone} | {"governance": "Governance"}


def not_found() -> Problem:
    """The problem for an address that leads nowhere."""
    return Problem(404, "not_found", "There is no such page", "Check the address, or start again from the matrix.")
