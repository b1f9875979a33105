"""A small hub on its embedded parts, with something behind every door, and a way to knock at each as anybody.

Health is the agency that everything concerns: it is sent records, has reported itself, is a party to agreements.
Education has joined and is concerned by nothing; the harbour trust never joined.
"""

import asyncio
import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Any

from schemas.reports import example
from services.composition import Hub
from services.console.rehearsal.parts import embedded_settings
from services.kernel.clock import SimulatedClock
from tests.architecture.routes import Route, apps_of
from tests.support.asking import Answer, asked
from tests.support.panel_room import CLOSING, REFERRING, furnish_panel

NOW = datetime(2026, 5, 2, 9, tzinfo=UTC)
LEAD = "governance/lead"
TOLD = "Zaunkoenig"
"""A word of a report's free text: where it is read, a record was released."""

_EVENTS = "application/cloudevents+json"
_FORM = "application/x-www-form-urlencoded"
_PURPOSE = {"purpose": "missing"}
_ALL_READ = {"partner": "health"}
PANEL_READS = (
    "contexts",
    "contexts/{context}",
    "contexts/{context}/alike",
    "contexts/{context}/conference-pack",
    "referrals",
    "referrals/{referral}",
    "meetings",
    "meetings/{meeting}",
    "meetings/{meeting}/minutes",
    "meetings/{meeting}/items/{agenda_item}/pack",
    "actions",
    "actions/{action}",
    "back-links",
    "contexts/{context}/back-links",
    "discussions",
    "missing",
)
"""What the panel's interface reads out, below `/v1/`."""
_QUERIES: Mapping[str, Mapping[str, str]] = {
    "sharing GET /v1/records": _PURPOSE,
    "sharing GET /v1/subjects/{ref}": _PURPOSE,
    "sharing GET /v1/feed": _PURPOSE,
    "sharing GET /v1/stream": _PURPOSE,
    "sharing GET /v1/recalls": {"acknowledged": "true"},
    "governance GET /v1/who-saw": _ALL_READ,
    "governance GET /v1/who-saw.csv": _ALL_READ,
    "governance GET /who-saw": _ALL_READ,
    **{f"governance GET /who-looked{twin}": _ALL_READ for twin in ("", ".csv", ".json")},
    "governance GET /items/{item}/{partner}": _PURPOSE,
    "panel GET /": _PURPOSE,
    **{
        f"panel GET {path}": _PURPOSE
        for path in (
            *(
                f"/{name}{twin}"
                for name in ("queue", "young-people", "missing", "network", "places")
                for twin in ("", ".csv", ".json")
            ),
            *(f"/places/times{twin}" for twin in (".csv", ".json")),
            *(f"/young-people/{{ref}}{rest}" for rest in ("", "/timeline.csv", "/timeline.json")),
            "/queue/news.json",
            "/young-people/find",
        )
    },
    "panel POST /young-people/find": _PURPOSE,
    **{f"panel GET /v1/{path}": {"purpose": "context"} for path in PANEL_READS},
}
_STEPS: Mapping[str, tuple[str, ...]] = {
    "amendments": (),
    "signatures": (),
    "in-force": ("police", "health"),
    "suspension": ("police", "health", "in-force"),
    "reinstatement": ("police", "health", "in-force", "suspension"),
    "end": ("police", "health", "in-force"),
    "withdrawals": ("police", "health", "in-force"),
}
"""What has to be done to an agreement before this can be: who has to sign, and what else."""
ROOM_STEPS = {
    "/room/contexts/{context}/{step}": "note",
    "/room/referrals/{referral}/{step}": "questions",
    "/room/meetings/{meeting}/{step}": "add-item",
    "/room/actions/{action}/{step}": "progress",
}
"""Which of the forms of the panel room is opened, and sent."""
_SENT = {
    "/room/referrals/new": b"key=asked&about=place&asked=a&concern=a&strengths=a&immediate_safety=a&views=a",
    "/room/actions/{action}/{step}": b"progress=under_way",
    "/room/discussions/new": b"key=asked&young_people=swis+4711&took_part=social_work&took_part=police"
    b"&took_part=health&outcome=further_enquiries&reasons=a&lead_professional=a&young_persons_view=a&"
    + b"&".join(prompt.encode() + b"=yes" for prompt in CLOSING["prompts"]),
    "/room/meetings/{meeting}/items/{agenda_item}/interest": b"why=A+neighbour.",
}
"""What is sent; otherwise nothing is, so that what is there stays as it is."""


