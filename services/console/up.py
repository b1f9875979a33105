"""`cairn up`: run one service, or all of them, on the adapters that the settings name."""

import socket
from contextlib import closing
from enum import StrEnum
from typing import Annotated

import typer
from pydantic import ValidationError
from rich.console import Console

from services.composition import SERVICES, Hub
from services.console.serving import serve
from services.kernel.clock import open_clock
from services.kernel.keys import KeysUnavailable
from services.kernel.log import LogUnavailable
from services.kernel.settings import Settings
from services.kernel.store import StoreUnavailable


class Which(StrEnum):
    """What to run."""

    INTAKE = "intake"
    SHARING = "sharing"
    PANEL = "panel"
    GOVERNANCE = "governance"
    ALL = "all"


def up(
    which: Annotated[Which, typer.Argument(help="A service, or all of them in one process.", show_default=False)],
    host: Annotated[str, typer.Option(help="The address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="The port to listen on; 0 takes any free one.")] = 8765,
) -> None:
    """Run a service, or all. Addresses of the log, store, policies and keys come from CAIRN_ settings."""
    names = SERVICES if which is Which.ALL else (which.value,)
    out, told = Console(), Console(stderr=True, soft_wrap=True, highlight=False)
    try:
        settings = Settings()
        clock = open_clock(settings.clock)
    except ValueError as wrong:
        told.print(f"{which.value} cannot start: {_sentences(wrong)}", markup=False)
        raise typer.Exit(2) from wrong
    try:
        hub = Hub(settings, clock, names)
    except (LogUnavailable, StoreUnavailable, KeysUnavailable) as away:
        told.print(f"{which.value} cannot start: {away}. Look at the addresses in CAIRN_ settings.", markup=False)
        raise typer.Exit(1) from away
    with closing(hub):
        listening = socket.create_server((host, port))
        out.print(f"{which.value} at http://{host}:{listening.getsockname()[1]}/", soft_wrap=True, highlight=False)
        serve(hub, listening)


def _sentences(wrong: ValueError) -> str:
    """What is wrong, by the name of the setting and without its value."""
    if not isinstance(wrong, ValidationError):
        return str(wrong)
    errors = wrong.errors(include_url=False, include_input=False)
    return "; ".join(": ".join([*(f"CAIRN_{name}".upper() for name in one["loc"][:1]), one["msg"]]) for one in errors)
