"""The bus station and the panel that meets about it, told through the pages as people send them."""

import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx2

from services.composition import SERVICES, Hub
from services.console.rehearsal.hubs import hub_at
from services.console.rehearsal.parts import embedded_settings
from services.kernel.clock import SimulatedClock
from services.panel.domain.prompts import Prompt
from tests.panel.panel_hub import (
    CHAIR,
    COORDINATOR,
    NOW,
    PanelHub,
    _prepared,
    bus_station,
    group_referral,
)

TEACHER, OFFICER, KEY_WORKER = "education/teacher", "police/officer", "childrens-house/key-worker"
Sent = dict[str, Any]


def day(name: str, written: str) -> dict[str, str]:
    """A day as a form sends it, from `16 4 2026`, or with a time behind it."""
    parts = dict(zip(("day", "month", "year", "time"), written.split(), strict=False))
    return {f"{name}-{part}": value for part, value in parts.items()}


CONFIRMED: Sent = {
    "kind": "place",
    "name": "Wellbrae bus station",
    "uprn": "999900004711",
    "personal_handle": "no",
} | day("review_due", "1 6 2026")
WEIGHTS: Sent = {"weight-home": "0", "weight-peers": "2", "weight-school": "1", "weight-location": "5",
                 "weight-online": "0"}  # fmt: skip
ASSESSED: Sent = {
    "young_people": "They wait there together after school. Most buses are late, and nobody minds them.",
    "guardianship": "The kiosk's owner looks out, and says so. The supervisor of the stances leaves at four.",
    "resources": "Two lamps at stance 3 have been out since March. There is nowhere warm to sit.",
}
CONVENED: Sent = {"chair": "chair", "coordinator": "coordinator", "minute_taker": "minute-taker", "deputy": "",
                  "key": "may"} | day("starts", "11 5 2026 14:00") | day("ends", "11 5 2026 16:00")  # fmt: skip
DECISION: Sent = {
    "outcome": "joint_intervention",
    "rationale": "The harm lies in the place, and the place can be changed.",
    "disclosure": "Police and social work act on it; the house is told its action.",
    "disclosed_to": ["police", "social-work"],
    "agreed": "no",
    "dissent": "Health would have waited a week.",
    "views": "",
    "no_views_because": "They are asked on Friday, with a person they chose.",
    "owner1": "childrens-house",
    "text1": "Please keep the side door lit.",
} | WEIGHTS | day("review_due", "15 6 2026") | day("due1", "20 5 2026")  # fmt: skip
ANSWERED: Sent = {prompt.value: "yes" for prompt in Prompt}


class PanelPages(PanelHub):
    """The hub with its pages, opened and answered as a browser does."""

    def open(self, path: str, who: str, purpose: str = "context", **asked: str) -> httpx2.Response:
        """A page, whatever its status; `path` is below the panel room."""
        return self.raw("GET", f"/room{path}", who, params={"purpose": purpose, **asked})

    def page(self, path: str, who: str, purpose: str = "context", **asked: str) -> str:
        """A page that is there."""
        answer = self.open(path, who, purpose, **asked)
        assert answer.status_code == 200, answer.text
        return answer.text

    def send(self, path: str, who: str, sent: Sent, purpose: str = "context", **headers: str) -> httpx2.Response:
        """What becomes of a form that somebody sends from one of the hub's own pages."""
        return self.raw(
            "POST", f"/room{path}", who, params={"purpose": purpose}, data=dict(sent) or {"seen": ""},
            headers={"sec-fetch-site": "same-origin"} | headers,
        )  # fmt: skip

    def done(self, path: str, who: str, sent: Sent, purpose: str = "context") -> str:
        """Where a form that was accepted leads to, below the panel room."""
        answer = self.send(path, who, sent, purpose)
        assert answer.status_code == 303, (answer.status_code, answer.text)
        found = re.fullmatch(r"/panel/room(/[^?#]*).*", answer.headers["location"])
        assert found
        return found[1]

    def move(self, **instead: int) -> None:
        """Make it another time."""
        self.stage.move(self.stage.now().replace(**instead))  # type: ignore[arg-type]
        self.stage.settle()


