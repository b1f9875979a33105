"""Mutations of the published examples: structure, values and bytes gone wrong, round a word that must not return."""

import copy
import json
import random
from collections.abc import Iterator
from typing import Any

import orjson

from schemas.reports import REPORT_TYPES, example
from tests.intake.hostile import CANARY

JSON = dict[str, Any]
_TOKENS: tuple[bytes, ...] = (
    b"\xff",
    b"\x00",
    b"\xed\xa0\x80",
    b"\xef\xbb\xbf",
    b"\\ud800",
    b"\\u0000",
    b"NaN",
    b"-Infinity",
    b"1e999",
    b"9" * 400,
    b"[" * 500,
    b'{"a":' * 60,
    b"}",
    b"]",
    b'"',
    b",",
    b"\\",
    b"\xe2\x80\xae",
    b"null",
    b"\n",
)
_WORDS = (
    f"{CANARY}\u202egnp",
    f"{CANARY}\ud800",
    f"{CANARY}\x00",
    f"chi|{CANARY}",
    "\u0441hi|5503111230",
    "chi|５５０３１１１２３０",
    f"urn:cairn:partner:{CANARY}",
    CANARY * 40,
    f"{CANARY}\r\nx: y",
    "",
    "k1",
    "zz",
    "2026-13-45",
    "0001-01-01T00:00:00+14:00",
    "9999-12-31T23:59:59-14:00",
    "{{7*7}}${x}%s{0.__class__}",
)
_NAMES = (f"{CANARY} Smith", f"{CANARY}/x", f"{CANARY}\u202e", "", "__class__")
"""None that a place could be told by: a plain name, which may be told back, is no value (see `problems.pointer`)."""

_VALUES: tuple[Any, ...] = (
    None,
    True,
    0,
    -1,
    1.5,
    2**53,
    2**63,
    -(2**63) - 1,
    10**40,
    1e308,
    float("nan"),
    float("inf"),
    [],
    {},
    [[[[]]]],
    [CANARY],
    {f"{CANARY} x": CANARY},
    {"about": ["k1"]},
)

HOSTILE: tuple[Any, ...] = (*_WORDS, *_VALUES)
"""Values that might break something, wherever they are put."""


class Mutations:
    """Endless events for an agency, each an example with up to four things wrong; the same for the same seed."""

    def __init__(self, seed: int) -> None:
        self._made = random.Random(seed)
        self._examples = [orjson.dumps(_woven(example(name))) for name in sorted(REPORT_TYPES)]
        self._count = 0

    def event(self) -> JSON:
        """An example with its structure or values gone wrong; now and then as it is."""
        event: JSON = orjson.loads(self._made.choice(self._examples))
        self._count += 1
        event["id"] = f"mutation-{self._count}"
        event["source"] = "urn:cairn:partner:education"
        for _ in range(self._made.choice([0, 1, 1, 1, 2, 4])):
            self._change(event)
        return event

    def text(self, escaped: bool = True) -> bytes:
        """The bytes of an event, without regard for what JSON can say; not `escaped`, nor for what UTF-8 can."""
        return json.dumps(self.event(), ensure_ascii=escaped).encode("utf-8", "surrogatepass")

    def broken_text(self) -> bytes:
        """The bytes of an event with some of them gone wrong."""
        made, text = self._made, bytearray(self.text(escaped=self._made.random() < 0.5))
        for _ in range(made.choice([1, 1, 2, 5])):
            at = made.randrange(len(text) + 1)
            match made.randrange(5):
                case 0:
                    text[at:at] = made.choice(_TOKENS)
                case 1:
                    text[at : at + made.choice([1, 1, 8, 300])] = b""
                case 2:
                    text[at : at + 1] = bytes([made.randrange(256)])
                case 3:
                    text[at:at] = text[at : at + made.randrange(200)]
                case _:
                    del text[at:]
        return bytes(text)

    def _change(self, event: JSON) -> None:
        made = self._made
        parent, key = self._place(event)
        match made.randrange(8):
            case 0:
                del parent[key]
            case 1 | 2:
                parent[key] = made.choice(_WORDS)
            case 3 | 4:
                parent[key] = copy.deepcopy(made.choice(_VALUES))
            case 5:
                other, name = self._place(event)
                parent[key] = copy.deepcopy(other[name])
            case 6 if isinstance(parent, dict):
                parent[made.choice([*_NAMES, f"{key}x"])] = parent.pop(key)
            case _:
                parent[key] = [parent[key]] * made.choice([1, 2, 60])

    def _place(self, event: Any) -> tuple[Any, Any]:
        """Some place in an event, as likely high up as deep down."""
        made = self._made
        while True:
            key = made.choice(list(event)) if isinstance(event, dict) else made.randrange(len(event))
            within = event[key]
            if not within or not isinstance(within, dict | list) or made.random() < 0.2:
                return event, key
            event = within


def _places(event: Any) -> Iterator[tuple[Any, Any]]:
    """Every place in an event where something stands: what it stands in, and its name or number there."""
    for key in list(event) if isinstance(event, dict) else range(len(event)):
        yield event, key
        if isinstance(event[key], dict | list):
            yield from _places(event[key])


def _woven(event: JSON) -> JSON:
    """The example with the word in each of its free texts."""
    woven: JSON = copy.deepcopy(event)
    for parent, key in list(_places(woven["data"])):
        if isinstance(parent[key], str) and parent[key].count(" ") > 3:
            parent[key] += f" {CANARY}"
    return woven
