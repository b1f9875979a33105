"""The story's page and the banner on all others: what comes next, and that nobody else's page can let it happen."""

import asyncio
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import httpx2
import pytest

from services.console.rehearsal.hubs import ThrowAwayHub
from services.console.story.script import Step
from services.console.story.site import StorySite
from services.front import people
from services.kernel.identity.demo import DemoIdentity
from tests.console.story_hub import Telling, telling


@dataclass
class Visitor:
    """Somebody with a browser, in front of the hub with the story around it."""

    telling: Telling
    site: StorySite

    def ask(self, method: str, path: str, **request: Any) -> httpx2.Response:
        async def asked() -> httpx2.Response:
            transport = httpx2.ASGITransport(app=self.site)
            async with httpx2.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
                return await client.request(method, path, **request)

        return asyncio.run(asked())

    def fields(self, path: str = "/story") -> dict[str, str]:
        """What the button on a page sends."""
        page = self.ask("GET", path).text
        return dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', page))

    def told(self) -> list[str]:
        return [one.step.id for one in self.telling.story.told]


@contextmanager
def _visiting(folder: Path, *steps: Step) -> Iterator[Visitor]:
    with telling(folder) as begun:
        if steps:
            begun.story.script = replace(begun.story.script, steps=steps)
        names = begun.story.names

        @contextmanager
        def on_stage() -> Iterator[ThrowAwayHub]:
            yield begun.stage

        yield Visitor(
            begun, StorySite(begun.stage.hub.app, begun.story, on_stage, lambda: people(names, []), DemoIdentity())
        )


@pytest.fixture
def visitor(tmp_path: Path) -> Iterator[Visitor]:
    with _visiting(tmp_path) as made:
        yield made


def test_every_page_of_the_hub_says_what_comes_next_with_a_button(visitor: Visitor) -> None:
    for path, who in (("/sign-in", ""), ("/governance/", "governance/lead"), ("/panel/", "police/officer")):
        page = visitor.ask("GET", path, headers={"cookie": f"cairn_demo={who}"}).text

        assert re.search(r"<strong>Next:</strong>\s*A young person goes missing", page), path
        assert 'action="/story/next"' in page


def test_the_button_lets_the_next_step_happen_and_the_page_says_what_is_different(visitor: Visitor) -> None:
    answered = visitor.ask("POST", "/story/next", data=visitor.fields("/sign-in"))
    page = visitor.ask("GET", "/story").text

    assert (answered.status_code, answered.headers["location"]) == (303, "/story")
    assert visitor.told() == ["missing"]
    assert "1. A young person goes missing" in page
    assert "Nothing is different for Youth work, Bus operator and Extra-familial harm panel." in page
    assert "The young person is found" in page


def test_a_button_that_is_pressed_twice_lets_one_step_happen(visitor: Visitor) -> None:
    fields = visitor.fields()

    for _ in range(2):
        assert visitor.ask("POST", "/story/next", data=fields).status_code == 303

    assert visitor.told() == ["missing"]


@pytest.mark.parametrize("spoilt", [{"token": "guessed"}, {"token": ""}, {"more": "x" * 2000}], ids=str)
def test_a_form_that_was_not_read_here_lets_nothing_happen(visitor: Visitor, spoilt: dict[str, str]) -> None:
    answered = visitor.ask("POST", "/story/next", data=visitor.fields() | spoilt)

    assert answered.status_code == 403
    assert visitor.told() == []


def test_the_page_is_served_with_the_headers_of_every_page(visitor: Visitor) -> None:
    headers = visitor.ask("GET", "/story").headers

    assert headers["cache-control"] == "no-store"
    assert "script-src 'self'" in headers["content-security-policy"]


def test_after_the_last_step_there_is_nothing_to_press(tmp_path: Path) -> None:
    with _visiting(tmp_path, Step("only", "It rains", "All day.", (), False)) as visitor:
        visitor.ask("POST", "/story/next", data=visitor.fields())

        for path in ("/story", "/sign-in"):
            page = visitor.ask("GET", path).text
            assert "The story is told" in page
            assert "/story/next" not in page


def test_a_step_that_the_hub_refuses_is_said_and_can_be_looked_past(tmp_path: Path) -> None:
    refused = {"who": "governance/lead", "post": "/sharing/v1/agreements/A9/suspension", "body": {"reason": "None."}}
    with _visiting(tmp_path, Step("odd", "Odd", "Odd.", (refused,), False)) as visitor:
        answered = visitor.ask("POST", "/story/next", data=visitor.fields())

        assert answered.status_code == 409
        assert "The story cannot go on" in answered.text
        assert visitor.told() == []
