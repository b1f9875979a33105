"""Calls that meet are made durable together: one caller does it for all that came while another was at it.

One who comes alone waits for nobody, so that a single caller pays nothing for the gathering.
"""

from collections.abc import Callable, Sequence
from threading import Event, Lock
from typing import Generic, TypeVar

_Row = TypeVar("_Row")
_Answer = TypeVar("_Answer")


class NotKept(Exception):
    """What was gathered could not be kept, or it is not known whether it was; its cause says why."""


class _Call(Generic[_Row, _Answer]):
    """One call, on its way; called when it is settled, or when its caller is to commit for all."""

    def __init__(self, rows: Sequence[_Row]) -> None:
        self.rows = rows
        self.answers: list[_Answer] | None = None
        self.error: Exception | None = None
        self.called = Event()


class Gathering(Generic[_Row, _Answer]):
    """Takes rows from several threads, and gives them to `commit` one gathering at a time, in the order they came.

    `commit` makes rows durable and answers each; it is never called by two threads at once. A gathering takes calls
    until it has `rows_enough`.
    """

    def __init__(self, commit: Callable[[Sequence[_Row]], Sequence[_Answer]], rows_enough: int = 1_000_000) -> None:
        self.turn = Lock()
        """Held while a gathering is committed; whoever holds it keeps others from it."""
        self.waiting: list[_Call[_Row, _Answer]] = []
        self._commit = commit
        self._rows_enough = rows_enough
        self._arriving = Lock()
        self._somebody_commits = False

    def keep(self, rows: Sequence[_Row]) -> list[_Answer]:
        """The answer to each row, once all are durable. Raises NotKept."""
        mine = _Call[_Row, _Answer](rows)
        with self._arriving:
            self.waiting.append(mine)
            alone, self._somebody_commits = not self._somebody_commits, True
        if not alone:
            self._await_call(mine)
        if mine.answers is None and mine.error is None:
            self._commit_for_all()
        if mine.answers is None:
            raise NotKept from mine.error
        return mine.answers

    def _await_call(self, mine: _Call[_Row, _Answer]) -> None:
        try:
            mine.called.wait()
        except BaseException:
            with self._arriving:
                was_waiting = mine in self.waiting
                if was_waiting:
                    self.waiting.remove(mine)
            if was_waiting and mine.called.is_set():  # it was to commit for all
                self._call_the_next()
            raise

    def _commit_for_all(self) -> None:
        try:
            with self.turn:
                self._settle(self._gathered())
        finally:
            self._call_the_next()

    def _gathered(self) -> list[_Call[_Row, _Answer]]:
        """Those who came first; the one who commits is the first of them."""
        with self._arriving:
            rows = number = 0
            while number < len(self.waiting) and rows < self._rows_enough:
                rows += len(self.waiting[number].rows)
                number += 1
            gathered, self.waiting = self.waiting[:number], self.waiting[number:]
        return gathered

    def _settle(self, gathered: Sequence[_Call[_Row, _Answer]]) -> None:
        try:
            answers = iter(self._commit([row for call in gathered for row in call.rows]))
            for call in gathered:
                call.answers = [next(answers) for _ in call.rows]
        except BaseException as error:
            for call in gathered:  # each is told in its own thread
                call.error = error if isinstance(error, Exception) else NotKept("interrupted")
            if not isinstance(error, Exception):
                raise
        finally:
            for call in gathered:
                call.called.set()

    def _call_the_next(self) -> None:
        with self._arriving:
            self._somebody_commits = bool(self.waiting)
            if self.waiting:
                self.waiting[0].called.set()
