"""A throw-away hub that a world is told to, and what one partner of it, the watcher, is answered.

What the watcher is answered is kept to the byte: status, headers but for the date, body, and order.
"""

import asyncio
import json
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from services.composition import SERVICES, Hub
from services.console.rehearsal.hubs import LEAD, SEED, throw_away_folder
from services.console.rehearsal.parts import embedded_settings
from services.console.rehearsal.scenario import JSON, Scenario
from services.console.rehearsal.telling import agreement_of, event_of
from services.kernel.clock import SimulatedClock
from services.kernel.store import Store
from tests.journeys.secret_worlds import (
    BORN,
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
_TYPE_WITH = {
    "voice_private": "return-discussion.completed",
    "health_sensitive": "health.attendance",
    "intelligence_source": "intelligence.published",
}
_EVENT = "application/cloudevents+json"
BARE_SERVICES = ("intake", "sharing")
"""Those that a partner's systems speak to."""


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
class Reply:
    """The answer to one request; its headers as they were sent."""

    status_code: int
    headers: tuple[tuple[bytes, bytes], ...]
    content: bytes

    @property
    def text(self) -> str:
        return self.content.decode()

    def json(self) -> Any:
        return json.loads(self.content)


class ToldApart(Exception):
    """The watcher was answered otherwise than in the world that it should not be able to tell from this one."""

    def __init__(self, bare: Answered, answered: Answered) -> None:
        super().__init__(f"{bare}\n\n  and with secrets\n\n{answered}")


@dataclass
class WatchedHub:
    """Nothing in it moves but when it is settled."""

    hub: Hub
    clock: SimulatedClock
    world: World
    _app: Any
    _loop: asyncio.AbstractEventLoop
    bare: Sequence[Answered] = ()
    """What the watcher was answered in the world without secrets, as far as that is known."""
    answers: list[Answered] = field(default_factory=list)
    """Everything that the watcher was answered, in order."""
    receipts: dict[str, list[JSON]] = field(default_factory=dict)
    """Agency -> the receipts that it was given."""
    _latest: dict[str, JSON] = field(default_factory=dict)

    @property
    def watcher(self) -> str:
        return self.world.watcher

    @property
    def records(self) -> Store:
        """The store in which partners' records are."""
        return self.hub.services["sharing"].store  # type: ignore[attr-defined, no-any-return]

    def as_watched_by(self, partner: str) -> "WatchedHub":
        """The same hub with another watcher, who was not answered anything yet."""
        world = replace(self.world, watcher=partner)
        return replace(self, world=world, bare=(), answers=[])

    def tell(self) -> None:
        """Everything that happens in the world. Raises ToldApart; ValueError where what is common to all is refused."""
        for partner in PARTNERS:
            self._lead("partners", {"partner": partner, "name": partner.title(), "contact": f"duty desk of {partner}"})
        for common, act in self.world.acts():
            answer = self._tell(act)
            if common and answer is not None and answer.status_code >= 400:
                raise ValueError(f"the hub refused {act}: {answer.text}")

    def _tell(self, act: Act) -> Reply | None:
        match act:
            case Agree(agreement):
                return self._agree(agreement)
            case Ruling(what, name):
                return self._lead(f"agreements/{name}/{what}", {"reason": "as the world goes"})
            case Leave(by, name):
                return self._lead(f"agreements/{name}/withdrawals", {"party": by})
            case Report(report, also, before):
                return self.post(act.by, event_with(report, also, before))
            case Correct():
                return self.post(act.by, _correction(act))
            case Fumble():
                self._fumble(act)
            case Look():
                self._look(act)
            case Acknowledge(by):
                self.acknowledge(by)
            case Move(hours):
                self.clock.move(self.clock.now() + timedelta(hours=hours))
                self.hub.settle()
            case Settle():
                self.hub.settle()
        return None

    def _agree(self, agreement: JSON) -> Reply:
        self._lead("agreements", agreement_of(agreement))
        for party in agreement["parties"]:
            self.send("POST", f"/sharing/v1/agreements/{agreement['id']}/signatures", f"{party}/signatory", json={})
        return self._lead(f"agreements/{agreement['id']}/in-force", {})

    def _fumble(self, act: Fumble) -> None:
        event = _envelope(act.by, act.name, "cairn.report.withdrawn.v1", {"report": f"{act.name}-never-sent"})
        if act.what == "quarantine":
            event |= {"type": "cairn.weather.observed.v1", "data": {"people": {}}}
        elif act.what == "spoil":
            event |= {"data": {"report": 7}}
        elif act.what == "repeat":
            event = self._latest.get(act.by, event)
        self.post(act.by, event)

    def _look(self, act: Look) -> None:
        if act.by == "governance":
            for path in ("who-saw", "disclosures", "matrix"):
                self.send("GET", f"/governance/v1/{path}", LEAD, params={"limit": "50"})
            return
        if act.by == self.watcher:  # how long a hub takes to hear of a rule is time, which is left aside
            self.hub.settle()
        for path in ("feed", "records"):
            self.ask("GET", f"/sharing/v1/{path}", f"{act.by}/worker-1", params={"purpose": act.purpose})
        search = {"purpose": act.purpose, "identifier": "scenario|K1"}
        self.ask("POST", "/sharing/v1/search", f"{act.by}/worker-1", json=search)

    def acknowledge(self, by: str) -> None:
        """An agency's word that it removed all that was recalled."""
        listed = self.send("GET", "/sharing/v1/recalls", f"{by}/system")
        for one in listed.json().get("recalls", ()):
            self.ask("POST", f"/sharing/v1/recalls/{one['recall']}/ack", f"{by}/system")

    def _lead(self, path: str, body: JSON) -> Reply:
        return self.send("POST", f"/sharing/v1/{path}", LEAD, json=body)

    def post(self, by: str, event: JSON) -> Reply:
        """An event of an agency's; its receipt is kept."""
        answer = self.ask("POST", "/intake/v1/events", f"{by}/system", content=json.dumps(event))
        self._latest[by] = event
        if answer.status_code == 202:
            self.receipts.setdefault(by, []).append(answer.json())
        return answer

    def ask(self, method: str, path: str, caller: str, **request: Any) -> Reply:
        """One request; what the watcher is answered is kept. Raises ToldApart."""
        answer = self.send(method, path, caller, **request)
        if caller.partition("/")[0] == self.watcher:
            question = f"{caller}: {method} {path} {json.dumps(request)}"
            headers = _but_the_date(answer.headers)
            self._keep(Answered(question, answer.status_code, headers, answer.content))
        return answer

    def _keep(self, answered: Answered) -> None:
        number = len(self.answers)
        self.answers.append(answered)
        if number < len(self.bare) and self.bare[number] != answered:
            raise ToldApart(self.bare[number], answered)

    def send(
        self,
        method: str,
        path: str,
        caller: str,
        params: JSON | None = None,
        json: Any = None,
        content: str = "",
        **_: Any,
    ) -> Reply:
        """One request, of which nothing is kept; without a client between, who would only cost time."""
        body = _dumped(json) if json is not None else content
        kind = "application/json" if json is not None else _EVENT
        asking = _asked(self._app, _scope(method, path, urlencode(params or {}), f"Demo {caller}", body, kind), body)
        return self._loop.run_until_complete(asking)

    def stream(self, path: str, query: str, events: int) -> None:
        """The watcher reads so many events of a stream, and leaves."""
        reading = _streamed(self._app, path, query, f"Demo {self.watcher}/system", events)
        self._keep(self._loop.run_until_complete(reading))


def event_with(report: JSON, also: Sequence[tuple[str, str]] = (), before: bool = False) -> JSON:
    """The event of a report; `also` are young people and further identifiers of theirs, to come first or last."""
    event = event_of(_SUBJECTS, report)
    for person in event["data"]["people"].values():
        usual = person["identifiers"]
        more = [identifier for name, identifier in also if f"scenario|{name}" in usual]
        person["identifiers"] = more + usual if before else usual + more
    return event


def _dumped(content: Any) -> str:
    return json.dumps(content)


def _correction(act: Correct) -> JSON:
    data: JSON = {"report": act.report}
    if act.what == "silence":
        data["handling"] = {"code": "C", "existence": "silent"}
        return _envelope(act.by, act.name, "cairn.intelligence.regraded.v1", data)
    if act.item is None:
        return _envelope(act.by, act.name, "cairn.report.withdrawn.v1", data)
    section = act.item["class"]
    said = event_of(_SUBJECTS, {"id": "", "at": "", "by": "", "type": _TYPE_WITH[section], "items": [act.item]})
    more = {name: said["data"][name] for name in ("people", section)}
    return _envelope(act.by, act.name, "cairn.report.amended.v1", data | more)


def _envelope(by: str, name: str, kind: str, data: JSON) -> JSON:
    time, source = (START - timedelta(hours=1)).isoformat(), f"urn:cairn:partner:{by}"
    return {"specversion": "1.0", "id": name, "source": source, "type": kind, "time": time, "data": data}


def _but_the_date(headers: Sequence[tuple[bytes, bytes]]) -> tuple[tuple[bytes, bytes], ...]:
    return tuple((name, value) for name, value in headers if name.lower() != b"date")


def _scope(method: str, path: str, query: str, caller: str, body: str = "", media_type: str = "") -> JSON:
    """A request as a server would hand it on."""
    headers = [(b"host", b"127.0.0.1"), (b"authorization", caller.encode())]
    if body:
        headers += [(b"content-type", media_type.encode()), (b"content-length", str(len(body)).encode())]
    return {
        "type": "http", "asgi": {"version": "3.0", "spec_version": "2.3"}, "http_version": "1.1", "method": method,
        "path": path, "raw_path": path.encode(), "query_string": query.encode(), "root_path": "", "scheme": "http",
        "headers": headers, "client": ("127.0.0.1", 50_000), "server": ("127.0.0.1", 80),
    }  # fmt: skip


async def _asked(app: Any, scope: JSON, body: str) -> Reply:
    begun, said, told = list[JSON](), list[bytes](), False

    async def receive() -> JSON:
        nonlocal told
        if told:
            await asyncio.Event().wait()
        told = True
        return {"type": "http.request", "body": body.encode(), "more_body": False}

    async def send(message: JSON) -> None:
        if message["type"] == "http.response.start":
            begun.append(message)
        said.append(message.get("body", b""))

    await app(scope, receive, send)
    return Reply(begun[0]["status"], tuple(begun[0]["headers"]), b"".join(said))


async def _streamed(app: Any, path: str, query: str, caller: str, events: int) -> Answered:
    """The beginning of a stream; a client that waits for its end would wait for ever."""
    gone, begun, body = asyncio.Event(), list[JSON](), b""

    async def receive() -> JSON:
        await gone.wait()
        return {"type": "http.disconnect"}

    async def send(message: JSON) -> None:
        nonlocal body
        if message["type"] == "http.response.start":
            begun.append(message)
        body += message.get("body", b"")
        if body.count(b"\n\n") >= events or begun[0]["status"] >= 400:
            gone.set()

    scope = _scope("GET", path, query, caller)
    await asyncio.wait_for(app(scope, receive, send), timeout=20)
    return Answered(f"{caller}: GET {path}?{query}", begun[0]["status"], _but_the_date(begun[0]["headers"]), body)


@contextmanager
def watched_hub(
    world: World,
    partitions: int = 1,
    services: Sequence[str] = SERVICES,
    bare: Sequence[Answered] = (),
    runner: asyncio.Runner | None = None,
) -> Iterator[WatchedHub]:
    """A hub of its own that this world was told to; many can be asked by one runner. Raises ToldApart."""
    with ExitStack() as opened:
        clock = SimulatedClock(START)
        settings = embedded_settings(opened.enter_context(throw_away_folder()))
        hub = opened.enter_context(
            closing(Hub(settings.model_copy(update={"partitions": partitions}), clock, services, SEED))
        )
        loop = (runner or opened.enter_context(asyncio.Runner())).get_loop()
        watched = WatchedHub(hub, clock, world, hub.app, loop, bare)
        watched.tell()
        yield watched
