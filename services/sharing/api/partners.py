"""Partners over HTTP: governance lets agencies join, and everybody known can see who has."""

from fastapi import APIRouter
from pydantic import Field
from starlette.responses import Response

from schemas.classes import PartnerId, Published
from schemas.rules import PartnerJoined
from services.kernel.access import AccessGate
from services.kernel.http.caller import Called
from services.sharing.api.answering import json_answer
from services.sharing.api.ruling import Body, Governor, content_of
from services.sharing.application import Agreements


class Joining(Published):
    """An agency that joins."""

    partner: PartnerId
    name: str = Field(min_length=1, max_length=200)
    contact: str = Field(default="", max_length=200)
    """Whom to ask: a role, never a person's name."""


class PartnersListed(Published):
    """Every agency that has joined, in the order in which they did."""

    partners: tuple[PartnerJoined, ...]


def routes(agreements: Agreements, gate: AccessGate) -> APIRouter:
    """`/v1/partners`."""
    router = APIRouter(tags=["partners"])

    @router.post("/v1/partners", status_code=201)
    def join(who: Governor, body: Body) -> Response:
        """Let an agency join, or give one another name or contact; harmless to repeat."""
        joining = content_of(body, Joining)
        return json_answer(agreements.join(who, joining.partner, joining.name, joining.contact).as_joined(), 201)

    @router.get("/v1/partners")
    def every(who: Called) -> Response:
        """Every agency that has joined, in the order in which they did."""
        found = agreements.partners()
        gate.record(who, "partners.list", None, ())
        return json_answer(PartnersListed(partners=tuple(partner.as_joined() for partner in found)))

    return router
