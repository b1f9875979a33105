"""What a newer version of a schema refuses, means differently or shares more widely than the version before it."""

from collections.abc import Iterator, Mapping
from typing import Any

from schemas.annotations import Annotation

Schema = Mapping[str, Any]

_LOWER_LIMITS = ("minLength", "minItems", "minProperties", "minimum", "exclusiveMinimum")
_UPPER_LIMITS = ("maxLength", "maxItems", "maxProperties", "maximum", "exclusiveMaximum")
_FIXED = ("pattern", "format", "x-data-class")
_SHARED_IN = (Annotation.PSEUDONYMISED.value, Annotation.GENERALISED.value)
_NULL: Schema = {"type": "null"}


def breaking_changes(before: Schema, after: Schema) -> list[str]:
    """One sentence for each change that breaks a sender, a reader or an agreement; empty where there is none."""
    return list(_Comparison(before, after).changes(before, after, ""))


class _Comparison:
    """Walks two versions of one schema side by side."""

    def __init__(self, before: Schema, after: Schema) -> None:
        self._before = before.get("$defs", {})
        self._after = after.get("$defs", {})

    def changes(self, before: Schema, after: Schema, at: str) -> Iterator[str]:
        old, new = _resolved(before, self._before), _resolved(after, self._after)
        yield from _shared_more_widely(old, new, at)
        if len(_options(old)) > 1 or len(_options(new)) > 1:
            yield from self._options(old, new, at)
            return
        old, new = (_resolved(_options(one)[0], defs) for one, defs in ((old, self._before), (new, self._after)))
        yield from _narrowed(old, new, at)
        yield from self._properties(old, new, at)
        for word in ("items", "additionalProperties"):
            if isinstance(old.get(word), Mapping) and isinstance(new.get(word), Mapping):
                yield from self.changes(old[word], new[word], f"{at}/*")
        if old.get("additionalProperties", True) is not False and new.get("additionalProperties", True) is False:
            yield f"{at or '/'} takes no further properties any more"

    def _options(self, old: Schema, new: Schema, at: str) -> Iterator[str]:
        """Every alternative of before must still be taken by one of after."""
        for option in _options(old):
            found = [list(self.changes(option, other, at)) for other in _options(new)]
            if [] in found:
                continue
            yield from min(found, key=len) if option != _NULL else [f"{at} may not be null any more"]

    def _properties(self, old: Schema, new: Schema, at: str) -> Iterator[str]:
        for word in ("properties", "patternProperties"):
            for name, schema in old.get(word, {}).items():
                if name in new.get(word, {}):
                    yield from self.changes(schema, new[word][name], f"{at}/{name}")
                else:
                    yield f"{at}/{name} was removed or renamed"
        for name in sorted(set(new.get("required", ())) - set(old.get("required", ()))):
            yield f"{at}/{name} is newly required"


def _resolved(node: Schema, definitions: Schema) -> dict[str, Any]:
    if "$ref" not in node:
        return dict(node)
    found = _resolved(definitions[node["$ref"].removeprefix("#/$defs/")], definitions)
    return found | {word: value for word, value in node.items() if word.startswith("x-")}


def _options(node: Schema) -> list[Schema]:
    return list(node.get("anyOf") or node.get("oneOf") or [node])


def _shared_more_widely(old: Schema, new: Schema, at: str) -> Iterator[str]:
    for word in _SHARED_IN:
        if new.get(word) and not old.get(word):
            yield f"{at} travels further: it became {word}"


def _narrowed(old: Schema, new: Schema, at: str) -> Iterator[str]:
    if "type" in new and new["type"] != old.get("type"):
        yield f"{at} has another type"
    for word in _FIXED:
        if word in new and old.get(word) != new[word]:
            yield f"{at} has another {word}"
    if "x-data-class" in old and "x-data-class" not in new:
        yield f"{at} lost its x-data-class"
    if (allowed := _values(new)) is not None:
        known = _values(old)
        for gone in sorted((known or {"any value"}) - allowed):
            yield f"{at} does not take {gone} any more"
    for word in _LOWER_LIMITS:
        if word in new and new[word] > old.get(word, float("-inf")):
            yield f"{at} has a tighter {word}"
    for word in _UPPER_LIMITS:
        if word in new and new[word] < old.get(word, float("inf")):
            yield f"{at} has a tighter {word}"


def _values(node: Schema) -> set[str] | None:
    if "const" in node:
        return {str(node["const"])}
    return {str(value) for value in node["enum"]} if "enum" in node else None
