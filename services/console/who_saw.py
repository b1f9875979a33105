"""`cairn who-saw`: who read what, when, for which purpose and under which agreement."""

import json
import sys
from collections.abc import Sequence
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from services.console.calling import HUB, Credentials, HubAddress, NotAnswered, give_up, pages

_PAGE = 100


def who_saw(
    item: Annotated[str | None, typer.Option(help="Reads of this item.")] = None,
    subject: Annotated[str | None, typer.Option(help="Reads of anything about this person or context.")] = None,
    practitioner: Annotated[str | None, typer.Option(help="Reads by this practitioner.")] = None,
    partner: Annotated[str | None, typer.Option(help="Reads by this agency.")] = None,
    agreement: Annotated[str | None, typer.Option(help="Reads under this agreement.")] = None,
    since: Annotated[str | None, typer.Option("--from", help="Not before this instant.")] = None,
    until: Annotated[str | None, typer.Option("--to", help="Before this instant.")] = None,
    limit: Annotated[int, typer.Option(min=1, help="At most so many, the newest first.")] = 100,
    as_json: Annotated[bool, typer.Option("--json", help="Print the answer as JSON.")] = False,
    hub: HubAddress = HUB,
    credentials: Credentials = "governance/lead",
) -> None:
    """Show who read what, newest first. This is itself recorded."""
    asked = {
        "item": item,
        "subject": subject,
        "practitioner": practitioner,
        "partner": partner,
        "agreement": agreement,
        "from": since,
        "to": until,
    }
    query = {name: value for name, value in asked.items() if value is not None}
    try:
        found, more = _newest(limit, hub, credentials, query)
    except NotAnswered as problem:
        give_up(problem)
    if as_json:
        sys.stdout.write(json.dumps({"accesses": found}, ensure_ascii=False) + "\n")
    else:
        Console().print(_table(found))
    if more:
        Console(stderr=True).print(f"There are more than {limit}; ask for a higher --limit, or for less.")


def _newest(limit: int, hub: str, credentials: str, query: dict[str, str]) -> tuple[list[dict[str, Any]], bool]:
    """The newest accesses, and whether there are more."""
    found: list[dict[str, Any]] = []
    for page in pages(hub, "/governance/v1/who-saw", credentials, query | {"limit": str(min(limit, _PAGE))}):
        found += page["accesses"]
        if len(found) >= limit:
            return found[:limit], len(found) > limit or page["next"] is not None
    return found, False


def _table(found: Sequence[dict[str, Any]]) -> Table:
    table = Table("when", "who", "item", "form", "purpose", "agreements")
    for one in found:
        agreements = ", ".join(_named(agreement) for agreement in one["agreements"])
        row = (one["at"], one["practitioner"], one["item"] or "", one["form"] or "", one["purpose"] or "", agreements)
        table.add_row(*map(escape, row))
    return table


def _named(agreement: dict[str, Any]) -> str:
    version = agreement["version"]
    return str(agreement["agreement"]) if version is None else f"{agreement['agreement']} v{version}"
