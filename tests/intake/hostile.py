"""A corpus of hostile requests to post with, beyond those of `test_attacks.py`: each holds a word that must not return.

Some are refused, some are sound however they look; none may break anything, be echoed, or cost more than its bytes.
"""

import gzip
import io
import json
import zipfile
import zlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import repeat
from typing import Any

from tests.intake.desk import school_concern

CANARY = "Kanarienvogel"
STRUCTURED = "application/cloudevents+json"
BATCH = "application/cloudevents-batch+json"
JSON = "application/json"
MIB = 1024 * 1024

Headers = tuple[tuple[str, str | bytes], ...]


@dataclass(frozen=True)
class Hostile:
    """One request: its chunks, the headers beside the sender's, and whether it is sound in spite of its looks."""

    chunks: Iterable[bytes]
    media_type: str = STRUCTURED
    headers: Headers = ()
    sound: bool = False
    statuses: frozenset[int] = field(default=frozenset({400, 403, 409, 413, 415, 422}))


def _told(text: str) -> list[bytes]:
    """An event with this raw JSON as the concern that a school has."""
    event = json.dumps(school_concern(school={"about": ["k1"], "concern": "HERE"}))
    return [event.replace('"HERE"', text).encode("utf-8", "surrogatepass")]


def _bytes_told(raw: bytes) -> list[bytes]:
    return [_told('"HERE"')[0].replace(b"HERE", raw)]


def _event(**attributes: Any) -> list[bytes]:
    return [json.dumps(school_concern() | attributes).encode()]


def _data(data: Any) -> list[bytes]:
    return _event(data=data)


def _identified(*identifiers: str) -> list[bytes]:
    return [json.dumps(school_concern(people={"k1": {"identifiers": list(identifiers)}}), ensure_ascii=False).encode()]


def _zip_of(content: bytes) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(f"{CANARY}.json", content)
    return made.getvalue()


def _trickle(body: bytes) -> list[bytes]:
    """A byte at a time, with empty chunks between."""
    return [chunk for n in range(len(body)) for chunk in (body[n : n + 1], b"")]


_ANSWERED = frozenset({202})
"""A batch is answered for each of its events."""

_BOMB = b" " * (64 * MIB)
_C = CANARY.encode()
_SOUND_BATCH = json.dumps([school_concern("E16")]).encode()

