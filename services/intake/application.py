"""Intake: takes what agencies send, durably and once, and answers with receipts.

It needs its store and the keys, and nothing else: it keeps accepting while the log or the policy engine is down.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import orjson
from eventsourcing.application import AggregateNotFoundError
from eventsourcing.persistence import IntegrityError
from sqlalchemy.orm import Session

from services.intake import register, resolution
from services.intake.domain.submission import Submission, UnknownReceipt, submission_id
from services.intake.envelope import checked
from services.intake.ledger import Arrival, Document, document_of
from services.intake.sealing import receipt_of, report_ref
from services.intake.sitting import Sitting, Taken
from services.intake.understanding import understand
from services.kernel.clock import Clock
from services.kernel.gathering import Gathering, NotKept
from services.kernel.http.problems import Problem
from services.kernel.keys import Keys, KeysUnavailable
from services.kernel.store import Store, StoreUnavailable
from services.kernel.store.application import StoredApplication

AT_ONCE = 250
"""How many events one transaction takes, so that a large batch does not keep others waiting for long."""

Posted = tuple[str, Arrival]
"""The agency that posted an event, and the event."""

_ATTEMPTS = 3
_RETRY_SECONDS = 5


@dataclass(frozen=True)
class WaitingPage:
    """Some of what of an agency's waits; `next` is the receipt to go on after, None at the end."""

    waiting: tuple[register.Waiting, ...]
    next: str | None


class Intake:
    """The commands and questions of intake. Safe to call from several threads."""

    def __init__(self, store: Store, keys: Keys, clock: Clock) -> None:
        self._store = store
        self._keys = keys
        self._clock = clock
        store.create_tables(register.tables)
        store.create_tables(resolution.tables)
        self.submissions = StoredApplication(store, "submissions")
        self._gathering = Gathering(self._taken, AT_ONCE)

    def accept(self, agency: str, events: Sequence[Any]) -> list[Taken | Problem]:
        """Take these events of an agency; answers in their order. What is answered with a receipt is durable.

        An event that is refused leaves nothing behind. Raises the 503 problem `not_accepted`: then send all again.
        """
        read = [self._arrival(agency, event) for event in events]
        arrivals = [one for one in read if isinstance(one, Arrival)]
        taken: list[Taken | Problem] = []
        for start in range(0, len(arrivals), AT_ONCE):
            taken += self._keep([(agency, one) for one in arrivals[start : start + AT_ONCE]])
        answers = iter(taken)
        return [next(answers) if isinstance(one, Arrival) else one for one in read]

    def receipt(self, agency: str, receipt: str) -> Document:
        """The receipt, with what has become of the submission since. Raises the same 404 for another agency's."""
        try:
            with self._store.reading():
                submission: Submission = self.submissions.repository.get(submission_id(receipt))
        except (UnknownReceipt, AggregateNotFoundError):
            raise _unknown_receipt() from None
        except StoreUnavailable:
            raise _not_now() from None
        if submission.agency != agency:
            raise _unknown_receipt()
        return document_of(submission, self._keys) | {"status": submission.status.value}

    def waiting(self, agency: str, after: str | None, limit: int) -> WaitingPage:
        """What of this agency's is in quarantine or parked, in order of arrival. Raises 404 for an unknown `after`."""
        try:
            with self._store.reading() as session:
                start = register.number_of(session, agency, after) if after else 0
                found = None if start is None else register.waiting_of(session, agency, start, limit + 1)
        except StoreUnavailable:
            raise _not_now() from None
        if found is None:
            raise _unknown_receipt()
        page = tuple(found[:limit])
        return WaitingPage(page, page[-1].receipt if len(found) > limit else None)

    def _arrival(self, agency: str, event: Any) -> Arrival | Problem:
        try:
            whole = checked(event, agency)
            meaning = understand(whole, self._clock.now())
        except Problem as problem:
            return problem
        report = report_ref(self._keys, whole["source"], whole["id"])
        digest = self._keys.mac("body", orjson.dumps(whole, option=orjson.OPT_SORT_KEYS).decode()).hex()
        return Arrival(meaning, report, receipt_of(self._keys, report), digest)

    def _keep(self, posted: Sequence[Posted]) -> list[Taken | Problem]:
        """The answers to these, kept with whatever else was posted just now. Raises what broke on one of them."""
        try:
            answers = self._gathering.keep(posted)
        except NotKept as error:
            raise error.__cause__ or _not_now() from None
        for answer in answers:
            if isinstance(answer, Exception) and not isinstance(answer, Problem):
                raise answer
        return [answer for answer in answers if isinstance(answer, Taken | Problem)]

    def _taken(self, posted: Sequence[Posted]) -> list[Taken | Problem | Exception]:
        """Take all in one transaction; where it breaks, each alone, so that nobody suffers for another's event."""
        try:
            return [*self._taken_at_once(posted)]
        except Problem:
            raise  # nothing can be kept now, whoever posts
        except Exception as error:  # noqa: BLE001 - given to whoever posted it
            return [error] if len(posted) == 1 else [self._taken([one])[0] for one in posted]

    def _taken_at_once(self, posted: Sequence[Posted]) -> list[Taken | Problem]:
        for _ in range(_ATTEMPTS):
            try:
                with self._store.transaction() as session:
                    return self._sat(session, posted)
            except IntegrityError:  # another process took one of them in the meantime: now it is found
                continue
            except (StoreUnavailable, KeysUnavailable):
                break
        raise _not_now()

    def _sat(self, session: Session, posted: Sequence[Posted]) -> list[Taken | Problem]:
        """A sitting for each agency; the answers in the order of what was posted."""
        by_agency: dict[str, list[Arrival]] = {}
        for agency, one in posted:
            by_agency.setdefault(agency, []).append(one)
        now = self._clock.now()
        answers = {
            agency: iter(Sitting(session, self.submissions, self._keys, agency, now).take(arrivals))
            for agency, arrivals in by_agency.items()
        }
        return [next(answers[agency]) for agency, _ in posted]


def _unknown_receipt() -> Problem:
    return Problem(404, "receipt_unknown", "Unknown receipt", "Give a receipt that your agency was given.")


def _not_now() -> Problem:
    return Problem(
        503,
        "not_accepted",
        "The hub cannot keep anything now",
        "Send it again shortly, under the same id: what was taken is not taken twice.",
        headers={"Retry-After": str(_RETRY_SECONDS)},
    )
