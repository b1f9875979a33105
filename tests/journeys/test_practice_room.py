"""The practice room in a real browser, at night: on a phone and a desk, with and without JavaScript."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.support.browsing import chromium, context_of, served, violations, visit
from tests.support.practice_night import SKYE, Room, ago, event, practice_night
from tests.support.zooming import troubles_at_400

pytestmark = pytest.mark.real

WORKER, TEACHER, DRIVER = "social-work/duty-worker", "education/teacher", "bus-operator/manager"
_CP, _CONTEXT = "purpose=child_protection", "purpose=context"


@dataclass
class Served:
    """The night, and where its pages are."""

    room: Room
    address: str
    isla: str
    ro: str

    def post(self, told: dict[str, Any]) -> None:
        """An agency reports, while browsers look."""
        by = told["source"].rpartition(":")[2]
        headers = {"content-type": "application/cloudevents+json", "authorization": f"Demo {by}/system"}
        sent = Request(f"{self.address}/intake/v1/events", json.dumps(told).encode(), headers)  # noqa: S310 - http
        with urlopen(sent) as answer:  # noqa: S310 - http
            assert answer.status == 202
        self.room.stage.hub.settle()


@pytest.fixture(scope="module")
def night() -> Iterator[Served]:
    """The night and the evening, served."""
    with practice_night() as room:
        isla, ro = room.reference("Isla Invented"), room.reference("Ro Testerson")
        with served(room.stage.hub.app) as address:
            yield Served(room, address, isla, ro)


@pytest.fixture(scope="module")
def browser(chromium_path: str) -> Iterator[Browser]:
    """The distribution's Chromium."""
    with chromium(chromium_path) as opened:
        yield opened


def _pages(night: Served) -> list[tuple[str, str]]:
    return [
        (WORKER, f"/panel/queue?{_CP}"),
        (WORKER, f"/panel/queue?{_CP}&show=discussion&days=1"),
        (WORKER, "/panel/queue"),
        (WORKER, f"/panel/young-people?{_CP}"),
        (WORKER, f"/panel/young-people/find?{_CP}"),
        (WORKER, f"/panel/young-people?{_CP}&now=missing&order=records"),
        (WORKER, f"/panel/young-people/{night.isla}?{_CP}"),
        (WORKER, f"/panel/young-people/{night.ro}?{_CP}&whole=yes"),
        (WORKER, f"/panel/young-people/{night.ro}?{_CP}&known=2026-04-18&from=police"),
        (WORKER, f"/panel/young-people/{night.ro}?{_CP}&known=someday"),
        (WORKER, f"/panel/young-people/y-nobody?{_CP}"),
        (WORKER, f"/panel/missing?{_CP}&weeks=4"),
        (TEACHER, f"/panel/queue?{_CP}"),
        (TEACHER, f"/panel/young-people?{_CP}"),
        (TEACHER, f"/panel/missing?{_CP}"),
        (DRIVER, f"/panel/queue?{_CONTEXT}"),
        (DRIVER, f"/panel/young-people?{_CONTEXT}"),
    ]


@pytest.mark.parametrize("javascript", [True, False], ids=["with JavaScript", "without JavaScript"])
@pytest.mark.parametrize("width", [320, 1280])
def test_every_page_is_whole_and_accessible_and_asks_nobody_else_for_anything(
    night: Served, browser: Browser, width: int, javascript: bool
) -> None:
    for who, path in _pages(night):
        context = context_of(browser, night.address, who, width, javascript=javascript)
        opened = visit(context, night.address + path)

        assert opened.hosts == {urlsplit(night.address).netloc}, path
        assert [text for text in opened.complaints if "status of 4" not in text] == [], path
        assert opened.page.locator("h1").count() == 1, path
        assert opened.page.evaluate("document.documentElement.scrollWidth") <= width, path
        if javascript:  # the check is a script itself
            assert violations(opened.page) == [], path
        context.close()


