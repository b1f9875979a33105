"""What a caller of the interface may ask for, with a problem for what cannot be understood."""

from datetime import datetime
from typing import Annotated

from fastapi import Depends, Query

from schemas.classes import Purpose
from services.governance.projections.accesses import AccessFilter
from services.kernel.http.caller import require
from services.kernel.http.problems import Problem
from services.kernel.identity import Caller, Role
from services.kernel.pages.times import instant_given

Governing = Annotated[Caller, Depends(require(Role.GOVERNANCE))]
Limit = Annotated[int, Query(ge=1, le=1000)]
Word = Annotated[str | None, Query(max_length=200)]


def instant(name: str, text: str | None) -> datetime | None:
    """The instant of a query field, if one was given. Raises the 422 problem `not_an_instant`."""
    if not text:
        return None
    try:
        return instant_given(text)
    except (ValueError, OverflowError):
        raise Problem(
            422,
            "not_an_instant",
            "That is not an instant",
            "Write it as ISO 8601, such as 2026-04-18T09:00:00Z.",
            [{"pointer": f"/{name}", "code": "wrong_form", "detail": "Write the instant as ISO 8601."}],
        ) from None


def purpose_given(text: str | None) -> Purpose | None:
    """The purpose of a query field, if one was given. Raises the 422 problem `purpose_unknown`."""
    if not text:
        return None
    try:
        return Purpose(text)
    except ValueError:
        raise Problem(
            422, "purpose_unknown", "The purpose is not known", f"Give one of: {', '.join(Purpose)}."
        ) from None


def cursor_unknown() -> Problem:
    """The problem for an `after` that no earlier answer gave."""
    return Problem(400, "cursor_unknown", "That cursor is not known", "Use the `next` of an earlier answer.")


async def access_filter(
    item: Word = None,
    subject: Word = None,
    practitioner: Word = None,
    partner: Word = None,
    agreement: Word = None,
    since: Annotated[str | None, Query(alias="from", max_length=40)] = None,
    until: Annotated[str | None, Query(alias="to", max_length=40)] = None,
) -> AccessFilter:
    """Which accesses are asked for."""
    return AccessFilter(
        item=item,
        subject=subject,
        practitioner=practitioner,
        partner=partner,
        agreement=agreement,
        since=instant("from", since),
        until=instant("to", until),
    )


Wanted = Annotated[AccessFilter, Depends(access_filter)]
