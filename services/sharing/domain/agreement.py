"""An information sharing agreement: drafted, signed by each party, brought into force, changed, and ended.

What is proposed and what is in force are two things: while the parties sign a new version, the older one governs.
"""

import hashlib
from enum import StrEnum
from uuid import NAMESPACE_URL, UUID, uuid5

import rfc8785
from eventsourcing.domain import Aggregate, event

from schemas.agreements import Agreement as Document


class State(StrEnum):
    """What an agreement does now. It also has to have started, and not to be past its end, to grant anything."""

    DRAFT = "draft"
    IN_FORCE = "in_force"
    SUSPENDED = "suspended"
    ENDED = "ended"


class UnknownAgreement(Exception):
    """There is no such agreement, or the caller's agency is no party to it."""


class AgreementExists(Exception):
    """Another agreement has this id."""


class OtherAgreement(Exception):
    """The proposed document carries the id of another agreement."""


class AgreementNotInForce(Exception):
    """Only an agreement in force can be suspended; only one in force or suspended can be ended or left."""


class AgreementNotSuspended(Exception):
    """Only a suspended agreement can be reinstated."""


class AgreementOver(Exception):
    """An agreement that was ended stays ended."""


class NothingProposed(Exception):
    """No version waits to be signed or brought into force."""


class OtherVersion(Exception):
    """The version, or its text, is not the one that is proposed now."""


class NotAParty(Exception):
    """The agency is not a party to this version, or has left."""


class AlreadySigned(Exception):
    """The party has signed this version."""


class NotSignedByAll(Exception):
    """Some parties have not signed; `missing` are their names."""

    def __init__(self, missing: tuple[str, ...]) -> None:
        super().__init__()
        self.missing = missing


def digest_of(document: Document) -> str:
    """Names the text of a document: SHA-256, in hexadecimal, over its canonical JSON (RFC 8785)."""
    return hashlib.sha256(rfc8785.dumps(document.model_dump(mode="json"))).hexdigest()


