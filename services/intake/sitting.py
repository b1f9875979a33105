"""A sitting: everything that one transaction takes in, so that a thousand events cost little more than one.

Looks up, prepares keys, numbers and saves for all events at once; each event is answered on its own, in order.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from schemas.reports import ReportAmended
from services.intake import publishing, register
from services.intake.corrections import Placed, correct, placed, root_of, unfitting
from services.intake.domain.submission import Status
from services.intake.ledger import Arrival, Document, Ledger, document_of
from services.intake.resolution import People
from services.intake.sealing import Named, identifiers_of, name_everybody, receipt_of, report_ref, seal_report
from services.intake.understanding import NotUnderstood, Reason, Understood
from services.kernel.http.problems import Problem
from services.kernel.keys import KeyDestroyed, Keys
from services.kernel.store.application import StoredApplication


@dataclass(frozen=True)
class Taken:
    """The answer to one event: its receipt, and whether it had been given before."""

    receipt: Document
    replayed: bool = False


class Sitting:
    """Takes in the events of one agency within one transaction of the store."""

    def __init__(
        self, session: Session, submissions: StoredApplication, keys: Keys, agency: str, recorded: datetime
    ) -> None:
        self._session = session
        self._keys = keys
        self._agency = agency
        self._recorded = recorded
        self._people = People(session, keys)
        self._ledger = Ledger(session, submissions, keys, agency, recorded)
        self._parked: dict[str, list[str]] = {}

    def take(self, arrivals: Sequence[Arrival]) -> list[Taken | Problem]:
        """Answer each, in order, and save what is new."""
        known = register.digests(self._session, (one.receipt for one in arrivals))
        first: dict[str, Arrival] = {}
        for one in arrivals:
            if one.receipt not in known:
                first.setdefault(one.receipt, one)
        refused = {receipt: problem for receipt, one in first.items() if (problem := self._unfitting(one, first))}
        fresh = {receipt: one for receipt, one in first.items() if receipt not in refused}
        named = self._named(fresh.values())
        self._parked = register.parked_for(self._session, fresh)
        answers: list[Taken | Problem] = []
        for one in arrivals:
            replayed = one.receipt in known
            if not replayed and one.receipt not in refused:
                self._enter(one, named.get(one.receipt))
                known[one.receipt] = one.digest
            answers.append(refused.get(one.receipt) or self._answer(one, known[one.receipt], replayed))
        self._ledger.save()
        return answers

    def _answer(self, one: Arrival, digest: str, replayed: bool) -> Taken | Problem:
        submission = self._ledger.at(one.receipt)
        if submission is None or digest != one.digest:
            return _different_body()
        return Taken(document_of(submission, self._keys), replayed)

    def _unfitting(self, one: Arrival, first: Mapping[str, Arrival]) -> Problem | None:
        """Why an amendment does not fit the type it amends, where that report has arrived."""
        meaning = one.meaning
        if not isinstance(meaning, Understood) or not isinstance(meaning.report, ReportAmended):
            return None
        original = report_ref(self._keys, meaning.event["source"], meaning.report.report)
        amended = self._type_of(original, first)
        return unfitting(meaning.report, amended, meaning.event["data"]) if amended else None

    def _type_of(self, report: str, first: Mapping[str, Arrival]) -> str | None:
        arrived = first.get(receipt_of(self._keys, report))
        if arrived is not None:
            plain = isinstance(arrived.meaning, Understood) and arrived.meaning.corrects is None
            return str(arrived.meaning.event["type"]) if plain else None
        original = self._ledger.find(report)
        if original is None or original.status is not Status.ACCEPTED:
            return None
        root = root_of(original, self._ledger.find)
        return publishing.read(root.sealed).data.type if root else None

    def _named(self, fresh: Iterable[Arrival]) -> dict[str, Named | None]:
        """Receipt -> whom its local names stand for; None where a key that it needs was destroyed."""
        understood = [(one, one.meaning) for one in fresh if isinstance(one.meaning, Understood)]
        self._people.look_up(given for _, meaning in understood for given in identifiers_of(meaning.report))
        named = {
            one.receipt: name_everybody(meaning, one.report, self._people, self._keys, self._recorded)
            for one, meaning in understood
        }
        try:
            self._keys.prepare(sorted({ref for names in named.values() for ref in names.kinds}))
        except KeyDestroyed:
            return {receipt: names if self._can_seal(names) else None for receipt, names in named.items()}
        return dict(named)

    def _can_seal(self, named: Named) -> bool:
        try:
            self._keys.prepare(sorted(named.kinds))
        except KeyDestroyed:
            return False
        return True

    def _enter(self, one: Arrival, named: Named | None) -> None:
        """Make the submission, whatever becomes of it."""
        meaning = one.meaning
        if isinstance(meaning, NotUnderstood):
            self._ledger.quarantine(one, meaning.reasons)
        elif named is None:
            self._ledger.quarantine(one, (Reason("/data/people", "held_for_a_person"),))
        else:
            self._place(one, meaning, named)

    def _place(self, one: Arrival, meaning: Understood, named: Named) -> None:
        report = seal_report(meaning, named, one.report, self._agency, self._keys, self._recorded)
        outcome: Placed | Reason = placed(report, named.present)
        if report.corrects is not None:
            original = self._ledger.find(report.corrects.report)
            if original is None or original.status is not Status.ACCEPTED:
                self._park(one, receipt_of(self._keys, report.corrects.report))
                self._ledger.enter(one, Status.PARKED, meaning, Placed(report, "", ()), named.present)
                return
            outcome = correct(report, named.present, original, self._ledger.find)
        if isinstance(outcome, Reason):
            self._ledger.quarantine(one, (outcome,))
            return
        self._ledger.enter(one, Status.ACCEPTED, meaning, outcome, named.present)
        self._release(one.report)

    def _park(self, one: Arrival, original: str) -> None:
        reason = Reason("/data/report", "original_not_arrived")
        self._ledger.note_waiting(one, Status.PARKED, (reason,), original)
        self._parked.setdefault(original, []).append(one.receipt)

    def _release(self, arrived: str) -> None:
        """Publish the corrections that waited for this report, and those that waited for them."""
        for receipt in self._parked.pop(receipt_of(self._keys, arrived), ()):
            parked, original = self._ledger.at(receipt), self._ledger.find(arrived)
            if parked is None or original is None:
                continue
            report = publishing.read(parked.sealed).data
            outcome = correct(report, parked.present, original, self._ledger.find)
            if isinstance(outcome, Placed):  # what can have no effect stays parked, for its sender to see
                self._ledger.release(parked, outcome)
                self._parked |= register.parked_for(self._session, [receipt])
                self._release(parked.report)


def _different_body() -> Problem:
    return Problem(
        409,
        "different_body",
        "Another event was taken under this source and id",
        "Give each event an id of its own; to change one that was sent, send a report.amended.",
    )
