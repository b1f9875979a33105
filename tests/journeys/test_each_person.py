"""Each person of the demonstration in a browser: every page that links lead them to, and what they came for."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from secrets import token_hex
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.support.browsing import chromium, context_of, violations, visit
from tests.support.demo import Demo, demo

PEOPLE = (
    "Duty social worker", "Missing persons officer", "Child protection nurse", "Pastoral teacher", "Key worker",
    "Return discussion worker", "Street youth worker", "Duty manager", "Chair", "Co-ordinator",
    "Information governance lead",
)  # fmt: skip
_NAMED = re.compile(r"/[a-z]*-?[a-z2-7]{20,}|/(it|act|mtg|ref|ctx)-[a-z0-9]+|/A\d")
_NOT_A_PAGE = re.compile(r"\.(csv|json|pdf|ics)(\?|$)|/static/|/v1/")
_PAGES_MAX = 60
_WIDTHS = (1280, 320)


@pytest.fixture(scope="module")
def hub() -> Iterator[Demo]:
    """The demonstration as it opens: the night played, the panel sitting, actions to do."""
    with demo() as running:
        yield running


@pytest.fixture(scope="module")
def browser(chromium_path: str) -> Iterator[Browser]:
    """The distribution's Chromium."""
    with chromium(chromium_path) as opened:
        yield opened


@contextmanager
def _signed_in(browser: Browser, hub: Demo, person: str, *, javascript: bool = True) -> Iterator[Page]:
    """A page of somebody who has chosen who they are."""
    context = context_of(browser, hub.address, "", _WIDTHS[0], javascript=javascript)
    opened = visit(context, f"{hub.address}/sign-in")
    opened.page.get_by_role("button", name=person).click()
    opened.page.wait_for_load_state()
    yield opened.page
    assert opened.complaints == []
    assert opened.hosts == {urlsplit(hub.address).netloc}
    context.close()


@pytest.mark.parametrize("person", PEOPLE)
def test_every_page_that_links_lead_to_is_whole_and_accessible_at_any_width(
    browser: Browser, hub: Demo, person: str
) -> None:
    with _signed_in(browser, hub, person) as page:
        to_open, opened = [page.url], dict[str, str]()
        while to_open and len(opened) < _PAGES_MAX:
            address = to_open.pop(0)
            like = _NAMED.sub("/-", urlsplit(address).path)
            if like in opened:
                continue
            opened[like] = address
            page.goto(address)
            for width in _WIDTHS:
                page.set_viewport_size({"width": width, "height": 900})
                assert page.evaluate("document.documentElement.scrollWidth") <= width, address
                assert violations(page) == [], (address, width)
            assert page.locator("h1").count() == 1, address
            to_open += _leads_to(page, hub.address)

        assert len(opened) >= 8
        assert len(opened) < _PAGES_MAX


def _leads_to(page: Page, hub: str) -> list[str]:
    found: list[str] = page.eval_on_selector_all("main a[href], nav a[href]", "links => links.map(one => one.href)")
    return [one.partition("#")[0] for one in found if one.startswith(hub) and not _NOT_A_PAGE.search(one)]


def _the_duty_social_worker_reads_why_something_is_withheld(page: Page) -> None:
    page.get_by_role("link", name="Ro Testerson").first.click()
    page.get_by_text("1 withheld: why?").click()
    expect(page.locator("main details[open]").first).to_be_visible()


def _the_officer_reads_what_their_own_agency_charged_and_whom_it_is_told_of(page: Page) -> None:
    page.get_by_role("link", name="What we know").click()
    expect(page.get_by_text("Charged after a search at the bus station", exact=False).first).to_be_visible()


def _the_nurse_sees_that_nobody_has_told_of_a_return_discussion(page: Page) -> None:
    expect(page.get_by_text("1 overdue").first).to_be_visible()
    page.get_by_role("link", name="Ro Testerson").first.click()
    expect(page.get_by_text("Nobody has told your agency that a return discussion was offered")).to_be_visible()


