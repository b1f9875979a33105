"""Appends that meet are made durable together: one caller does it for all that came while another was at it.

One who comes alone waits for nobody, so that a single caller pays nothing for the gathering.
"""

from collections.abc import Callable, Sequence
from threading import Event, Lock
from typing import Generic, TypeVar

from services.kernel.log import LogUnavailable

_Row = TypeVar("_Row")
Place = tuple[int, int]
"""A partition and a position."""


class _Append(Generic[_Row]):
    """One call, on its way; called when it is settled, or when its caller is to commit for all."""

    def __init__(self, rows: Sequence[_Row]) -> None:
        self.rows = rows
        self.places: list[Place] | None = None
        self.error: Exception | None = None
        self.called = Event()


class Gathering(Generic[_Row]):
    """Takes appends from several threads, and gives them to `commit` one gathering at a time, in the order they came.

    `commit` makes rows durable and answers with the place of each; it is never called by two threads at once.
    """

    def __init__(self, commit: Callable[[Sequence[_Row]], Sequence[Place]]) -> None:
        self.turn = Lock()
        """Held while a gathering is committed; whoever holds it keeps others from it."""
        self.waiting: list[_Append[_Row]] = []
        self._commit = commit
        self._arriving = Lock()
        self._somebody_commits = False

    def append(self, rows: Sequence[_Row]) -> list[Place]:
        """The place of each row, once all are durable. Raises LogUnavailable."""
        mine = _Append(rows)
        with self._arriving:
            self.waiting.append(mine)
            alone, self._somebody_commits = not self._somebody_commits, True
        if not alone:
            self._await_call(mine)
        if mine.places is None and mine.error is None:
            self._commit_for_all()
        if mine.places is None:
            raise LogUnavailable("the log could not be written") from mine.error
        return mine.places

    def _await_call(self, mine: _Append[_Row]) -> None:
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
                with self._arriving:
                    gathered, self.waiting = self.waiting, []
                self._settle(gathered)
        finally:
            self._call_the_next()

    def _settle(self, gathered: Sequence[_Append[_Row]]) -> None:
        try:
            places = iter(self._commit([row for append in gathered for row in append.rows]))
            for append in gathered:
                append.places = [next(places) for _ in append.rows]
        except BaseException as error:
            for append in gathered:  # each is told in its own thread
                append.error = error if isinstance(error, Exception) else LogUnavailable("interrupted")
            if not isinstance(error, Exception):
                raise
        finally:
            for append in gathered:
                append.called.set()

    def _call_the_next(self) -> None:
        with self._arriving:
            self._somebody_commits = bool(self.waiting)
            if self.waiting:
                self.waiting[0].called.set()
