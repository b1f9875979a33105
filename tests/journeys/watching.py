"""A hub that a world is told to, and everything that one partner, the watcher, can ask of it.

What the watcher is answered is kept to the byte: status, headers but for the date, body, and order.
"""

import asyncio
import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import httpx2
from sqlalchemy import select

from schemas.classes import Purpose
from services.composition import Hub
from services.console.rehearsal.hubs import LEAD, SEED, throw_away_folder
from services.console.rehearsal.parts import embedded_settings
from services.console.rehearsal.scenario import JSON, Scenario
from services.console.rehearsal.telling import agreement_of, event_of
from services.kernel.clock import SimulatedClock
from services.sharing.projections.record_tables import NAMES, RECALLS, RECORDS
from tests.journeys.secret_worlds import (
    BORN,
    KNOWN,
    PARTNERS,
    START,
    Acknowledge,
    Act,
    Agree,
    Correct,
    Fumble,
    Leave,
    Look,
    Move,
    Report,
    Ruling,
    Settle,
    World,
)

_SUBJECTS = Scenario("", "", START, PARTNERS, BORN, (), (), {}, {}, ())
_PAGE = 3
_PAGES_MAX = 8
_SECRET_SECTIONS = {
    "voice_private": "return-discussion.completed",
    "health_sensitive": "health.attendance",
    "intelligence_source": "intelligence.published",
}


@dataclass(frozen=True)
class Answered:
    """One question of the watcher's, and the answer to the byte."""

    question: str
    status: int
    headers: tuple[tuple[bytes, bytes], ...]
    body: bytes

    def __str__(self) -> str:
        told = "".join(f"\n  {name.decode()}: {value.decode()}" for name, value in self.headers)
        return f"{self.question}\n  {self.status}{told}\n  {self.body.decode()}"


@dataclass(frozen=True)
class Probes:
    """What only other agencies should know, as if it had come into the watcher's hands."""

    names: frozenset[str] = frozenset()
    recalls: frozenset[str] = frozenset()
    receipts: frozenset[str] = frozenset()
    positions: frozenset[str] = frozenset()
    cursors: frozenset[str] = frozenset()
    agreements: frozenset[str] = frozenset()

    def with_those_of(self, other: "Probes") -> "Probes":
        """All of both, few of each kind; first those that are in one world alone."""
        return Probes(**{name: _few(getattr(self, name), getattr(other, name)) for name in vars(self)})


def _few(one: frozenset[str], other: frozenset[str]) -> frozenset[str]:
    return frozenset([*sorted(one ^ other)[:3], *sorted(one & other)[:1]])


