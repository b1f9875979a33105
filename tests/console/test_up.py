"""`cairn up`: a service that cannot start says why in a sentence."""

from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from services.console.commands import cairn


def up(service: str, monkeypatch: pytest.MonkeyPatch, **settings: object) -> Result:
    for name, value in settings.items():
        monkeypatch.setenv(f"CAIRN_{name.upper()}", str(value))
    return CliRunner().invoke(cairn, ["up", service, "--port", "0"])


@pytest.mark.parametrize(
    ("setting", "value", "said"),
    [
        ("partitions", "many", "CAIRN_PARTITIONS: "),
        ("identity", "bearer", "needs CAIRN_ISSUER"),
        ("clock", "file:///no/such/file", "the clock's file cannot be read"),
    ],
)
def test_a_setting_that_cannot_be_used_is_told_by_name_without_its_value(
    setting: str, value: str, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ran = up("intake", monkeypatch, **{"data": tmp_path, setting: value})

    assert ran.exit_code == 2
    assert said in ran.stderr
    assert len(ran.stderr.splitlines()) == 1
    assert "many" not in ran.stderr


def test_sharing_does_not_start_without_its_log_and_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ran = up("sharing", monkeypatch, data=tmp_path / "data", log="kafka://127.0.0.1:1")

    assert ran.exit_code == 1
    assert ran.stderr == (
        "sharing cannot start: Kafka did not do as it was asked. Look at the addresses in CAIRN_ settings.\n"
    )
