"""Hostile requests: nothing breaks, nothing of them comes back or is told, and none costs more than its bytes."""

import asyncio
import json
import logging
import re
import tracemalloc
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from services.intake.api import arriving
from services.kernel import topics
from services.kernel.http import json_text, problems
from tests.intake.desk import Desk, school_concern
from tests.intake.hostile import BATCH, BODIES, CANARY, MIB, Hostile
from tests.support.asking import Answer, asked

MEMORY_MAX = 96 * MIB
"""Of one request of at most 8 MiB, all that is made of it included."""
CHUNKS_MAX = 10_200


def ask(desk: Desk, one: Hostile, by: str = "education/system") -> Answer:
    """Post it as this caller."""
    headers = [("content-type", one.media_type), ("authorization", f"Demo {by}"), *one.headers]
    written = [(name.encode(), value if isinstance(value, bytes) else value.encode()) for name, value in headers]
    return asyncio.run(asked(desk.service.app, "POST", "/v1/events", written, one.chunks))


def echoed(answer: Answer, *elsewhere: str) -> bool:
    """Whether the word came back in the answer, or stands elsewhere."""
    said = answer.body.decode("latin-1") + str(answer.headers) + "".join(elsewhere)
    return CANARY.lower() in said.lower()


@pytest.fixture(scope="module")
def untouched(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """An intake service that all refused requests share: none of them may leave anything in it."""
    with closing(Desk(tmp_path_factory.mktemp("untouched"))) as opened:
        yield opened


@pytest.mark.parametrize("name", BODIES)
def test_a_hostile_request_breaks_nothing_is_not_echoed_and_stays_small(
    untouched: Desk, name: str, caplog: pytest.LogCaptureFixture, tmp_path: Path
) -> None:
    one = BODIES[name]
    if one.sound:
        with closing(Desk(tmp_path)) as desk:
            _ask_and_look(desk, one, caplog)
    else:
        _ask_and_look(untouched, one, caplog)


def _ask_and_look(desk: Desk, one: Hostile, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, "cairn")
    tracemalloc.start()
    try:
        answer = ask(desk, one)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert answer.status in ({202} if one.sound else one.statuses), answer.body
    assert not echoed(answer, caplog.text)
    assert peak < MEMORY_MAX
    assert answer.taken < CHUNKS_MAX
    said = [entry.value for topic in (topics.REPORTS, topics.CONTEXTS) for entry in desk.said(topic)]
    assert CANARY.lower().encode() not in b"".join(said).lower()
    if not one.sound:
        assert said == []
        assert CANARY.lower().encode() not in desk.bytes_kept().lower()


def test_what_is_sound_is_taken_however_odd_its_neighbours_in_a_batch_are(desk: Desk) -> None:
    odd = [f'"{CANARY}"', "1e999", "null", "[" * 500 + "]" * 500, '{"id": "\\ud800"}', "7" * 5_000]
    body = "[" + ", ".join([*odd, json.dumps(school_concern("E16")), *odd]) + "]"

    answer = ask(desk, Hostile([body.encode()], BATCH))

    told = answer.json()
    assert [one.get("status") for one in told].count("accepted") == 1
    assert told[len(odd)]["status"] == "accepted"
    assert not echoed(answer)
    assert len(desk.reports()) == 1


def test_the_body_of_somebody_unknown_is_not_taken_at_all(desk: Desk) -> None:
    endless = BODIES["without end, in chunks"]

    answer = asyncio.run(asked(desk.service.app, "POST", "/v1/events", [], endless.chunks))

    assert (answer.status, answer.taken) == (401, 0)


def test_two_reports_of_an_agency_are_told_apart_wherever_their_source_ends(desk: Desk) -> None:
    one = school_concern("x\ny") | {"source": "urn:cairn:partner:education:a"}
    other = school_concern("y") | {"source": "urn:cairn:partner:education:a\nx"}

    said = [desk.post(one), desk.post(other)]

    assert [answer.status_code for answer in said] == [422, 422]
    errors = [answer.json()["errors"] for answer in said]
    assert [[(each["pointer"], each["code"]) for each in found] for found in errors] == [
        [("/id", "control_character")],
        [("/source", "control_character")],
    ]


def test_control_a_hub_that_tells_the_names_of_unknown_fields_is_noticed(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    named = Hostile([json.dumps(school_concern(school={"about": ["k1"], CANARY: 1})).encode()])
    assert not echoed(ask(desk, named))

    monkeypatch.setattr(problems, "_UNKNOWN", re.compile("(?!)"))

    assert echoed(ask(desk, named))


def test_control_a_hub_that_looks_for_nothing_hidden_takes_what_it_should_not(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(json_text, "_HIDDEN", re.compile("(?!)"))
    hidden = ("surrogates the wrong way round", "a bidi control in a name", "NUL as a byte")

    assert {ask(desk, BODIES[name]).status for name in hidden} - BODIES[hidden[0]].statuses


def test_control_a_body_without_a_bound_is_noticed_by_what_is_taken_of_it(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(arriving, "EVENT_BYTES_MAX", 16 * MIB)
    chunks = [CANARY.encode() * 5_000] * 100

    assert ask(desk, Hostile(chunks)).taken == 100
    monkeypatch.undo()
    assert ask(desk, Hostile(chunks)).taken < 10