@dataclass
class WatchedHub:
    """A throw-away hub. Nothing in it moves but when it is settled."""

    hub: Hub
    clock: SimulatedClock
    world: World
    _client: httpx2.AsyncClient
    _loop: asyncio.AbstractEventLoop
    answers: list[Answered] = field(default_factory=list)
    """Everything that the watcher was answered, in order."""
    _receipts: dict[str, JSON] = field(default_factory=dict)
    """Receipt -> what it says, of the other agencies."""
    _own: list[JSON] = field(default_factory=list)
    _posted: dict[str, JSON] = field(default_factory=dict)

    @property
    def watcher(self) -> str:
        return self.world.watcher

    # what happens

    def tell(self) -> None:
        """Everything that happens in the world."""
        for partner in PARTNERS:
            self._lead("partners", {"partner": partner, "name": partner.title(), "contact": f"duty desk of {partner}"})
        for common, act in self.world.acts():
            answer = self._tell(act)
            if common and answer is not None and answer.status_code >= 400:
                raise ValueError(f"the hub refused {act}: {answer.text}")

    def _tell(self, act: Act) -> httpx2.Response | None:
        match act:
            case Agree(agreement):
                return self._agree(agreement)
            case Ruling(what, name):
                return self._lead(f"agreements/{name}/{what}", {"reason": "as the world goes"})
            case Leave(by, name):
                return self._lead(f"agreements/{name}/withdrawals", {"party": by})
            case Report(report, also):
                return self._post(act.by, self._event(report, also))
            case Correct():
                return self._post(act.by, self._correction(act))
            case Fumble():
                self._fumble(act)
            case Look():
                self._look(act)
            case Acknowledge(by):
                self._acknowledge(by)
            case Move(hours):
                self.clock.move(self.clock.now() + timedelta(hours=hours))
                self.hub.settle()
            case Settle():
                self.hub.settle()
        return None

    def _agree(self, agreement: JSON) -> httpx2.Response:
        self._lead("agreements", agreement_of(agreement))
        for party in agreement["parties"]:
            self._send("POST", f"/sharing/v1/agreements/{agreement['id']}/signatures", f"{party}/signatory", json={})
        return self._lead(f"agreements/{agreement['id']}/in-force", {})

    def _event(self, report: JSON, also: Sequence[tuple[str, str]]) -> JSON:
        event = event_of(_SUBJECTS, report)
        for person in event["data"]["people"].values():
            extra = [more for name, more in also if f"scenario|{name}" in person["identifiers"]]
            person["identifiers"] += extra
        return event

    def _correction(self, act: Correct) -> JSON:
        data: JSON = {"report": act.report}
        kind = "cairn.report.withdrawn.v1"
        if act.what == "silence":
            kind = "cairn.intelligence.regraded.v1"
            data["handling"] = {"code": "C", "existence": "silent"}
        if act.item is not None:
            kind = "cairn.report.amended.v1"
            section = act.item["class"]
            words = {"id": act.name, "at": "", "by": act.by, "type": _SECRET_SECTIONS[section], "items": [act.item]}
            said = event_of(_SUBJECTS, words)["data"]
            data |= {name: said[name] for name in ("people", section)}
        return self._envelope(act.by, act.name, kind, data)

    def _envelope(self, by: str, name: str, kind: str, data: JSON) -> JSON:
        time = (START - timedelta(hours=1)).isoformat()
        source = f"urn:cairn:partner:{by}"
        return {"specversion": "1.0", "id": name, "source": source, "type": kind, "time": time, "data": data}

    def _fumble(self, act: Fumble) -> None:
        event = self._envelope(act.by, act.name, "cairn.report.withdrawn.v1", {"report": f"{act.name}-never-sent"})
        if act.what == "quarantine":
            event |= {"type": "cairn.weather.observed.v1", "data": {"people": {}}}
        elif act.what == "spoil":
            event |= {"data": {"report": 7}}
        elif act.what == "repeat":
            event = self._posted.get(act.by, event)
        self._post(act.by, event)

    def _look(self, act: Look) -> None:
        if act.by == "governance":
            for path in ("who-saw", "disclosures", "matrix"):
                self._send("GET", f"/governance/v1/{path}", LEAD, params={"limit": "50"})
            return
        for path in ("feed", "records"):
            self.ask("GET", f"/sharing/v1/{path}", f"{act.by}/worker-1", params={"purpose": act.purpose})
        search = {"purpose": act.purpose, "identifier": "scenario|K1"}
        self.ask("POST", "/sharing/v1/search", f"{act.by}/worker-1", json=search)

    def _acknowledge(self, by: str) -> None:
        listed = self._send("GET", "/sharing/v1/recalls", f"{by}/system")
        for one in listed.json().get("recalls", ()):
            self.ask("POST", f"/sharing/v1/recalls/{one['recall']}/ack", f"{by}/system")

    def _lead(self, path: str, body: JSON) -> httpx2.Response:
        return self._send("POST", f"/sharing/v1/{path}", LEAD, json=body)

    def _post(self, by: str, event: JSON) -> httpx2.Response:
        headers = {"content-type": "application/cloudevents+json"}
        content = json.dumps(event)
        answer = self.ask("POST", "/intake/v1/events", f"{by}/system", content=content, headers=headers)
        self._posted[by] = event
        if answer.status_code == 202:
            receipt = answer.json()
            if by == self.watcher:
                self._own.append(receipt)
            else:
                self._receipts[receipt["receipt"]] = receipt
        return answer

    def ask(self, method: str, path: str, caller: str, **request: Any) -> httpx2.Response:
        """One request; what the watcher is answered is kept."""
        answer = self._send(method, path, caller, **request)
        if caller.partition("/")[0] == self.watcher:
            said = {name: value for name, value in request.items() if name != "headers"}
            headers = tuple(one for one in answer.headers.raw if one[0].lower() != b"date")
            question = f"{caller}: {method} {path} {json.dumps(said)}"
            self.answers.append(Answered(question, answer.status_code, headers, answer.content))
        return answer

    def _send(self, method: str, path: str, caller: str, **request: Any) -> httpx2.Response:
        headers = {"authorization": f"Demo {caller}"} | request.pop("headers", {})
        return self._loop.run_until_complete(self._client.request(method, path, headers=headers, **request))

    # what only others should know

    def probes(self) -> Probes:
        """What the other agencies were told, out of the hub's own tables."""
        with self.hub.services["sharing"].store.reading() as session:  # type: ignore[attr-defined]
            others = NAMES.c.partner != self.watcher
            names = session.scalars(select(NAMES.c.name).where(others).distinct()).all()
            recalls = session.scalars(select(RECALLS.c.recall).where(RECALLS.c.partner != self.watcher)).all()
        agreements = {act.agreement["id"] for _, act in self.world.acts() if isinstance(act, Agree)}
        return Probes(
            names=frozenset(names),
            recalls=frozenset(recalls),
            receipts=frozenset(self._receipts),
            positions=frozenset(one["position"] for one in self._receipts.values() if one["position"]),
            cursors=frozenset(self._cursors()),
            agreements=frozenset(agreements),
        )

    def _cursors(self) -> Iterator[str]:
        for partner in PARTNERS:
            if partner != self.watcher:
                query = {"purpose": "child_protection", "limit": "1"}
                answer = self._send("GET", "/sharing/v1/feed", f"{partner}/system", params=query)
                lines = answer.content.splitlines() if answer.status_code == 200 else []
                yield from (json.loads(line)["cursor"] for line in lines)

    def shared_names(self) -> list[str]:
        """Names, references and pseudonyms that would let two partners, or two agreements, be joined."""
        with self.hub.services["sharing"].store.reading() as session:  # type: ignore[attr-defined]
            rows = session.execute(
                select(RECORDS.c.partner, RECORDS.c.reference, RECORDS.c.form, RECORDS.c.agreements, NAMES.c.name)
                .outerjoin(NAMES, (NAMES.c.partner == RECORDS.c.partner) & (NAMES.c.reference == RECORDS.c.reference))
            ).all()
        holders: dict[str, set[tuple[str, str]]] = {}
        for row in rows:
            basis = json.loads(row.agreements)[0] if row.form == "pseudonymised" else ""
            for name in (row.reference, row.name):
                if name is not None:
                    holders.setdefault(name, set()).add((row.partner, basis))
        return sorted(name for name, places in holders.items() if len(places) > 1)

    # what the watcher asks

    def watch(self, probes: Probes) -> None:
        """Ask everything; the answers are kept."""
        self._free_of_overdue_recalls()
        found = {purpose: self._read(purpose) for purpose in Purpose}
        busiest = max(Purpose, key=lambda purpose: len(found[purpose]))
        records = [one["record"] for one in found[busiest] if one["kind"] == "disclosed"]
        names = sorted({name for one in records for name in one["about"]})
        self._page_by_page(busiest)
        self._stream(busiest, len(found[busiest]))
        self._narrow(busiest, records)
        for name in (*names[:3], *sorted(probes.names), "y-nobody"):
            self._pages(f"/sharing/v1/subjects/{name}", busiest)
        self._search(busiest, names)
        self._recalls(probes)
        self._agreements(probes)
        self._receipts_and_quarantine(probes)
        self._ask_amiss(busiest, probes)
        self._report_anew(busiest)

    def _free_of_overdue_recalls(self) -> None:
        """Recalls that are overdue stand before everything else."""
        if any(one["overdue"] for one in self._get("/sharing/v1/recalls").json()["recalls"]):
            self._get("/sharing/v1/feed", purpose=Purpose.MISSING.value)
            self._acknowledge(self.watcher)
            self.hub.settle()

    def _get(self, path: str, name: str = "system", **query: str) -> httpx2.Response:
        return self.ask("GET", path, f"{self.watcher}/{name}", params=query)

    def _read(self, purpose: Purpose) -> list[JSON]:
        self._get("/sharing/v1/records", purpose=purpose.value, limit="500")
        page = self._get("/sharing/v1/feed", purpose=purpose.value, limit="500")
        return [json.loads(line) for line in page.content.splitlines()] if page.status_code == 200 else []

    def _page_by_page(self, purpose: Purpose) -> None:
        query = {"purpose": purpose.value, "limit": str(_PAGE)}
        for _ in range(_PAGES_MAX):
            page = self._get("/sharing/v1/feed", **query)
            lines = page.content.splitlines()
            if not lines:
                break
            query["after"] = json.loads(lines[-1])["cursor"]
        self._pages("/sharing/v1/records", purpose)
        self._get("/panel/", "worker-1", purpose=purpose.value)

    def _pages(self, path: str, purpose: Purpose, **query: str) -> None:
        query |= {"purpose": purpose.value, "limit": str(_PAGE)}
        for _ in range(_PAGES_MAX):
            page = self._get(path, **query)
            if page.status_code != 200 or page.json()["next"] is None:
                break
            query["after"] = page.json()["next"]

    def _narrow(self, purpose: Purpose, records: Sequence[JSON]) -> None:
        for data_class in sorted({one["class"] for one in records})[:2]:
            self._get("/sharing/v1/records", purpose=purpose.value, **{"class": data_class})
        for form in sorted({one["form"] for one in records} - {"own"}):
            self._get("/sharing/v1/records", purpose=purpose.value, form=form)

    def _search(self, purpose: Purpose, names: Sequence[str]) -> None:
        asked: list[JSON] = [{"identifier": f"scenario|{name}"} for name in (*KNOWN[:3], "G1", "K9")]
        asked += [{"identifier": f"secret|{name}"} for name in ("K1", "K9")]
        asked += [{"subject": name, "limit": 1} for name in names[:1]]
        asked += [{"class": "missing"}, {"from": (START - timedelta(hours=48)).isoformat(), "limit": 2}]
        for one in asked:
            self.ask("POST", "/sharing/v1/search", f"{self.watcher}/worker-1", json={"purpose": purpose.value} | one)

    def _recalls(self, probes: Probes) -> None:
        own = self._get("/sharing/v1/recalls").json()["recalls"]
        self._get("/sharing/v1/recalls", acknowledged="true")
        for recall in (*(one["recall"] for one in own[:1]), *sorted(probes.recalls), "k-none"):
            self.ask("POST", f"/sharing/v1/recalls/{recall}/ack", f"{self.watcher}/system")

    def _agreements(self, probes: Probes) -> None:
        self._get("/sharing/v1/agreements")
        self._get("/sharing/v1/partners")
        for agreement in (*sorted(probes.agreements), "H0"):
            self._get(f"/sharing/v1/agreements/{agreement}")
            here = f"/sharing/v1/agreements/{agreement}"
            self.ask("POST", f"{here}/withdrawals", f"{self.watcher}/signatory", json={"party": "nobody"})

    def _receipts_and_quarantine(self, probes: Probes) -> None:
        for receipt in (*(one["receipt"] for one in self._own[:2]), *sorted(probes.receipts), "q-none"):
            self._get(f"/intake/v1/receipts/{receipt}")
        waiting = self._get("/intake/v1/quarantine", limit="1").json()
        if waiting["next"]:
            self._get("/intake/v1/quarantine", limit="1", after=waiting["next"])
        for receipt in sorted(probes.receipts)[:1]:
            self._get("/intake/v1/quarantine", after=receipt)

    def _ask_amiss(self, purpose: Purpose, probes: Probes) -> None:
        feed = "/sharing/v1/feed"
        for cursor in (*sorted(probes.cursors), "x"):
            self._get(feed, purpose=purpose.value, after=cursor)
        for position in (*sorted(probes.positions), "x.1.x"):
            self._get(feed, purpose=purpose.value, at_least=position)
        self._get(feed)
        self._get(feed, purpose="curiosity")
        self._get("/sharing/v1/records", purpose=purpose.value, limit="0")
        self._get("/sharing/v1/currency")
        self._get("/governance/v1/who-saw")
        self._get("/governance/v1/disclosures", partner=self.watcher)

    def _report_anew(self, purpose: Purpose) -> None:
        """Report on somebody whom the watcher did not know of, and read that, too early and then in time."""
        items = [{"id": "F-anew", "class": "identity", "about": ["K1", "K9"]}]
        report = {"id": "E-anew", "at": START.isoformat(), "type": "missing-episode.reported", "items": items}
        receipt = self._post(self.watcher, self._event(report | {"by": self.watcher}, ())).json()
        for _ in range(2):
            self._get("/sharing/v1/feed", purpose=purpose.value, limit="500", at_least=receipt["position"])
            self._get(f"/intake/v1/receipts/{receipt['receipt']}")
            self.hub.settle()
        search = {"purpose": purpose.value, "identifier": "scenario|K9"}
        self.ask("POST", "/sharing/v1/search", f"{self.watcher}/worker-1", json=search)

    def _stream(self, purpose: Purpose, events: int) -> None:
        """As many events of the stream as the feed has lines."""
        if events:
            path, query = "/sharing/v1/stream", f"purpose={purpose.value}"
            reading = _streamed(self.hub.app, path, query, f"Demo {self.watcher}/system", events)
            self.answers.append(self._loop.run_until_complete(reading))


