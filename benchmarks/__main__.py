"""`python -m benchmarks [NAME...] [--size small|full] [--items N]`: measure, print the table, keep it as evidence."""

import sys
import time
from collections.abc import Sequence
from dataclasses import replace
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from benchmarks import (
    asking,
    decisions,
    growth,
    intake,
    kafka,
    memory,
    pages,
    pipeline,
    processes,
    rebuilding,
    recalling,
    visible,
    workers,
)
from benchmarks.benchmark import Benchmark, Run
from benchmarks.building import buildings, items_of
from benchmarks.machine import description
from benchmarks.measuring import Row, Size
from benchmarks.table import cells, chart, drawings, notes, table
from tests.support.evidence import Evidence, keep

BENCHMARKS: Sequence[Benchmark] = (
    intake,
    decisions,
    pipeline,
    visible,
    processes,
    asking,
    rebuilding,
    recalling,
    pages,
    memory,
    growth,
    kafka,
    workers,
)


def measure(
    names: Annotated[list[str] | None, typer.Argument(help="Which benchmarks; all, where none is named.")] = None,
    size: Annotated[Size, typer.Option(help="How much is measured.")] = Size.SMALL,
    items: Annotated[int | None, typer.Option(help="How many items the hub holds that several look at.")] = None,
    kept: Annotated[bool, typer.Option("--keep/--no-keep", help="Whether the table becomes evidence.")] = True,
) -> None:
    """Measure the hub beside its peers, print the table, and keep it as evidence."""
    chosen = [one for one in BENCHMARKS if not names or one.NAME in names]
    unknown = set(names or ()) - {one.NAME for one in BENCHMARKS}
    if unknown or not chosen:
        raise typer.BadParameter(f"there are {', '.join(one.NAME for one in BENCHMARKS)}")
    out, machine, began = Console(), description(), time.monotonic()
    rows = measured(chosen, size, items or items_of(size), Console(stderr=True, highlight=False))
    out.print(_printed(rows))
    for drawn in (chart(rows), drawings(rows)):
        out.print(drawn, highlight=False, markup=False, soft_wrap=True)
    for note in (machine, *notes(rows)):
        out.print(f"- {note}", highlight=False, markup=False, soft_wrap=True)
    if kept:
        keep(_evidence(rows, chosen, _asked(size, items), machine, time.monotonic() - began))


def measured(chosen: Sequence[Benchmark], size: Size, items: int, told: Console) -> list[Row]:
    """The rows of these benchmarks, one after the other."""

    def say(what: str) -> None:
        told.print(f"{time.strftime('%H:%M:%S')} {what}", markup=False)

    with buildings(say) as built:
        run, found = Run(size, items, say, built), list[Row]()
        for benchmark in chosen:
            for row in benchmark.rows(run):
                say(" | ".join(cells(row)))
                found.append(row)
        return found


def _printed(rows: Sequence[Row]) -> Table:
    printed = Table("what", "figure", "peer", "ratio", "aim", "met?")
    for row in rows:
        printed.add_row(*cells(row))
    return printed


def _asked(size: Size, items: int | None) -> str:
    return f"--size {size}" + (f" --items {items}" if items else "")


def _evidence(rows: Sequence[Row], chosen: Sequence[Benchmark], asked: str, machine: str, seconds: float) -> Evidence:
    aimed = [row for row in rows if row.aim]
    whole = len(chosen) == len(BENCHMARKS)
    names = "" if whole else " ".join(one.NAME for one in chosen) + " "
    seen = Evidence(
        name="benchmarks" if whole else f"benchmarks: {names.strip()}",
        promise="The hub keeps pace with what it is compared to, in the same run on the same machine",
        command=f"python -m benchmarks {names}{asked}",
        result=f"{sum(1 for row in aimed if row.met)} of {len(aimed)} aims met",
        control="the peers, in the table",
        count=len(rows),
        unit="rows",
        seconds=seconds,
        table="\n\n".join(filter(None, (table(rows), chart(rows), drawings(rows)))),
    )
    return replace(seen, notes=(machine, *notes(rows)))


if __name__ == "__main__":
    sys.argv[0] = "python -m benchmarks"
    typer.run(measure)
