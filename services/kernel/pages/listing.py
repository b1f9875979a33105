"""A list that people filter, sort, print and take with them: one set of rows for the page and for its two twins.

What is asked for stands in the address alone. The twins are made from the rows of the page, read under the same policy
and left by the same trace, so that they can tell nothing that the page does not.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from services.kernel.http.comma_separated import comma_separated
from services.kernel.pages.presenting import Cell, Link, Option
from services.kernel.pages.rendering import address

Value = str | int | bool | None
ROWS_OF_A_PAGE: Final = 50
ROWS_OF_A_TWIN: Final = 500
TWINS: Final = ("csv", "json")


@dataclass(frozen=True)
class Column:
    """A column of the page; rows can be put in its order where `orders` says how people call that and its reverse."""

    key: str
    heading: str
    orders: tuple[str, str] | None = None
    descending_first: bool = False


@dataclass(frozen=True)
class Row:
    """A row as cells, in the order of the columns, and as data. `key` is opaque."""

    key: str
    cells: Sequence[Cell]
    data: Mapping[str, Value]


@dataclass(frozen=True)
class Filter:
    """One thing a list can be narrowed by; what is chosen `otherwise` narrows nothing."""

    name: str
    label: str
    options: Sequence[Option]
    chosen: str = ""
    otherwise: str = ""

    @property
    def narrows(self) -> bool:
        """Whether something else was chosen than what is usual."""
        return self.chosen != self.otherwise


@dataclass(frozen=True)
class Order:
    """In which order the rows are."""

    by: str
    descending: bool = False

    @property
    def written(self) -> str:
        """As the address says it: `latest`, or `-latest` for the last first."""
        return f"-{self.by}" if self.descending else self.by


@dataclass(frozen=True)
class Head:
    """The head of a column: a link that sorts by it, and how it is sorted now."""

    text: str
    href: str | None = None
    sorted: str | None = None
    """`ascending` or `descending`, as assistive technology is told."""


@dataclass(frozen=True)
class Listing:
    """The rows that were asked for. `path` and `query` are the address, without order and page."""

    caption: str
    path: str
    query: Mapping[str, str]
    columns: Sequence[Column]
    rows: Sequence[Row]
    order: Order
    filters: Sequence[Filter] = ()
    page: int = 1
    further: bool = False
    """Whether there are rows behind these."""
    purpose: str = ""
    as_of: datetime | None = None
    page_path: str = ""
    """Where the page is, if not where the twins are."""
    own_fields: Sequence[str] = ()
    """What else is asked for, in fields that the page's form has of its own."""
    then: Mapping[str, str] | None = None
    """What to ask for behind the last of these pages, where there is more that is not put in one order with them."""

    @property
    def place(self) -> str:
        """The path of the page."""
        return self.page_path or self.path

    def heads(self, request: Request) -> list[Head]:
        """The heads of the columns, with the addresses that sort by them."""
        return [self._head(request, column) for column in self.columns]

    def order_options(self) -> list[Option]:
        """Every order, for those who don't see the heads of the columns."""
        return [
            Option(Order(column.key, bool(descending)).written, words)
            for column in self.columns
            for descending, words in enumerate(column.orders or ())
        ]

    def twins(self, request: Request) -> list[Link]:
        """The same rows as data."""
        asked = {**self.query, "order": self.order.written}
        return [Link(twin.upper(), address(request, f"{self.path}.{twin}", **asked)) for twin in TWINS]

    def newer(self, request: Request) -> str | None:
        """The address of the page before this one."""
        return self._page(request, self.page - 1) if self.page > 1 else None

    def older(self, request: Request) -> str | None:
        """The address of the page behind this one."""
        return self._page(request, self.page + 1) if self.further else None

    def reset(self, request: Request) -> str | None:
        """The address without filters, where any narrows the list."""
        names = {each.name for each in self.filters} | set(self.own_fields)
        kept = {name: value for name, value in self.query.items() if name not in names}
        return address(request, self.place, **kept) if len(kept) < len(self.query) else None

    def _page(self, request: Request, page: int) -> str:
        return address(request, self.place, **self.query, order=self.order.written, page=page if page > 1 else None)

    def _head(self, request: Request, column: Column) -> Head:
        if column.orders is None:
            return Head(column.heading)
        current = self.order.by == column.key
        descending = not self.order.descending if current else column.descending_first
        href = address(request, self.place, **self.query, order=Order(column.key, descending).written)
        if not current:
            return Head(column.heading, href)
        return Head(column.heading, href, "descending" if self.order.descending else "ascending")


