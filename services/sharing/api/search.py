"""Search: a partner's records about whoever it names, of a class, in a span of time.

An identifier is found only where the partner's own reports gave it: nobody learns here whom the hub knows.
"""

from typing import Annotated

from fastapi import APIRouter, Depends
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError
from starlette.responses import Response

from schemas.classes import DataClass, Form
from schemas.identifiers import Identifier
from services.kernel.access import stated_purpose
from services.kernel.http.body import Posted, posted
from services.kernel.http.problems import from_validation
from services.sharing.api.answering import LIMIT_MAX, LIMIT_USUAL, Reader, page_answer
from services.sharing.reading import Asked, Reading, Search

_BODY_BYTES_MAX = 16_384


class SearchAsked(BaseModel):
    """What a search asks for; records match if they match all that is stated."""

    model_config = ConfigDict(frozen=True, strict=True, extra="forbid")

    purpose: str | None = None
    identifier: Identifier | None = None
    """`system|value`, such as `chi|...`."""
    subject: str | None = Field(None, min_length=1, max_length=100)
    """Your agency's own name, or pseudonym, for a young person."""
    data_class: DataClass | None = Field(None, alias="class")
    form: Form | None = None
    since: AwareDatetime | None = Field(None, alias="from")
    until: AwareDatetime | None = Field(None, alias="to")
    limit: int = Field(LIMIT_USUAL, ge=1, le=LIMIT_MAX)
    after: str | None = Field(None, max_length=4_000)


def routes(reading: Reading) -> APIRouter:
    """`POST /v1/search`."""
    router = APIRouter(tags=["reading"])
    schema = {"requestBody": {"content": {"application/json": {"schema": SearchAsked.model_json_schema()}}}}

    @router.post("/v1/search", openapi_extra=schema)
    def search(who: Reader, body: Annotated[Posted, Depends(posted(_BODY_BYTES_MAX))]) -> Response:
        """The records that match everything stated; the purpose is stated in the body."""
        try:
            asked = SearchAsked.model_validate_json(body.raw)
        except ValidationError as error:
            raise from_validation(error, body.content) from None
        purpose = stated_purpose(asked.purpose)
        wanted = Search(asked.identifier, asked.subject, asked.data_class, asked.form, asked.since, asked.until)
        return page_answer(reading.found(Asked(who, purpose, asked.after, asked.limit), wanted))

    return router
