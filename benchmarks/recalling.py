"""Recalling: how long after an agreement is suspended until no projection shows what it covered."""

from benchmarks.benchmark import Run
from benchmarks.building import SHELTERS_AGREEMENT, short_of_a_million
from benchmarks.measuring import Row, below, timing
from benchmarks.profiling import where_time_goes
from benchmarks.worlds import embedded, hub_of
from services.console.rehearsal.hubs import LEAD, ThrowAwayHub

NAME = "recalling"


def rows(run: Run) -> list[Row]:
    """A suspension that touches an item in a hundred, until nothing in the hub is left to do.

    Raises RuntimeError if nothing was recalled.
    """
    built = run.buildings.holding(run.items)
    run.say(f"recalling one in a hundred of {built.items:,} items")
    with hub_of(embedded(built.data)) as stage:
        stage.settle()
        before = _recalls(stage)
        with timing() as taken:
            _ruled(stage, "suspension")
        recalls = _recalls(stage) - before
        _ruled(stage, "reinstatement")
        where = where_time_goes(lambda: _ruled(stage, "suspension"))
        _ruled(stage, "reinstatement")
    if not recalls:
        raise RuntimeError("the suspension recalled nothing")
    return [
        Row(
            f"recall: a suspension touches {len(recalls)} of {built.items:,} items, until the last projection",
            taken.wall,
            "s",
            aim=below(30),
            note=f"one thread steps everything in turn; {taken.processor:.2g} s of processor time,"
            f" {taken.system:.2g} s of it the operating system's; once more, {where}" + short_of_a_million(built.items),
        )
    ]


def _ruled(stage: ThrowAwayHub, what: str) -> None:
    path = f"/sharing/v1/agreements/{SHELTERS_AGREEMENT['id']}/{what}"
    stage.ask("POST", path, LEAD, json={"reason": "benchmark"})
    stage.settle()


def _recalls(stage: ThrowAwayHub) -> set[str]:
    """What the agency has to remove; a hub that stayed may have been recalled from before."""
    listed = stage.ask("GET", "/sharing/v1/recalls", "social-work/system").json()["recalls"]
    return {one["recall"] for one in listed}
