"""Requests made up from an OpenAPI document: as its schemas say, or with something in them gone wrong."""

import random
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

JSON = dict[str, Any]
_METHODS = ("get", "post", "put", "patch", "delete")
_DEEPEST = 6


@dataclass(frozen=True)
class Operation:
    """One method of one path, as the document describes it."""

    method: str
    path: str
    parameters: tuple[JSON, ...]
    bodies: JSON
    """Media type -> schema."""

    def __str__(self) -> str:
        return f"{self.method} {self.path}"


@dataclass(frozen=True)
class Request:
    """What to send; a body of None is none."""

    path: str
    query: dict[str, bytes]
    headers: tuple[tuple[bytes, bytes], ...]
    media_type: str
    content: Any


class SchemaDriven:
    """Makes up requests for the operations of one document; the same for the same seed.

    `word` stands in every free text that is made up; `hostile` are the values that take the place of others.
    """

    def __init__(self, document: JSON, seed: int, word: str, hostile: tuple[Any, ...]) -> None:
        self._document, self._made, self._word, self._hostile = document, random.Random(seed), word, hostile

    def operations(self) -> Iterator[Operation]:
        """Every operation of the document."""
        for path, item in self._document["paths"].items():
            for method in _METHODS:
                if method in item:
                    yield self._operation(method, path, item)

    def request(self, operation: Operation, filled: dict[str, str]) -> Request:
        """A request for it. Parameters of the path are filled with what is there, as often as with what is not."""
        made = self._made
        path, query, headers = operation.path, dict[str, bytes](), []
        for parameter in operation.parameters:
            name, place = parameter["name"], parameter["in"]
            value = self._text(parameter.get("schema", {}))
            if place == "path":
                there = filled.get(name) if made.random() < 0.5 else None
                unaddressable = value.replace("/", "|").encode("utf-8", "replace").decode()
                path = path.replace(f"{{{name}}}", there or unaddressable or "x")
            elif parameter.get("required") or made.random() < 0.5:
                if place == "query":
                    query[name] = value.encode("utf-8", "surrogatepass")
                elif place == "header":
                    headers.append((name.lower().encode(), value.encode("utf-8", "surrogatepass")))
        media_type = made.choice(sorted(operation.bodies)) if operation.bodies else ""
        content = self.value(operation.bodies[media_type]) if media_type else None
        if content is not None and made.random() < 0.5:
            content = self._spoilt(content)
        return Request(path, query, tuple(headers), media_type, content)

    def value(self, schema: Any, depth: int = 0) -> Any:
        """A value that fits the schema, or nearly: what few schemas say is left out."""
        made, schema = self._made, self._resolved(schema)
        if "const" in schema:
            return schema["const"]
        if "enum" in schema:
            return made.choice(schema["enum"])
        for several in ("anyOf", "oneOf"):
            if several in schema:
                return self.value(made.choice(schema[several]), depth + 1)
        kind = schema.get("type", "string")
        match made.choice(kind) if isinstance(kind, list) else kind:
            case "object":
                return self._object(schema, depth)
            case "array":
                least = schema.get("minItems", 0)
                many = least if depth > _DEEPEST else made.randint(least, least + 2)
                return [self.value(schema.get("items", {}), depth + 1) for _ in range(many)]
            case "integer":
                return made.choice([schema.get("minimum", 0), schema.get("maximum", 9), made.randint(0, 500)])
            case "number":
                return made.choice([0, 1.5, 1e9])
            case "boolean":
                return made.random() < 0.5
            case "null":
                return None
        return self._string(schema)

    def _operation(self, method: str, path: str, item: JSON) -> Operation:
        described = item[method]
        parameters = [self._resolved(one) for one in (*item.get("parameters", ()), *described.get("parameters", ()))]
        content = self._resolved(described.get("requestBody", {})).get("content", {})
        bodies = {media_type: one.get("schema", {}) for media_type, one in content.items()}
        return Operation(method.upper(), path, tuple(parameters), bodies)

    def _object(self, schema: JSON, depth: int) -> JSON:
        made, required = self._made, set(schema.get("required", ()))
        found = {
            name: self.value(within, depth + 1)
            for name, within in schema.get("properties", {}).items()
            if name in required or (depth < _DEEPEST and made.random() < 0.4)
        }
        further = schema.get("additionalProperties")
        if isinstance(further, dict) and depth < _DEEPEST:
            names = self._resolved(schema.get("propertyNames", {}))
            found |= {str(self.value(names)): self.value(further, depth + 1) for _ in range(made.randrange(3))}
        return found

    def _string(self, schema: JSON) -> str:
        made = self._made
        match schema.get("format"):
            case "date-time":
                return made.choice(["2026-04-20T11:00:00Z", "2026-10-25T01:30:00+01:00", "2028-02-29T00:00:00Z"])
            case "date":
                return made.choice(["2026-04-20", "2028-02-29"])
        if "pattern" in schema:
            return made.choice(["police", "health", "k1", "A1", "chi|5503111230", self._word.lower()])
        text = made.choice([f"{self._word} {made.randrange(99)}", "missing", "health", self._word])
        return text[: schema.get("maxLength", 200)]

    def _text(self, schema: Any) -> str:
        """A value as it stands in an address or header."""
        if self._made.random() < 0.4:
            return str(self._made.choice(self._hostile))
        return re.sub("^(True|False)$", lambda found: found[0].lower(), str(self.value(schema)))

    def _spoilt(self, content: Any) -> Any:
        """The content with something hostile in some place of it, or in the place of all of it."""
        made, parent = self._made, content
        hostile = made.choice(self._hostile)
        while isinstance(parent, dict | list) and parent:
            key = made.choice(list(parent)) if isinstance(parent, dict) else made.randrange(len(parent))
            if not isinstance(parent[key], dict | list) or not parent[key] or made.random() < 0.3:
                parent[key] = hostile
                return content
            parent = parent[key]
        return hostile

    def _resolved(self, schema: Any) -> JSON:
        while isinstance(schema, dict) and "$ref" in schema:
            if not schema["$ref"].startswith("#/"):
                return {"type": "object"}  # a report's own schema: `Mutations` makes those
            found: Any = self._document
            for step in schema["$ref"].removeprefix("#/").split("/"):
                found = found[step.replace("~1", "/").replace("~0", "~")]
            schema = found
        return schema if isinstance(schema, dict) else {}
