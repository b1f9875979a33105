"""Language prompts: a word to the writer about terms that blame a child, given with the receipt.

A prompt never blocks a report, never alters its text and never repeats it: it says where, why, and what to write
instead. What a child said, and what is quoted, is left alone.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from services.intake.domain.language import ADULT_WORDS, FAMILIES, TermFamily

PROMPTS_MAX = 100
"""The most prompts one report is given, so that a receipt stays readable."""

_QUOTED = re.compile(
    r"“[^”]*”"
    r"|‘[^’]*(?:’(?=\w)[^’]*)*’"
    r'|"[^"]*"'
    r"|«[^»]*»"
    r"|(?<!\w)'(?=\S)[^'\n]*(?:'(?=\w)[^'\n]*)*(?<=\S)'(?!\w)"
)
_HINTS = tuple({hint for family in FAMILIES for hint in family.hints})
_RELATIVES = (
    r"fathers?|mothers?|dads?|mums?|parents?|carers?|step-?\w+|uncles?|aunts?|grand\w+|brothers?|sisters?|partners?"
    r"|boyfriends?|girlfriends?|neighbours?|owners?|staff|teachers?|workers?|dogs?|group|gang"
)
_OTHER = re.compile(rf"\b(?:{ADULT_WORDS}|{_RELATIVES})\b", re.IGNORECASE)
_CHILD = re.compile(
    r"\b(?:she|he|they|child(?:ren)?|girls?|boys?|pupils?|teenagers?|young (?:person|people|wom[ae]n|m[ae]n)|k\d+)\b",
    re.IGNORECASE,
)
_CLAUSE_END = re.compile(r"[.;:!?\n]")


@dataclass(frozen=True)
class Reading:
    """Whom a text is about, as far as prompts depend on it."""

    about_child: bool
    under_13: bool
    """Whether a child it is about is under 13, or of an age that was not given."""


@dataclass(frozen=True)
class Prompt:
    """One prompt. `start` and `end` count Unicode code points of the field that the pointer names."""

    pointer: str
    code: str
    prompt: str
    start: int
    end: int

    def as_json(self) -> dict[str, str | int]:
        """The prompt as it stands in a receipt."""
        return {
            "pointer": self.pointer,
            "code": self.code,
            "prompt": self.prompt,
            "start": self.start,
            "end": self.end,
        }


def prompts_in(pointer: str, text: str, reading: Reading) -> list[Prompt]:
    """The prompts that one free text calls for, in the order of the text."""
    small = text.lower()
    if not any(map(small.__contains__, _HINTS)):
        return []
    quoted = [match.span() for match in _QUOTED.finditer(text)]
    found = [
        Prompt(pointer, family.code, family.prompt, start, end)
        for family in FAMILIES
        if any(map(small.__contains__, family.hints))
        for start, end in _spans(family, text, reading)
        if not any(left <= start and end <= right for left, right in quoted)
    ]
    return sorted(found, key=lambda prompt: prompt.start)


def _spans(family: TermFamily, text: str, reading: Reading) -> Iterator[tuple[int, int]]:
    if (family.describes_child and not reading.about_child) or (family.under_13 and not reading.under_13):
        return
    for match in family.pattern.finditer(text):
        if family.describes_child and _describes_another(text, *match.span()):
            continue
        yield match.span()


def _describes_another(text: str, start: int, end: int) -> bool:
    """Whether the one described is somebody else: the clause names an adult nearer to the term than a child."""
    if _OTHER.match(text[end:].lstrip()):
        return True
    clause = text[:start]
    breaks = [match.end() for match in _CLAUSE_END.finditer(clause)]
    clause = clause[breaks[-1] :] if breaks else clause
    last_other = max((match.end() for match in _OTHER.finditer(clause)), default=-1)
    last_child = max((match.end() for match in _CHILD.finditer(clause)), default=-1)
    return last_other > last_child
