"""Whatever JSON the hub accepts, another reader reads as the same, and it can be written again without loss."""

import json
import math
from typing import Any

import orjson
import pytest

from services.kernel.http import json_text
from services.kernel.http.json_text import read_json
from services.kernel.http.problems import Problem
from tests.intake.mutations import Mutations

TRIES, SEED = 4_000, 17
_SMALL = (
    b'{"a": 1e400}',
    b'{"a": -0}',
    b'{"a": -0.0}',
    b'{"a": 1e-400}',
    b'{"a": 9007199254740992}',
    b'{"a": 9007199254740993}',
    b'{"a": NaN}',
    b'{"a": 1, "a": 2}',
    b'{"a": 1, "\\u0061": 2}',
    b'"\\ud83d\\ude00"',
    b'"\\ud83d"',
    b'"\\u0000"',
    b" [1 , 2.50,\t3E2\r\n] ",
    b"[1,]",
    b"01",
    b"1.",
    b".5",
    b"+1",
    b"'x'",
    b"tru",
    b"",
)


def accepted_otherwise(count: int) -> tuple[int, list[bytes]]:
    """How many texts of so many are accepted, and those that another reader refuses or reads as something else."""
    mutations, otherwise, accepted = Mutations(SEED), [], 0
    for text in (*_SMALL, *(mutations.broken_text() for _ in range(count))):
        try:
            value: Any = read_json(text)
        except Problem:
            continue
        accepted += 1
        if not _reads_as(text, value):
            otherwise.append(text)
    return accepted, otherwise


def _reads_as(text: bytes, value: Any) -> bool:
    try:
        written = json.dumps(value, allow_nan=False, ensure_ascii=False).encode()
        return bool(orjson.loads(text) == value == orjson.loads(written))
    except ValueError:
        return False


def test_what_is_accepted_means_the_same_to_every_reader() -> None:
    accepted, otherwise = accepted_otherwise(TRIES)

    assert accepted > 300
    assert otherwise == []


def test_control_a_reader_as_lenient_as_pythons_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(json_text, "_DECODER", json.JSONDecoder())

    _, otherwise = accepted_otherwise(100)

    assert b'{"a": NaN}' in otherwise
    assert math.isinf(json.loads(b"1e400"))
    assert b'{"a": 1e400}' in otherwise
