"""`cairn rehearse`: play scenario files against throw-away hubs and compare who saw what."""

import gc
import json
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.progress import Progress, SpinnerColumn, TextColumn
from rich.table import Table

from services.console.rehearsal.comparing import Outcome, rehearse
from services.console.rehearsal.parts import embedded_settings, real_parts
from services.console.rehearsal.player import NewPlayer
from services.console.rehearsal.players import copied_players
from services.console.rehearsal.scenario import NotAScenario, Scenario, load

_DIFFERENT, _NOT_A_SCENARIO = 1, 2
_FILES_WORTH_ANOTHER_PROCESS = 6
_OBJECTS_WORTH_A_COLLECTION = 20_000

Played = Outcome | NotAScenario
Players = Callable[[Scenario], AbstractContextManager[NewPlayer]]


def rehearse_files(
    files: Annotated[list[Path], typer.Argument(help="Scenario files.", show_default=False)],
    real: Annotated[bool, typer.Option("--real", help="Play on Kafka, OPA and PostgreSQL.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object for each file, one a line.")] = False,
    export: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Also write the bytes that each partner's feed served.")
    ] = None,
) -> None:
    """Play scenario files against throw-away hubs and compare who saw what.

    Exit status: 0, every cell is as expected; 1, some cell is not; 2, a file is not a scenario.
    """
    status = 0
    told = Console(stderr=True)
    with _playing(files, real) as outcomes, _progress(told) as progress:
        task = progress.add_task("rehearsing", total=len(files))
        for path, played in zip(files, outcomes, strict=True):
            progress.update(task, advance=1, description=f"rehearsed {path.name}")
            if isinstance(played, NotAScenario):
                told.print(
                    f"[bold]{escape(str(path))}[/bold]: not a scenario: {escape(str(played))}",
                    highlight=False,
                    soft_wrap=True,
                )
                status = max(status, _NOT_A_SCENARIO)
                continue
            if export:
                played.export(export)
            _show_json(played) if as_json else _show(played)
            status = max(status, 0 if played.ok else _DIFFERENT)
    raise typer.Exit(status)


def _progress(told: Console) -> Progress:
    columns = (SpinnerColumn(), TextColumn("{task.completed}/{task.total} {task.description}"))
    return Progress(*columns, console=told, transient=True, disable=not told.is_terminal, redirect_stdout=False)


@contextmanager
def _playing(files: Sequence[Path], real: bool) -> Iterator[Iterator[Played]]:
    """The outcome of each file, in their order, as they come."""
    if real:
        with real_parts() as configure:
            yield (_play(path, partial(copied_players, configure=configure)) for path in files)
        return
    workers = min(os.cpu_count() or 1, len(files))
    if workers == 1 or len(files) < _FILES_WORTH_ANOTHER_PROCESS:
        _collect_seldom()
        yield map(_play_embedded, files)
        return
    with ProcessPoolExecutor(workers, mp_context=get_context("fork"), initializer=_collect_seldom) as pool:
        yield pool.map(_play_embedded, files)


def _collect_seldom() -> None:
    """Hubs come and go here by the dozen; what was imported stays, and need not be gone through each time."""
    gc.freeze()
    gc.set_threshold(_OBJECTS_WORTH_A_COLLECTION, 20, 20)


def _play_embedded(path: Path) -> Played:
    return _play(path, partial(copied_players, configure=embedded_settings))


def _play(path: Path, players: Players) -> Played:
    try:
        scenario = load(path)
        with players(scenario) as new_player:
            return rehearse(scenario, new_player)
    except NotAScenario as problem:
        return problem


def _show_json(outcome: Outcome) -> None:
    sys.stdout.write(json.dumps(outcome.as_json(), ensure_ascii=False) + "\n")


def _show(outcome: Outcome) -> None:
    out = Console()
    cells = sum(len(row) for row in outcome.matrix.values())
    if outcome.ok:
        branches = f" and {len(outcome.what_if)} branches" if outcome.what_if else ""
        out.print(
            f"[green]as expected[/green]  {escape(outcome.title)}: {cells} cells{branches}",
            highlight=False,
            soft_wrap=True,
        )
        return
    out.print(f"[red]different[/red]    {escape(outcome.title)}", highlight=False, soft_wrap=True)
    table = Table("item", "partner", "purpose", "expected", "got", "what if")
    for one in outcome.unexpected:
        purpose = one["purpose"] or "any"
        row = (one["item"], one["partner"], purpose, one["expected"], one["got"], one.get("what_if", ""))
        table.add_row(*map(escape, row))
    out.print(table)