async def _streamed(app: Any, path: str, query: str, caller: str, events: int) -> Answered:
    """The beginning of a stream; a client that waits for its end would wait for ever."""
    gone, body = asyncio.Event(), b""
    status, headers = 0, tuple[tuple[bytes, bytes], ...]()

    async def receive() -> JSON:
        await gone.wait()
        return {"type": "http.disconnect"}

    async def send(message: JSON) -> None:
        nonlocal status, headers, body
        if message["type"] == "http.response.start":
            status = message["status"]
            headers = tuple((name, value) for name, value in message["headers"] if name.lower() != b"date")
        body += message.get("body", b"")
        if body.count(b"\n\n") >= events or status >= 400:
            gone.set()

    scope = {
        "type": "http", "asgi": {"version": "3.0", "spec_version": "2.3"}, "http_version": "1.1", "method": "GET",
        "path": path, "raw_path": path.encode(), "query_string": query.encode(), "root_path": "", "scheme": "http",
        "headers": [(b"host", b"127.0.0.1"), (b"authorization", caller.encode())],
        "client": ("127.0.0.1", 50_000), "server": ("127.0.0.1", 80),
    }  # fmt: skip
    await asyncio.wait_for(app(scope, receive, send), timeout=20)
    return Answered(f"{caller}: GET {path}?{query}", status, headers, body)


@contextmanager
def watched_hub(world: World, partitions: int = 1) -> Iterator[WatchedHub]:
    """A hub that this world was told to."""
    with throw_away_folder() as folder:
        clock = SimulatedClock(START)
        hub = Hub(embedded_settings(folder).model_copy(update={"partitions": partitions}), clock, seed=SEED)
        loop = asyncio.new_event_loop()
        client = httpx2.AsyncClient(transport=httpx2.ASGITransport(app=hub.app), base_url="http://127.0.0.1")
        try:
            watched = WatchedHub(hub, clock, world, client, loop)
            watched.tell()
            yield watched
        finally:
            loop.run_until_complete(client.aclose())
            loop.run_until_complete(loop.shutdown_default_executor())
            loop.close()
            hub.close()
