"""The form of a scenario file: what its JSON Schema asks, said in a sentence where a file breaks it.

A sentence says what belongs in a place, and never repeats what stands there.
"""

import json
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator, FormatChecker
from jsonschema.exceptions import ValidationError

SCHEMA = Path(__file__).parents[3] / "schemas" / "json" / "scenario.schema.json"

JSON = dict[str, Any]

_KINDS = {"object": "an object", "array": "a list", "string": "a text", "integer": "a whole number"}


class NotAScenario(Exception):
    """A file cannot be played: where, and what is wrong there."""

    def __init__(self, pointer: str, problem: str) -> None:
        super().__init__(f"{pointer or '/'}: {problem}")
        self.pointer, self.problem = pointer, problem

    def __reduce__(self) -> tuple[type["NotAScenario"], tuple[str, str]]:
        """Plays may run in processes of their own, and tell this home."""
        return NotAScenario, (self.pointer, self.problem)


def check_form(found: Any) -> None:
    """Raises NotAScenario at the first place, in the order of the pointers, where the form is broken."""
    _check(_schema(), "", found)


def check_form_of(part: str, at: str, found: Any) -> None:
    """The same for a part that the schema names, such as an agreement; `at` is where it stands."""
    _check({"$ref": f"#/$defs/{part}", "$defs": _schema()["$defs"]}, at, found)


def _check(schema: JSON, at: str, found: Any) -> None:
    validator = Draft202012Validator(schema, format_checker=FormatChecker(["date", "date-time"]))
    errors = sorted(validator.iter_errors(found), key=lambda error: [str(step) for step in error.absolute_path])
    if errors:
        error = _innermost(errors[0])
        raise NotAScenario(at + pointer(error.absolute_path), _said(error))


def read_json(raw: bytes) -> Any:
    """What a file says. Raises NotAScenario for what is not JSON, or names something twice."""
    try:
        return json.loads(raw.decode(), object_pairs_hook=_without_duplicates)
    except UnicodeDecodeError as error:
        raise NotAScenario("", "the file is not UTF-8") from error
    except json.JSONDecodeError as error:
        raise NotAScenario("", f"not JSON: {error.msg}, line {error.lineno}") from error
    except RecursionError as error:
        raise NotAScenario("", "not JSON that can be read: it is nested too deeply") from error


def pointer(steps: Iterable[str | int]) -> str:
    """A place as a JSON Pointer (RFC 6901)."""
    return "".join("/" + str(step).replace("~", "~0").replace("/", "~1") for step in steps)


def _without_duplicates(pairs: list[tuple[str, Any]]) -> JSON:
    made = dict(pairs)
    if len(made) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise NotAScenario("", f"the name {twice!r} stands twice in one object")
    return made


@cache
def _schema() -> JSON:
    schema: JSON = json.loads(SCHEMA.read_text())
    return schema


def _innermost(error: ValidationError) -> ValidationError:
    """What is wrong with the rule that was meant, rather than that it is none of all rules."""
    if error.validator != "oneOf" or not isinstance(error.instance, dict):
        return error
    rules: Any = error.validator_value
    for index, schema in enumerate(rules):
        if schema["required"][0] in error.instance:
            return next(inner for inner in error.context or () if inner.schema_path[0] == index)
    return error


def _said(error: ValidationError) -> str:
    asked: Any = error.validator_value
    there: Any = error.instance
    match error.validator:
        case "required":
            return f"{next(name for name in asked if name not in there)!r} is missing here"
        case "additionalProperties":
            known: Any = error.schema
            extra = next(name for name in there if name not in known["properties"])
            return f"{extra!r} is not known here"
        case "type":
            return f"this must be {_KINDS.get(str(asked), asked)}"
        case "enum":
            return f"this must be one of: {', '.join(map(str, asked))}"
        case "const":
            return f"this must be {asked}: the version of the form that is understood here"
        case "minItems":
            return f"at least {asked} must stand here" if asked > 1 else "something must stand here"
        case "minLength":
            return "this must not be empty"
        case "pattern":
            return "this must be a name in small letters, digits and hyphens, beginning with a letter"
        case "format" if asked == "date":
            return "this must be a day, such as 2011-03-15"
        case "format":
            return "this must be an instant with its offset, such as 2026-04-16T21:55:00+01:00"
        case "oneOf":
            return f"not a rule; these are known: {', '.join(schema['required'][0] for schema in asked)}"
    return "this breaks the form of a scenario"
