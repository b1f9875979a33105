"""`cairn up`: run one service, or all of them, on the adapters that the settings name."""

import socket
from contextlib import closing
from enum import StrEnum
from typing import Annotated

import typer
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
    out = Console()
    settings = Settings()
    try:
        hub = Hub(settings, open_clock(settings.clock), names)
    except (LogUnavailable, StoreUnavailable, KeysUnavailable) as away:
        Console(stderr=True).print(f"{which.value} cannot start: {away}. Look at the addresses in CAIRN_ settings.")
        raise typer.Exit(1) from away
    with closing(hub):
        listening = socket.create_server((host, port))
        out.print(f"{which.value} at http://{host}:{listening.getsockname()[1]}/", soft_wrap=True, highlight=False)
        serve(hub, listening)
