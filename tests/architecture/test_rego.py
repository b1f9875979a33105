"""The policies as OPA's own tools see them: formatted, strict, tested, and every line of them tried."""

import json
import subprocess
from pathlib import Path

import pytest

from tests.architecture.checkout import ROOT

REGO_ONLY = ["--ignore", "*.json"]
"""Scenarios and examples lie beside the policies; they are not the engine's data."""


def _opa(command: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([command, *words, "policies"], cwd=ROOT, capture_output=True, text=True, timeout=60)


@pytest.mark.real
@pytest.mark.parametrize("words", [["fmt", "--list", "--fail"], ["check", "--strict", *REGO_ONLY]], ids=" ".join)
def test_the_policies_are_as_opa_wants_them(opa_command: Path, words: list[str]) -> None:
    done = _opa(opa_command, *words)

    assert (done.returncode, done.stdout + done.stderr) == (0, "")


@pytest.mark.real
def test_the_policies_tests_pass_and_try_every_line(opa_command: Path) -> None:
    tested = _opa(opa_command, "test", *REGO_ONLY)
    covered = json.loads(_opa(opa_command, "test", "--coverage", *REGO_ONLY).stdout)

    assert tested.returncode == 0, tested.stdout
    assert "PASS: " in tested.stdout
    assert {name: part["not_covered"] for name, part in covered["files"].items() if "not_covered" in part} == {}
    assert covered["coverage"] == 100