class Agreement(Aggregate):
    """One agreement with its versions. Instants are ISO 8601; `by` is an opaque ref of a practitioner."""

    TOPIC = "agreement"

    @staticmethod
    def create_id(agreement: str) -> UUID:
        return uuid5(NAMESPACE_URL, f"urn:cairn:agreement:{agreement}")

    @event("Created", topic="agreement.drafted")
    def __init__(self, agreement: str, document: str, digest: str, by: str, at: str) -> None:  # noqa: ARG002
        """`document` is the first version as JSON, `digest` names its text."""
        self.agreement = agreement
        self.state = State.DRAFT
        self.governing: str | None = None
        self.governing_version: int | None = None
        self.proposed: str | None = document
        self.proposed_version = 1
        self.proposed_digest = digest
        self.signatures: dict[str, list[str]] = {}
        self.left: list[str] = []

    def amend(self, document: Document, by: str, at: str) -> None:
        """Propose a new version, in place of any that was proposed before; all its parties must sign it."""
        self._not_over()
        if document.id != self.agreement:
            raise OtherAgreement
        self._amended(self.proposed_version + 1, document.model_dump_json(), digest_of(document), by, at)

    @event("Amended", topic="agreement.amended")
    def _amended(self, version: int, document: str, digest: str, by: str, at: str) -> None:  # noqa: ARG002
        self.proposed = document
        self.proposed_version = version
        self.proposed_digest = digest
        self.signatures = {}

    def sign(self, party: str, by: str, at: str, version: int | None = None, digest: str | None = None) -> None:
        """Sign the proposed version for a party; `version` and `digest`, where given, must be those proposed."""
        self._not_over()
        proposed = self._proposed(version, digest)
        if party not in proposed.parties:
            raise NotAParty
        if party in self.signatures:
            raise AlreadySigned
        self._signed(party, self.proposed_version, self.proposed_digest, by, at)

    @event("Signed", topic="agreement.signed")
    def _signed(self, party: str, version: int, digest: str, by: str, at: str) -> None:  # noqa: ARG002
        self.signatures[party] = [by, at]

    def bring_into_force(self, by: str, at: str, version: int | None = None, digest: str | None = None) -> None:
        """Let the proposed version govern from now on: it replaces the older one, and lifts a suspension."""
        self._not_over()
        proposed = self._proposed(version, digest)
        missing = tuple(party for party in proposed.parties if party not in self.signatures)
        if missing:
            raise NotSignedByAll(missing)
        self._brought_into_force(self.agreement, self.proposed_version, proposed.model_dump_json(), by, at)

    @event("BroughtIntoForce", topic="agreement.brought-into-force")
    def _brought_into_force(self, agreement: str, version: int, document: str, by: str, at: str) -> None:  # noqa: ARG002
        self.state = State.IN_FORCE
        self.governing = document
        self.governing_version = version
        self.proposed = None
        self.left = []

    def suspend(self, by: str, reason: str, at: str) -> None:
        """Stop sharing under this agreement until it is reinstated."""
        self._not_over()
        if self.state is not State.IN_FORCE:
            raise AgreementNotInForce
        self._suspended(self.agreement, by, reason, at)

    @event("Suspended", topic="agreement.suspended")
    def _suspended(self, agreement: str, by: str, reason: str, at: str) -> None:  # noqa: ARG002
        self.state = State.SUSPENDED

    def reinstate(self, by: str, reason: str, at: str) -> None:
        """Let a suspended agreement govern again."""
        self._not_over()
        if self.state is not State.SUSPENDED:
            raise AgreementNotSuspended
        self._reinstated(self.agreement, by, reason, at)

    @event("Reinstated", topic="agreement.reinstated")
    def _reinstated(self, agreement: str, by: str, reason: str, at: str) -> None:  # noqa: ARG002
        self.state = State.IN_FORCE

    def end(self, by: str, reason: str, at: str) -> None:
        """End it for good, before its date."""
        self._in_force_or_suspended()
        self._ended(self.agreement, by, reason, at)

    @event("Ended", topic="agreement.ended")
    def _ended(self, agreement: str, by: str, reason: str, at: str) -> None:  # noqa: ARG002
        self.state = State.ENDED
        self.proposed = None

    def withdraw(self, party: str, by: str, reason: str, at: str) -> None:
        """One party leaves the version that governs; what becomes of what it shared, the document says."""
        self._in_force_or_suspended()
        governing = self.governing_document()
        if governing is None or party not in governing.parties or party in self.left:
            raise NotAParty
        self._party_withdrew(self.agreement, party, governing.on_withdrawal.value, by, reason, at)

    @event("PartyWithdrew", topic="agreement.party-withdrew")
    def _party_withdrew(self, agreement: str, party: str, on_withdrawal: str, by: str, reason: str, at: str) -> None:  # noqa: ARG002
        self.left.append(party)

    def governing_document(self) -> Document | None:
        """The version that governs, or last did; None before any was brought into force."""
        return None if self.governing is None else Document.model_validate_json(self.governing)

    def proposed_document(self) -> Document | None:
        """The version that waits to be signed or brought into force."""
        return None if self.proposed is None else Document.model_validate_json(self.proposed)

    def concerns(self, partner: str) -> bool:
        """Whether an agency is a party to the version that governs, or to the one that is proposed."""
        documents = (self.governing_document(), self.proposed_document())
        return any(partner in document.parties for document in documents if document is not None)

    def _proposed(self, version: int | None, digest: str | None) -> Document:
        proposed = self.proposed_document()
        if proposed is None:
            raise NothingProposed
        if version not in (None, self.proposed_version) or digest not in (None, self.proposed_digest):
            raise OtherVersion
        return proposed

    def _not_over(self) -> None:
        if self.state is State.ENDED:
            raise AgreementOver

    def _in_force_or_suspended(self) -> None:
        self._not_over()
        if self.state is State.DRAFT:
            raise AgreementNotInForce