def order_asked(text: str, columns: Sequence[Column], otherwise: Order) -> Order:
    """The order that an address asks for; one that does not exist is none."""
    order = Order(text.removeprefix("-"), text.startswith("-"))
    return order if any(column.key == order.by and column.orders for column in columns) else otherwise


def page_asked(text: str) -> int:
    """The page that an address asks for, the first where it asks for none."""
    return max(1, int(text)) if text.isascii() and text.isdigit() and len(text) < 6 else 1


@dataclass(frozen=True)
class ListingShown:
    """The addresses around a listing: what sorts it, what follows, its twins, and itself without filters."""

    heads: Sequence[Head]
    orders: Sequence[Option]
    newer: str | None
    older: str | None
    reset: str | None
    twins: Sequence[Link]
    now: str
    """What the list is narrowed to, and its order, in words."""
    narrowed: bool
    hidden: Sequence[tuple[str, str]]
    """What the filter form sends along: what was asked that is no filter of it."""
    action: str


def shown(request: Request, listing: Listing) -> ListingShown:
    """The addresses around a listing, as its page has them."""
    fields = {each.name for each in listing.filters} | set(listing.own_fields)
    return ListingShown(
        listing.heads(request),
        listing.order_options(),
        listing.newer(request),
        listing.older(request),
        listing.reset(request),
        listing.twins(request),
        _now(listing),
        any(each.narrows for each in listing.filters),
        [(name, value) for name, value in listing.query.items() if name not in fields],
        address(request, listing.place),
    )


def _now(listing: Listing) -> str:
    chosen = [option.text for each in listing.filters for option in each.options if each.chosen == option.value != ""]
    order = next((option.text for option in listing.order_options() if option.value == listing.order.written), "")
    words = [word for word in (*chosen, order) if word]
    return "; ".join([words[0], *(word[:1].lower() + word[1:] for word in words[1:])]) if words else ""


def twin(listing: Listing, request: Request) -> Response:
    """The rows as CSV (RFC 4180, nothing in it computes) or as JSON, as the address ends; `Link` says what follows."""
    suffix = request.url.path.rpartition(".")[2]
    name, following = listing.path.rpartition("/")[2], _next(listing, request, suffix)
    headers = {"link": f'<{following}>; rel="next"'} if following else {}
    if suffix == "csv":
        keys = list(listing.rows[0].data) if listing.rows else [column.key for column in listing.columns]
        rows = ([_text(row.data.get(key)) for key in keys] for row in listing.rows)
        headers |= {"content-disposition": f'attachment; filename="{name}.{suffix}"'}
        return Response(comma_separated(keys, rows), media_type="text/csv; charset=utf-8", headers=headers)
    told = {
        "list": name,
        "purpose": listing.purpose or None,
        "as_of": listing.as_of.isoformat().replace("+00:00", "Z") if listing.as_of else None,
        "asked": dict(listing.query) | {"order": listing.order.written},
        "rows": [{"key": row.key, **row.data} for row in listing.rows],
        "next": following,
    }
    return Response(json.dumps(told, ensure_ascii=False), media_type="application/json", headers=headers)


def _next(listing: Listing, request: Request, suffix: str) -> str | None:
    path, order = f"{listing.path}.{suffix}", listing.order.written
    if listing.further:
        return address(request, path, **listing.query, order=order, page=listing.page + 1)
    return address(request, path, **listing.then, order=order) if listing.then is not None else None


def _text(value: Value) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "" if value is None else str(value)
