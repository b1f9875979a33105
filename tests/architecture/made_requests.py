"""Requests that schemathesis makes up from the published interfaces, asked by everybody, and what must not come of one.

Half are as the interface says, half are not; of the half that names something, half name what is there.
"""

import json
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import Any
from urllib.parse import unquote

import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from schemathesis import Case, GenerationMode
from schemathesis.checks import CHECKS
from schemathesis.core import NotSet
from schemathesis.core.failures import Failure, FailureGroup
from schemathesis.core.transport import Response

from services.kernel.http.problems import PLAIN
from tests.architecture.asked_hub import LEAD, AskedHub
from tests.architecture.checkout import ROOT, python_files
from tests.support.asking import Answer

CALLERS = (
    None,
    "health/nurse",
    "efh-panel/chair",
    "health/system",
    "health/signatory",
    LEAD,
    "education/system",
    "harbour-trust/system",
)
"""None sends the credentials that were made up, or none."""
_DOCUMENTS = ROOT / "schemas" / "openapi"
_TELLING = 6
"""So long a text is, by its length, no word of the hub's own."""
_DESCRIBED = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
)


@dataclass(frozen=True)
class Described:
    """One operation of a service, as schemathesis reads its description."""

    service: str
    label: str
    _operation: Any

    def __str__(self) -> str:
        return f"{self.service} {self.label}"

    @property
    def is_stream(self) -> bool:
        return self.label.endswith("/stream")

    def each(self, mode: GenerationMode, number: int, count: int, ask: Callable[[Case[Any]], None]) -> None:
        """Make up so many requests, the same for the same number, and ask each."""
        given_to = given(case=self._operation.as_strategy(mode))(lambda case: ask(case))
        often = settings(
            max_examples=count,
            database=None,
            deadline=None,
            phases=(Phase.generate,),
            report_multiple_bugs=False,
            suppress_health_check=list(HealthCheck),
        )
        seed(number)(often(given_to))()


@cache
def described() -> tuple[Described, ...]:
    """Every operation of every published interface."""
    schemas: dict[str, Any] = {
        path.stem: schemathesis.openapi.from_dict(_document(path.stem)) for path in sorted(_DOCUMENTS.glob("*.json"))
    }
    return tuple(
        Described(service, one.ok().label, one.ok())
        for service, schema in schemas.items()
        for one in schema.get_all_operations()
    )


def _document(service: str) -> Any:
    """The description with the envelope in it, which it only points to."""
    text = (_DOCUMENTS / f"{service}.json").read_text(encoding="utf-8")
    event = json.loads((ROOT / "schemas" / "json" / "cairn.event.v1.json").read_text(encoding="utf-8"))
    document = json.loads(text.replace(event["$id"], "#/components/schemas/SentEvent"))
    within = json.dumps(event | {"$id": None}).replace("#/$defs/", "#/components/schemas/SentEvent/$defs/")
    document["components"]["schemas"]["SentEvent"] = {
        name: value for name, value in json.loads(within).items() if name not in ("$id", "$schema")
    }
    return document


@cache
def _own_words() -> str:
    """Everything that the hub says of itself: hypothesis tries texts that it finds in the code."""
    return "\n".join(path.read_text(encoding="utf-8") for path in python_files("services", "schemas")).lower()


@dataclass
class Asking:
    """Asks a hub what was made up, as everybody, and looks at every answer."""

    hub: AskedHub
    answered: Counter[str] = field(default_factory=Counter)
    made_up: set[str] = field(default_factory=set)
    """Texts that must not be met again, in an answer or a log."""
    _count: int = 0

    def run(self, operation: Described, number: int, count: int, times: int = 1) -> None:
        """So many requests of each kind for one operation, and others by the numbers behind. Raises AssertionError."""
        for one in range(number, number + times):
            for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):
                operation.each(mode, one, count, lambda case: self._ask_as_everybody(operation, case))

    def _ask_as_everybody(self, operation: Described, case: Case[Any]) -> None:
        self._count += 1
        there = {name: value for name, value in self.hub.values.items() if name in (case.path_parameters or {})}
        if there and self._count % 2:
            case.path_parameters = {**(case.path_parameters or {}), **there}
        texts = frozenset(self._texts(case))
        self.made_up |= {text for text in texts if len(text) > 2 * _TELLING}
        for who in CALLERS:
            self.hub.hub.settle()
            answer = self._asked(operation, case, who)
            self.answered[f"{answer.status // 100}xx"] += 1
            wrong = _wrong_with(answer, texts) or _undescribed(operation, case, answer)
            assert not wrong, f"{who}: {operation}: {wrong}: {answer.status} {answer.body[:500]!r}\n{case!r}"

    def _asked(self, operation: Described, case: Case[Any], who: str | None) -> Answer:
        headers = [
            (name.lower().encode("latin-1", "replace"), str(value).encode("latin-1", "replace"))
            for name, value in (case.headers or {}).items()
            if who is None or name.lower() != "authorization"
        ]
        body = case.body
        if not isinstance(body, bytes):
            body = None if isinstance(body, NotSet) else json.dumps(body).encode()
        return self.hub.ask(
            operation.service,
            case.method,
            unquote(case.formatted_path),
            who,
            query={name: _in_query(value) for name, value in (case.query or {}).items()},
            content=body,
            media_type=case.media_type or "application/json",
            headers=headers,
        )

    def _texts(self, case: Case[Any]) -> Iterator[str]:
        """The texts of a request that an answer could only have from it."""
        there = {value.lower() for value in self.hub.values.values()}
        for place in (case.path_parameters, case.query, case.headers, case.body):
            for text in _leaves(place):
                lower = text.strip().lower()
                if len(lower) >= _TELLING and lower not in there and lower not in _own_words():
                    yield lower


def _in_query(value: Any) -> Any:
    return value.encode("utf-8", "replace") if isinstance(value, str) else value


def _leaves(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for name, within in value.items():
            if not PLAIN.fullmatch(str(name)):  # a plain name may be told back, to say where
                yield str(name)
            yield from _leaves(within)
    elif isinstance(value, list):
        for within in value:
            yield from _leaves(within)


def _wrong_with(answer: Answer, texts: frozenset[str]) -> str:
    if answer.status >= 500:
        return "it failed"
    if answer.status < 400:
        return ""
    if answer.headers.get("content-type") != "application/problem+json":
        return "it is no problem"
    said = "\n".join([answer.body.decode(), str(answer.headers), *_leaves(answer.json())]).lower()
    return next((f"it came back: {text!r}" for text in texts if text in said), "")


def _described_checks() -> list[Any]:
    return [CHECKS.get_one(name) for name in _DESCRIBED]


def _undescribed(operation: Described, case: Case[Any], answer: Answer) -> str:
    """What of the answer is not as the interface says."""
    if operation.is_stream and answer.status < 400:
        return ""
    request = requests.Request(case.method, f"http://127.0.0.1{case.formatted_path}").prepare()
    headers = {name: [value] for name, value in answer.headers.items()}
    response = Response(answer.status, headers, answer.body, request, elapsed=0.0, verify=False)
    try:
        case.validate_response(response, checks=_described_checks())
    except (Failure, FailureGroup) as failure:
        found = failure.exceptions if isinstance(failure, FailureGroup) else [failure]
        return "; ".join(f"{type(one).__name__}: {one}"[:300] for one in found)
    return ""