def _the_teacher_is_told_that_a_pupil_is_safe_and_no_more(page: Page) -> None:
    page.get_by_role("link", name="What we know").click()
    expect(page.get_by_text("Was missing; now safe.").first).to_be_visible()
    expect(page.get_by_text("Wellbrae bus station")).to_have_count(0)


def _the_key_worker_says_that_the_door_is_lit(page: Page) -> None:
    _says_how_far(page, "Please keep the side door lit")


def _the_bus_operator_s_manager_says_that_the_lamps_are_mended(page: Page) -> None:
    _says_how_far(page, "Please mend the two lamps")


def _says_how_far(page: Page, action: str) -> None:
    page.get_by_role("link", name="Panel", exact=True).click()
    page.get_by_role("link", name="Actions").click()
    page.get_by_role("link", name=action).click()
    page.get_by_role("link", name="Say how far it is").click()
    page.get_by_label("Under way").check(force=True)
    shown = f"Somebody was asked to see to it, job {token_hex(4)}."
    page.get_by_label("What shows it?").fill(shown)
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text(shown)).to_be_visible()


def _the_listener_finds_what_was_said_in_private(page: Page) -> None:
    page.get_by_role("link", name="What we know").click()
    expect(page.get_by_text("Please do not tell anybody that I was crying.")).to_be_visible()


def _the_street_worker_reads_a_pack_that_is_theirs_alone(page: Page) -> None:
    page.get_by_role("link", name="Panel", exact=True).click()
    page.get_by_role("link", name="24 Apr 2026").first.click()
    page.get_by_role("link", name="Read your pack").first.click()
    expect(page.get_by_text("For Street worker, Youth work alone.")).to_be_visible()


def _the_chair_opens_the_item_that_was_not_heard(page: Page) -> None:
    page.get_by_role("link", name="24 Apr 2026").first.click()
    page.get_by_role("link", name="How night staff and police reach each other").click()
    expect(page.get_by_text("Item 3 of 3")).to_be_visible()


def _the_co_ordinator_adds_to_the_timeline_of_a_place(page: Page) -> None:
    page.get_by_role("link", name="Bus station", exact=True).click()
    page.get_by_role("link", name="Add to the timeline").click()
    happened = f"The kiosk stays open until seven, notice {token_hex(4)}."
    page.get_by_label("What happened there?").fill(happened)
    for part, value in (("Day", "24"), ("Month", "4"), ("Year", "2026"), ("Time", "10:00")):
        page.get_by_label(part, exact=True).fill(value)
    page.get_by_role("button", name="Add it").click()
    expect(page.get_by_text(happened)).to_be_visible()


def _the_governance_lead_reads_why_a_cell_is_as_it_is(page: Page) -> None:
    page.get_by_role("link", name="Exists for Social work: Sanitised intelligence").click()
    expect(page.get_by_role("heading", name="Social work may know that this exists")).to_be_visible()


_CAME_FOR: dict[str, Callable[[Page], None]] = dict(
    zip(
        PEOPLE,
        (
            _the_duty_social_worker_reads_why_something_is_withheld,
            _the_officer_reads_what_their_own_agency_charged_and_whom_it_is_told_of,
            _the_nurse_sees_that_nobody_has_told_of_a_return_discussion,
            _the_teacher_is_told_that_a_pupil_is_safe_and_no_more,
            _the_key_worker_says_that_the_door_is_lit,
            _the_listener_finds_what_was_said_in_private,
            _the_street_worker_reads_a_pack_that_is_theirs_alone,
            _the_bus_operator_s_manager_says_that_the_lamps_are_mended,
            _the_chair_opens_the_item_that_was_not_heard,
            _the_co_ordinator_adds_to_the_timeline_of_a_place,
            _the_governance_lead_reads_why_a_cell_is_as_it_is,
        ),
        strict=True,
    )
)


@pytest.mark.parametrize("javascript", [False, True], ids=["without JavaScript", "with JavaScript"])
@pytest.mark.parametrize("person", PEOPLE)
def test_somebody_signs_in_and_does_what_they_came_for(
    browser: Browser, hub: Demo, person: str, javascript: bool
) -> None:
    with _signed_in(browser, hub, person, javascript=javascript) as page:
        _CAME_FOR[person](page)
