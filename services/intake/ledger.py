"""The ledger of one transaction: the submissions entered in it, those looked up, and the receipts given for them."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from eventsourcing.application import AggregateNotFoundError
from sqlalchemy.orm import Session

from schemas.sealed import Sealed
from services.intake import publishing, register
from services.intake.corrections import Placed
from services.intake.domain.submission import Status, Submission, submission_id
from services.intake.prompts import Prompt
from services.intake.sealing import receipt_of
from services.intake.understanding import NotUnderstood, Reason, Understood
from services.kernel.keys import Keys
from services.kernel.positions import position_token
from services.kernel.store.application import StoredApplication

Document = dict[str, Any]
"""A receipt as its sender gets it."""


@dataclass(frozen=True)
class Arrival:
    """An event that was read, with the names that follow from it."""

    meaning: Understood | NotUnderstood
    report: str
    receipt: str
    digest: str


class Ledger:
    """Enters the submissions of one agency, numbers its reports, and saves everything at once."""

    def __init__(
        self, session: Session, submissions: StoredApplication, keys: Keys, agency: str, recorded: datetime
    ) -> None:
        self._session = session
        self._submissions = submissions
        self._keys = keys
        self._agency = agency
        self._recorded = recorded
        self._numbering = register.Numbering(session, agency)
        self._held: dict[str, Submission] = {}
        self._entered: list[Arrival] = []

    def find(self, report: str) -> Submission | None:
        """The submission that brought the report of this ref."""
        return self.at(receipt_of(self._keys, report))

    def at(self, receipt: str) -> Submission | None:
        """The submission with this receipt."""
        if receipt not in self._held:
            try:
                self._held[receipt] = self._submissions.repository.get(submission_id(receipt))
            except AggregateNotFoundError:
                return None
        return self._held[receipt]

    def enter(self, one: Arrival, status: Status, meaning: Understood, outcome: Placed, present: Sequence[str]) -> None:
        """Enter a report that is accepted or parked, under the agency's next number."""
        sequence = self._numbering.next()
        report = outcome.report.model_copy(update={"sequence": sequence})
        items = [{"item": item.item, "section": item.section, "class": item.data_class.value} for item in report.items]
        answer = {
            "receipt": one.receipt,
            "status": status.value,
            "position": position_token(self._keys, self._agency, sequence),
            "report": one.report,
            "items": items,
        }
        event = meaning.event
        self._hold(
            one,
            status=status.value,
            sequence=sequence,
            answer=json.dumps(answer),
            prompts=self._sealed(one.receipt, meaning.prompts),
            key=outcome.key,
            sealed=publishing.written(self._keys, report, event.get("correlationid"), event.get("causationid")),
            contributions=publishing.contributed(report, outcome.contributions),
            present=" ".join(present),
        )

    def quarantine(self, one: Arrival, reasons: Sequence[Reason]) -> None:
        """Keep the whole event, sealed for its agency, and say why it goes no further."""
        answer = {
            "receipt": one.receipt,
            "status": Status.QUARANTINED.value,
            "position": None,
            "report": one.report,
            "items": [],
            "reasons": [reason.as_json() for reason in reasons],
        }
        facts = {"receipt": one.receipt, "part": "quarantined"}
        kept = self._keys.seal(orjson.dumps(one.meaning.event), (f"quarantine-{self._agency}",), facts)
        self.note_waiting(one, Status.QUARANTINED, reasons)
        self._hold(one, status=Status.QUARANTINED.value, answer=json.dumps(answer), quarantined=kept.model_dump_json())

    def note_waiting(
        self, one: Arrival, status: Status, reasons: Sequence[Reason], original: str | None = None
    ) -> None:
        """Note why something is not, or not yet, on the log; `original` is the receipt that a correction waits for."""
        told = tuple(reason.as_json() for reason in reasons)
        recorded = self._recorded.isoformat()
        waiting = register.Waiting(one.receipt, self._agency, status.value, recorded, told, original)
        register.note_waiting(self._session, [waiting])

    def release(self, parked: Submission, outcome: Placed) -> None:
        """Let a parked correction out; it is said after whatever was entered so far, its original included."""
        sealed = publishing.written_again(parked.sealed, outcome.report)
        parked.release(outcome.key, sealed, publishing.contributed(outcome.report, outcome.contributions))
        self._held[parked.receipt] = self._held.pop(parked.receipt)
        register.strike_waiting(self._session, parked.receipt)

    def save(self) -> None:
        """Save every submission that is new or has changed, in order."""
        register.note_received(self._session, [(one.receipt, one.digest) for one in self._entered])
        self._numbering.save()
        self._submissions.save(*self._held.values())

    def _hold(self, one: Arrival, **facts: Any) -> None:
        texts = ("prompts", "key", "sealed", "contributions", "present", "quarantined")
        empty: dict[str, Any] = dict.fromkeys(texts, "") | {"sequence": 0}
        self._held[one.receipt] = Submission(
            receipt=one.receipt,
            agency=self._agency,
            report=one.report,
            digest=one.digest,
            recorded=self._recorded.isoformat(),
            **(empty | facts),
        )
        self._entered.append(one)

    def _sealed(self, receipt: str, prompts: Sequence[Prompt]) -> str:
        """Pointers may hold the sender's names for people, so that prompts are sealed too."""
        if not prompts:
            return ""
        text = orjson.dumps([prompt.as_json() for prompt in prompts])
        return self._keys.seal(text, (f"receipts-{self._agency}",), _prompts_of(receipt)).model_dump_json()


def document_of(submission: Submission, keys: Keys) -> Document:
    """The receipt as it was first given."""
    prompts: list[Any] = []
    if submission.prompts:
        sealed = Sealed.model_validate_json(submission.prompts)
        prompts = orjson.loads(keys.open(sealed, _prompts_of(submission.receipt)))
    return {**json.loads(submission.answer), "prompts": prompts}


def _prompts_of(receipt: str) -> dict[str, str]:
    return {"receipt": receipt, "part": "prompts"}
