"""`cairn demo`: a night at Children's House B and what came of it, played through the real intake, with its pages."""

import json
import signal
import socket
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from random import Random
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from starlette.routing import Mount

from schemas.classes import Purpose
from services.composition import POLICIES, Hub
from services.console.rehearsal.form import NotAScenario
from services.console.rehearsal.hubs import GoingHub, Refused, ThrowAwayHub, hub_at
from services.console.rehearsal.scenario import instant
from services.console.serving import Moving, serve
from services.console.story.script import Script, load
from services.console.story.site import StorySite
from services.console.story.telling import Story
from services.console.town.drawing import drawn
from services.console.town.happening import SEED, happenings
from services.console.town.living import PLACES, TOWN
from services.console.town.preparing import prepare
from services.front import people
from services.kernel.clock import SimulatedClock
from services.kernel.identity.demo import DemoIdentity
from services.kernel.pages.signing_in import PeopleGroup
from services.kernel.settings import Settings
from services.panel.app import PanelService

STORY = POLICIES / "scenarios" / "stories" / "house_b_and_the_panel.json"
NAMES = {
    "police": "Police",
    "social-work": "Social work",
    "health": "Health",
    "education": "Education",
    "childrens-house": "Children's House B",
    "return-service": "Return discussion service",
    "youth-work": "Youth work",
    "bus-operator": "Bus operator",
    "efh-panel": "Extra-familial harm panel",
}
_TOLD, _TOWN, _GAZETTEER = "story.json", "town.txt", "town.geojson"
"""What a folder holds in which a story was begun, or a town prepared."""
_FOR_PLACES = ("bus-operator", "youth-work", "efh-panel")


def demo(
    data: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Keep the data here, and go on from it next time.")
    ] = None,
    port: Annotated[int, typer.Option(help="Where to serve pages on this machine; 0 takes any free port.")] = 8765,
    step: Annotated[
        bool, typer.Option("--step", help="Begin before the night, and let it happen step by step.")
    ] = False,
    town: Annotated[
        bool, typer.Option("--town", help="Serve a made-up town with a year of reports instead; takes minutes.")
    ] = False,
    reports: Annotated[int, typer.Option(min=1, help="How many reports the town has.")] = 20_000,
) -> None:
    """Play a night at Children's House B and serve its pages. Ctrl-C stops it."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    out = Console(highlight=False, soft_wrap=True)
    try:
        with ExitStack() as stack:
            folder = data or Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="cairn-demo-")))
            _check(folder)
            if (folder / _TOWN).exists() or (town and not (folder / _TOLD).exists()):
                _serve_town(folder, port, reports, out, stack)
            else:
                _serve_story(folder, port, step, out, stack)
    except (Refused, NotAScenario) as refused:
        Console(stderr=True, soft_wrap=True).print(f"The hub cannot be told this: {refused}", markup=False)
        raise typer.Exit(1) from refused
    except KeyboardInterrupt:
        pass  # while it was playing; while it serves, the server lets what was asked be answered first
    out.print("Stopped." if data is None else f"Stopped. The data is kept in {escape(str(data))}.")


def _check(folder: Path) -> None:
    """Make the folder if it is not there. Leaves a folder alone that holds anything but a demo's data."""
    folder.mkdir(parents=True, exist_ok=True)
    begun = any((folder / name).exists() for name in (_TOLD, _TOWN))
    if not begun and any(folder.iterdir()):
        Console(stderr=True).print(f"{folder} holds something else, or half a night: give an empty folder.")
        raise typer.Exit(1)


def _serve_story(folder: Path, port: int, step: bool, out: Console, stack: ExitStack) -> None:
    begun = (folder / _TOLD).exists()
    story = Story(load(STORY), NAMES, folder / _TOLD)
    clock = SimulatedClock(story.now)
    hub = Hub(_settings(folder), clock)
    stack.callback(hub.close)
    if not begun:
        _play(story, hub, clock, step, out)
    clock.run()
    stack.callback(lambda: story.keep(clock.now()))
    listening = _invite(story.script.title, port, out)
    moving = Moving(hub)
    site = StorySite(hub.app, story, lambda: _stage(hub, clock, moving), lambda: _people(hub), DemoIdentity())
    serve(hub, listening, site, moving)