@dataclass
class AskedHub:
    """Nothing in it moves but when it is settled."""

    hub: Hub
    apps: Mapping[str, Any]
    _loop: asyncio.AbstractEventLoop
    _numbers: Iterator[int] = field(default_factory=lambda: count(1))
    values: dict[str, str] = field(default_factory=dict)
    """Something that is there, for each parameter of a path."""
    _fresh: dict[str, str] = field(default_factory=dict)

    def ask(
        self,
        service: str,
        method: str,
        path: str,
        who: str | None,
        query: Mapping[str, Any] | None = None,
        content: Any = None,
        media_type: str = "application/json",
        headers: Sequence[tuple[bytes, bytes]] = (),
    ) -> Answer:
        """One request, from this machine; `content` is JSON or bytes."""
        body = content if isinstance(content, bytes) else b"" if content is None else json.dumps(content).encode()
        sent = [(b"content-length", str(len(body)).encode()), *headers]
        sent += [(b"content-type", media_type.encode())] if body else []
        sent += [(b"sec-fetch-site", b"same-origin")] if media_type == _FORM else []
        sent += [(b"authorization", f"Demo {who}".encode())] if who else []
        return self._loop.run_until_complete(asked(self.apps[service], method, path, sent, [body], query))

    def knock(self, route: Route, who: str | None) -> Answer:
        """A request to this route that succeeds for whoever may make it."""
        if route.method == "POST" and "{agreement}" in route.path:
            return self._change(route, who)
        if "{draft}" in route.path:
            self.values |= {"draft": self._draft(), "step": "since"}
        values = self.values | {"step": ROOM_STEPS.get(route.path, self.values.get("step", ""))}
        if str(route) == "panel POST /room/meetings/{meeting}/items/{agenda_item}/interest":
            values["agenda_item"] = values["other_item"]
        path = route.path.format_map(values) if "{" in route.path else route.path
        content, media_type = self._body(route, who)
        self.hub.settle()
        return self.ask(
            route.service,
            route.method,
            path,
            who,
            query=_QUERIES.get(str(route), {"purpose": "context"} if route.path.startswith("/room") else {}),
            content=content,
            media_type=media_type,
        )

    def _body(self, route: Route, who: str | None) -> tuple[Any, str]:
        match str(route):
            case "intake POST /v1/events":
                return _event("cairn.school.concern.v1", (who or "health/nobody").split("/")[0], next(self._numbers)), (
                    _EVENTS
                )
            case "sharing POST /v1/agreements":
                return _agreement(f"N{next(self._numbers)}"), "application/json"
            case "sharing POST /v1/partners":
                return {"partner": "health", "name": "Health"}, "application/json"
            case "sharing POST /v1/search":
                return dict(_PURPOSE), "application/json"
            case "panel POST /v1/contexts":
                return {"key": "asked", "why": "Heard of it."}, "application/json"
            case "panel POST /v1/contexts/{context}/commands":
                return {"command": "note", "text": "Lit.", "happened": "2026-05-01"}, "application/json"
            case "panel POST /v1/contexts/{context}/back-links/commands":
                return {"command": "tell_lead", "young_person": "y-asked", "lead": "health/nurse"}, "application/json"
            case "panel POST /v1/referrals":
                return REFERRING, "application/json"
            case "panel POST /v1/referrals/{referral}/commands":
                return {"command": "peer_review", "learning": "Fine."}, "application/json"
            case "panel POST /v1/meetings":
                parts = {"chair": "a", "coordinator": "b", "minute_taker": "c"}
                times = {"starts": "2026-06-01T09:00:00Z", "ends": "2026-06-01T10:00:00Z"}
                return {"key": "asked", "parts": parts, **times}, "application/json"
            case "panel POST /v1/meetings/{meeting}/commands":
                interest = {"command": "declare_conflict", "item": self.values["other_item"], "why": "A neighbour."}
                return interest, "application/json"
            case "panel POST /v1/actions/{action}/commands":
                return {"command": "report_progress", "progress": "under_way"}, "application/json"
            case "panel POST /v1/discussions":
                return CLOSING, "application/json"
            case "panel POST /saved-filters":
                form = b"list=%2Fqueue&query=show%3Dmissing&purpose=missing&do=keep"
                return form, "application/x-www-form-urlencoded"
            case "panel POST /young-people/find":
                return b"typed=nobody", _FORM
            case "panel POST /report":
                return b"kind=missing", _FORM
            case asked if asked.startswith("panel POST /room/"):
                return _SENT.get(route.path, b"seen="), _FORM
            case asked if asked.startswith("panel POST /report/"):
                return b"go=later", _FORM
            case "hub POST /sign-in":
                return b"who=governance/lead", "application/x-www-form-urlencoded"
            case _:
                return None, "application/json"

    def _draft(self) -> str:
        """A report that a nurse has written and not sent; the same until it was sent or deleted."""
        nurse, draft = "health/nurse", self.values.get("draft", "")
        if draft and self.ask("panel", "GET", f"/report/{draft}/check", nurse).status == 200:
            return draft
        begun = self.ask("panel", "POST", "/report", nurse, content=b"kind=missing", media_type=_FORM)
        assert begun.status == 303, begun.body
        draft = begun.headers["location"].split("/")[-2]
        written = {
            "person-1": b"person1.system1=chi&person1.number1=5503111230",
            "since": b"&".join(b"missing.since-" + part for part in (b"day=1", b"month=5", b"year=2026", b"time=9:00")),
        }
        for step, answers in written.items():
            self.ask("panel", "POST", f"/report/{draft}/{step}", nurse, content=answers, media_type=_FORM)
        return draft

    def _change(self, route: Route, who: str | None) -> Answer:
        """Knock with an agreement on which this can be done; one on which it was done is not used again."""
        what = route.path.rpartition("/")[2]
        name = self._fresh.get(what) or self._prepared(what)
        answer = self._act(name, what, who)
        self._fresh[what] = "" if answer.status < 300 else name
        return answer

    def _prepared(self, what: str) -> str:
        name = f"N{next(self._numbers)}"
        self._as_lead("/v1/agreements", _agreement(name))
        for step in _STEPS[what]:
            signing = step in ("police", "health")
            done = self._act(name, "signatures" if signing else step, f"{step}/signatory" if signing else LEAD)
            assert done.status == 200, done.body
        return name

    def _act(self, name: str, what: str, who: str | None) -> Answer:
        content: dict[str, Any] = {}
        if what == "amendments":
            content = _agreement(name)
        elif what == "withdrawals" and who == LEAD:
            content = {"party": "health"}
        return self.ask("sharing", "POST", f"/v1/agreements/{name}/{what}", who, content=content)

    def _as_lead(self, path: str, content: Any) -> None:
        said = self.ask("sharing", "POST", path, LEAD, content=content)
        assert said.status < 300, said.body

    def furnish(self) -> None:
        """Put something behind every door."""
        for partner in ("police", "health", "education"):
            self._as_lead("/v1/partners", {"partner": partner, "name": partner.title()})
        agreement = self._prepared("end")
        self.hub.settle()
        receipt = self._post("cairn.school.concern.v1", "health")
        lasting = self._post("cairn.missing-episode.reported.v1", "police")
        recalled = self._post("cairn.missing-episode.reported.v1", "police")
        self.hub.settle()
        self._post("cairn.report.withdrawn.v1", "police", {"report": recalled["id"]})
        self.hub.settle()
        nurse = "health/nurse"
        records = self.ask("sharing", "GET", "/v1/records", nurse, query=_PURPOSE).json()["records"]
        recalls = self.ask("sharing", "GET", "/v1/recalls", nurse).json()["recalls"]
        self.values = {
            "agreement": agreement,
            "receipt": receipt["receipt"],
            "item": lasting["items"][0]["item"],
            "partner": "health",
            "recall": recalls[0]["recall"],
            "ref": next(about for one in records if one["form"] == "full" for about in one["about"]),
            "name": "cairn.css",
        }
        self.values |= furnish_panel(self._say, self._read_room, NOW)
        acknowledged = self.ask("sharing", "POST", f"/v1/recalls/{recalls[0]['recall']}/ack", nurse)
        assert acknowledged.status == 200, acknowledged.body
        self.hub.settle()

    def _say(self, service: str, path: str, who: str, content: Any) -> Any:
        media_type = _EVENTS if service == "intake" else "application/json"
        said = self.ask(service, "POST", path, who, content=content, media_type=media_type)
        assert said.status < 300, said.body
        self.hub.settle()
        return said.json()

    def _read_room(self, path: str, who: str) -> Any:
        return self.ask("panel", "GET", path, who, query={"purpose": "context"}).json()

    def _post(self, type_name: str, by: str, data: Any = None) -> Any:
        event = _event(type_name, by, next(self._numbers), data)
        said = self.ask("intake", "POST", "/v1/events", f"{by}/system", content=event, media_type=_EVENTS)
        assert said.status == 202, said.body
        assert said.json()["status"] == "accepted"
        return said.json() | {"id": event["id"]}


@contextmanager
def asked_hub(folder: Path) -> Iterator[AskedHub]:
    """A hub of all services with something behind every door."""
    loop = asyncio.new_event_loop()
    with closing(Hub(embedded_settings(folder), SimulatedClock(NOW))) as hub, closing(loop):
        opened = AskedHub(hub, apps_of(hub), loop)
        opened.furnish()
        yield opened
        loop.run_until_complete(loop.shutdown_default_executor())


def _event(type_name: str, by: str, number: int, data: Any = None) -> dict[str, Any]:
    event = example(type_name)
    told = data or event["data"]
    if by == "police" and "missing" in told:
        told = told | {"missing": told["missing"] | {"circumstances": TOLD}}
    changed = {"id": f"event-{number}", "source": f"urn:cairn:partner:{by}", "time": "2026-04-20T11:00:00Z"}
    return event | changed | {"data": told}


def _agreement(name: str) -> dict[str, Any]:
    return {
        "id": name,
        "title": "Missing episodes",
        "purpose": "missing",
        "parties": ["police", "health"],
        "starts": "2026-01-05T00:00:00Z",
        "ends": "2027-01-05T00:00:00Z",
        "grants": {"health": {"missing": "full"}},
    }
