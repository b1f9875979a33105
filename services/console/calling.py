"""Calling: the console as a client of a running hub."""

import os
from collections.abc import Iterator, Mapping
from typing import Annotated, Any, NoReturn

import httpx2
import typer
from rich.console import Console

HUB = os.environ.get("CAIRN_HUB", "http://127.0.0.1:8765")

HubAddress = Annotated[str, typer.Option("--hub", help="Where the hub runs.", envvar="CAIRN_HUB")]
Credentials = Annotated[
    str,
    typer.Option(
        "--as", help="Who you are: an Authorization header, or in the demo `partner/name`.", envvar="CAIRN_AS"
    ),
]


class NotAnswered(Exception):
    """The hub gave an error or no answer: one sentence for the person at the keyboard."""


def call(method: str, hub: str, path: str, credentials: str, **request: Any) -> httpx2.Response:
    """One request to a hub. Raises NotAnswered."""
    if not credentials:
        raise NotAnswered("Say who you are, with --as or CAIRN_AS.")
    authorization = credentials if " " in credentials else f"Demo {credentials}"
    headers = {"authorization": authorization} | request.pop("headers", {})
    try:
        answer = httpx2.request(method, hub.rstrip("/") + path, headers=headers, timeout=30, **request)
    except (httpx2.TransportError, httpx2.InvalidURL) as error:
        raise NotAnswered(f"No hub answers at {hub} ({type(error).__name__}).") from error
    if answer.status_code >= 400:
        raise NotAnswered(_problem(answer))
    return answer


def pages(hub: str, path: str, credentials: str, query: Mapping[str, str]) -> Iterator[dict[str, Any]]:
    """Every page of an answer that has a `next`. Raises NotAnswered."""
    asked = dict(query)
    while True:
        page: dict[str, Any] = call("GET", hub, path, credentials, params=asked).json()
        yield page
        if page["next"] is None:
            return
        asked["after"] = page["next"]


def give_up(problem: NotAnswered) -> NoReturn:
    """Tell the problem and end with status 1."""
    Console(stderr=True).print(str(problem), markup=False, highlight=False, soft_wrap=True)
    raise typer.Exit(1) from problem


def _problem(answer: httpx2.Response) -> str:
    try:
        problem = answer.json()
    except ValueError:
        return f"The hub answered {answer.status_code}."
    sentences = [str(problem.get(name, "")) for name in ("title", "detail")]
    places = [f"{one.get('pointer')}: {one.get('code')}" for one in problem.get("errors", ())]
    return " ".join([f"{answer.status_code}", *filter(None, sentences), *places])
