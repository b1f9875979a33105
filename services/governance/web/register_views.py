"""The agreements, and the recalls that partners have or have not acknowledged."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from services.governance.projections.decisions import items_known
from services.governance.projections.disclosed import recalls
from services.governance.projections.rules import partners, standings
from services.governance.web.agreements_page import agreement_shown
from services.governance.web.desk import Desk, Governing, names_of, not_found
from services.governance.web.recalls_page import recalls_table
from services.kernel.pages import Link, address


def add_agreements(router: APIRouter, desk: Desk) -> None:
    """`/agreements` and `/agreements/{agreement}`."""

    @router.get("/agreements")
    def agreements(request: Request, who: Governing) -> Response:
        desk.gate.record(who, "governance.agreements", None, ())
        with desk.store.reading() as session:
            names = names_of(partners(session))
            found = [agreement_shown(standing, names) for standing in standings(session, desk.clock.now())]
        return desk.page(request, who, "agreements.html", "Agreements", agreements=found)

    @router.get("/agreements/{agreement}")
    def one_agreement(request: Request, who: Governing, agreement: str) -> Response:
        desk.gate.record(who, "governance.agreements", None, ())
        with desk.store.reading() as session:
            names = names_of(partners(session))
            every = standings(session, desk.clock.now())
        standing = next((each for each in every if each.version.agreement == agreement), None)
        if standing is None:
            raise not_found()
        shown = agreement_shown(standing, names)
        breadcrumbs = [Link("Agreements", address(request, "/agreements"))]
        return desk.page(request, who, "agreement.html", shown.title, agreement=shown, breadcrumbs=breadcrumbs)


def add_recalls(router: APIRouter, desk: Desk) -> None:
    """`/recalls`: what partners must remove."""

    @router.get("/recalls")
    def recalled(request: Request, who: Governing, overdue: Annotated[str, Query(max_length=10)] = "") -> Response:
        only_open = overdue == "true"
        desk.gate.record(who, "governance.recalls", None, ())
        with desk.store.reading() as session:
            names = names_of(partners(session))
            found = recalls(session, only_open)
            items = items_known(session, sorted({each.item for each in found}))
        choices = [
            Link("All", address(request, "/recalls"), current=not only_open),
            Link("Not yet acknowledged", address(request, "/recalls", overdue="true"), current=only_open),
        ]
        table = recalls_table(found, items, names, desk.clock.now())
        return desk.page(request, who, "recalls.html", "Recalls", table=table, choices=choices)
