"""What may become of a field: whether it is free text, a child's own words, or allowed in a form with less in it.

A field without one of these annotations travels only in `own` and `full`. The annotations are part of the published
schemas, so that everybody can read what a form may contain.
"""

import re
from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, Any, Final, TypeVar, get_args

from pydantic import AfterValidator, AwareDatetime, BeforeValidator, Field, StringConstraints, ValidationInfo
from pydantic.fields import FieldInfo
from pydantic_core import PydanticCustomError

Value = TypeVar("Value")


class Annotation(StrEnum):
    """The keywords, as they stand in the JSON Schemas."""

    FREE_TEXT = "x-free-text"
    """Written by a practitioner: language prompts read it, and it travels only in `own` and `full`."""
    CHILD_QUOTE = "x-child-quote"
    """A young person's own words: never prompted about, and travelling only in `own` and `full`."""
    PSEUDONYMISED = "x-pseudonymised"
    """Allowed in the pseudonymised form; instants are cut to the day."""
    GENERALISED = "x-generalised"
    """Allowed in the generalised form."""


LONGEST_TEXT: Final = 10_000
_EARLIEST: Final = 1900
_LATEST: Final = 2199
_RFC_3339 = re.compile(r"\d{4}-\d{2}-\d{2}[Tt]\d{2}:\d{2}:\d{2}(\.\d{1,9})?([Zz]|[+-]\d{2}:\d{2})", re.ASCII)
_ISO_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


def _rfc_3339(value: object, info: ValidationInfo) -> object:
    """Read an instant ourselves: pydantic also takes spaces and seconds since 1970."""
    if info.mode != "json" or not isinstance(value, str):
        return value
    try:
        if _RFC_3339.fullmatch(value):
            return datetime.fromisoformat(value.upper())
    except ValueError:
        pass
    raise PydanticCustomError("instant_format", "must be an RFC 3339 instant with an offset from UTC")


def _iso_day(value: object, info: ValidationInfo) -> object:
    if info.mode != "json" or not isinstance(value, str):
        return value
    try:
        if _ISO_DAY.fullmatch(value):
            return date.fromisoformat(value)
    except ValueError:
        pass
    raise PydanticCustomError("day_format", "must be a day such as 2026-04-16")


Dated = TypeVar("Dated", bound=date)


def _within_living_memory(value: Dated) -> Dated:
    """Refuse years that no report can mean, and that arithmetic on instants cannot carry."""
    if not _EARLIEST <= value.year <= _LATEST:
        raise PydanticCustomError("year_out_of_range", "the year must lie between 1900 and 2199")
    return value


Instant = Annotated[AwareDatetime, BeforeValidator(_rfc_3339), AfterValidator(_within_living_memory)]
"""When something happened, with an offset from UTC."""

Day = Annotated[date, BeforeValidator(_iso_day), AfterValidator(_within_living_memory)]
"""A calendar day."""

FreeText = Annotated[
    str,
    StringConstraints(min_length=1, max_length=LONGEST_TEXT),
    Field(json_schema_extra={Annotation.FREE_TEXT.value: True}),
]
"""What a practitioner writes in their own words."""

ChildQuote = Annotated[
    str,
    StringConstraints(min_length=1, max_length=LONGEST_TEXT),
    Field(json_schema_extra={Annotation.CHILD_QUOTE.value: True}),
]
"""What a young person said, in their own words."""

Line = Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=r"^[^\r\n]+$")]
"""A name, a number or an address line."""

Coded = Annotated[Value, Field(json_schema_extra={Annotation.PSEUDONYMISED.value: True})]
"""A code, a count, a yes or no, or a date: it names nobody, and may travel pseudonymised."""

Generalised = Annotated[
    Value,
    Field(json_schema_extra={Annotation.PSEUDONYMISED.value: True, Annotation.GENERALISED.value: True}),
]
"""A code that says so little that it may travel generalised, and so pseudonymised too."""


def annotations_of(field: FieldInfo) -> frozenset[Annotation]:
    """The annotations of a field, wherever in its type they stand (`Coded[int] | None` counts)."""
    return frozenset(Annotation(word) for word in _keywords(field) if word in frozenset(Annotation))


def _keywords(node: Any) -> set[str]:
    extra = node.json_schema_extra if isinstance(node, FieldInfo) else None
    found = set(extra) if isinstance(extra, dict) else set()
    inner = [*node.metadata, node.annotation] if isinstance(node, FieldInfo) else get_args(node)
    for one in inner:
        found |= _keywords(one)
    return found