def three_reports(hub: PanelHub) -> None:
    """Three agencies report about one bus station, and no young person is in two of the reports."""
    people: list[tuple[str, str, str, str, Any]] = [
        ("education", "school.concern", "scn|161234567", "2011-02-01",
         {"time_band": "15:30-17:30", "harms": ["substances"], "description": "Two pupils were offered vapes."}),
        ("health", "health.attendance", "chi|5503111230", "2011-03-15",
         {"days": "weekdays", "description": "Burns, at the kiosk. Philippa saw it."}),
        ("youth-work", "context.observed", "club|77", "2010-12-03",
         {"time_band": "16:00-18:00", "ask": "staff_presence", "harms": ["sexual_exploitation"],
          "description": "Older men were filming girls."}),
    ]  # fmt: skip
    for by, kind, number, born, told in people:
        young = {"people": {"k1": {"identifiers": [number], "born": born}}, "present": ["k1"]}
        hub.report(by, f"cairn.{kind}.v1", bus_station(**told) | young)


def proposed(hub: PanelPages) -> str:
    """The ref of the case that is proposed."""
    found: str = hub.get("/v1/contexts", COORDINATOR)["contexts"][0]["ref"]
    return found


class Sitting:
    """A meeting with six items, the second a group and the third the bus station, and those who take part in it."""

    TITLES = ("From last time", "A group at the bus station", "The bus station", "Reviews", "Missing", "Language")

    def __init__(self, hub: PanelPages) -> None:
        self.hub = hub
        three_reports(hub)
        self.case = proposed(hub)
        hub.done(f"/contexts/{self.case}/confirm", COORDINATOR, CONFIRMED)
        hub.report("social-work", "cairn.referral.submitted.v1", group_referral())
        self.referral: str = hub.get("/v1/referrals", COORDINATOR)["referrals"][0]["ref"]
        self.here = hub.done("/meetings/new", COORDINATOR, CONVENED)
        kinds: list[dict[str, str]] = [
            {"kind": "matter"}, {"kind": "referral", "referral": self.referral},
            {"kind": "context", "case": self.case}, {"kind": "review"}, {"kind": "missing"}, {"kind": "matter"},
        ]  # fmt: skip
        for title, kind in zip(self.TITLES, kinds, strict=True):
            hub.done(f"{self.here}/add-item", COORDINATOR, {"title": title, **kind})
        view = hub.get(f"/v1{self.here}", CHAIR)
        self.items: list[str] = [one["item"] for one in view["items"]]
        self.invite("police", "officer", "core")
        self.invite("education", "teacher", "invited", self.items[2])

    def invite(self, partner: str, name: str, membership: str, *items: str) -> None:
        """Let somebody take part."""
        sent: Sent = {"partner": partner, "name": name, "membership": membership, "items": list(items)}
        self.hub.done(f"{self.here}/add-member", COORDINATOR, sent)

    def item(self, number: int, step: str = "") -> str:
        """The address of an item, the first being 0."""
        return f"{self.here}/items/{self.items[number]}{f'/{step}' if step else ''}"

    def begin(self) -> None:
        """Send the agenda, and begin on the day before it is planned."""
        self.hub.done(f"{self.here}/send-agenda", COORDINATOR, {})
        self.hub.move(day=10, hour=9)
        self.hub.done(f"{self.here}/begin", CHAIR, {"present": [CHAIR, OFFICER], "stated": "yes"})

    def decide_group(self) -> None:
        """Answer the questions of quality, hear the group, and decide."""
        self.hub.done(f"/referrals/{self.referral}/questions", COORDINATOR, ANSWERED)
        self.hub.done(self.item(1, "hear"), CHAIR, {})
        self.hub.done(self.item(1, "decide"), CHAIR, DECISION)

    def close(self) -> None:
        """Carry over what was not heard, close, and send the minutes."""
        for number in (0, 2, 3, 4, 5):
            self.hub.done(self.item(number, "carry-over"), CHAIR, {"reason": "The time was up."})
        self.hub.done(f"{self.here}/close", CHAIR, {})
        self.hub.done(f"{self.here}/circulate", COORDINATOR, {})


@contextmanager
def panel_pages(folder: Path, gazetteer: Path | None = None) -> Iterator[PanelPages]:
    """A hub of its own with its pages, in which the partners have joined and agreed."""
    shutil.copytree(_prepared(), folder, dirs_exist_ok=True)
    clock = SimulatedClock(NOW)
    settings = embedded_settings(folder).model_copy(update={"gazetteer": gazetteer})
    hub = Hub(settings, clock, SERVICES)
    try:
        with hub_at(hub, clock) as stage:
            yield PanelPages(stage)
    finally:
        hub.close()
