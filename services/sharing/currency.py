"""Currency: a partner's records are read only while they say all that the rules say, at this very instant.

Whatever is behind is not served late: the reader waits a little, and is then told to come back.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import TypeVar

from sqlalchemy.orm import Session

from services.kernel import topics
from services.kernel.clock import Clock
from services.kernel.http.problems import Problem
from services.kernel.log import Log, LogUnavailable
from services.kernel.store import Store, StoreUnavailable
from services.sharing.projections import record_queries as records

_T = TypeVar("_T")
_LOOK_SECONDS = 0.01


@dataclass(frozen=True)
class Limits:
    """How long a read waits for its records to become current, or to have a report of the reader's own in them, and
    how long a recall may be left before nothing else is served."""

    currency_wait_seconds_max: float = 5.0
    at_least_wait_seconds_max: float = 5.0
    recall_ack_seconds_max: int = 86_400


class NotNow(Exception):
    """The records cannot answer yet; the problem says why, and waiting may help for so many seconds."""

    def __init__(self, problem: Problem, wait_seconds_max: float = 0.0) -> None:
        super().__init__(problem.code)
        self.problem = problem
        self.wait_seconds_max = wait_seconds_max


class Currency:
    """Puts questions to a partner's records while they are current."""

    def __init__(
        self, store: Store, log: Log, clock: Clock, limits: Limits, unsaid: Callable[[], int] = lambda: 0
    ) -> None:
        """`unsaid` counts the rules that the agreement desk has taken and that are not on the log yet."""
        self._store, self._log, self._clock, self._limits, self._unsaid = store, log, clock, limits, unsaid

    def ask(
        self, partner: str, question: Callable[[Session], _T], own_report: int | None = None, wait: bool = True
    ) -> _T:
        """The answer, from one consistent and current view; with `own_report`, one that has that report in it.

        Raises Problem: 403 `not_a_partner`, 409 `recalls_overdue`, 503 `decisions_not_current`, `not_yet_reflected`
        or `records_unavailable`.
        """
        began = time.monotonic()
        while True:
            try:
                return self._answer(partner, question, own_report)
            except NotNow as reason:
                if not wait or time.monotonic() - began >= reason.wait_seconds_max:
                    raise reason.problem from None
            except (StoreUnavailable, LogUnavailable) as error:
                raise _unavailable() from error
            time.sleep(_LOOK_SECONDS)

    def known(self, partner: str, question: Callable[[Session], _T]) -> _T:
        """The answer for a partner, current or not: for what is about recalls alone.

        Raises Problem: 403 `not_a_partner`, 503 `records_unavailable`.
        """
        try:
            with self._store.reading() as session:
                if not records.has_joined(session, partner):
                    raise _not_a_partner()
                return question(session)
        except StoreUnavailable as error:
            raise _unavailable() from error

    def _answer(self, partner: str, question: Callable[[Session], _T], own_report: int | None) -> _T:
        limits = self._limits
        partitions = self.partitions(partner)
        with self._store.reading() as session:
            if self._unsaid():
                raise NotNow(_not_current(), limits.currency_wait_seconds_max)
            # in this order: what was not unsaid any more in this view is on the log by now
            rules_position = self._log.end(topics.RULES, 0)
            now = self._clock.now()
            standing = records.standing(session, partner, now - timedelta(seconds=limits.recall_ack_seconds_max))
            if not standing.joined and records.knows_rules_until(session) >= rules_position:
                raise _not_a_partner()
            if standing.halted or not records.is_current(session, partner, partitions, rules_position, now):
                raise NotNow(_not_current(), limits.currency_wait_seconds_max)
            if standing.overdue:
                raise _recalls_overdue()
            if own_report is not None and not records.is_reflected(session, partner, own_report):
                raise NotNow(_not_yet_reflected(), limits.at_least_wait_seconds_max)
            return question(session)

    def partitions(self, partner: str) -> int:
        """How many partitions the partner's feed has; 0 before it has one."""
        return self._log.partitions(topics.disclosures(partner))

    def is_overdue(self, recalled_seconds: float) -> bool:
        """Whether a recall of this age, in seconds of the hub's clock, holds back everything else."""
        return recalled_seconds > self._limits.recall_ack_seconds_max


def _not_a_partner() -> Problem:
    return Problem(
        403, "not_a_partner", "Not a partner", "Your agency has not joined this hub: ask its governance lead."
    )


def _not_current() -> Problem:
    return Problem(
        503,
        "decisions_not_current",
        "Decisions are not current",
        "The rules have changed and your records do not say so yet: try again in a few seconds.",
        headers={"Retry-After": "2"},
    )


def _not_yet_reflected() -> Problem:
    return Problem(
        503,
        "not_yet_reflected",
        "Not yet reflected",
        "The report of this position is not in your records yet: try again in a few seconds.",
        headers={"Retry-After": "2"},
    )


def _recalls_overdue() -> Problem:
    return Problem(
        409,
        "recalls_overdue",
        "Recalls are overdue",
        "Remove what GET /v1/recalls lists, and acknowledge each recall; until then nothing further is served.",
    )


def _unavailable() -> Problem:
    return Problem(
        503,
        "records_unavailable",
        "Records are unavailable",
        "Nothing was read; try again in a few seconds.",
        headers={"Retry-After": "2"},
    )
