"""How long an answer takes tells nothing either: two worlds that must look the same cost the processor the same."""

import statistics
import time
from collections.abc import Sequence
from contextlib import ExitStack
from typing import Any

import pytest
from sqlalchemy import select

from services.console.rehearsal.scenario import JSON
from services.sharing.projections.record_tables import MARKS
from services.sharing.reading import Reading, identifier_mark
from tests.journeys.families_watched import answered_in_place
from tests.journeys.leaking import around
from tests.journeys.secret_weaver import worlds_of
from tests.journeys.watched_hub import BARE_SERVICES, WatchedHub, watched_hub

_TIMES = 30
_NOISE_RATIO, _NOISE_SECONDS = 1.3, 0.002
"""What is beyond both is above noise: of the fastest answers, in seconds of the processor's own time."""
_SEED = 560
_QUESTIONS: tuple[tuple[str, str, JSON], ...] = (
    ("GET", "/sharing/v1/feed", {"params": {"purpose": "child_protection"}}),
    ("GET", "/sharing/v1/records", {"params": {"purpose": "missing"}}),
    ("GET", "/sharing/v1/agreements/H1", {}),
    ("GET", "/sharing/v1/subjects/y-nobody", {"params": {"purpose": "missing"}}),
    ("GET", "/intake/v1/receipts/q-none", {}),
    ("POST", "/sharing/v1/search", {"json": {"purpose": "missing", "identifier": "secret|K2"}}),
)


def _seconds(hubs: Sequence[WatchedHub], question: tuple[str, str, JSON]) -> list[float]:
    """The fastest tenth of many answers of each hub, asked in turn, so that what else the machine does hits all."""
    method, path, request = question
    found: list[list[float]] = [[] for _ in hubs]
    for _ in range(_TIMES):
        for hub, seconds in zip(hubs, found, strict=True):
            began = time.thread_time()
            hub.send(method, path, f"{hub.watcher}/worker-1", **request)
            seconds.append(time.thread_time() - began)
    return [statistics.median(sorted(one)[: _TIMES // 10]) for one in found]


def _told_by_time() -> list[str]:
    bare, other = worlds_of(_SEED)
    with answered_in_place(), ExitStack() as opened:
        hubs = [opened.enter_context(watched_hub(world, services=BARE_SERVICES)) for world in (bare, other)]
        found = []
        for question in _QUESTIONS:
            fast, slow = sorted(_seconds(hubs, question))
            if slow > fast * _NOISE_RATIO and slow > fast + _NOISE_SECONDS:
                found.append(f"{question[1]}: {fast * 1000:.2f} ms against {slow * 1000:.2f} ms")
        return found


def test_no_answer_takes_longer_for_what_others_have() -> None:
    assert _told_by_time() == []


def test_control_a_search_that_looks_at_what_others_have_before_it_leaves_it_out_is_noticed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def found(sound: Any, reading: Any, asked: Any, search: Any) -> Any:
        mark = identifier_mark(reading._keys, search.identifier)
        with reading._currency._store.reading() as session:
            for _ in session.execute(select(MARKS).where(MARKS.c.mark == mark)).all():
                for number in range(1_000):
                    reading._cursor(asked, (number,), ("search",))
        return sound(reading, asked, search)

    around(monkeypatch, Reading, "found", found)

    assert any("/sharing/v1/search" in told for told in _told_by_time())