@pytest.mark.parametrize("javascript", [True, False], ids=["with JavaScript", "without JavaScript"])
def test_a_duty_worker_goes_from_who_is_missing_to_all_that_was_told_on_a_phone(
    night: Served, browser: Browser, javascript: bool
) -> None:
    context = context_of(browser, night.address, WORKER, 320, javascript=javascript)
    page = visit(context, f"{night.address}/panel/queue").page

    page.get_by_role("link", name="Child protection").click()
    page.get_by_role("link", name="Isla Invented").first.click()
    page.get_by_text("All that was told").first.click()

    expect(page.get_by_text("Missing now")).to_be_visible()
    expect(page.get_by_text("Risk scheme").first).to_be_visible()
    page.get_by_role("link", name="My queue").click()
    expect(page).to_have_url(re.compile(r"/panel/queue\?purpose=child_protection$"))
    context.close()


@pytest.mark.parametrize("javascript", [True, False], ids=["with JavaScript", "without JavaScript"])
def test_a_filter_stands_in_the_address_and_can_be_kept_and_forgotten(
    night: Served, browser: Browser, javascript: bool
) -> None:
    keeper = "social-work/with-scripts" if javascript else "social-work/without-scripts"
    context = context_of(browser, night.address, keeper, 1280, javascript=javascript)
    page = visit(context, f"{night.address}/panel/young-people?{_CP}").page

    page.get_by_text("Filter and order").click()
    page.get_by_label("Now", exact=True).select_option("Missing now")
    page.get_by_role("button", name="Show").click()
    expect(page).to_have_url(re.compile("now=missing"))
    expect(page.locator("tbody tr")).to_have_count(1)
    page.get_by_role("button", name="Save this filter for me").click()
    page.goto(f"{night.address}/panel/young-people?{_CP}")
    page.get_by_role("link", name="Missing now", exact=True).click()

    expect(page).to_have_url(re.compile("now=missing"))
    page.get_by_role("button", name="Forget").click()
    expect(page.get_by_text("Saved by you")).to_have_count(0)
    context.close()


def test_columns_sort_from_the_keyboard_and_say_how_they_are_sorted(night: Served, browser: Browser) -> None:
    context = context_of(browser, night.address, WORKER, 1280, javascript=False)
    page = visit(context, f"{night.address}/panel/young-people?{_CP}").page

    page.get_by_role("link", name="Records", exact=True).focus()
    page.keyboard.press("Enter")

    head = page.get_by_role("columnheader", name="Records")
    assert head.get_attribute("aria-sort") == "descending"
    counts = [int(text) for text in page.locator("tbody td[data-heading=Records]").all_inner_texts()]
    assert counts == sorted(counts, reverse=True)
    context.close()


def test_how_long_somebody_is_missing_goes_on_by_the_time_that_the_page_is_open(
    night: Served, browser: Browser
) -> None:
    context = context_of(browser, night.address, WORKER, 320, javascript=True)
    page = context.new_page()
    page.clock.install(time=datetime(2031, 1, 1, tzinfo=UTC))  # the machine's clock need not be right
    page.goto(f"{night.address}/panel/young-people/{night.isla}?{_CP}")

    before = page.locator(".cairn_elapsed").inner_text()
    page.clock.run_for(4 * 60_000)

    assert before == "7 h 36 min"
    assert page.locator(".cairn_elapsed").inner_text() == "7 h 40 min"
    context.close()


def test_what_is_new_is_announced_and_nothing_moves_until_it_is_asked_for(night: Served, browser: Browser) -> None:
    context = context_of(browser, night.address, WORKER, 1280, javascript=True)
    page = context.new_page()
    page.clock.install()
    page.goto(f"{night.address}/panel/queue?{_CP}")
    before = page.locator(".cairn_case__who").all_inner_texts()

    night.post(event("N1", "childrens-house", "missing-episode.reported", 0, SKYE, missing={"since": ago(0.5)}))
    page.clock.run_for(61_000)
    page.get_by_role("status").get_by_text("1 new").wait_for()

    assert page.locator(".cairn_case__who").all_inner_texts() == before
    assert violations(page) == []
    page.get_by_role("link", name="Show the queue as it is now").click()
    assert page.locator("#group-missing").inner_text().split() == ["Missing", "now", "2"]
    context.close()


