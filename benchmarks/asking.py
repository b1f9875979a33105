"""Asking: how long one waits for who saw something, over many accesses, and for the timeline of a young person."""

import json
import random

from benchmarks.accesses import Accesses
from benchmarks.benchmark import Run
from benchmarks.building import short_of_a_million
from benchmarks.house_b import scenario
from benchmarks.measuring import Row, below, share_below, timing
from benchmarks.pipeline import places
from benchmarks.worlds import embedded, folder, hub_of
from schemas.classes import Purpose
from services.console.rehearsal.hubs import LEAD, ThrowAwayHub
from services.kernel import topics
from services.kernel.log import BEFORE_FIRST

NAME = "asking"
_PAGE = 100
_WHO_SAW = "/governance/v1/who-saw"


def rows(run: Run) -> list[Row]:
    """Both as their readers ask, over the interface; each asking is itself recorded."""
    accesses, asked = run.size.of(200, 100_000, 10_000_000), run.size.of(5, 60, 300)
    run.say(f"who saw, over {accesses:,} accesses")
    history = Accesses(accesses, scenario().partners, scenario().now)
    with folder() as data:
        history.keep(data)
        with hub_of(embedded(data), ("sharing", "governance")) as stage:
            stage.settle()
            who_saw = _p95(stage, [(_WHO_SAW, LEAD, wanted) for wanted in _wanted(history, asked)])
    built = run.buildings.holding(run.items)
    run.say(f"timelines, over {built.items:,} items")
    with hub_of(embedded(built.data)) as stage:
        stage.settle()
        timeline = _p95(stage, _timelines(stage, asked))
    aim, pages = below(100), f"pages of {_PAGE}{short_of_a_million(built.items)}"
    return [
        Row(f"who saw, p95 over {accesses:,} accesses", who_saw, "ms", aim=aim, note="by item, subject, practitioner"),
        Row(f"subject timeline, p95 over {built.items:,} items", timeline, "ms", aim=aim, note=pages),
    ]


def _p95(stage: ThrowAwayHub, questions: list[tuple[str, str, dict[str, str]]]) -> float:
    """Milliseconds within which 95 of 100 are answered."""
    waited = []
    for path, caller, query in questions:
        with timing() as taken:
            stage.ask("GET", path, caller, params=query)
        waited.append(taken.wall * 1_000)
    return share_below(waited, 0.95)


def _wanted(accesses: Accesses, asked: int) -> list[dict[str, str]]:
    chance = random.Random(8)  # noqa: S311 - made up
    found = []
    for number in range(asked):
        one = accesses.access(chance.randrange(accesses.number))
        item = one.seen[0]
        each = ({"item": item.item}, {"subject": item.subjects[0]}, {"practitioner": one.practitioner})
        found.append(each[number % 3] | {"limit": str(_PAGE)})
    return found


def _timelines(stage: ThrowAwayHub, asked: int) -> list[tuple[str, str, dict[str, str]]]:
    """Questions of social work about young people whom the first nights told it of: what was told again opens for
    nobody."""
    topic = topics.disclosures("social-work")
    first = [stage.hub.log.read(*place, BEFORE_FIRST, _PAGE) for place in places(stage.hub.log, topic)]
    said = [json.loads(entry.value)["data"] for entries in first for entry in entries]
    renderings = [change["rendering"] for one in said for change in one.get("changes", []) if change["rendering"]]
    subjects = sorted({name for one in renderings if one["form"] in ("own", "full") for name in one["about"].values()})
    chance = random.Random(9)  # noqa: S311 - made up
    query = {"purpose": Purpose.CHILD_PROTECTION.value, "limit": str(_PAGE)}
    return [(f"/sharing/v1/subjects/{chance.choice(subjects)}", "social-work/worker-1", query) for _ in range(asked)]
