"""Forms: what a page of the hub sent back, read strictly, and only if it was one of the hub's own pages that sent it.

A browser says itself whether a page of the same place sent a form. What does not say so is not taken: a cookie goes
along whoever made the page. (`Origin` alone won't do: with our referrer policy browsers write `null` into it.)
"""

import re
from typing import Annotated, Final
from urllib.parse import parse_qsl, urlsplit

from fastapi import Depends, Request

from services.kernel.http.body import body_of
from services.kernel.http.caller import caller
from services.kernel.http.problems import Problem
from services.kernel.identity import Caller

FORM: Final = "application/x-www-form-urlencoded"
BYTES_MAX: Final = 200_000
_FIELDS_MAX: Final = 400
_UNSEEN: Final = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
"""What nobody sees and no key writes: it comes along from word processors, and the hub would refuse it."""

Fields = dict[str, list[str]]
"""Field -> its values, in the order in which they were sent."""


async def _form(request: Request, _: Annotated[Caller, Depends(caller)]) -> Fields:
    if not is_our_own(request):
        raise Problem(
            403,
            "form_from_elsewhere",
            "This form was not sent from a page of the hub",
            "Open the page again, and send it from there. Nothing was kept.",
        )
    raw = await body_of(request, BYTES_MAX, (FORM,))
    try:
        pairs = parse_qsl(
            raw.decode("ascii"), keep_blank_values=True, encoding="utf-8", errors="strict", max_num_fields=_FIELDS_MAX
        )
    except ValueError:
        raise Problem(
            400, "form_malformed", "This form could not be read", "Open the page again, and send it from there."
        ) from None
    fields: Fields = {}
    for name, value in pairs:
        fields.setdefault(name, []).append(_written(value))
    return fields


Sent = Annotated[Fields, Depends(_form)]
"""For a handler's signature: `def saved(who: Practising, sent: Sent) -> Response`. Nobody unknown is read from."""


def is_our_own(request: Request) -> bool:
    """Whether a page of this very place sent the request."""
    said = request.headers.get("sec-fetch-site")
    if said is not None:
        return said == "same-origin"
    origin = urlsplit(request.headers.get("origin", ""))
    return (origin.scheme, origin.netloc) == (request.url.scheme, request.url.netloc)


def first(fields: Fields, name: str) -> str:
    """The first value of a field, or nothing."""
    return next(iter(fields.get(name, ())), "")


def _written(value: str) -> str:
    """What somebody wrote: line ends as one character, and nothing that cannot be seen."""
    return _UNSEEN.sub("", value.replace("\r\n", "\n").replace("\r", "\n"))
