"""Answers described: what callers send and are answered with, as the JSON Schema of an interface's components.

What is answered is described closed: it holds everything that is named, and nothing else, so that an answer with
something that nobody described can be told from one that is as described.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from pydantic import TypeAdapter
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaMode
from pydantic_core import core_schema

JSON = dict[str, Any]

REF = "#/components/schemas/{model}"


class Described:
    """The schemas of everything that one service takes and answers, each named once."""

    def __init__(self, taken: Iterable[Any], answered: Iterable[Any]) -> None:
        wanted: Sequence[tuple[int, JsonSchemaMode, TypeAdapter[Any]]] = [
            *((id(kind), "validation", TypeAdapter(kind)) for kind in taken),
            *((id(kind), "serialization", TypeAdapter(kind)) for kind in answered),
        ]
        self._found, told = TypeAdapter.json_schemas(wanted, ref_template=REF, schema_generator=_AsAnswered)
        self.components: JSON = told.get("$defs", {})

    def taken(self, kind: Any) -> JSON:
        """What is taken of this kind, by the name of its component."""
        return dict(self._found[id(kind), "validation"])

    def answered(self, kind: Any) -> JSON:
        """What is answered of this kind, by the name of its component."""
        return dict(self._found[id(kind), "serialization"])


class _AsAnswered(GenerateJsonSchema):
    """What is taken as pydantic describes it; what is answered closed, whole, and with durations in whole seconds."""

    def field_is_required(
        self,
        field: core_schema.ModelField | core_schema.DataclassField | core_schema.TypedDictField,
        total: bool,
    ) -> bool:
        if self.mode == "validation":
            return super().field_is_required(field, total)
        return field.get("serialization_exclude_if") is None

    def dataclass_schema(self, schema: core_schema.DataclassSchema) -> JSON:
        return self._closed(super().dataclass_schema(schema))

    def model_schema(self, schema: core_schema.ModelSchema) -> JSON:
        return self._closed(super().model_schema(schema))

    def default_schema(self, schema: core_schema.WithDefaultSchema) -> JSON:
        found = super().default_schema(schema)
        if self.mode == "serialization":
            found.pop("default", None)  # it is always there, so that nobody has to think what it would be
        return found

    def timedelta_schema(self, schema: core_schema.TimedeltaSchema) -> JSON:
        if self.mode == "validation":
            return super().timedelta_schema(schema)
        return {"type": "integer", "description": "Whole seconds."}

    def _closed(self, found: JSON) -> JSON:
        is_object = self.mode == "serialization" and found.get("type") == "object"
        return {**found, "additionalProperties": False} if is_object else found
