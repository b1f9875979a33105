"""Appends that meet are made durable together, and nobody is forgotten."""

import threading
import time
from collections.abc import Callable, Sequence

import pytest

from services.kernel.gathering import Gathering, NotKept

Place = tuple[int, int]


class Ledger:
    """Where a gathering is committed: slow while the gate is closed, and failing when told to."""

    def __init__(self) -> None:
        self.gate = threading.Event()
        self.gate.set()
        self.commits: list[list[str]] = []
        self.error: BaseException | None = None

    def commit(self, rows: Sequence[str]) -> list[Place]:
        self.gate.wait(10)
        self.commits.append(list(rows))
        if self.error is not None:
            raise self.error
        return [(0, int(row)) for row in rows]


def appending(gathering: Gathering[str, Place], rows: list[str], answers: dict[str, object]) -> threading.Thread:
    def append() -> None:
        try:
            answers[rows[0]] = gathering.keep(rows)
        except NotKept as error:
            answers[rows[0]] = error

    thread = threading.Thread(target=append)
    thread.start()
    return thread


def gathered_behind_one(
    gathering: Gathering[str, Place], ledger: Ledger, answers: dict[str, object]
) -> list[threading.Thread]:
    """One append is being committed and held up, and two more have come behind it."""
    ledger.gate.clear()
    threads = [appending(gathering, ["1"], answers)]
    wait_until(lambda: gathering.turn.locked() and not gathering.waiting)
    threads.append(appending(gathering, ["2", "3"], answers))
    wait_until(lambda: len(gathering.waiting) == 1)
    threads.append(appending(gathering, ["4"], answers))
    wait_until(lambda: len(gathering.waiting) == 2)
    return threads


def wait_until(met: Callable[[], bool]) -> None:
    until = time.monotonic() + 10
    while not met():
        assert time.monotonic() < until
        time.sleep(0.001)


def test_who_comes_alone_is_committed_at_once() -> None:
    ledger = Ledger()

    assert Gathering(ledger.commit).keep(["7", "8"]) == [(0, 7), (0, 8)]

    assert ledger.commits == [["7", "8"]]


def test_those_who_come_meanwhile_are_committed_together_and_each_has_its_own_answer() -> None:
    ledger, answers = Ledger(), dict[str, object]()
    gathering = Gathering(ledger.commit)
    threads = gathered_behind_one(gathering, ledger, answers)

    ledger.gate.set()
    for thread in threads:
        thread.join(timeout=10)

    assert ledger.commits == [["1"], ["2", "3", "4"]]
    assert answers == {"1": [(0, 1)], "2": [(0, 2), (0, 3)], "4": [(0, 4)]}


def test_a_gathering_takes_no_more_calls_than_fill_it() -> None:
    ledger, answers = Ledger(), dict[str, object]()
    gathering = Gathering(ledger.commit, rows_enough=2)
    threads = gathered_behind_one(gathering, ledger, answers)

    ledger.gate.set()
    for thread in threads:
        thread.join(timeout=10)

    assert ledger.commits == [["1"], ["2", "3"], ["4"]]
    assert answers == {"1": [(0, 1)], "2": [(0, 2), (0, 3)], "4": [(0, 4)]}


def test_a_failure_is_told_to_all_who_were_gathered_and_the_next_goes_on() -> None:
    ledger, answers = Ledger(), dict[str, object]()
    gathering = Gathering(ledger.commit)
    threads = gathered_behind_one(gathering, ledger, answers)

    ledger.error = OSError("the disk is full")
    ledger.gate.set()
    for thread in threads:
        thread.join(timeout=10)
    ledger.error = None

    assert all(isinstance(answer, NotKept) for answer in answers.values())
    assert len(answers) == 3
    assert gathering.keep(["5"]) == [(0, 5)]


def test_who_is_interrupted_while_committing_leaves_nobody_waiting() -> None:
    ledger, answers = Ledger(), dict[str, object]()
    gathering = Gathering(ledger.commit)
    ledger.error = KeyboardInterrupt()
    with pytest.raises(KeyboardInterrupt):
        gathering.keep(["1"])
    ledger.error = None

    appending(gathering, ["2"], answers).join(timeout=10)

    assert answers == {"2": [(0, 2)]}


def test_who_is_interrupted_while_it_waits_leaves_nobody_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    """The one who would have been called to commit for all is gone when it is called."""
    ledger, answers = Ledger(), dict[str, object]()
    gathering = Gathering(ledger.commit)
    ledger.gate.clear()
    first = appending(gathering, ["1"], answers)
    wait_until(lambda: gathering.turn.locked() and not gathering.waiting)
    interrupted = InterruptedWhileWaiting()
    monkeypatch.setattr("services.kernel.gathering.Event", lambda: interrupted)
    second = threading.Thread(target=interrupted.append, args=(gathering,))
    second.start()
    wait_until(lambda: len(gathering.waiting) == 1)
    monkeypatch.undo()
    third = appending(gathering, ["3"], answers)
    wait_until(lambda: len(gathering.waiting) == 2)

    ledger.gate.set()
    for thread in (first, second, third):
        thread.join(timeout=10)

    assert interrupted.was_interrupted
    assert answers == {"1": [(0, 1)], "3": [(0, 3)]}


class InterruptedWhileWaiting(threading.Event):
    """Ctrl-C comes at the very moment at which the caller is called."""

    was_interrupted = False

    def wait(self, timeout: float | None = None) -> bool:
        super().wait(timeout)
        raise KeyboardInterrupt

    def append(self, gathering: Gathering[str, Place]) -> None:
        try:
            gathering.keep(["2"])
        except KeyboardInterrupt:
            self.was_interrupted = True
