"""Cursors: only the hub makes them, and each is good for its own reader and question."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from services.kernel.cursors import Cursors, CursorUnknown
from services.kernel.keys.keyfile import KeyFile

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"


@pytest.fixture
def cursors(tmp_path: Path) -> Iterator[Cursors]:
    keys = KeyFile(tmp_path, seed=b"cairn tests")
    yield Cursors(keys)
    keys.close()


@pytest.mark.parametrize("place", [(), (0,), (7,), (12, 0, 345), (20260416214000000000, 3, 1)])
def test_a_cursor_tells_its_place_and_is_the_same_every_time(cursors: Cursors, place: tuple[int, ...]) -> None:
    cursor = cursors.make(place, "health", "missing")

    assert cursors.read(cursor, "health", "missing") == place
    assert cursors.make(place, "health", "missing") == cursor


@pytest.mark.parametrize("place", [(7,), (12,), (123,)])
def test_no_cursor_with_another_letter_is_known(cursors: Cursors, place: tuple[int, ...]) -> None:
    cursor = cursors.make(place, "health")

    others = [cursor[:-1] + letter for letter in LETTERS if letter != cursor[-1]]
    others += [cursor[:number] + "!" + cursor[number + 1 :] for number in range(len(cursor))]
    others += [cursor + "=", cursor + "A", cursor[1:], " " + cursor, cursor + "\n"]

    for other in others:
        with pytest.raises(CursorUnknown):
            cursors.read(other, "health")


def test_a_cursor_is_bound_to_its_words_and_to_where_one_ends(cursors: Cursors) -> None:
    cursor = cursors.make((7,), "health", "missing")

    for words in (
        ("health",),
        ("health", "context"),
        ("education", "missing"),
        ("healthmissing",),
        ("healthm", "issing"),
    ):
        with pytest.raises(CursorUnknown):
            cursors.read(cursor, *words)