BODIES: dict[str, Hostile] = {
    # size and depth
    "10 MB at once": Hostile([b'{"id": "' + _C + b"x" * (10 * MIB) + b'"}']),
    "without end, in chunks": Hostile(repeat(_C * 5_000)),
    "a batch without end": Hostile(repeat(b"[" + _C * 5_000), BATCH),
    "empty chunks, then too much": Hostile([*[b""] * 5_000, *[_C * 5_000] * 20]),
    "10,000 lists deep": Hostile(_told("[" * 10_000 + f'"{CANARY}"' + "]" * 10_000)),
    "10,000 objects deep": Hostile(_told('{"a":' * 10_000 + f'"{CANARY}"' + "}" * 10_000)),
    "lists and objects in turn": Hostile(_told('[{"a":' * 5_000 + f'"{CANARY}"' + "}]" * 5_000)),
    "opened and never closed": Hostile([b"[" * 200_000 + _C]),
    "deep in a batch": Hostile([b"[" * (8 * MIB - 50) + _C], BATCH),
    "a batch of nothing but commas": Hostile([b"[" + b"," * MIB + _C + b"]"], BATCH),
    "a batch of many numbers": Hostile([b"[" + b"1," * 600_000 + b'"' + _C + b'"]'], BATCH),
    "a batch of 8 MB of one text": Hostile([b'["' + _C + b"x" * (8 * MIB - 50) + b'"]'], BATCH, statuses=_ANSWERED),
    "a batch that goes on behind its end": Hostile([_SOUND_BATCH, _C], BATCH),
    "two bodies": Hostile([*_told(f'"{CANARY}"'), *_told(f'"{CANARY}"')]),
    "one byte at a time": Hostile(_trickle(_told(f'"{CANARY}"')[0]), sound=True),
    # encodings of the body
    "gzip": Hostile([gzip.compress(_told(f'"{CANARY}"')[0])], headers=(("content-encoding", "gzip"),)),
    "a gzip bomb": Hostile([gzip.compress(_BOMB)], headers=(("content-encoding", "gzip"),)),
    "a gzip bomb that says nothing": Hostile([gzip.compress(_C + _BOMB)]),
    "a deflate bomb": Hostile([zlib.compress(_BOMB)], headers=(("content-encoding", "deflate"),)),
    "a zip bomb": Hostile([_zip_of(_BOMB)]),
    "a zip bomb as a batch": Hostile([_zip_of(_BOMB)], BATCH),
    "an encoding of its own": Hostile([b"{}"], headers=(("content-encoding", CANARY),)),
    "several encodings": Hostile([b"{}"], headers=(("content-encoding", "identity, gzip"),)),
    "an encoding given twice": Hostile(
        [gzip.compress(b"{}")], headers=(("content-encoding", "identity"), ("content-encoding", "gzip"))
    ),
    # what a length says
    "a length of no number": Hostile(_told(f'"{CANARY}"'), headers=(("content-length", CANARY),), sound=True),
    "a length below nothing": Hostile(_told(f'"{CANARY}"'), headers=(("content-length", "-1"),), sound=True),
    "a length beyond reason": Hostile([_C], headers=(("content-length", "9" * 400),)),
    "a length in other digits": Hostile([_C], headers=(("content-length", "٣".encode()),)),
    "a small length of a large body": Hostile(repeat(_C * 5_000), headers=(("content-length", "3"),)),
    # texts that are no UTF-8, or hide in it
    "overlong": Hostile(_bytes_told(_C + b"\xc0\xaf")),
    "surrogates as bytes": Hostile(_bytes_told(_C + b"\xed\xa0\xbd\xed\xb2\x94")),
    "half a character": Hostile(_bytes_told(_C + b"\xe2\x82")),
    "beyond Unicode": Hostile(_bytes_told(_C + b"\xf5\x80\x80\x80")),
    "Latin-1": Hostile(_bytes_told(_C + b"\xe9")),
    "UTF-32": Hostile([json.dumps({"id": CANARY}).encode("utf-32")]),
    "UTF-7": Hostile([b"+AHsAIgBpAGQAIgA6- " + _C]),
    "NUL as a byte": Hostile(_bytes_told(_C + b"\x00")),
    "a byte order mark within": Hostile(_told(f'"\ufeff{CANARY}"'), sound=True),
    "no characters": Hostile(_told(f'"\uffff\ufdd0{CANARY}"'), sound=True),
    "tags": Hostile(_told(f'"\U000e0041{CANARY}\U000e007f"'), sound=True),
    "joined by nothing": Hostile(_told(f'"{CANARY}\u200b\u200d\u2060"'), sound=True),
    "a hundred marks on a letter": Hostile(_told(f'"{CANARY}{"́" * 100}"'), sound=True),
    "surrogates the wrong way round": Hostile(_told(f'"{CANARY} \\udc00\\ud800"')),
    "a surrogate in a name": Hostile(_told(f'"x", "{CANARY}\\ud800": 1')),
    "a bidi control in a name": Hostile(_told(f'"x", "{CANARY}\u202e": 1')),
    "a NUL in a name": Hostile(_told(f'"x", "{CANARY}\\u0000": 1')),
    "an escape at the end": Hostile([_told(f'"{CANARY}')[0].split(_C)[0] + _C + b"\\"]),
    # numbers
    "minus infinity": Hostile(_told(f'-Infinity, "x": "{CANARY}"')),
    "minus 1e999": Hostile(_told(f'-1e999, "x": "{CANARY}"')),
    "1e-999": Hostile(_told(f'1e-999, "x": "{CANARY}"')),
    "an exponent of a thousand digits": Hostile(_told(f'1e{"9" * 1_000}, "x": "{CANARY}"')),
    "a fraction of a hundred thousand digits": Hostile(_told(f'0.{"7" * 100_000}, "x": "{CANARY}"')),
    "an integer of 200,000 digits": Hostile(_told(f'{"7" * 200_000}, "x": "{CANARY}"')),
    "an integer of 200,000 digits in a batch": Hostile(
        [b"[" + _told(f'{"7" * 200_000}, "x": "{CANARY}"')[0] + b"]"], BATCH, statuses=_ANSWERED
    ),
    "a leading nought": Hostile(_told(f'007, "x": "{CANARY}"')),
    "hexadecimal": Hostile(_told(f'0xff, "x": "{CANARY}"')),
    "a number with gaps": Hostile(_told(f'1_000, "x": "{CANARY}"')),
    "Arabic digits": Hostile(_told(f'١٢, "x": "{CANARY}"')),
    # what other readers read
    "comments": Hostile([b"/* " + _C + b" */ " + _told('"x"')[0]]),
    "a comma too many": Hostile(_told(f'"{CANARY}",')),
    "single quotes": Hostile(_told(f"'{CANARY}'")),
    "a name given twice, once escaped": Hostile(_told(f'"x", "c\\u006fncern": "{CANARY}"')),
    "an attribute given twice": Hostile([_event()[0][:-1] + b', "id": "' + _C + b'"}']),
    "a record separator": Hostile([b"\x1e" + _told(f'"{CANARY}"')[0]]),
    "a no-break space around": Hostile(["\u00a0".encode() + _told(f'"{CANARY}"')[0]]),
    # identifiers that look like others
    "a homoglyph of chi": Hostile(_identified(f"\u0441hi|{CANARY}")),
    "fullwidth digits": Hostile(_identified("chi|５５０３１１１２３０", f"swis|{CANARY} 1")),
    "Arabic digits as a number": Hostile(_identified("chi|٥٥٠٣١١١٢٣٠", f"swis|{CANARY} 1")),
    "a hidden character in an identifier": Hostile(_identified("chi|5503\u200b111230", f"swis|{CANARY} 1")),
    "a system of two lines": Hostile(_identified(f"chi\nswis|{CANARY}")),
    "an identifier of bars alone": Hostile(_identified("||||", f"swis|{CANARY} 1")),
    # words that something might obey
    "a line end in the id": Hostile(_event(id=f"x\r\nSet-Cookie: {CANARY}=1")),
    "a line end in the source": Hostile(_event(source=f"urn:cairn:partner:education:\r\n{CANARY}")),
    "another agency behind ours": Hostile(_event(source=f"urn:cairn:partner:education-{CANARY}")),
    "a template": Hostile(_event(id="{{7*7}}${jndi:ldap://x}%s%n{0.__class__}" + CANARY), sound=True),
    "SQL": Hostile(_event(id=f"'; DROP TABLE submissions; -- {CANARY}"), sound=True),
    "a path as type": Hostile(_event(type=f"cairn.../../../etc/{CANARY}.v1"), sound=True),
    "a schema elsewhere": Hostile(_event(dataschema=f"file:///etc/{CANARY}"), sound=True),
    "names of Python": Hostile(_data(school_concern()["data"] | {"__class__": CANARY, "__proto__": {CANARY: 1}})),
    # the wrong shape
    "data that is a list": Hostile(_data([CANARY])),
    "data that is a text": Hostile(_data(CANARY)),
    "data that is nothing": Hostile(_data(None)),
    "attributes that are lists": Hostile(_event(source=[CANARY], type={CANARY: 1}, time=[CANARY])),
    "an unhashable enumeration": Hostile(_told(f'"x", "attendance": [{{"{CANARY}": []}}]')),
    "20,000 people": Hostile(_data({"people": {f"{CANARY.lower()}{n}": {} for n in range(6_000)}})),
    "a year beyond calendars": Hostile(_event(time=f"99999-01-01T00:00:00Z{CANARY}")),
    "an offset beyond the day": Hostile(_event(time="2026-04-01T09:00:00+99:99", subject=CANARY)),
    "a second too many": Hostile(_event(time="2026-06-30T23:59:60Z", subject=CANARY)),
    "the first instant of all": Hostile(_event(time="0001-01-01T00:00:00+14:00", subject=CANARY)),
    "the last instant of all": Hostile(_event(time="9999-12-31T23:59:59-14:00", subject=CANARY)),
    # other media types and headers
    "a charset that is none": Hostile(_told('"x"'), f"{STRUCTURED}; charset={CANARY}"),
    "UTF-16 as charset": Hostile([json.dumps({"id": CANARY}).encode("utf-16")], f"{STRUCTURED}; charset=utf-16"),
    "a media type given twice": Hostile(_told('"x"'), headers=(("content-type", f"text/{CANARY}"),)),
    "a boundary": Hostile([b"--" + _C], f"multipart/form-data; boundary={CANARY}"),
    "bytes in a header": Hostile(
        [b"{}"], JSON, (("ce-id", b"\xff\xfe" + _C), ("ce-source", b"urn"), ("ce-type", b"\x80"), ("ce-time", b"x"))
    ),
    "a header of 60 KB": Hostile([b"{}"], JSON, (("ce-id", CANARY * 5_000),)),
    "3,000 headers": Hostile([b"{}"], JSON, tuple((f"ce-{CANARY.lower()}{n}", "x") for n in range(3_000))),
    "a percent sign and no more": Hostile([b"{}"], JSON, (("ce-id", f"%{CANARY}%E2%80"), ("ce-source", "%"))),
}
