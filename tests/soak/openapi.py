"""The published interfaces at length: what schemathesis makes up from them, asked by everybody, ten thousand times."""

import time
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest

from services.console.rehearsal.hubs import throw_away_folder
from services.kernel.http.problems import Problem
from services.sharing.api import search as search_api
from tests.architecture.asked_hub import asked_hub
from tests.architecture.made_requests import CALLERS, Asking, Described, described
from tests.support.evidence import Evidence

FULL = 100_000
_CASES = 10
"""Of each kind, for one operation of one hub."""
_CONTROLS = 20
"""So often a control is tried: what is made up is not always a text that could come back."""
_TOLD_EVERY_SECONDS = 10


def soak(seed: int, share: float, say: Callable[[str], None]) -> Evidence:
    """Ask hub after hub; raises AssertionError at the first answer that is not as described, failed, or echoes."""
    wanted, answered, hubs, told_at = max(1, int(FULL * share)), Counter[str](), 0, 0.0
    while answered.total() < wanted:
        with throw_away_folder() as folder, asked_hub(folder) as hub:
            asking = Asking(hub)
            for operation in described():
                asking.run(operation, seed * 100_000 + hubs, 1 if operation.is_stream else _CASES)
                if time.monotonic() - told_at > _TOLD_EVERY_SECONDS:
                    told_at = time.monotonic()
                    say(f"{answered.total() + asking.answered.total():,} of {wanted:,} requests")
        answered += asking.answered
        hubs += 1
    return Evidence(
        name="",
        promise="Whatever is asked through the published interfaces, by whomever, is answered as described, without "
        "failing and without echo.",
        command="",
        result=f"{len(described())} operations, {len(CALLERS)} callers, {hubs} hubs; "
        + ", ".join(f"{number:,} answers {kind}" for kind, number in sorted(answered.items()))
        + "; all refusals were problems as described, and none told a text that was sent",
        control=f"noticed: {', '.join(_noticed(name, carelessly) for name, carelessly in _CARELESS.items())}",
        count=answered.total(),
        whole=FULL,
        unit="requests made up by schemathesis",
    )


def _telling(error: Any, *_: object) -> Problem:
    return Problem(422, "invalid_content", "It does not fit", f"Not: {error.errors()[0]['input']}")


def _breaking(*_: object) -> Problem:
    return Problem(500, "unexpected", "Something went wrong")


_CARELESS: dict[str, Callable[..., Problem]] = {
    "a refusal that tells the value": _telling,
    "a refusal that fails": _breaking,
}


def _noticed(name: str, carelessly: Callable[..., Problem]) -> str:
    searching: Described = next(one for one in described() if one.label == "POST /v1/search")
    with throw_away_folder() as folder, asked_hub(folder) as hub, pytest.MonkeyPatch.context() as patch:
        patch.setattr(search_api, "from_validation", carelessly)
        with pytest.raises(AssertionError, match=r"it came back|it failed"):
            Asking(hub).run(searching, 4, 200, times=_CONTROLS)
    return name
