"""Seeking somebody by a name or a number: what was typed, and whom a record says it of.

A name is sought by the beginnings of its words, without regard to case and accents; a number whole. Nothing is guessed:
what sounds alike is not the same, and a wrong young person on the page would be worse than none.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from schemas.identifiers import CHECKS

WORDS_MIN: Final = 2
"""A single letter would find half a town."""
NUMBER_MIN: Final = 4
_NAMES: Final = ("given_name", "family_name", "known_as")
_WORD: Final = re.compile(r"\w+")
_NOT_IN_NUMBERS: Final = re.compile(r"[\W_]+")


@dataclass(frozen=True)
class Sought:
    """What somebody typed. `reference` is the whole of it, which may be an agency's own reference for somebody."""

    words: tuple[str, ...]
    number: str
    reference: str
    identifiers: tuple[str, ...] = ()
    """Which identifiers, as `system|value`, it could be as a whole."""

    @property
    def is_enough(self) -> bool:
        """Whether it could be the name or the number of somebody, and not of everybody."""
        return any(len(word) >= WORDS_MIN for word in self.words)

    def is_name_of(self, part: Mapping[str, Any]) -> bool:
        """Whether every word begins a word of the names of one person."""
        known = [word for name in _NAMES for word in _words(str(part.get(name) or ""))]
        return bool(self.words) and all(any(one.startswith(word) for one in known) for word in self.words)

    def is_number_in(self, numbers: Sequence[str]) -> bool:
        """Whether it is one of these identifiers, with or without its system in front."""
        if len(self.number) < NUMBER_MIN:
            return False
        return any(self.number in (_number(one), _number(one.partition("|")[2])) for one in numbers)


def sought(typed: str) -> Sought:
    """What is meant by it."""
    return Sought(
        tuple(_words(typed)),
        _number(typed),
        typed.strip().rstrip("…").lower(),
        tuple(dict.fromkeys(_identifiers(typed))),
    )


def _identifiers(typed: str) -> Iterator[str]:
    """With its system in front, as it is written; without one, of each system whose numbers can be checked."""
    system, _, value = typed.strip().replace("|", " ", 1).partition(" ")
    if value:
        name, plain = system.lower(), "".join(value.split()).upper()
        yield f"{name}|{plain if name in CHECKS else value.strip()}"
    yield from (f"{name}|{''.join(typed.split()).upper()}" for name in CHECKS)


def _words(text: str) -> list[str]:
    plain = "".join(one for one in unicodedata.normalize("NFKD", text) if not unicodedata.combining(one))
    return _WORD.findall(plain.casefold())


def _number(text: str) -> str:
    return _NOT_IN_NUMBERS.sub("", text).upper()
