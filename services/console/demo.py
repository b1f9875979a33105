"""`cairn demo`: a night at Children's House B, played through the real intake, with pages to look at."""

import signal
import socket
import tempfile
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from schemas.classes import Purpose
from services.composition import POLICIES, Hub
from services.console.rehearsal.hubs import Refused, ThrowAwayHub, hub_at
from services.console.rehearsal.player import Player
from services.console.rehearsal.scenario import Scenario, load
from services.console.serving import serve
from services.kernel.clock import SimulatedClock
from services.kernel.settings import Settings

SCENARIO = POLICIES / "scenarios" / "house_b.json"
NAMES = {
    "police": "Police",
    "social-work": "Social work",
    "health": "Health",
    "education": "Education",
    "childrens-house": "Children's House B",
    "return-service": "Return discussion service",
    "youth-work": "Youth work",
    "bus-operator": "Bus operator",
}
_PLAYED = "played"


def demo(
    data: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Keep the data here, and go on from it next time.")
    ] = None,
    port: Annotated[int, typer.Option(help="Where to serve pages on this machine; 0 takes any free port.")] = 8765,
) -> None:
    """Play a night at Children's House B and serve its pages. Ctrl-C stops it."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    out = Console(highlight=False, soft_wrap=True)
    try:
        with ExitStack() as stack:
            folder = data or Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="cairn-demo-")))
            _run(folder, port, out, stack)
    except KeyboardInterrupt:
        pass  # while it was playing; while it serves, the server lets what was asked be answered first
    out.print("Stopped." if data is None else f"Stopped. The data is kept in {escape(str(data))}.")


def _run(folder: Path, port: int, out: Console, stack: ExitStack) -> None:
    scenario = load(SCENARIO)
    folder.mkdir(parents=True, exist_ok=True)
    played = (folder / _PLAYED).exists()
    if not played and any(folder.iterdir()):
        Console(stderr=True).print(f"{folder} holds something else, or half a night: give an empty folder.")
        raise typer.Exit(1)
    clock = SimulatedClock(scenario.now)
    hub = Hub(_settings(folder), clock)
    stack.callback(hub.close)
    if not played:
        _play(scenario, hub, clock, out)
        (folder / _PLAYED).touch()
    clock.run()
    listening = _listen(port, out)
    address = f"http://127.0.0.1:{listening.getsockname()[1]}/"
    out.print("\n[bold]A night at Children's House B[/bold] (every person and place is invented)")
    out.print(f"Open [link={address}]{address}[/link] and choose who you are. Ctrl-C stops it.\n")
    serve(hub, listening)


def _settings(folder: Path) -> Settings:
    """Everything in the folder, whatever hub the environment names."""
    place = folder.absolute()
    return Settings(
        data=place,
        log=f"sqlite:///{place}",
        store=f"sqlite:///{place}",
        policy="embedded:",
        keys=f"file://{place}",
        partitions=1,
        identity="demo",
    )


def _play(scenario: Scenario, hub: Hub, clock: SimulatedClock, out: Console) -> None:
    first = min(datetime.fromisoformat(report["at"]) for report in scenario.reports)
    clock.move(first)
    steps = len(scenario.partners) + len(scenario.agreements) + len(scenario.reports)
    columns = (TextColumn("{task.description:<48}"), BarColumn(), MofNCompleteColumn())
    with hub_at(hub, clock) as playing, Progress(*columns, console=out, disable=not out.is_terminal) as progress:
        task = progress.add_task("The night begins", total=steps)
        player = Player(playing, scenario, NAMES, as_it_happened=True, traced=False)
        for told in player.steps():
            progress.update(task, advance=1, description=told)
        playing.move(scenario.now)
        _everybody_looks(playing, scenario)
        progress.update(task, description="The night is played")


def _everybody_looks(playing: ThrowAwayHub, scenario: Scenario) -> None:
    """One practitioner of each agency looks once, for a purpose of theirs, so that there is a trace to see."""
    for partner in scenario.partners:
        purpose = Purpose.CONTEXT if partner in ("bus-operator", "youth-work") else Purpose.CHILD_PROTECTION
        try:
            playing.ask(
                "GET", "/sharing/v1/records", f"{partner}/duty-worker", params={"purpose": purpose.value, "limit": "50"}
            )
        except Refused as refused:
            raise typer.Exit(1) from refused
    playing.settle()


def _listen(port: int, out: Console) -> socket.socket:
    """A listening socket on this machine alone; the next free port where the wanted one is taken."""
    for candidate in [*range(port, port + 20), 0] if port else [0]:
        listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listening.bind(("127.0.0.1", candidate))
        except OSError:
            listening.close()
            continue
        listening.listen(128)
        return listening
    out.print("No free port was found on this machine.")
    raise typer.Exit(1)
