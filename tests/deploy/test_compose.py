"""The hub with Docker: what compose.yaml says agrees with what the hub and its tests use.

It is read here, not run: whoever has Docker runs it with `docker compose -f deploy/compose.yaml up`.
"""

from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg
import pytest
import yaml

from deploy.local import kafka, opa
from services.kernel.settings import Settings
from tests.architecture.checkout import ROOT

FOLDER = ROOT / "deploy"
COMPOSE: dict[str, Any] = yaml.safe_load((FOLDER / "compose.yaml").read_text())
PARTS: dict[str, Any] = COMPOSE["services"]
SERVICES = ["intake", "sharing", "governance", "panel"]


def test_docker_and_no_docker_run_the_same_versions() -> None:
    assert PARTS["kafka"]["image"] == f"apache/kafka:{kafka.VERSION}"
    assert PARTS["opa"]["image"] == f"openpolicyagent/opa:{opa.VERSION}"


@pytest.mark.parametrize("part", PARTS)
def test_nothing_listens_beyond_this_machine(part: str) -> None:
    published = PARTS[part].get("ports", [])

    assert all(port.startswith("127.0.0.1:") for port in published)
    assert published or "--host" not in PARTS[part]["command"]


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_is_given_settings_that_it_accepts(service: str, monkeypatch: pytest.MonkeyPatch) -> None:
    environment = PARTS[service]["environment"]
    for name, value in environment.items():
        monkeypatch.setenv(name, value)

    settings = Settings()

    unknown = {name for name in environment if name.removeprefix("CAIRN_").lower() not in Settings.model_fields}
    assert unknown == set()
    assert settings.store == environment["CAIRN_STORE"]


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_speaks_to_parts_where_they_listen(service: str) -> None:
    environment = PARTS[service]["environment"]
    listening = {port.rsplit(":", 1)[0] for part in PARTS.values() for port in part.get("ports", [])}
    addresses = [environment[name] for name in ("CAIRN_LOG", "CAIRN_STORE", "CAIRN_POLICY") if name in environment]

    assert addresses
    assert {f"{urlsplit(address).hostname}:{urlsplit(address).port}" for address in addresses} <= listening


def test_only_who_opens_content_is_given_the_keys() -> None:
    holders = {name for name, part in PARTS.items() if "keys:/keys" in part.get("volumes", [])}

    assert holders == {"intake", "sharing", "panel"}


def test_no_service_may_enter_the_database_of_another(postgres_address: str) -> None:
    with psycopg.connect(postgres_address, autocommit=True) as connection:
        _run(connection, FOLDER / "postgres" / "databases.sql")

        allowed = {
            (service, database)
            for service in SERVICES
            for database in SERVICES
            if _may_connect(connection, service, database)
        }
        for name in SERVICES:
            connection.execute(f"DROP DATABASE {name}")
            connection.execute(f"DROP ROLE {name}")

    assert allowed == {(service, service) for service in SERVICES}


def _run(connection: psycopg.Connection[Any], script: Path) -> None:
    lines = [line for line in script.read_text().splitlines() if not line.startswith("--")]
    for statement in "\n".join(lines).split(";"):
        if statement.strip():
            connection.execute(statement.encode())


def _may_connect(connection: psycopg.Connection[Any], role: str, database: str) -> bool:
    row = connection.execute("SELECT has_database_privilege(%s, %s, 'CONNECT')", (role, database)).fetchone()
    return bool(row and row[0])
