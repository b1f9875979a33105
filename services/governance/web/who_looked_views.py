"""Who looked: how often who looked at whom, under which agreement and when; each row leads to its accesses."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from services.governance.projections.looking import looked
from services.governance.projections.rules import partners, versions
from services.governance.projections.tallies import By
from services.governance.web.desk import Desk, Governing, Word, names_of
from services.governance.web.who_looked_page import (
    DAYS,
    HEADINGS,
    ORDER,
    USUAL_DAYS,
    accesses_query,
    columns,
    filters,
    in_order,
    row_of,
)
from services.kernel.identity import Caller
from services.kernel.pages import Link, address
from services.kernel.pages.listing import ROWS_OF_A_PAGE, ROWS_OF_A_TWIN, Listing, order_asked, page_asked, shown, twin

PATH = "/who-looked"
OPERATION = "governance.who_looked"


@dataclass(frozen=True)
class Asked:
    """What an address asks of the list; what does not exist narrows nothing."""

    by: By
    partner: str
    days: str
    order: str
    page: int

    def query(self) -> dict[str, str]:
        """The address, without order and page."""
        given = {"by": self.by.value, "partner": self.partner, "days": self.days}
        return {name: value for name, value in given.items() if value}

    def since(self, now: datetime) -> datetime | None:
        """From when on accesses are counted."""
        return None if self.days == "all" else now - timedelta(days=int(self.days))


def _asked(by: Word = "", partner: Word = "", days: Word = "", order: Word = "", page: Word = "") -> Asked:
    return Asked(
        By(by) if by in list(By) else By.AGENCY, partner, days if days in DAYS else USUAL_DAYS, order, page_asked(page)
    )


def add_who_looked(router: APIRouter, desk: Desk) -> None:
    """`/who-looked`, and the same as data; opening it is itself an access."""

    @router.get(PATH)
    def who_looked(request: Request, who: Governing, asked: Annotated[Asked, Depends(_asked)]) -> Response:
        listing = _listing(desk, request, who, asked, ROWS_OF_A_PAGE)
        return desk.page(
            request, who, "who_looked.html", "Who looked", list=listing, shown=shown(request, listing),
            choices=_choices(request, asked),
        )  # fmt: skip

    @router.get(f"{PATH}.csv")
    @router.get(f"{PATH}.json")
    def who_looked_as_data(request: Request, who: Governing, asked: Annotated[Asked, Depends(_asked)]) -> Response:
        return twin(_listing(desk, request, who, asked, ROWS_OF_A_TWIN), request)


def _choices(request: Request, asked: Asked) -> list[Link]:
    """What the same accesses can be counted by."""
    return [
        Link(words, address(request, PATH, **asked.query() | {"by": each.value}), current=each is asked.by)
        for each, words in HEADINGS.items()
    ]


def _listing(desk: Desk, request: Request, who: Caller, asked: Asked, size: int) -> Listing:
    desk.gate.record(who, OPERATION, None, ())
    now, order = desk.clock.now(), order_asked(asked.order, columns(asked.by), ORDER)
    with desk.store.reading() as session:
        agencies = names_of(partners(session))
        titles = {version.agreement: version.document.title for version in versions(session)}
        found = in_order(looked(session, asked.partner or None, asked.since(now), asked.by), order)
    start = (asked.page - 1) * size
    words = titles if asked.by is By.AGREEMENT else agencies
    return Listing(
        caption="Who looked",
        path=PATH,
        query=asked.query(),
        columns=columns(asked.by),
        rows=[
            row_of(
                one,
                asked.by,
                words,
                address(request, "/who-saw", **accesses_query(one, asked.by, asked.partner, asked.since(now))),
            )
            for one in found[start : start + size]
        ],
        order=order,
        filters=filters(asked.partner, asked.days, {k: v for k, v in agencies.items() if k != "governance"}),
        page=asked.page,
        further=len(found) > start + size,
        as_of=now,
    )
