"""Writing a report: somebody who posts it from the practice room's pages, question by question."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import count
from typing import Any

from services.panel.app import PanelService
from tests.support.practised import Practised

_numbers = count()
CHI = {"person1.system1": "chi", "person1.number1": "550 311 1230"}
SINCE = {
    "missing.since-day": "24",
    "missing.since-month": "4",
    "missing.since-year": "2026",
    "missing.since-time": "6.15",
}


@dataclass
class Writing:
    """A report that somebody is writing."""

    hub: Practised
    draft: str
    who: str

    def open(self, step: str) -> Any:
        return self.hub.get(self.who, f"/report/{self.draft}/{step}")

    def answer(self, step: str, fields: Mapping[str, Any], go: str = "on", query: str = "") -> Any:
        return self.hub.send(self.who, f"/report/{self.draft}/{step}{query}", {**fields, "go": go})

    def send(self) -> Any:
        return self.hub.send(self.who, f"/report/{self.draft}/send", {"go": "on"})


def worker() -> str:
    """Somebody in social work who has not written anything yet."""
    return f"social-work/duty-{next(_numbers)}"


def begin(hub: Practised, kind: str, who: str = "") -> Writing:
    """Somebody begins a report of a kind."""
    who = who or worker()
    answer = hub.send(who, "/report", {"kind": kind})
    assert answer.status_code == 303, answer.text
    return Writing(hub, answer.headers["location"].split("/")[3], who)


def missing(hub: Practised, circumstances: str = "Left after a phone call.") -> Writing:
    """A report that a young person is missing, as far as it must be answered."""
    writing = begin(hub, "missing")
    writing.answer("person-1", CHI)
    writing.answer("since", SINCE)
    writing.answer("circumstances", {"missing.circumstances": circumstances})
    return writing


def panel_of(hub: Practised) -> PanelService:
    """The service whose pages these are."""
    service = hub.hub.services["panel"]
    assert isinstance(service, PanelService)
    return service


def told_to(hub: Practised, partner: str, form: str = "own") -> list[dict[str, Any]]:
    """What an agency reported itself, or was told in another form, as it reads it for missing children."""
    hub.settle()
    query = {"purpose": "missing", "limit": "500", "form": form}
    answer = hub.client.get("/sharing/v1/records", params=query, headers={"authorization": f"Demo {partner}/system"})
    return list(answer.json()["records"])
