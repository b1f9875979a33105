"""`cairn matrix`: who may see what now."""

import json
import sys
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from services.console.calling import HUB, Credentials, HubAddress, NotAnswered, give_up, pages

_COLOURS = {
    "own": "blue",
    "full": "green",
    "pseudonymised": "cyan",
    "generalised": "yellow",
    "existence": "magenta",
    "none": "dim",
}


def matrix(
    purpose: Annotated[str | None, typer.Option(help="For this purpose only.")] = None,
    at: Annotated[str | None, typer.Option(help="As it was decided at this instant.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the answer as JSON.")] = False,
    hub: HubAddress = HUB,
    credentials: Credentials = "governance/lead",
) -> None:
    """Show who may see what: items by partners, each cell the form a partner may have."""
    query = {name: value for name, value in {"purpose": purpose, "at": at}.items() if value is not None}
    try:
        found = _whole(hub, credentials, query)
    except NotAnswered as problem:
        give_up(problem)
    if as_json:
        sys.stdout.write(json.dumps(found, ensure_ascii=False) + "\n")
    else:
        Console().print(_table(found))


def _whole(hub: str, credentials: str, query: dict[str, str]) -> dict[str, Any]:
    """All pages as one, at the instant of the first."""
    first, *others = pages(hub, "/governance/v1/matrix", credentials, query)
    items = [item for page in (first, *others) for item in page["items"]]
    return first | {"items": items, "next": None}


def _table(found: dict[str, Any]) -> Table:
    partners = [partner["partner"] for partner in found["partners"]]
    table = Table("item", "class", "from", *map(escape, partners))
    for item in found["items"]:
        forms = [item["cells"][partner]["form"] for partner in partners]
        shown = [f"[{_COLOURS[form]}]{form}[/]" for form in forms]
        table.add_row(escape(item["item"][:10]), item["class"], escape(item["from"]), *shown)
    return table
