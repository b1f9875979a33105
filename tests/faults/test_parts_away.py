"""While Kafka or OPA is away agencies can report, nobody is shown anything uncertain, and nothing is lost."""

import json
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from deploy.local.kafka import kafka
from deploy.local.opa import opa
from deploy.local.parts import Share
from deploy.local.process import free_port
from services.console.rehearsal.hubs import LEAD, Refused
from services.console.rehearsal.player import Player
from services.console.rehearsal.scenario import JSON
from services.console.rehearsal.telling import event_of
from tests.journeys.night import HOUSE_B, Night, without
from tests.support.process_hub import ProcessHub, process_hub

WAITS = {"CAIRN_CURRENCY_WAIT_SECONDS_MAX": "0.5", "CAIRN_AT_LEAST_WAIT_SECONDS_MAX": "0.5"}
FIRST, SECOND, THIRD = (HOUSE_B.reports[number] for number in range(3))
STORY = without(HOUSE_B, {report["id"] for report in HOUSE_B.reports})
"""The agreements of House B, before anything is reported."""


class Parts:
    """A broker and an engine of the test's own, started and stopped at will, always under the same addresses."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._ports = {"kafka": free_port(), "opa": free_port()}
        self._running: dict[str, ExitStack] = {}
        self.addresses = {name: f"127.0.0.1:{port}" for name, port in self._ports.items()}

    def start(self, name: str) -> None:
        stack = self._running[name] = ExitStack()
        port = self._ports[name]
        stack.enter_context(kafka(self._folder / "kafka", port) if name == "kafka" else opa(port=port))

    def stop(self, name: str) -> None:
        self._running.pop(name).close()

    def close(self) -> None:
        for name in list(self._running):
            self.stop(name)


@pytest.fixture
def parts(tmp_path: Path) -> Iterator[Parts]:
    opened = Parts(tmp_path)
    yield opened
    opened.close()


@contextmanager
def hub_on(parts: Parts, store: str) -> Iterator[ProcessHub]:
    """A hub that consists of intake alone at first."""
    share = Share("away", f"kafka://{parts.addresses['kafka']}?prefix=away.", store, f"http://{parts.addresses['opa']}")
    with process_hub(share, HOUSE_B.now, ["intake"], **WAITS) as hub:
        yield hub


def post(hub: ProcessHub, report: JSON) -> str:
    """Post a report of the night; gives its status."""
    content, headers = json.dumps(event_of(HOUSE_B, report)), {"content-type": "application/cloudevents+json"}
    system = f"{report['by']}/system"
    receipt = hub.ask("POST", "/intake/v1/events", system, content=content, headers=headers).json()
    return str(receipt["status"])


def refused(hub: ProcessHub, path: str, caller: str, **query: str) -> tuple[int, str]:
    """Status and code of what is refused."""
    with pytest.raises(Refused) as refusal:
        hub.ask("GET", path, caller, params=query)
    return refusal.value.status, refusal.value.code


def shown(hub: ProcessHub) -> set[str]:
    """What social work is shown for child protection: the types of report."""
    return {one["type"] for one in Night(Player(hub, STORY)).records("social-work", "child_protection")}


def kinds(*reports: JSON) -> set[str]:
    return {f"cairn.{report['type']}.v1" for report in reports}


@pytest.mark.real
@pytest.mark.timeout(600)
def test_agencies_report_while_parts_are_away_and_reads_fail_closed_until_they_are_back(
    parts: Parts, postgres_database: str
) -> None:
    # given a new hub, of which neither the broker nor the engine was ever there
    with hub_on(parts, postgres_database) as hub:
        # when an agency reports
        # then its report is accepted
        assert post(hub, FIRST) == "accepted"
        assert hub.processes["intake"].waiting() > 0

        # when the parts come, the other services start, and agreements are signed
        parts.start("kafka")
        parts.start("opa")
        hub.start("sharing", "governance")
        Player(hub, STORY).prepare()

        # then the report reaches its partners
        assert shown(hub) == kinds(FIRST)

        # when the broker goes
        parts.stop("kafka")

        # then agencies report as before, even to an intake that starts anew
        assert post(hub, SECOND) == "accepted"
        assert hub.stop("intake") == 0
        hub.start("intake")
        assert post(hub, THIRD) == "accepted"
        # and nobody reads what might no longer be so, or without a trace
        query = {"purpose": "child_protection"}
        assert refused(hub, "/sharing/v1/records", "social-work/nurse", **query) == (503, "records_unavailable")
        assert refused(hub, "/sharing/v1/feed", "social-work/system", **query) == (503, "records_unavailable")
        assert refused(hub, "/governance/v1/who-saw", LEAD) == (503, "access_not_recorded")

        # when it is back, then all that was reported is there
        parts.start("kafka")
        hub.settle()
        assert shown(hub) == kinds(FIRST, SECOND, THIRD)

        # when the engine goes, and an agreement is suspended
        parts.stop("opa")
        assert post(hub, SECOND | {"id": "E99"}) == "accepted"
        hub.ask("POST", "/sharing/v1/agreements/A1/suspension", LEAD, json={"reason": "review"})

        # then nobody is served what the old rules would have given
        assert refused(hub, "/sharing/v1/records", "social-work/nurse", **query) == (503, "decisions_not_current")

        # when it is back, then what partners are given follows the rules
        parts.start("opa")
        hub.settle()
        assert hub.ask("GET", "/sharing/v1/recalls", "social-work/system").json()["recalls"]
