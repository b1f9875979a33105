"""Intake: how many reports are taken in a second, durably, one by one and in batches."""

import json
from collections.abc import Sequence
from dataclasses import replace

from benchmarks.benchmark import Run
from benchmarks.house_b import JSON, events
from benchmarks.measuring import Row, Say, at_least, garbage_aside, in_turn, timing
from benchmarks.profiling import where_time_goes
from benchmarks.serving import posts_a_second, served
from benchmarks.worlds import agency_of, folder
from services.intake.application import Intake
from services.kernel.clock import SystemClock
from services.kernel.keys.opening import open_keys
from services.kernel.store.opening import open_store

NAME = "intake"
ONE = "application/cloudevents+json"
MANY = "application/cloudevents-batch+json"
_PEER = "a bare FastAPI POST that parses the same body and keeps nothing"
_BATCH = 500
_CLIENTS = 4
_WARM_UP = 15
_OTHER_NIGHTS = 1_000_000


def rows(run: Run) -> list[Row]:
    """Single posts and batches, each against the bare peer; both served by uvicorn in a process of their own."""
    size, say = run.size, run.say
    rounds, single, batches = size.of(1, 3, 5), size.of(20, 400, 1_000), size.of(1, 4, 10)
    alone, together = _where_time_goes(size.of(60, 600, 600), 1), _where_time_goes(size.of(60, 600, 600), _BATCH)
    with folder() as data:
        variables = {"CAIRN_DATA": str(data), "CAIRN_KEYS": f"file://{data}/keys"}
        hub_words = ("services", "up", "intake", "--port", "0")
        with served(hub_words, variables) as hub, served(("benchmarks.bare",), {}) as bare:
            return [
                replace(
                    _singles(hub, bare, rounds, single, say),
                    note=f"{_CLIENTS} clients at once; each post is a transaction of its own, or of those that meet it;"
                    f" the relay is running meanwhile; {alone}",
                ),
                replace(
                    _batches(hub, bare, rounds, batches, size.of(20, _BATCH, _BATCH), say),
                    note=f"2 clients at once; the relay is running meanwhile; {together}",
                ),
            ]


def _singles(hub: str, bare: str, rounds: int, posts: int, say: Say) -> Row:
    say(f"intake: {rounds} rounds of {posts} single posts")
    sent = Sent(0)
    for place in (hub, bare):
        posts_a_second(place, sent.singles(_WARM_UP), ONE, _CLIENTS)
    found = in_turn(
        rounds,
        {
            "hub": lambda: posts_a_second(hub, sent.singles(posts), ONE, _CLIENTS),
            "bare": lambda: posts_a_second(bare, sent.singles(posts), ONE, _CLIENTS),
        },
    )
    return Row(
        "intake, durable, single posts",
        found.median("hub"),
        "reports/s",
        found.median("bare"),
        _PEER,
        found.ratio("hub", "bare"),
        at_least(0.4, of_ratio=True),
    )


def _batches(hub: str, bare: str, rounds: int, batches: int, each: int, say: Say) -> Row:
    say(f"intake: {rounds} rounds of {batches} batches of {each}")
    sent = Sent(_OTHER_NIGHTS)
    found = in_turn(
        rounds,
        {
            "hub": lambda: each * posts_a_second(hub, sent.batches(batches, each), MANY, 2),
            "bare": lambda: each * posts_a_second(bare, sent.batches(batches, each), MANY, 2),
        },
    )
    return Row(
        f"intake, durable, batches of {each}",
        found.median("hub"),
        "reports/s",
        found.median("bare"),
        _PEER,
        found.ratio("hub", "bare"),
        at_least(10_000),
    )


def _where_time_goes(reports: int, at_once: int) -> str:
    """Of so many taken at once, in this process, without what HTTP takes; with how long one report takes."""
    night = [one for one in events(reports, 0) if agency_of(one) == "police"]
    with folder() as data:
        store, keys = open_store(f"sqlite:///{data}", "intake"), open_keys(f"file://{data}/keys")
        intake = Intake(store, keys, SystemClock())
        intake.accept("police", night[:_WARM_UP])
        half = len(night) // 2

        def take(some: Sequence[JSON]) -> None:
            for start in range(0, len(some), at_once):
                intake.accept("police", some[start : start + at_once])

        with garbage_aside():
            with timing() as taken:
                take(night[_WARM_UP:half])
            told = where_time_goes(lambda: take(night[half:]))
        store.close()
        keys.close()
    return f"{taken.processor * 1_000 / (half - _WARM_UP):.2g} ms of a processor a report without HTTP; {told}"


class Sent:
    """Bodies that were not sent before."""

    def __init__(self, first_night: int) -> None:
        self._next_night = first_night

    def singles(self, posts: int) -> list[tuple[str, bytes]]:
        """(caller, body) of single posts."""
        return [(f"{agency_of(one)}/system", json.dumps(one).encode()) for one in self._events(posts)]

    def batches(self, batches: int, each: int) -> list[tuple[str, bytes]]:
        """(caller, body) of batches, all of one agency, which reports a third of a night."""
        mine = [one for one in self._events(each * batches * 3 + 15) if agency_of(one) == "police"]
        whole = [mine[start : start + each] for start in range(0, each * batches, each)]
        return [("police/system", json.dumps(one).encode()) for one in whole]

    def _events(self, reports: int) -> list[JSON]:
        made = events(reports, self._next_night)
        self._next_night += reports // 15 + 1
        return made
