"""Reading: an agency's records for a purpose, current and opened, with the access on the log before they are shown."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Generic, TypeVar

from sqlalchemy.orm import Session

from schemas.access import Seen
from schemas.classes import Purpose
from services.kernel import topics
from services.kernel.access import AccessGate
from services.kernel.clock import Clock
from services.kernel.http.problems import Problem
from services.kernel.identity import Caller
from services.kernel.keys import Keys, KeysUnavailable, NotAuthentic
from services.kernel.log import Log, LogUnavailable
from services.kernel.store import Store, StoreUnavailable
from services.panel.disclosure import opened
from services.panel.domain.held import Held, Opened
from services.panel.projections.holdings import held_for, is_current
from services.panel.projections.recalls import is_overdue
from services.panel.projections.register import agency_names, agreement_titles

OPERATION = "panel.chronology"
_LOOK_SECONDS = 0.05
_Found = TypeVar("_Found")
_Asked = TypeVar("_Asked")


@dataclass(frozen=True)
class Chronology:
    """What an agency knows for a purpose, in no particular order, and the names that go with it."""

    records: Sequence[Opened]
    agencies: dict[str, str]
    agreements: dict[str, str]
    as_of: datetime | None = None
    """The instant at which it was current."""


@dataclass(frozen=True)
class Current(Generic[_Found]):
    """What was found in one current view of what an agency holds: `records` are opened, and on the log as read."""

    found: _Found
    records: Sequence[Opened]
    agencies: dict[str, str]
    agreements: dict[str, str]
    as_of: datetime


class Reading:
    """Reads one agency's records while they are current."""

    def __init__(
        self,
        log: Log,
        store: Store,
        keys: Keys,
        gate: AccessGate,
        clock: Clock,
        wait_seconds_max: float,
        recall_ack_seconds_max: int,
    ) -> None:
        self._log, self._store, self._keys, self._gate, self._clock = log, store, keys, gate, clock
        self._wait_seconds_max, self._recall_ack = wait_seconds_max, timedelta(seconds=recall_ack_seconds_max)

    def agencies(self) -> dict[str, str]:
        """Partner id -> what people call it; nothing about anybody, and so no access."""
        with self._store.reading() as session:
            return agency_names(session)

    def mark(self, identifier: str) -> str:
        """The keyed hash by which intake marks an identifier, `system|value`, in the copy of whoever gave it."""
        return self._keys.mac("identifier", identifier).hex()

    def chronology(
        self,
        caller: Caller,
        purpose: Purpose,
        operation: str = OPERATION,
        wanted: Callable[[Held], bool] = lambda _: True,
    ) -> Chronology:
        """The caller's agency's records for a purpose, or those of them that are wanted: no other is opened.

        Raises Problem: 409 `recalls_overdue`, 503 `decisions_not_current`, `access_not_recorded` or
        `content_unavailable`.
        """
        (held, agencies, agreements), as_of = self._current(caller.partner, purpose)
        held = [one for one in held if wanted(one)]
        self._gate.record(caller, operation, purpose, [_seen(one) for one in held])
        return Chronology(self._opened(held), agencies, agreements, as_of)

    def look(
        self,
        caller: Caller,
        purpose: Purpose,
        operation: str,
        find: Callable[[Session, datetime], tuple[_Found, Sequence[Held]]],
        released: Callable[[_Found, Sequence[Opened]], Sequence[Opened]] | None = None,
    ) -> Current[_Found]:
        """What `find` finds in the caller's agency's holdings, given a current view of them and its instant: what can
        be told without opening anything, and the records to open. Where `released` is given it chooses, among what was
        opened, what leaves the hub: only that is given back, and traced. Raises Problem, as `chronology` does."""

        def asked(session: Session, now: datetime) -> tuple[_Found, Sequence[Held], dict[str, str], dict[str, str]]:
            return *find(session, now), agency_names(session), agreement_titles(session)

        (found, held, agencies, agreements), as_of = self._when_current(caller.partner, asked)
        if released is not None:
            records = released(found, self._opened(held))
            self._gate.record(caller, operation, purpose, [_seen(one.held) for one in records])
            return Current(found, records, agencies, agreements, as_of)
        self._gate.record(caller, operation, purpose, [_seen(one) for one in held])
        return Current(found, self._opened(held), agencies, agreements, as_of)

    def _current(
        self, partner: str, purpose: Purpose
    ) -> tuple[tuple[list[Held], dict[str, str], dict[str, str]], datetime]:
        """All that the agency holds for a purpose, and names; and at which instant."""

        def asked(session: Session, _: datetime) -> tuple[list[Held], dict[str, str], dict[str, str]]:
            return held_for(session, partner, purpose), agency_names(session), agreement_titles(session)

        return self._when_current(partner, asked)

    def _opened(self, held: Sequence[Held]) -> list[Opened]:
        try:
            return [opened(one, self._keys) for one in held]
        except (KeysUnavailable, NotAuthentic) as error:
            raise _unavailable() from error

    def _when_current(self, partner: str, ask: Callable[[Session, datetime], _Asked]) -> tuple[_Asked, datetime]:
        """The answer of one consistent view that says all that the rules say, and when; waits for it a little."""
        until = time.monotonic() + self._wait_seconds_max
        while True:
            try:
                position = self._log.end(topics.RULES, 0)
                partitions = self._log.partitions(topics.disclosures(partner))
                now = self._clock.now()
                with self._store.reading() as session:
                    if is_current(session, partner, partitions, position, now):
                        if is_overdue(session, partner, now - self._recall_ack):
                            raise _recalls_overdue()
                        return ask(session, now), now
            except (LogUnavailable, StoreUnavailable) as error:
                raise _unavailable() from error
            if time.monotonic() >= until:
                raise Problem(
                    503,
                    "decisions_not_current",
                    "The decisions are not current",
                    "Try again in a few seconds.",
                    headers={"Retry-After": "2"},
                )
            time.sleep(_LOOK_SECONDS)


def _seen(held: Held) -> Seen:
    shown = tuple(ref for ref in held.subjects if ref in held.rendering.about)
    return Seen(
        item=held.item,
        reference=held.rendering.reference,
        subjects=shown or held.subjects,
        form=held.form,
        agreements=held.agreements,
        revision=held.revision,
    )


def _recalls_overdue() -> Problem:
    return Problem(
        409,
        "recalls_overdue",
        "Recalls are overdue",
        "Your agency was asked to remove records and has not said that it did. Until it has, nothing further is shown.",
    )


def _unavailable() -> Problem:
    return Problem(
        503,
        "content_unavailable",
        "Nothing can be shown now",
        "What your agency holds cannot be opened at the moment. Try again shortly.",
        headers={"Retry-After": "5"},
    )
