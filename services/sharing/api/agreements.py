"""Agreements over HTTP: governance drafts and changes them, signatories sign, parties read."""

import json
import re
from collections.abc import Callable
from typing import Annotated, Any

from fastapi import APIRouter, Path
from pydantic import Field, ValidationError
from starlette.requests import Request
from starlette.responses import Response

from schemas.agreements import Agreement as Document
from schemas.classes import PartnerId, Published
from services.kernel.access import AccessGate
from services.kernel.http.body import Posted
from services.kernel.http.caller import Called
from services.kernel.http.problems import Problem, from_validation
from services.sharing.api.answering import json_answer
from services.sharing.api.ruling import (
    MERGE_PATCH,
    AgreementStands,
    Body,
    BodyOrPatch,
    Governor,
    Reason,
    Seen,
    Signatory,
    SignatoryOrGovernor,
    agreement_answer,
    agreement_stands,
    content_of,
    refusals,
)
from services.sharing.application import Agreements

_ADDRESSABLE = re.compile(r"[A-Za-z0-9][A-Za-z0-9 ._~-]*", re.ASCII)
Named = Annotated[str, Path(alias="agreement", max_length=80)]


class Version(Published):
    """Which version is meant; where it is left out, the one that is proposed now."""

    version: int | None = None
    digest: str | None = Field(default=None, max_length=64)
    """Of the text that was read, as the agreement states it."""


class AgreementsListed(Published):
    """The agreements of an agency; all of them for governance."""

    agreements: tuple[AgreementStands, ...]


class Leaving(Reason):
    """Which party leaves; where it is left out, the caller's own agency."""

    party: PartnerId | None = None


def routes(agreements: Agreements, gate: AccessGate) -> APIRouter:
    """`/v1/agreements` and what can be done to one."""
    router = APIRouter(tags=["agreements"])
    _add_reading(router, agreements, gate)
    _add_making(router, agreements)
    _add_changing(router, agreements)
    return router


def _add_reading(router: APIRouter, agreements: Agreements, gate: AccessGate) -> None:
    @router.get("/v1/agreements")
    def every(who: Called) -> Response:
        """The agreements that the caller's agency is a party to; all of them for governance."""
        found = agreements.agreements(who)
        gate.record(who, "agreements.list", None, ())
        return json_answer(AgreementsListed(agreements=tuple(agreement_stands(one) for one in found)))

    @router.get("/v1/agreements/{agreement}")
    def one(who: Called, agreement: Named) -> Response:
        """One agreement. For an agency that is no party, it is as if there were none."""
        gate.record(who, "agreements.read", None, ())
        with refusals():
            return agreement_answer(agreements.agreement(who, agreement))


def _add_making(router: APIRouter, agreements: Agreements) -> None:
    @router.post("/v1/agreements", status_code=201)
    def draft(who: Governor, body: Body, request: Request) -> Response:
        """Draft an agreement, as its first version."""
        document = content_of(body, Document)
        if not _ADDRESSABLE.fullmatch(document.id):
            raise _unaddressable()
        with refusals():
            answer = agreement_answer(agreements.draft(who, document), 201)
        answer.headers["Location"] = f"{request.scope.get('root_path', '')}/v1/agreements/{document.id}"
        return answer

    @router.post("/v1/agreements/{agreement}/amendments")
    def amend(who: Governor, agreement: Named, body: BodyOrPatch, seen: Seen) -> Response:
        """Propose a new version: the whole document, or a merge patch (RFC 7396) on the newest version."""
        change = _patched_by(body) if body.media_type == MERGE_PATCH else _replaced_by(content_of(body, Document))
        with refusals():
            return agreement_answer(agreements.amend(who, agreement, change, seen))

    @router.post("/v1/agreements/{agreement}/signatures")
    def sign(who: Signatory, agreement: Named, body: Body, seen: Seen) -> Response:
        """Sign the proposed version for the caller's own agency."""
        meant = content_of(body, Version)
        with refusals():
            return agreement_answer(agreements.sign(who, agreement, meant.version, meant.digest, seen))

    @router.post("/v1/agreements/{agreement}/in-force")
    def bring_into_force(who: Governor, agreement: Named, body: Body, seen: Seen) -> Response:
        """Let the proposed version govern, once all its parties have signed. It lifts a suspension."""
        meant = content_of(body, Version)
        with refusals():
            return agreement_answer(agreements.bring_into_force(who, agreement, meant.version, meant.digest, seen))


def _add_changing(router: APIRouter, agreements: Agreements) -> None:
    @router.post("/v1/agreements/{agreement}/suspension")
    def suspend(who: Governor, agreement: Named, body: Body, seen: Seen) -> Response:
        """Stop sharing under the agreement until it is reinstated."""
        why = content_of(body, Reason)
        with refusals():
            return agreement_answer(agreements.suspend(who, agreement, why.reason, seen))

    @router.post("/v1/agreements/{agreement}/reinstatement")
    def reinstate(who: Governor, agreement: Named, body: Body, seen: Seen) -> Response:
        """Let a suspended agreement govern again."""
        why = content_of(body, Reason)
        with refusals():
            return agreement_answer(agreements.reinstate(who, agreement, why.reason, seen))

    @router.post("/v1/agreements/{agreement}/end")
    def end(who: Governor, agreement: Named, body: Body, seen: Seen) -> Response:
        """End the agreement for good, before its date."""
        why = content_of(body, Reason)
        with refusals():
            return agreement_answer(agreements.end(who, agreement, why.reason, seen))

    @router.post("/v1/agreements/{agreement}/withdrawals")
    def withdraw(who: SignatoryOrGovernor, agreement: Named, body: Body, seen: Seen) -> Response:
        """Let a party leave: a signatory for its own agency, governance for any."""
        leaving = content_of(body, Leaving)
        with refusals():
            return agreement_answer(
                agreements.withdraw(who, agreement, leaving.party or who.partner, leaving.reason, seen)
            )


def _replaced_by(document: Document) -> Callable[[Document], Document]:
    return lambda _: document


def _patched_by(body: Posted) -> Callable[[Document], Document]:
    def patched(newest: Document) -> Document:
        merged = merge(newest.model_dump(mode="json"), body.content)
        try:
            return Document.model_validate_json(json.dumps(merged))
        except ValidationError as error:
            raise from_validation(error, merged) from None

    return patched


def merge(document: Any, patch: Any) -> Any:
    """The document with a merge patch applied (RFC 7396): null removes, objects merge, all else replaces."""
    if not isinstance(patch, dict):
        return patch
    merged = dict(document) if isinstance(document, dict) else {}
    for name, value in patch.items():
        if value is None:
            merged.pop(name, None)
        else:
            merged[name] = merge(merged.get(name), value)
    return merged


def _unaddressable() -> Problem:
    return Problem(
        422,
        "agreement_id_unfit",
        "The id cannot be part of an address",
        "Begin it with a letter or digit, and go on with letters, digits, spaces, dots, underscores, tildes or dashes.",
        [{"pointer": "/id", "code": "wrong_form", "detail": "Write this in the form that the detail describes."}],
    )
