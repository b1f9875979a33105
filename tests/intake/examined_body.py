"""One body, read and understood as intake does, and everything that must not come of it, however it was made."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from services.intake.api.arriving import BATCH, Body
from services.intake.envelope import checked
from services.intake.understanding import understand
from services.kernel.http.json_text import read_json
from services.kernel.http.problems import PLAIN, Problem

NOW = datetime(2026, 5, 2, 9, tzinfo=UTC)
AGENCY = "education"
_OWN_MAX = 200
"""Characters: none of the hub's own sentences is longer."""
_TELLING = 8


class Broken(AssertionError):
    """Something came of a body that must not."""


def examine(body: bytes) -> None:
    """Read the body as one event, and where it is a list as a batch too. Raises Broken, and whatever reading raises
    beside Problem."""
    read = _read(body)
    if not isinstance(read, Problem):
        _same_for_others(body, read)
        _understand(read)
    if body[:1] == b"[":
        _examine_batch(body, read)


def _read(body: bytes) -> Any:
    try:
        return read_json(body)
    except Problem as problem:
        _look(problem, None)
        return problem


def _understand(event: Any) -> None:
    try:
        understand(checked(event, AGENCY), NOW)
    except Problem as problem:
        _look(problem, event)


def _same_for_others(body: bytes, read: Any) -> None:
    """What was read is what any other reader would have read, and can be written again."""
    if json.loads(body) != read:
        raise Broken("another reader reads it otherwise")
    json.dumps(read, ensure_ascii=False, allow_nan=False).encode("utf-8", "strict")


def _examine_batch(body: bytes, whole: Any) -> None:
    try:
        events = Body(body, BATCH, ()).events()
    except Problem as problem:
        _look(problem, None)
        if isinstance(whole, list) and problem.status == 400:
            raise Broken("a list that can be read is no batch") from None
        return
    for event in events:
        if isinstance(event, Problem):
            _look(event, None)
        else:
            _understand(event)
    if isinstance(whole, list) and events != whole:
        raise Broken("the parts of a batch are not what is in it")


def _look(problem: Problem, event: Any) -> None:
    """A refusal is the sender's fault, is short and plain, and holds no word of what was sent."""
    said = json.dumps(problem.document(), ensure_ascii=True)
    if not 400 <= problem.status < 500:
        raise Broken(f"it failed with {problem.status}")
    if len(problem.title) > _OWN_MAX or len(problem.detail or "") > _OWN_MAX:
        raise Broken(f"somebody else's words are in {said}")
    for error in problem.errors:
        if any(part and not PLAIN.fullmatch(part) for part in error["pointer"].split("/")):
            raise Broken(f"a place is told by more than a plain name in {said}")
    echoed = next((text for text in _texts(event) if text in said), None)
    if echoed is not None:
        raise Broken(f"{echoed!r} came back in {said}")


def _texts(value: Any) -> Iterator[str]:
    """The texts that only their sender could have written."""
    if isinstance(value, str):
        escaped = json.dumps(value)[1:-1]
        if len(value) >= _TELLING and not PLAIN.fullmatch(value):
            yield escaped
    elif isinstance(value, dict | list):
        for within in value.values() if isinstance(value, dict) else value:
            yield from _texts(within)
