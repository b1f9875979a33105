"""JSON as the hub reads it: one meaning for every reader, nothing hidden in it, and a place for every fault.

What other readers disagree about (duplicate names, NaN, numbers past 2^53, lone surrogates) is refused, as are
characters that a person cannot see but a screen obeys. Text is never altered.
"""

import json
import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from services.kernel.http.problems import ERRORS_MAX, PLAIN, Problem

_INTEGER_MAX = 2**53
_INTEGER_DIGITS_MAX = 17


@dataclass(frozen=True)
class Limits:
    """How large JSON may be in its parts; the size in bytes is bounded where it is received."""

    depth_max: int = 32
    names_max: int = 2_000
    """Names of fields, over all objects together."""
    values_max: int = 20_000
    string_max: int = 20_000
    """Characters of one string."""
    name_max: int = 200
    """Characters of one field's name."""


USUAL = Limits()


def read_json(body: bytes, limits: Limits = USUAL) -> object:
    """The value that the JSON stands for. Raises Problem: 400 if it is not JSON, 422 with pointers if it is unfit."""
    text = _decoded(body)
    try:
        value = _DECODER.decode(text)
    except RecursionError:
        raise _unfit([_error("", "too_deep")]) from None
    except ValueError:
        raise Problem(400, "not_json", "The body is not JSON", "Send one JSON value (RFC 8259).") from None
    if _sound(value, limits, escaped="\\" in text or _HIDDEN.search(text) is not None):
        return value
    raise _unfit(list(_faults(value, limits)))


@dataclass(frozen=True)
class _Unfit:
    """Stands where something was that cannot be kept, until the place of it is known."""

    code: str


_DETAILS = {
    "too_deep": "Nest objects and lists less deeply.",
    "too_many_names": "Send fewer fields, or several reports.",
    "too_many_values": "Send fewer values, or several reports.",
    "too_long": "Shorten this text.",
    "name_too_long": "Shorten the names of fields here.",
    "duplicate_name": "Name each field of an object once.",
    "number_not_finite": "Send a finite number.",
    "number_too_large": "Send whole numbers within 2^53, or as text.",
    "control_character": "Remove control characters; tab and line end may stay.",
    "direction_control": "Remove characters that change the direction of writing.",
    "lone_surrogate": "Write characters as UTF-8 or as whole surrogate pairs.",
}

_CONTROLS = "\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f"
_DIRECTIONS = "\u202a-\u202e\u2066-\u2069"
_SURROGATES = "\ud800-\udfff"
_HIDDEN = re.compile(f"[{_CONTROLS}{_DIRECTIONS}{_SURROGATES}]")
_HIDDEN_IN_NAMES = re.compile(f"[\t\n\r{_CONTROLS}{_DIRECTIONS}{_SURROGATES}]")


def _decoded(body: bytes) -> str:
    if body.startswith(b"\xef\xbb\xbf"):
        raise Problem(400, "byte_order_mark", "The body begins with a byte order mark", "Send UTF-8 without one.")
    try:
        return body.decode("utf-8", "strict")
    except UnicodeDecodeError:
        raise Problem(400, "not_utf8", "The body is not UTF-8", "Send the JSON as UTF-8.") from None


def _object(pairs: list[tuple[str, Any]]) -> object:
    made = dict(pairs)
    return made if len(made) == len(pairs) else _Unfit("duplicate_name")


def _integer(text: str) -> object:
    if len(text) > _INTEGER_DIGITS_MAX or abs(int(text)) > _INTEGER_MAX:
        return _Unfit("number_too_large")
    return int(text)


def _number(text: str) -> object:
    number = float(text)
    return number if math.isfinite(number) else _Unfit("number_not_finite")


def _sound(value: object, limits: Limits, escaped: bool) -> bool:
    """Whether `_faults` would find nothing, told several times faster; `escaped` if characters must be looked at."""
    level: list[Any] = [[value]]
    names, values = 0, 1
    for _ in range(limits.depth_max + 1):
        below: list[Any] = []
        for parent in level:
            if type(parent) is dict:
                names += len(parent)
                if parent and not _names_sound(parent, limits, escaped):
                    return False
            values += len(parent)
            for each in parent.values() if type(parent) is dict else parent:
                kind = type(each)
                if kind is str:
                    if len(each) > limits.string_max or (escaped and _HIDDEN.search(each)):
                        return False
                elif kind is dict or kind is list:
                    below.append(each)
                elif kind is _Unfit:
                    return False
        level = below
    return not level and names <= limits.names_max and values - 1 <= limits.values_max


def _names_sound(parent: dict[str, object], limits: Limits, escaped: bool) -> bool:
    return max(map(len, parent)) <= limits.name_max and not (escaped and _HIDDEN_IN_NAMES.search("".join(parent)))


_DECODER = json.JSONDecoder(
    object_pairs_hook=_object,
    parse_int=_integer,
    parse_float=_number,
    parse_constant=lambda _: _Unfit("number_not_finite"),
)


def _faults(value: object, limits: Limits) -> Iterator[dict[str, str]]:
    """Everything unfit in a parsed value, with its place; stops at the first limit of number or depth."""
    names = values = found = 0
    waiting: list[tuple[object, str, int]] = [(value, "", 0)]
    while waiting and found < ERRORS_MAX:
        each, at, depth = waiting.pop()
        code = _fault(each, limits)
        values += 1
        if isinstance(each, dict | list):
            names += len(each) if isinstance(each, dict) else 0
            waiting.extend(_within(each, at, depth + 1))
            code = "too_deep" if depth + 1 > limits.depth_max else code
        if names > limits.names_max or values > limits.values_max:
            yield _error("", "too_many_names" if names > limits.names_max else "too_many_values")
            return
        if code:
            found += 1
            yield _error(at, code)
        if code == "too_deep":
            return


def _within(parent: dict[str, object] | list[object], at: str, depth: int) -> Iterator[tuple[object, str, int]]:
    """What is in it, last first, so that the first is taken next. Below a name that is not plain, the place stays."""
    if isinstance(parent, list):
        for n in range(len(parent) - 1, -1, -1):
            yield parent[n], f"{at}/{n}", depth
    else:
        for name in reversed(parent):
            yield parent[name], f"{at}/{name}" if PLAIN.fullmatch(name) else at, depth


def _fault(value: object, limits: Limits) -> str | None:
    if isinstance(value, _Unfit):
        return value.code
    if isinstance(value, str):
        if len(value) > limits.string_max:
            return "too_long"
        return _hidden_fault(_HIDDEN.search(value))
    if isinstance(value, dict):
        return next((code for code in (_name_fault(name, limits) for name in value) if code), None)
    return None


def _name_fault(name: str, limits: Limits) -> str | None:
    if len(name) > limits.name_max:
        return "name_too_long"
    return _hidden_fault(_HIDDEN_IN_NAMES.search(name))


def _hidden_fault(found: re.Match[str] | None) -> str | None:
    if found is None:
        return None
    if "\ud800" <= found[0] <= "\udfff":
        return "lone_surrogate"
    return "direction_control" if found[0] >= "\u202a" else "control_character"


def _error(at: str, code: str) -> dict[str, str]:
    return {"pointer": at, "code": code, "detail": _DETAILS[code]}


def _unfit(errors: list[dict[str, str]]) -> Problem:
    return Problem(
        422, "unfit_json", "The JSON holds what the hub does not take", "Correct what the errors point to.", errors
    )
