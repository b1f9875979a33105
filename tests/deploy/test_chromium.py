"""Finding Chromium, installing it where we may, and asking for it in one line where we may not."""

import os
import shutil
from pathlib import Path

import pytest

from deploy.local import PartUnavailable, chromium

_APT_GET = """#!/bin/sh
case "$1" in install) printf '#!/bin/sh\\n' > "{folder}/chromium"; chmod +x "{folder}/chromium";; esac
"""


@pytest.fixture
def bare(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine without a browser."""
    for name in ("sh", "chmod"):
        (tmp_path / name).symlink_to(shutil.which(name) or name)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("CAIRN_CHROMIUM", raising=False)
    return tmp_path


def _as_user(monkeypatch: pytest.MonkeyPatch, number: int) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: number)


def _with_apt(folder: Path) -> None:
    (folder / "apt-get").write_text(_APT_GET.format(folder=folder))
    (folder / "apt-get").chmod(0o755)


def test_a_chromium_that_is_there_is_found(bare: Path) -> None:
    (bare / "chromium").symlink_to(bare / "sh")

    assert chromium.fetch() == str(bare / "chromium")


def test_root_gets_it_from_the_distribution(bare: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _as_user(monkeypatch, 0)
    _with_apt(bare)

    assert chromium.fetch() == str(bare / "chromium")


def test_an_ordinary_user_is_asked_for_it_in_one_line(bare: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _as_user(monkeypatch, 1000)
    _with_apt(bare)

    with pytest.raises(PartUnavailable) as told:
        chromium.fetch()

    assert "sudo apt-get install chromium" in str(told.value)
    assert "\n" not in str(told.value)
    assert not (bare / "chromium").exists()
