"""Asking: how long one waits for who saw something, over many accesses, and for the timeline of a young person."""

import random
import uuid
from datetime import datetime, timedelta

from benchmarks.benchmark import Run
from benchmarks.building import items_of
from benchmarks.house_b import scenario
from benchmarks.measuring import Row, below, share_below, timing
from benchmarks.worlds import embedded, folder, hub_of
from schemas.access import AccessRecorded, Seen
from schemas.classes import Form, Purpose
from schemas.envelope import Event
from services.console.rehearsal.hubs import LEAD, ThrowAwayHub
from services.kernel import topics
from services.kernel.access import TYPE
from services.kernel.log import Record

NAME = "asking"
_AT_ONCE = 1_000
_PAGE = 100
_PRACTITIONERS = 50
_ITEMS_OF_A_SUBJECT = 8
_WHO_SAW = "/governance/v1/who-saw"


def rows(run: Run) -> list[Row]:
    """Both as their readers ask, over the interface; each asking is itself recorded."""
    accesses, asked = run.size.of(200, 10_000, 200_000), run.size.of(5, 60, 200)
    run.say(f"who saw, over {accesses:,} accesses")
    with folder() as data, hub_of(embedded(data), ("sharing", "governance")) as stage:
        _record(stage, accesses)
        stage.settle()
        who_saw = _p95(stage, [(_WHO_SAW, LEAD, wanted) for wanted in _wanted(accesses, asked)])
    built = run.buildings.of(items_of(run.size))
    run.say(f"timelines, over {built.items:,} items")
    with run.buildings.copy_of(items_of(run.size)) as data, hub_of(embedded(data)) as stage:
        stage.settle()
        timeline = _p95(stage, _timelines(stage, asked))
    aim = below(100)
    return [
        Row(f"who saw, p95 over {accesses:,} accesses", who_saw, "ms", aim=aim, note="by item, subject, practitioner"),
        Row(f"subject timeline, p95 over {built.items:,} items", timeline, "ms", aim=aim, note=f"pages of {_PAGE}"),
    ]


def _p95(stage: ThrowAwayHub, questions: list[tuple[str, str, dict[str, str]]]) -> float:
    """Milliseconds within which 95 of 100 are answered."""
    waited = []
    for path, caller, query in questions:
        with timing() as taken:
            stage.ask("GET", path, caller, params=query)
        waited.append(taken.wall * 1_000)
    return share_below(waited, 0.95)


def _record(stage: ThrowAwayHub, accesses: int) -> None:
    """So many accesses of two items each on `hub.access`, as reads leave them."""
    chance, began = random.Random(7), scenario().now  # noqa: S311 - made up
    agencies = scenario().partners
    for start in range(0, accesses, _AT_ONCE):
        some = range(start, min(accesses, start + _AT_ONCE))
        stage.hub.log.append([_access(chance, agencies[number % 8], accesses, began, number) for number in some])


def _access(chance: random.Random, agency: str, accesses: int, began: datetime, number: int) -> Record:
    name, at = str(uuid.UUID(int=chance.getrandbits(128)).hex), began + timedelta(seconds=number)
    data = AccessRecorded(
        access=name,
        at=at,
        practitioner=f"{agency}/worker-{number % _PRACTITIONERS}",
        partner=agency,
        operation="records.list",
        purpose=Purpose.CHILD_PROTECTION,
        seen=tuple(_seen(chance.randrange(_of_items(accesses))) for _ in range(2)),
    )
    event = Event[AccessRecorded](id=name, source="urn:cairn:hub:sharing", type=TYPE, time=at, data=data)
    return Record(topics.ACCESS, agency, name, event.model_dump_json().encode())


def _seen(item: int) -> Seen:
    return Seen(
        item=f"i-{item}",
        reference=f"n-{item}",
        subjects=(f"s-{item // _ITEMS_OF_A_SUBJECT}",),
        form=Form.FULL,
        agreements=("A1",),
        revision="r",
    )


def _of_items(accesses: int) -> int:
    """Each item was read some ten times."""
    return max(1, accesses // 5)


def _wanted(accesses: int, asked: int) -> list[dict[str, str]]:
    chance, agencies = random.Random(8), scenario().partners  # noqa: S311 - made up
    found = []
    for number in range(asked):
        item = chance.randrange(_of_items(accesses))
        access = chance.randrange(accesses)
        by = f"{agencies[access % 8]}/worker-{access % _PRACTITIONERS}"
        each = ({"item": f"i-{item}"}, {"subject": f"s-{item // _ITEMS_OF_A_SUBJECT}"}, {"practitioner": by})
        found.append(each[number % 3] | {"limit": str(_PAGE)})
    return found


def _timelines(stage: ThrowAwayHub, asked: int) -> list[tuple[str, str, dict[str, str]]]:
    """Questions of social work about young people that it has records of."""
    query = {"purpose": Purpose.CHILD_PROTECTION.value, "limit": "500"}
    listed = stage.ask("GET", "/sharing/v1/records", "social-work/system", params=query).json()["records"]
    subjects = sorted({name for record in listed for name in record["about"]})
    chance = random.Random(9)  # noqa: S311 - made up
    page = query | {"limit": str(_PAGE)}
    return [(f"/sharing/v1/subjects/{chance.choice(subjects)}", "social-work/worker-1", page) for _ in range(asked)]
