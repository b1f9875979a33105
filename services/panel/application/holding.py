"""What the mappings in a view hold, for the description of the panel's interface; they stay mappings."""

from typing import Any

from pydantic import Field, GetPydanticSchema

from schemas.classes import Published


def holding(kind: type[Published]) -> GetPydanticSchema:
    """Annotates a mapping as one that holds what this kind does."""
    return GetPydanticSchema(lambda _, handler: handler.generate_schema(kind))


def where_it_is_said() -> Any:
    """A field that is left out where there is nothing to say."""
    return Field(default=None, exclude_if=lambda value: value is None)
