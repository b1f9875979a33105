"""Pages: the kit that every page of every service is made with.

The Scottish Government design system, rendered on the server, strict about what is undefined, escaping everything.
"""

from services.kernel.pages.assets import Assets, PagesNotSetUp
from services.kernel.pages.presenting import (
    Cell,
    FieldError,
    Link,
    Option,
    Part,
    Strip,
    SummaryRow,
    Table,
    Who,
    form_cell,
    instant,
    link,
    short_ref,
    text,
    who_is,
)
from services.kernel.pages.rendering import Pages, address
from services.kernel.pages.routing import page_route

__all__ = [
    "Assets",
    "Cell",
    "FieldError",
    "Link",
    "Option",
    "Pages",
    "PagesNotSetUp",
    "Part",
    "Strip",
    "SummaryRow",
    "Table",
    "Who",
    "address",
    "form_cell",
    "instant",
    "link",
    "page_route",
    "short_ref",
    "text",
    "who_is",
]
