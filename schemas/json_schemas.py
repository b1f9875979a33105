"""JSON Schemas of the published language, made from the models in draft 2020-12."""

import copy
from functools import cache
from typing import Any

from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from pydantic_core import core_schema

from schemas.catalogue import PUBLISHED, schema_id

DIALECT = "https://json-schema.org/draft/2020-12/schema"


class _Generator(GenerateJsonSchema):
    """Pydantic's own, with annotations where people look for them and closed mappings."""

    def nullable_schema(self, schema: core_schema.NullableSchema) -> JsonSchemaValue:
        """Lift annotations out of `anyOf`, to stand beside the field's name."""
        made = super().nullable_schema(schema)
        lifted = {
            word: option.pop(word)
            for option in made.get("anyOf", ())
            for word in [word for word in option if word.startswith("x-") and word != "x-data-class"]
        }
        return made | lifted

    def dict_schema(self, schema: core_schema.DictSchema) -> JsonSchemaValue:
        """Refuse the names that a pattern does not allow, as the models do."""
        made = super().dict_schema(schema)
        return made | {"additionalProperties": False} if "patternProperties" in made else made


def schema_of(name: str) -> dict[str, Any]:
    """The schema of one published type, by its name; the caller's own copy."""
    return copy.deepcopy(_schema(name))


@cache
def _schema(name: str) -> dict[str, Any]:
    made = PUBLISHED[name].model_json_schema(schema_generator=_Generator, mode="validation")
    return {"$schema": DIALECT, "$id": schema_id(name), **made, "title": name}
