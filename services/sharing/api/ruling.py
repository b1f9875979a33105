"""Ruling: how governance leads and signatories are answered, and what they are told when a command is refused."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated, TypeVar

from fastapi import Depends
from pydantic import Field, ValidationError
from starlette.requests import Request
from starlette.responses import Response

from schemas.agreements import Agreement as Document
from schemas.classes import PartnerId, Published
from services.kernel.http.body import Posted, posted
from services.kernel.http.caller import require
from services.kernel.http.problems import ERRORS_MAX, Problem, from_validation
from services.kernel.identity import Caller, Role
from services.sharing.api.answering import json_answer
from services.sharing.application import StateChanged
from services.sharing.domain import agreement as agreements
from services.sharing.domain.agreement import Agreement, NotSignedByAll, State
from services.sharing.domain.partner import UnknownPartner
from services.sharing.release import ShownInstant

_BYTES_MAX = 128 * 1024
MERGE_PATCH = "application/merge-patch+json"

Governor = Annotated[Caller, Depends(require(Role.GOVERNANCE))]
Signatory = Annotated[Caller, Depends(require(Role.SIGNATORY))]
SignatoryOrGovernor = Annotated[Caller, Depends(require(Role.SIGNATORY, Role.GOVERNANCE))]
Body = Annotated[Posted, Depends(posted(_BYTES_MAX))]
BodyOrPatch = Annotated[Posted, Depends(posted(_BYTES_MAX, ("application/json", MERGE_PATCH)))]

_Content = TypeVar("_Content", bound=Published)
_ETAG = re.compile(r'"([0-9]{1,18})"', re.ASCII)


class Reason(Published):
    """Why something is done to an agreement: said of the agreement, never of a person."""

    reason: str = Field(default="", max_length=500)


class VersionGoverning(Published):
    """The version of an agreement that governs, or last did."""

    version: int
    digest: str
    """Of the document, to tell it from any other."""
    document: Document


class Signed(Published):
    """Who signed for a party, and when."""

    by: str
    at: ShownInstant


class VersionProposed(Published):
    """The version that waits to be signed, or to be brought into force."""

    version: int
    digest: str
    """Of the document: a signature may name it, so that nothing else is signed than what was read."""
    document: Document
    signatures: dict[PartnerId, Signed]
    missing: tuple[PartnerId, ...]
    """The parties that have still to sign."""


class AgreementStands(Published):
    """An agreement as it stands, for its parties and governance."""

    agreement: str
    state: State
    governing: VersionGoverning | None
    """null before any version was brought into force."""
    left: tuple[PartnerId, ...]
    """The parties that have left the version that governs."""
    proposed: VersionProposed | None


def content_of(body: Posted, kind: type[_Content]) -> _Content:
    """The body as what it must be. Raises Problem 422 `invalid_content`."""
    try:
        return kind.model_validate_json(body.raw)
    except ValidationError as error:
        raise from_validation(error, body.content) from None


async def _seen(request: Request) -> int | None:
    stated = request.headers.get("if-match")
    if stated in (None, "*"):
        return None
    matched = _ETAG.fullmatch(stated or "")
    return int(matched[1]) if matched else -1


Seen = Annotated[int | None, Depends(_seen)]
"""The state that `If-Match` names; None where it names any."""


def agreement_answer(agreement: Agreement, status: int = 200) -> Response:
    """An agreement as it stands, with the ETag to change just this state."""
    response = json_answer(agreement_stands(agreement), status)
    response.headers["ETag"] = f'"{agreement.version}"'
    return response


def agreement_stands(agreement: Agreement) -> AgreementStands:
    """An agreement as its parties and governance read it."""
    return AgreementStands(
        agreement=agreement.agreement,
        state=agreement.state,
        governing=_governing(agreement),
        left=tuple(agreement.left),
        proposed=_proposed(agreement),
    )


def _governing(agreement: Agreement) -> VersionGoverning | None:
    document, version = agreement.governing_document(), agreement.governing_version
    if document is None or version is None:
        return None
    return VersionGoverning(version=version, digest=agreements.digest_of(document), document=document)


def _proposed(agreement: Agreement) -> VersionProposed | None:
    document = agreement.proposed_document()
    if document is None:
        return None
    return VersionProposed(
        version=agreement.proposed_version,
        digest=agreements.digest_of(document),
        document=document,
        signatures={party: Signed(by=by, at=at) for party, (by, at) in agreement.signatures.items()},
        missing=tuple(party for party in document.parties if party not in agreement.signatures),
    )


@contextmanager
def refusals() -> Iterator[None]:
    """Tells a refused command as a problem."""
    try:
        yield
    except UnknownPartner as unknown:
        raise _unknown_partner(unknown) from None
    except NotSignedByAll as unsigned:
        waiting = ", ".join(unsigned.missing)
        raise Problem(
            409, "not_signed_by_all", "Some parties have not signed", f"These have still to sign: {waiting}."
        ) from None
    except tuple(_REFUSALS) as refused:
        status, code, title, detail = _REFUSALS[type(refused)]
        raise Problem(status, code, title, detail) from None


_REFUSALS: dict[type[Exception], tuple[int, str, str, str]] = {
    agreements.UnknownAgreement: (
        404,
        "agreement_unknown",
        "Not found",
        "Your agency is a party to no agreement of this id.",
    ),
    agreements.AgreementExists: (
        409,
        "agreement_exists",
        "There is an agreement of this id",
        "Amend it, or draft another under an id of its own.",
    ),
    agreements.OtherAgreement: (
        422,
        "agreement_other",
        "The document is of another agreement",
        "Give the document the id of the agreement that it amends.",
    ),
    agreements.AgreementNotInForce: (
        409,
        "agreement_not_in_force",
        "The agreement is not in force",
        "Only an agreement in force can be suspended, and only one in force or suspended ended or left.",
    ),
    agreements.AgreementNotSuspended: (
        409,
        "agreement_not_suspended",
        "The agreement is not suspended",
        "Only a suspended agreement can be reinstated.",
    ),
    agreements.AgreementOver: (
        409,
        "agreement_ended",
        "The agreement was ended",
        "It stays ended: draft another in its place.",
    ),
    agreements.NothingProposed: (
        409,
        "nothing_proposed",
        "No version waits to be signed",
        "Amend the agreement to propose a version.",
    ),
    agreements.OtherVersion: (
        409,
        "version_not_proposed",
        "Another version is proposed now",
        "Read the proposed version before it is signed.",
    ),
    agreements.NotAParty: (
        409,
        "not_a_party",
        "The agency is not a party",
        "Only a party to this version can sign it or leave it, and a signatory speaks for its own agency alone.",
    ),
    agreements.AlreadySigned: (
        409,
        "already_signed",
        "The party has signed this version",
        "Nothing is left to do for this party.",
    ),
    StateChanged: (
        412,
        "agreement_changed",
        "The agreement is not as you have seen it",
        "Read it again, and decide again.",
    ),
}


def _unknown_partner(unknown: UnknownPartner) -> Problem:
    return Problem(
        422,
        "unknown_partner",
        "A party has not joined the hub",
        "Let those join first whom the errors point to, or correct their names.",
        [
            {"pointer": f"/parties/{place}", "code": "unknown_partner", "detail": "This agency has not joined."}
            for place in unknown.places[:ERRORS_MAX]
        ],
    )