def test_a_page_that_nobody_touches_is_covered_and_nothing_of_it_can_be_read(night: Served, browser: Browser) -> None:
    context = context_of(browser, night.address, WORKER, 320, javascript=True)
    page = _idle_for(context, f"{night.address}/panel/young-people/{night.isla}?{_CP}", minutes=11)

    expect(page.get_by_role("heading", name="This screen is covered")).to_be_visible()
    assert "Isla" not in page.locator("html").inner_text()
    assert "Isla" not in page.content()
    expect(page).to_have_title("Covered - Cairn")
    assert violations(page) == []
    page.get_by_role("button", name="Show the page again").click()
    page.get_by_role("heading", name="Isla Invented").wait_for()
    context.close()


def test_a_page_that_is_touched_is_not_covered(night: Served, browser: Browser) -> None:
    context = context_of(browser, night.address, WORKER, 320, javascript=True)
    page = _idle_for(context, f"{night.address}/panel/young-people/{night.isla}?{_CP}", minutes=9)

    page.keyboard.press("Tab")
    page.clock.run_for(9 * 60_000)

    expect(page.get_by_role("heading", name="Isla Invented")).to_be_visible()
    context.close()


def test_what_was_written_and_not_sent_is_there_when_the_cover_is_lifted(night: Served, browser: Browser) -> None:
    context = context_of(browser, night.address, WORKER, 1280, javascript=True)
    page = context.new_page()
    page.clock.install()
    page.goto(f"{night.address}/panel/young-people?{_CP}")
    page.evaluate(
        "() => { const form = document.createElement('form'); form.method = 'post'; const field ="
        " document.createElement('textarea'); field.id = 'written'; form.append(field);"
        " document.querySelector('main').append(form); }"
    )
    page.locator("#written").fill("half a sentence")
    page.clock.run_for(11 * 60_000)

    assert "half a sentence" not in page.locator("html").inner_text()
    expect(page.locator("#written")).not_to_be_visible()
    page.get_by_role("button", name="Show the page again").click()
    assert page.locator("#written").input_value() == "half a sentence"
    context.close()


def test_the_page_on_which_one_says_who_one_is_has_nothing_to_cover(night: Served, browser: Browser) -> None:
    context = context_of(browser, night.address, "", 320, javascript=True)
    page = _idle_for(context, f"{night.address}/sign-in", minutes=11)

    expect(page.get_by_role("heading", name="Choose who you are")).to_be_visible()
    context.close()


def test_printed_the_page_has_its_words_and_no_controls(night: Served, browser: Browser) -> None:
    context = context_of(browser, night.address, WORKER, 1280, javascript=False)
    page = visit(context, f"{night.address}/panel/young-people?{_CP}").page

    page.emulate_media(media="print")

    expect(page.get_by_text("Isla Invented")).to_be_visible()
    expect(page.get_by_text("Data as of")).to_be_visible()
    expect(page.get_by_role("link", name="Network")).not_to_be_visible()
    expect(page.get_by_text("Filter and order")).not_to_be_visible()
    context.close()


def _idle_for(context: BrowserContext, address: str, minutes: int) -> Page:
    page = context.new_page()
    page.clock.install()
    page.goto(address)
    page.clock.run_for(minutes * 60_000)
    return page


def test_every_page_can_be_read_and_walked_through_at_four_times_its_size(night: Served, browser: Browser) -> None:
    for who, path in _pages(night):
        assert troubles_at_400(browser, night.address, who, path) == [], path


@pytest.mark.parametrize(
    ("spoilt", "said"),
    [
        ("@media (max-width: 40rem) { .cairn_lead { display: none } }", "lost: "),
        ("main { min-width: 30rem }", "the page scrolls sideways"),
        (".cairn_lead { overflow: hidden; width: 4rem; white-space: nowrap }", "cut off or scrolling sideways: P"),
        (".cairn_header { position: fixed; inset: 0; z-index: 9; background: #fff }", "covered: A#"),
    ],
)
def test_control_what_is_lost_or_hidden_at_four_times_its_size_is_noticed(
    night: Served, browser: Browser, spoilt: str, said: str
) -> None:
    found = troubles_at_400(browser, night.address, DRIVER, f"/panel/young-people?{_CONTEXT}", spoilt)

    assert any(one.startswith(said) for one in found), found
