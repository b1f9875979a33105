"""Setting up a checkout: packages come from where the user's pip is told to look."""

import sys
from pathlib import Path

import pytest

from deploy.local import PartUnavailable, environment

PIP = [sys.executable, "-m", "pip"]


def _told(name: str, value: str, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    monkeypatch.delenv("UV_DEFAULT_INDEX", raising=False)
    monkeypatch.setenv(name, value)
    return environment.uv_settings(PIP)


def test_an_index_that_pip_is_told_of_is_used_for_the_whole_set_up(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = _told("PIP_INDEX_URL", "https://index.example/simple", monkeypatch)

    assert settings["UV_DEFAULT_INDEX"] == "https://index.example/simple"


def test_what_uv_is_told_itself_wins_over_pip(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PIP_INDEX_URL", "https://index.example/simple")
    monkeypatch.setenv("UV_DEFAULT_INDEX", "https://other.example/simple")

    assert "UV_DEFAULT_INDEX" not in environment.uv_settings(PIP)


def test_an_index_in_pips_own_file_is_used_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PIP_INDEX_URL", raising=False)
    (tmp_path / "pip.conf").write_text("[global]\nindex-url = https://index.example/simple\n")

    settings = _told("PIP_CONFIG_FILE", str(tmp_path / "pip.conf"), monkeypatch)

    assert settings["UV_DEFAULT_INDEX"] == "https://index.example/simple"


def test_set_up_does_nothing_when_all_is_there(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(command: list[str], *_: object) -> None:
        raise AssertionError(f"ran {command}")

    monkeypatch.setattr(environment, "_run", refuse)

    assert environment.main() == 0


def test_set_up_says_in_one_line_what_it_could_not_do(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def nothing_works(*_: object) -> None:
        raise PartUnavailable("no network")

    monkeypatch.setattr(environment, "_make_venv", nothing_works)

    assert environment.main() == 1
    assert capsys.readouterr().err == "setup: no network\n"