def _serve_town(folder: Path, port: int, reports: int, out: Console, stack: ExitStack) -> None:
    script, prepared, gazetteer = load(STORY), folder / _TOWN, folder / _GAZETTEER
    gazetteer.write_text(json.dumps(drawn(TOWN, PLACES, Random(SEED))))  # noqa: S311 - a made-up town keeps no secrets
    clock = SimulatedClock(instant(prepared.read_text()) if prepared.exists() else script.scenario.now)
    hub = Hub(_settings(folder, gazetteer), clock)
    stack.callback(hub.close)
    if not prepared.exists():
        _settle_town(hub, clock, script, reports, out)
        prepared.write_text(clock.now().isoformat())
    clock.run()
    listening = _invite(f"A year in {TOWN}", port, out)
    serve(hub, listening)


def _settle_town(hub: Hub, clock: SimulatedClock, script: Script, reports: int, out: Console) -> None:
    """Let the town's agencies send what they have."""
    out.print(f"Preparing {reports:,} reports of a year in {TOWN}, some eighty a second. --data DIR keeps them.")
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    began = time.monotonic()
    with hub_at(hub, clock) as stage, Progress(*columns, console=out, disable=not out.is_terminal) as progress:
        task = progress.add_task("Reports", total=reports)
        for done in prepare(stage, script.scenario, NAMES, happenings(reports, clock.now())):
            progress.update(task, completed=done)
        _everybody_looks(stage, _people(hub))
    out.print(f"Prepared in {time.monotonic() - began:,.0f} seconds.")


def _invite(title: str, port: int, out: Console) -> socket.socket:
    """Say where the pages are going to be; gives the socket."""
    listening = _listen(port, out)
    address = f"http://127.0.0.1:{listening.getsockname()[1]}/"
    out.print(f"\n[bold]{escape(title)}[/bold] (every person and place is invented)")
    out.print(f"Open [link={address}]{address}[/link] and choose who you are. Ctrl-C stops it.\n")
    return listening


@contextmanager
def _stage(hub: Hub, clock: SimulatedClock, moving: Moving) -> Iterator[ThrowAwayHub]:
    """A hub that is being served, to play on while it is held still."""
    with moving.still(), hub_at(hub, clock, GoingHub) as stage:
        yield stage


def _people(hub: Hub) -> list[PeopleGroup]:
    panel = hub.services["panel"]
    mounts = [Mount(f"/{name}", service.app) for name, service in hub.services.items()]
    return people(panel.agencies(), mounts) if isinstance(panel, PanelService) else []


def _settings(folder: Path, gazetteer: Path | None = None) -> Settings:
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
        gazetteer=gazetteer,
    )


def _play(story: Story, hub: Hub, clock: SimulatedClock, step: bool, out: Console) -> None:
    """Begin the story; unless it is to go on step by step, tell it as far as it goes by itself."""
    script = story.script
    opening = len(script.scenario.partners) + len(script.scenario.agreements)
    told = 0 if step else [one.id for one in script.steps].index(script.told_until) + 1
    columns = (TextColumn("{task.description:<48}"), BarColumn(), MofNCompleteColumn())
    with hub_at(hub, clock) as stage, Progress(*columns, console=out, disable=not out.is_terminal) as progress:
        task = progress.add_task("The night begins", total=opening + told)
        for words in story.open(stage):
            progress.update(task, advance=1, description=words)
        for one in script.steps[:told]:
            story.tell(stage)
            progress.update(task, advance=1, description=one.title)
        if told:
            _everybody_looks(stage, _people(hub))
    story.keep(clock.now())


def _everybody_looks(stage: ThrowAwayHub, groups: list[PeopleGroup]) -> None:
    """One practitioner of each agency looks once, for a purpose of theirs, so that there is a trace to see."""
    first = {person.partner: person for group in groups for person in reversed(group.people) if person.partner in NAMES}
    for partner, person in first.items():
        purpose = Purpose.CONTEXT if partner in _FOR_PLACES else Purpose.CHILD_PROTECTION
        stage.ask("GET", "/sharing/v1/records", person.ref, params={"purpose": purpose.value, "limit": "50"})
    stage.settle()


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
