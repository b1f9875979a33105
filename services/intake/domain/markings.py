"""Protective markings: how secret a sender says something is; the hub takes nothing above official-sensitive.

However it is spelt: letter case, spaces, hyphens and invisible characters do not hide a marking.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

MARKING_NAMES = frozenset(
    {
        "marking",
        "markings",
        "protectivemarking",
        "protectivemarkings",
        "dataclassification",
        "securityclassification",
        "securitymarking",
        "classification",
        "gsc",
    }
)
"""Names of fields that hold a marking, in letters alone."""

_TOO_HIGH = re.compile(r"secret|^(?:uk)?ts(?:sci)?$|cosmic|^(?:uk)?confidential")
_MARKING_ALONE = re.compile(r"^(?:uk|nato|gb)?(?:cosmic)?(?:top)?secret(?:$|strap|ukeyes|eyes|codeword)")
_NAMES_THE_EVENT = frozenset({"id", "source", "type", "time", "specversion", "data", "data_base64"})


def too_high(event: Mapping[str, Any]) -> bool:
    """Whether the event, or anything in it, is marked above official-sensitive."""
    if any(_is_too_high(text) for text in _marked(event)):
        return True
    return any(
        isinstance(value, str) and _MARKING_ALONE.search(_letters(value))
        for name, value in event.items()
        if name not in _NAMES_THE_EVENT
    )


def _is_too_high(text: str) -> bool:
    return _TOO_HIGH.search(_letters(text)) is not None


@lru_cache(maxsize=10_000)
def _holds_marking(name: str) -> bool:
    return _letters(name) in MARKING_NAMES


def _letters(text: str) -> str:
    """The letters of a text in small, compatibility forms resolved: nothing can be hidden between them."""
    resolved = unicodedata.normalize("NFKC", text).casefold()
    return "".join(character for character in resolved if character.isalpha())


def _marked(node: Any, inside: bool = False) -> Iterator[str]:
    """Every text that stands in a field which holds a marking, at any depth."""
    if isinstance(node, str):
        if inside:
            yield node
    elif isinstance(node, Mapping):
        for name, value in node.items():
            yield from _marked(value, inside or _holds_marking(name))
    elif isinstance(node, list | tuple):
        for value in node:
            yield from _marked(value, inside)
