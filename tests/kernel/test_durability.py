"""A folder that is made is still there after a power cut, and with it what is kept in it."""

import os
from pathlib import Path

import pytest

from services.kernel import sqlite_file
from services.kernel.keys.keyfile import KeyFile


@pytest.fixture
def synced(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The paths of what is synced by us rather than by SQLite, in order."""
    paths: list[str] = []
    fsync = os.fsync

    def noting(descriptor: int) -> None:
        fsync(descriptor)
        paths.append(os.readlink(f"/proc/self/fd/{descriptor}"))

    monkeypatch.setattr(os, "fsync", noting)
    return paths


def test_the_names_of_new_folders_are_synced(tmp_path: Path, synced: list[str]) -> None:
    sqlite_file.connect(tmp_path / "hub" / "data" / "any.db").close()

    assert set(synced) == {str(tmp_path), str(tmp_path / "hub")}


def test_a_folder_that_is_there_is_left_alone(tmp_path: Path, synced: list[str]) -> None:
    sqlite_file.connect(tmp_path / "any.db").close()

    assert synced == []


def test_the_folder_of_the_keys_is_synced_and_for_its_owner_alone(tmp_path: Path, synced: list[str]) -> None:
    KeyFile(tmp_path / "keys").close()

    assert {str(tmp_path), str(tmp_path / "keys")} <= set(synced)
    assert (tmp_path / "keys").stat().st_mode & 0o077 == 0
