"""The feed and the stream, as a partner's systems follow them."""

import threading
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import anyio
import pytest
from fastapi.sse import ServerSentEvent
from fastapi.testclient import TestClient
from starlette.requests import HTTPConnection

from schemas.classes import Form, Purpose
from services.kernel.access import AccessGate
from services.kernel.http.caller import caller as identified
from services.sharing.api.stream import Opened, routes
from services.sharing.currency import Currency
from services.sharing.reading import Asked, Reading
from tests.sharing.partner_feeds import PartnerFeeds, lines_of
from tests.support.issuer import bearer_identity, claims, token

MISSING = {"purpose": "missing"}


@pytest.fixture(params=[1, 3], ids=["one partition", "three partitions"])
def hub(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[PartnerFeeds]:
    hub = PartnerFeeds(tmp_path, partitions=request.param)
    hub.join("health", "education")
    yield hub
    hub.close()


def _spread(hub: PartnerFeeds, count: int) -> None:
    for number in range(count):
        hub.disclose("health", f"i-{number}", hub.shared(f"i-{number}"), partition=number % hub.partitions)


def _followed(client: TestClient, limit: int, after: str | None = None) -> tuple[list[dict[str, Any]], str]:
    """Every line behind a cursor, by following the links, and the cursor at the end."""
    params: dict[str, Any] = MISSING | {"limit": limit} | ({"after": after} if after else {})
    found: list[dict[str, Any]] = []
    url = "/v1/feed"
    answer = client.get(url, params=params)
    while True:
        assert answer.status_code == 200, answer.text
        lines = lines_of(answer.text)
        found += lines
        onwards = answer.links["next"]["url"]
        if not lines:
            return found, onwards.split("after=")[1].split("&")[0]
        answer = client.get(url + onwards)


def test_a_feed_is_lines_of_json_and_each_has_its_cursor(hub: PartnerFeeds) -> None:
    _spread(hub, 2)
    hub.disclose("health", "i-0", hub.removed("k-1"))

    answer = hub.client("health").get("/v1/feed", params=MISSING)

    assert answer.headers["content-type"] == "application/x-ndjson"
    assert answer.text.endswith("\n")
    lines = lines_of(answer.text)
    recalled = next(line for line in lines if line["kind"] == "recalled")
    disclosed = next(line for line in lines if line["kind"] == "disclosed")
    assert list(recalled) == ["kind", "cursor", "record", "recall"]
    assert (recalled["record"], recalled["recall"]) == ("n-i-0-full", "k-1")
    assert list(disclosed) == ["kind", "cursor", "record"]
    assert len({line["cursor"] for line in lines}) == 2


@pytest.mark.parametrize("limit", [1, 2, 500])
def test_following_the_links_gives_every_line_once(hub: PartnerFeeds, limit: int) -> None:
    _spread(hub, 7)

    lines, _ = _followed(hub.client("health"), limit)

    assert sorted(line["record"]["record"] for line in lines) == [f"n-i-{number}-full" for number in range(7)]


def test_a_reader_can_go_on_from_any_line(hub: PartnerFeeds) -> None:
    _spread(hub, 6)
    client = hub.client("health")
    lines, _ = _followed(client, 500)

    for number, line in enumerate(lines):
        rest, _ = _followed(client, 2, after=line["cursor"])
        assert rest == lines[number + 1 :]


def test_a_reader_at_the_end_gets_what_comes_later_and_nothing_again(hub: PartnerFeeds) -> None:
    _spread(hub, 4)
    client = hub.client("health")
    _, end = _followed(client, 500)

    hub.disclose("health", "i-9", hub.shared("i-9"), partition=hub.partitions - 1)
    hub.disclose("health", "i-0", hub.removed("k-1"))

    later, _ = _followed(client, 500, after=end)
    assert sorted(line["kind"] for line in later) == ["disclosed", "recalled"]


def test_the_same_question_gets_the_same_bytes(hub: PartnerFeeds) -> None:
    _spread(hub, 3)
    client = hub.client("health")

    answers = [client.get("/v1/feed", params=MISSING) for _ in range(2)]

    assert answers[0].content == answers[1].content
    assert answers[0].headers == answers[1].headers


def test_a_cursor_is_good_for_its_partner_and_purpose_alone_and_cannot_be_made(hub: PartnerFeeds) -> None:
    _spread(hub, 2)
    cursor = lines_of(hub.client("health").get("/v1/feed", params=MISSING).text)[0]["cursor"]
    turned = cursor[:-1] + ("A" if cursor[-1] != "A" else "B")

    tries = [
        hub.client("education").get("/v1/feed", params=MISSING | {"after": cursor}),
        hub.client("health").get("/v1/feed", params={"purpose": "context", "after": cursor}),
        *(
            hub.client("health").get("/v1/feed", params=MISSING | {"after": forged})
            for forged in (turned, cursor + "A", cursor[:-4], "", "x", "é", "AAAAAAAAAAAAAAAAAAAAAAAx", "1.2.3")
        ),
    ]

    assert {answer.status_code for answer in tries} == {400}
    assert len({answer.content for answer in tries}) == 1
    assert tries[0].json()["type"] == "urn:cairn:problem:cursor_unknown"
    assert hub.client("health", "nurse-4").get("/v1/feed", params=MISSING | {"after": cursor}).status_code == 200


def test_each_page_leaves_its_own_trace(hub: PartnerFeeds) -> None:
    _spread(hub, 3)

    _followed(hub.client("health"), 2)

    assert [(one.operation, len(one.seen)) for one in hub.accesses()] == [
        ("feed.read", 2),
        ("feed.read", 1),
        ("feed.read", 0),
    ]


class _Streaming:
    """One open stream, read event by event as the server would."""

    def __init__(
        self, hub: PartnerFeeds, last_event_id: str | None = None, credentials: str = "Demo health/system"
    ) -> None:
        gate = AccessGate(hub.log, hub.clock, "sharing")
        self.closing = threading.Event()
        reading = Reading(Currency(hub.store, hub.log, hub.clock, hub.limits), hub.keys, gate)
        self._hub = hub
        connection = self._connection(credentials)
        asked = Asked(identified(connection), Purpose.MISSING, last_event_id)
        endpoint = next(route.endpoint for route in routes(reading, self.closing).routes)  # type: ignore[attr-defined]
        self._events: AsyncIterator[ServerSentEvent] = endpoint(Opened(connection, asked, reading.open_stream(asked)))

    def _connection(self, credentials: str) -> HTTPConnection:
        headers = [(b"authorization", credentials.encode())]
        return HTTPConnection({"type": "http", "app": self._hub.app, "client": ("127.0.0.1", 1), "headers": headers})

    async def next(self) -> ServerSentEvent:
        """The next event. Raises StopAsyncIteration when the stream has ended, TimeoutError after five seconds."""
        with anyio.fail_after(5):
            return await anext(self._events)


def test_a_stream_gives_the_lines_of_the_feed_and_resumes_behind_the_last(hub: PartnerFeeds) -> None:
    _spread(hub, 3)
    lines = lines_of(hub.client("health").get("/v1/feed", params=MISSING).text)

    async def streamed() -> None:
        stream = _Streaming(hub)
        events = [await stream.next() for _ in range(3)]
        assert [event.id for event in events] == [line["cursor"] for line in lines]
        assert [lines_of(event.raw_data or "")[0] for event in events] == lines
        assert {event.event for event in events} == {"disclosed"}

        resumed = _Streaming(hub, last_event_id=lines[1]["cursor"])
        assert (await resumed.next()).id == lines[2]["cursor"]

    anyio.run(streamed)


def test_every_event_of_a_stream_is_on_the_access_log_before_it_is_sent(hub: PartnerFeeds) -> None:
    _spread(hub, 2)

    async def streamed() -> None:
        stream = _Streaming(hub)
        for count in (1, 2):
            await stream.next()
            traces = [one for one in hub.accesses() if one.operation == "stream.next"]
            assert [len(trace.seen) for trace in traces] == [1] * count

    anyio.run(streamed)
    assert hub.accesses()[0].operation == "stream.open"


def test_a_stream_is_silent_while_decisions_are_not_current_and_goes_on_when_they_are(hub: PartnerFeeds) -> None:
    async def streamed() -> None:
        stream = _Streaming(hub)
        hub.disclose("health", "i-1", hub.shared("i-1"))
        hub.rule_changes()
        hub.settle()
        got: list[ServerSentEvent] = []

        async def read_one() -> None:
            got.append(await stream.next())

        async with anyio.create_task_group() as tasks:
            tasks.start_soon(read_one)
            await anyio.sleep(0.6)
            assert got == []
            hub.current()
            with anyio.fail_after(5):
                while not got:
                    await anyio.sleep(0.02)
        assert got[0].event == "disclosed"

    anyio.run(streamed)


def test_a_stream_ends_when_a_recall_is_overdue_and_when_the_hub_closes(hub: PartnerFeeds) -> None:
    _spread(hub, 3)

    async def streamed() -> None:
        stream = _Streaming(hub)
        await stream.next()
        hub.disclose("health", "i-0", hub.removed("k-1"))
        hub.clock.move(hub.clock.now() + timedelta(days=1, seconds=1))
        with pytest.raises(StopAsyncIteration):
            await stream.next()

        hub.client("health").post("/v1/recalls/k-1/ack")
        hub.settle()
        another = _Streaming(hub)
        await another.next()
        another.closing.set()
        with pytest.raises(StopAsyncIteration):
            await another.next()

    anyio.run(streamed)


def test_a_stream_ends_when_the_credentials_that_opened_it_are_over(hub: PartnerFeeds) -> None:
    _spread(hub, 2)
    hub.app.state.identity = bearer_identity(hub.clock)
    issued = int(hub.clock.now().timestamp())
    said = claims(cairn_partner="health", cairn_roles=["system"], iat=issued, exp=issued + 300)

    async def streamed() -> None:
        stream = _Streaming(hub, credentials=f"Bearer {token(said)}")
        await stream.next()
        hub.clock.move(hub.clock.now() + timedelta(seconds=301))
        with pytest.raises(StopAsyncIteration):
            await stream.next()

    anyio.run(streamed)
    assert [one.operation for one in hub.accesses()].count("stream.next") == 1


def test_a_stream_over_http_has_ids_and_ends_with_the_hub(hub: PartnerFeeds) -> None:
    _spread(hub, 2)
    given = hub.shared("i-7", form=Form.PSEUDONYMISED, about={"s-k1": "p-1"})
    hub.disclose("health", "i-7", given, partition=hub.partitions - 1)
    cursors = [line["cursor"] for line in lines_of(hub.client("health").get("/v1/feed", params=MISSING).text)]
    threading.Timer(1.0, hub.read_side.closing.set).start()

    answer = hub.client("health").get("/v1/stream", params=MISSING, headers={"Last-Event-ID": cursors[0]})

    assert answer.headers["content-type"].startswith("text/event-stream")
    assert [line[4:] for line in answer.text.splitlines() if line.startswith("id: ")] == cursors[1:]


def test_a_stream_that_may_not_begin_is_refused_before_it_begins(hub: PartnerFeeds) -> None:
    client = hub.client("health")

    assert client.get("/v1/stream", params=MISSING | {"after": "forged"}).status_code == 400
    hub.rule_changes()
    assert client.get("/v1/stream", params=MISSING).status_code == 503
