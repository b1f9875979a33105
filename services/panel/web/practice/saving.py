"""Saved filters: a practitioner's own, for their own eyes, made of the codes of a list's address and of nothing else.

A filter goes by what it shows: no name is typed for it, because what people type names people.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import parse_qsl, urlencode

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from services.kernel.http.problems import Problem
from services.kernel.identity import Caller
from services.kernel.pages import address
from services.kernel.pages.forms import Sent, first
from services.kernel.pages.listing import Filter, Listing
from services.panel.projections import saved_filters
from services.panel.web.practice.room import Practising, Room

LISTS: Final = {"/young-people": ("now", "from", "days"), "/queue": ("show", "days"), "/missing": ("weeks",)}
"""Path of a list -> the filters of it that can be kept."""
_CODE = re.compile(r"[a-z0-9][a-z0-9_-]{0,62}")


@dataclass(frozen=True)
class SavedLink:
    """A filter that the practitioner keeps: what it shows, where, and the query by which it is let go."""

    text: str
    href: str
    query: str
    current: bool


@dataclass(frozen=True)
class Saved:
    """What the practitioner keeps for a list, and what could be kept of it now; None where nothing narrows it."""

    action: str
    path: str
    links: Sequence[SavedLink]
    keep: str | None


def install(router: APIRouter, room: Room) -> None:
    """`/saved-filters`: keep a filter, or let it go, and be led back to the list."""

    @router.post("/saved-filters")
    def save(request: Request, who: Practising, sent: Sent) -> Response:
        path, forget = first(sent, "list"), first(sent, "do") == "forget"
        query = _coded(path, first(sent, "query"))
        room.joined(who)
        with room.store.transaction() as session:
            if forget:
                saved_filters.forget(session, who.practitioner, path, query)
            elif not saved_filters.keep(session, who.practitioner, path, query):
                raise Problem(
                    409, "too_many_saved", "You keep as many filters as there is room for", "Let one of them go first."
                )
        back = {} if forget else dict(parse_qsl(query))
        purpose = first(sent, "purpose")
        taken = {"purpose": purpose} if _CODE.fullmatch(purpose) else {}
        return RedirectResponse(address(request, path, **taken, **back), status_code=303)


def saved_links(room: Room, request: Request, who: Caller, listing: Listing) -> Saved:
    """What the practitioner keeps for this list, in the words of its filters."""
    current = _query_of(listing.path, {each.name: each.chosen for each in listing.filters if each.narrows})
    with room.store.reading() as session:
        kept = saved_filters.saved_by(session, who.practitioner, listing.path)
    taken = {"purpose": listing.purpose} if listing.purpose else {}
    links = [
        SavedLink(
            _words(listing.filters, query),
            address(request, listing.path, **taken, **dict(parse_qsl(query))),
            query,
            query == current,
        )
        for query in kept
    ]
    keep = current if current and current not in kept else None
    return Saved(address(request, "/saved-filters"), listing.path, links, keep)


def _coded(path: str, query: str) -> str:
    """The query in its one way of being written. Raises the 422 problem `not_a_filter` for all but codes."""
    asked = dict(parse_qsl(query))
    if path not in LISTS or not asked or not asked.keys() <= set(LISTS[path]):
        raise _not_a_filter()
    if not all(_CODE.fullmatch(value) for value in asked.values()):
        raise _not_a_filter()
    return _query_of(path, asked)


def _query_of(path: str, asked: dict[str, str]) -> str:
    return urlencode([(name, asked[name]) for name in LISTS.get(path, ()) if asked.get(name)])


def _words(filters: Sequence[Filter], query: str) -> str:
    asked = dict(parse_qsl(query))
    words = [
        next((option.text for option in each.options if option.value == asked[each.name]), asked[each.name])
        for each in filters
        if each.name in asked
    ]
    return ", ".join([words[0], *(word[:1].lower() + word[1:] for word in words[1:])]) if words else "Everything"


def _not_a_filter() -> Problem:
    return Problem(422, "not_a_filter", "That is not a filter of this list", "Choose from what the list offers.")
