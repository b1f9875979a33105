"""The cache of what was fetched: whole or not there, and made once however many ask."""

import threading
from pathlib import Path

import pytest

from deploy.local.cache import PartUnavailable, kept


@pytest.fixture(autouse=True)
def _own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CAIRN_CACHE", str(tmp_path / "cache"))


def _write(folder: Path) -> None:
    (folder / "part").write_text("whole")


def test_what_was_fetched_once_is_not_fetched_again() -> None:
    def refuse(_: Path) -> None:
        raise AssertionError("fetched twice")

    first = kept("part-1.0", _write)

    assert kept("part-1.0", refuse) == first
    assert (first / "part").read_text() == "whole"


def test_a_fetch_that_breaks_off_leaves_nothing_that_looks_whole() -> None:
    def break_off(folder: Path) -> None:
        (folder / "half").write_text("half")
        raise PartUnavailable("the network went away")

    with pytest.raises(PartUnavailable):
        kept("part-1.0", break_off)

    assert [path.name for path in kept("part-1.0", _write).iterdir()] == ["part"]


def test_two_who_ask_at_once_fetch_it_once() -> None:
    fetched = []
    together = threading.Barrier(2)

    def fetch(folder: Path) -> None:
        fetched.append(folder)
        _write(folder)

    def ask() -> None:
        together.wait()
        kept("part-1.0", fetch)

    askers = [threading.Thread(target=ask) for _ in range(2)]
    for asker in askers:
        asker.start()
    for asker in askers:
        asker.join()

    assert len(fetched) == 1


def test_a_cache_that_cannot_be_written_is_told_with_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("CAIRN_CACHE", str(tmp_path / "file" / "below"))

    with pytest.raises(PartUnavailable, match="set CAIRN_CACHE"):
        kept("part-1.0", _write)
