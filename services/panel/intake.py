"""The way to the intake service, by which practitioners report and the panel itself says what it decided.

Whoever reports is who intake is told it is: the credentials of the caller go along, and nothing is added to them.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import httpx2
from anyio.from_thread import BlockingPortalProvider
from starlette.requests import HTTPConnection

from services.kernel.http.problems import Problem
from services.kernel.identity.demo import COOKIE

_EVENTS = "/v1/events"
_STRUCTURED = "application/cloudevents+json"
_SECONDS_MAX = 10.0
_LATER = frozenset({408, 425, 429})


@dataclass(frozen=True)
class Accepted:
    """What intake answered. `receipt` is its document: `status`, `prompts`, `position` and the rest."""

    status: str
    """`accepted`, `quarantined` or `parked`."""
    receipt: Mapping[str, Any]
    repeated: bool = False
    """Whether the same report had been taken in before; the receipt is the one it was given then."""


class IntakeRefused(Exception):
    """Intake will not take this report, however often it is sent. `problem` says what is wrong, without its content."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.code)
        self.problem = problem


class IntakeAway(Exception):
    """Intake could not be asked, or could not answer; whether the report was taken in is not known. Sending it again,
    with the same id, is harmless."""


class Intake(Protocol):
    """Takes reports."""

    def post(self, report: Mapping[str, Any], credentials: Mapping[str, str]) -> Accepted:
        """Send one report, a CloudEvent as JSON, with the headers that identify who sends it.

        Raises IntakeRefused, IntakeAway.
        """
        ...


def relayed(connection: HTTPConnection) -> dict[str, str]:
    """The headers that identified the caller of this request, to be sent on."""
    given = connection.headers.get("authorization")
    if given is not None:
        return {"authorization": given}
    named = connection.cookies.get(COOKIE)
    return {"authorization": f"Demo {named}"} if named else {}


class IntakeOverHttp:
    """Intake as another process; `address` is where its interface begins, such as `https://hub.example/intake`."""

    def __init__(self, address: str, seconds_max: float = _SECONDS_MAX) -> None:
        self._client = httpx2.Client(base_url=address.rstrip("/"), timeout=seconds_max, follow_redirects=False)

    def post(self, report: Mapping[str, Any], credentials: Mapping[str, str]) -> Accepted:
        """See Intake."""
        try:
            return _read(self._client.post(_EVENTS, content=_body(report), headers=_headers(credentials)))
        except httpx2.HTTPError as error:
            raise IntakeAway from error

    def close(self) -> None:
        """Let go of its connections."""
        self._client.close()


class IntakeInProcess:
    """Intake as an application of this same process, asked for at the first report: it may be made later than we."""

    def __init__(self, app: Callable[[], Any]) -> None:
        self._app, self._portals = app, BlockingPortalProvider()

    def post(self, report: Mapping[str, Any], credentials: Mapping[str, str]) -> Accepted:
        """See Intake. The application runs in a loop of its own, so that it may be called with or without one."""
        with self._portals as portal:
            return _read(portal.call(self._ask, _body(report), _headers(credentials)))

    async def _ask(self, body: bytes, headers: dict[str, str]) -> httpx2.Response:
        transport = httpx2.ASGITransport(app=self._app(), raise_app_exceptions=False)
        async with httpx2.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
            return await client.post(_EVENTS, content=body, headers=headers)

    def close(self) -> None:
        """Nothing is held between two reports."""


class IntakeNowhere:
    """No address was given: nothing can be reported from here."""

    def post(self, report: Mapping[str, Any], credentials: Mapping[str, str]) -> Accepted:
        """Raises IntakeAway, whatever is sent."""
        del report, credentials
        raise IntakeAway

    def close(self) -> None:
        """Nothing is held."""


def _body(report: Mapping[str, Any]) -> bytes:
    return json.dumps(report, ensure_ascii=True, separators=(",", ":"), allow_nan=False).encode("ascii")


def _headers(credentials: Mapping[str, str]) -> dict[str, str]:
    return {**credentials, "content-type": _STRUCTURED}


def _read(answer: httpx2.Response) -> Accepted:
    if answer.status_code >= 500 or answer.status_code in _LATER:
        raise IntakeAway
    try:
        document = answer.json()
    except ValueError as error:
        raise IntakeAway from error
    if not isinstance(document, dict):
        raise IntakeAway
    if answer.status_code == 202 and "status" in document:
        return Accepted(str(document["status"]), document, answer.headers.get("idempotency-replayed") == "true")
    if answer.status_code >= 400:
        raise IntakeRefused(_problem(answer.status_code, document))
    raise IntakeAway


def _problem(status: int, document: Mapping[str, Any]) -> Problem:
    code = str(document.get("type", "")).removeprefix("urn:cairn:problem:") or "refused"
    return Problem(
        status,
        code,
        str(document.get("title", "The report was refused")),
        document.get("detail"),
        document.get("errors", ()),
    )
