"""The matrix, and the page behind each of its cells."""

from fastapi import APIRouter, Request
from fastapi.responses import Response

from services.governance.projections.decisions import decided_at, item_decided_at
from services.governance.projections.rules import partners, versions
from services.governance.web.desk import Desk, Governing, Word, names_of, not_found, purpose_asked, purpose_links
from services.governance.web.matrix_page import matrix_page
from services.governance.web.why_page import why_page
from services.kernel.pages import Link, address
from services.kernel.pages.times import local_input

_ITEMS_MAX = 60


def add_matrix(router: APIRouter, desk: Desk) -> None:
    """`/`: items by partners, as decided now or at the instant that the address states."""

    @router.get("/")
    def matrix(request: Request, who: Governing, purpose: Word = "", at: Word = "", after: Word = "") -> Response:
        asked, instant = purpose_asked(purpose), desk.instant(at)
        desk.gate.record(who, "governance.matrix", None, ())
        with desk.store.reading() as session:
            everyone = partners(session)
            try:
                found = decided_at(session, instant, after or None, _ITEMS_MAX + 1)
            except KeyError:
                raise not_found() from None
        page = found[:_ITEMS_MAX]
        here = {"purpose": purpose, "at": at}
        further = page[-1].item.item if len(found) > _ITEMS_MAX else None
        return desk.page(
            request,
            who,
            "matrix.html",
            "Who may see what",
            matrix=matrix_page(page, everyone, asked),
            choices=purpose_links(request, "/", asked, at=at),
            purpose=purpose,
            at=at,
            instant=instant,
            at_input=local_input(instant),
            asked=here,
            further=address(request, "/", **here, after=further) if further else None,
            first=address(request, "/", **here) if after else None,
        )


def add_why(router: APIRouter, desk: Desk) -> None:
    """`/items/{item}/{partner}`: why this partner may have this item in this form."""

    @router.get("/items/{item}/{partner}")
    def why(request: Request, who: Governing, item: str, partner: str, purpose: Word = "", at: Word = "") -> Response:
        asked, instant = purpose_asked(purpose), desk.instant(at)
        desk.gate.record(who, "governance.why", None, ())
        with desk.store.reading() as session:
            everyone = partners(session)
            decided = item_decided_at(session, item, instant)
            known = versions(session)
        named = next((each for each in everyone if each.partner == partner), None)
        if decided is None or named is None:
            raise not_found()
        shown = why_page(decided, named, names_of(everyone), known, asked, instant)
        return desk.page(
            request,
            who,
            "why.html",
            shown.headline,
            why=shown,
            purpose=asked,
            at=instant if at else None,
            who_saw=address(request, "/who-saw", item=item, partner=partner),
            here="Why",
            breadcrumbs=[Link("Who may see what", address(request, "/", purpose=purpose, at=at))],
        )
