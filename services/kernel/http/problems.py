"""Problems: how the hub tells a caller what was wrong (RFC 9457), without ever repeating what was sent."""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from pydantic import ValidationError
from starlette.responses import Response

MEDIA_TYPE = "application/problem+json"
ERRORS_MAX = 50


class Problem(Exception):
    """A refusal. `errors` are `{"pointer", "code", "detail"}`: where, what, and what to do; never the value."""

    def __init__(
        self,
        status: int,
        code: str,
        title: str,
        detail: str | None = None,
        errors: Sequence[Mapping[str, str]] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(code)
        self.status = status
        self.code = code
        self.title = title
        self.detail = detail
        self.errors = [dict(error) for error in errors]
        self.headers = dict(headers or {})

    def document(self) -> dict[str, Any]:
        """The problem as its JSON says it; at most ERRORS_MAX errors."""
        said: dict[str, Any] = {"type": f"urn:cairn:problem:{self.code}", "title": self.title, "status": self.status}
        if self.detail is not None:
            said["detail"] = self.detail
        if self.errors:
            said["errors"] = self.errors[:ERRORS_MAX]
        return said


def problem_response(problem: Problem) -> Response:
    """The response that tells it; plain ASCII, so that writing it cannot fail."""
    body = json.dumps(problem.document(), ensure_ascii=True, separators=(",", ":")).encode("ascii")
    return Response(body, problem.status, problem.headers, MEDIA_TYPE)


def from_validation(error: ValidationError, document: object = None, at: str = "") -> Problem:
    """The problem that says where content breaks its schema, by JSON Pointer and code.

    With the `document` that was checked, pointers leave out what is not in it, such as the name of a union's branch;
    `at` is the pointer of that document within the body.
    """
    found = error.errors(include_url=False, include_context=False, include_input=False)
    return Problem(
        422,
        "invalid_content",
        "The content breaks its schema",
        "Correct what the errors point to, and send it again.",
        [told(each["type"], at + pointer(each["loc"], document, each["type"])) for each in found[:ERRORS_MAX]],
    )


def told(kind: str, at: str) -> dict[str, str]:
    """One error of a problem, from pydantic's type of error. A schema's own type of error is its own code."""
    for pattern, code, detail in _CODES:
        if pattern.fullmatch(kind):
            return {"pointer": at, "code": code, "detail": detail}
    code = kind if _CODE.fullmatch(kind) else "not_allowed"
    return {"pointer": at, "code": code, "detail": "This breaks a rule that the schema describes."}


def pointer(loc: Iterable[str | int], document: object = None, kind: str = "") -> str:
    """The JSON Pointer of a place. It stops before a name that is not plain, as that may be content, and before one
    that no schema has: that is the sender's own word."""
    tokens = list(loc)[:-1] if _UNKNOWN.fullmatch(kind) else list(loc)
    written = ""
    for n, token in enumerate(tokens):
        inside = _inside(document, token)
        if inside is _ABSENT and not (kind == "missing" and n == len(tokens) - 1):
            continue
        if not PLAIN.fullmatch(str(token)):
            break
        written += f"/{token}"
        document = inside
    return written


def _inside(document: object, token: str | int) -> object:
    if document is None:
        return None
    if isinstance(document, Mapping) and token in document:
        return document[token]
    if isinstance(document, Sequence) and isinstance(token, int) and token < len(document):
        return document[token]
    return _ABSENT


_ABSENT = object()
_UNKNOWN = re.compile("extra_forbidden|unexpected_.*")
PLAIN = re.compile(r"[A-Za-z0-9_.:-]{1,64}")
_CODE = re.compile(r"[a-z][a-z0-9_]{0,62}")
_CODES = [
    (re.compile(pattern), code, detail)
    for pattern, code, detail in [
        ("missing|missing_.*|union_tag_not_found", "missing", "Give this field: it is required."),
        (_UNKNOWN.pattern, "unknown_field", "Remove what the schema does not have here."),
        ("enum|literal_error|union_tag_invalid", "not_in_list", "Give one of the values that the schema lists."),
        (".*too_long|decimal_max_.*|decimal_whole_.*", "too_long", "Shorten this: the schema gives the limit."),
        (".*too_short", "too_short", "Give more: the schema gives the least."),
        ("(greater|less)_than.*|.*_past|.*_future|multiple_of|finite_number", "out_of_range", "Keep to the range."),
        ("timezone_.*", "timezone_missing", "Give the time with its offset from UTC."),
        (
            ".*_parsing.*|.*_mismatch|.*_from_.*|url_.*|uuid_.*|json_.*|.*_invalid.*|string_unicode|string_not_ascii"
            "|complex_str_.*|invalid_key",
            "wrong_form",
            "Write this in the form that the schema gives.",
        ),
        (".*_type|is_instance_of|is_subclass_of|none_required", "wrong_type", "Give the type that the schema names."),
        ("value_error|assertion_error", "not_allowed", "This breaks a rule that the schema describes."),
    ]
]
