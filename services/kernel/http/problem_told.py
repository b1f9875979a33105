"""A problem as callers read it, for the descriptions of the interfaces."""

from typing import Any

from pydantic import Field

from schemas.classes import Published


def _where_it_is_said() -> Any:
    """A field that is left out where there is nothing to say."""
    return Field(default=None, exclude_if=lambda value: value is None)


class Wrong(Published):
    """One thing that must be corrected."""

    pointer: str
    """Where, as a JSON Pointer."""
    code: str
    detail: str
    place: str = Field(default="", alias="in", exclude_if=lambda place: not place)
    """`query`, `path` or `header`, where it is not the body."""


class Problem(Published):
    """Why something was refused (RFC 9457). It never repeats what was sent."""

    type: str
    """`urn:cairn:problem:` and a code."""
    title: str
    status: int
    detail: str = _where_it_is_said()
    """What to do."""
    errors: tuple[Wrong, ...] = _where_it_is_said()
