"""Who may import whom, as `.importlinter` says it."""

import configparser
import subprocess
import sys

import pytest

from tests.architecture.checkout import ROOT

SERVICES = ["intake", "sharing", "panel", "governance"]


def _contracts() -> configparser.ConfigParser:
    contracts = configparser.ConfigParser()
    contracts.read(ROOT / ".importlinter")
    return contracts


def test_every_import_contract_is_kept() -> None:
    checked = subprocess.run(
        [sys.executable, "-c", "from importlinter.cli import lint_imports; raise SystemExit(lint_imports())"],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )

    assert checked.returncode == 0, checked.stdout[-4000:]


@pytest.mark.parametrize("service", SERVICES)
def test_every_service_has_a_contract_that_knows_all_its_modules(service: str) -> None:
    contract = _contracts()[f"importlinter:contract:{service}"]

    assert contract["containers"] == f"services.{service}"
    assert contract["type"] == "layers"
    assert contract.getboolean("exhaustive")


def test_the_services_are_the_ones_the_contracts_know() -> None:
    not_services = {"kernel", "console"}
    packages = {path.parent.name for path in (ROOT / "services").glob("*/__init__.py")} - not_services

    assert packages == set(SERVICES)
