"""A submission: one event that an agency sent, and what became of it.

Its identity follows from the sender's source and id, so that a repeat finds the first. Whatever is personal was sealed
before it got here.
"""

import base64
from enum import StrEnum
from uuid import UUID

from eventsourcing.domain import Aggregate, event

RECEIPT_PREFIX = "rc"


class Status(StrEnum):
    """What became of a submission."""

    ACCEPTED = "accepted"
    QUARANTINED = "quarantined"
    """Kept, sealed, because it could not be understood; its sender is told why."""
    PARKED = "parked"
    """A correction whose original has not arrived."""


class NotParked(Exception):
    """Only a parked correction can be released."""


class UnknownReceipt(Exception):
    """No submission has this receipt."""


def submission_id(receipt: str) -> UUID:
    """The aggregate's id, read from the receipt. Raises UnknownReceipt."""
    prefix, dash, letters = receipt.partition("-")
    try:
        raw = base64.b32decode(letters.upper() + "=" * (-len(letters) % 8))
    except ValueError as error:
        raise UnknownReceipt from error
    if prefix != RECEIPT_PREFIX or not dash or len(raw) != 16 or letters != letters.lower():
        raise UnknownReceipt
    return UUID(bytes=raw)


class Submission(Aggregate):
    """What one agency sent under one source and id. All content is sealed; all refs are opaque."""

    TOPIC = "submission"

    @staticmethod
    def create_id(receipt: str) -> UUID:
        return submission_id(receipt)

    @event("Created", topic="submission.received")
    def __init__(
        self,
        receipt: str,
        agency: str,
        report: str,
        digest: str,
        status: str,
        recorded: str,
        sequence: int,
        answer: str,
        prompts: str,
        key: str,
        sealed: str,
        contributions: str,  # noqa: ARG002 - for the relay
        present: str,
        quarantined: str,
    ) -> None:
        """`digest` is a keyed hash of the body; `answer` is the receipt as JSON without its prompts.

        `prompts` and `quarantined` are sealed for the agency. `sealed` is a SealedReport, said in public under `key`
        with its `contributions` if the submission is accepted. `present` names by ref, with spaces between, the young
        people who were there. Each is empty where there is none.
        """
        self.receipt = receipt
        self.agency = agency
        self.report = report
        self.digest = digest
        self.status = Status(status)
        self.recorded = recorded
        self.sequence = sequence
        self.answer = answer
        self.prompts = prompts
        self.key = key
        self.sealed = sealed
        self.present = tuple(present.split())
        self.quarantined = quarantined
        self.amendments: list[str] = []
        self.withdrawn = False

    def release(self, key: str, sealed: str, contributions: str) -> None:
        """The original of a parked correction has arrived: it is said in public under the original's key."""
        if self.status is not Status.PARKED:
            raise NotParked
        self._released(self.report, key, sealed, contributions)

    @event("Released", topic="submission.released")
    def _released(self, report: str, key: str, sealed: str, contributions: str) -> None:  # noqa: ARG002 - for the relay
        self.status = Status.ACCEPTED
        self.key = key
        self.sealed = sealed

    def amend(self, by: str) -> None:
        """Some sections are replaced by those of a later report, named by its receipt."""
        self._amended(by)

    @event("Amended", topic="submission.amended")
    def _amended(self, by: str) -> None:
        self.amendments.append(by)

    def withdraw(self, by: str) -> None:
        """The whole report is withdrawn by a later one, named by its ref; harmless to repeat."""
        if not self.withdrawn:
            self._withdrawn(by)

    @event("Withdrawn", topic="submission.withdrawn")
    def _withdrawn(self, by: str) -> None:
        self.withdrawn = True
        self.withdrawn_by = by
