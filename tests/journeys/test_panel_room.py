"""The panel room in a real browser: a bus station becomes a case, and a meeting hears it, without JavaScript."""

import re
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from pathlib import Path
from typing import TypeVar

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.panel.panel_hub import CHAIR, COORDINATOR, PanelHub, bus_station
from tests.support.browsing import chromium, context_of, served, violations, visit
from tests.support.panel_story import (
    KEY_WORKER,
    OFFICER,
    TEACHER,
    WEIGHTS,
    PanelPages,
    Sitting,
    panel_pages,
    proposed,
    three_reports,
)
from tests.support.zooming import troubles_at_400

pytestmark = pytest.mark.real
Done = TypeVar("Done")


@pytest.fixture(scope="module")
def browser(chromium_path: str) -> Iterator[Browser]:
    """The distribution's Chromium."""
    with chromium(chromium_path) as browser:
        yield browser


class Apart:
    """A hub in a thread of its own: this one is the browser's."""

    def __init__(self, folder: Path) -> None:
        self._thread, self._open = ThreadPoolExecutor(1), ExitStack()
        self.hub = self.do(lambda: self._open.enter_context(panel_pages(folder)))

    def do(self, act: Callable[[], Done]) -> Done:
        """What comes of something that is done there."""
        return self._thread.submit(act).result()

    def close(self) -> None:
        """Close the hub, and end its thread."""
        self.do(self._open.close)
        self._thread.shutdown()


@pytest.fixture(scope="module")
def apart(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Apart]:
    """A hub for tests that only look, and for those that leave no trace for others."""
    with closing(Apart(tmp_path_factory.mktemp("room"))) as opened:
        yield opened


@pytest.fixture(scope="module")
def sitting(apart: Apart) -> Sitting:
    """A meeting in which one item is being heard, one is decided, and others are to come."""
    return apart.do(lambda: _sitting(apart.hub))


def _sitting(hub: PanelPages) -> Sitting:
    held = Sitting(hub)
    hub.done(f"/contexts/{held.case}/weigh", COORDINATOR, WEIGHTS)
    held.begin()
    held.decide_group()
    hub.done(held.item(2, "hear"), CHAIR, {})
    _another_place(hub)
    return held


@pytest.fixture(scope="module")
def address(sitting: Sitting) -> Iterator[str]:
    """Where the hub is served."""
    with served(sitting.hub.stage.hub.app) as address:
        yield address


def _another_place(hub: PanelHub) -> None:
    park = {"contexts": {"bus": {"name": "the park"}}}
    for by in ("education", "police"):
        hub.report(by, "cairn.context.observed.v1", bus_station() | park)


def _pages(sitting: Sitting) -> list[tuple[str, str]]:
    hub, here, case = sitting.hub, sitting.here, f"/contexts/{sitting.case}"
    action = f"/actions/{hub.get('/v1/actions', CHAIR)['actions'][0]['ref']}"
    of_panel = [
        "/meetings", "/meetings/new", here, f"{here}/add-item", f"{here}/add-member", sitting.item(1), sitting.item(2),
        sitting.item(2, "pack"), sitting.item(3), sitting.item(3, "carry-over"), "/contexts", case, f"{case}/pack",
        f"/contexts/{proposed(hub)}", f"{case}/assess", f"{case}/weigh", f"{case}/publish",
        f"{case}/lead", "/referrals",
        f"/referrals/{sitting.referral}", f"/referrals/{sitting.referral}/questions", "/actions", action,
        f"{action}/postpone", "/reviews",
    ]  # fmt: skip
    return [
        *((CHAIR, path) for path in of_panel),
        (TEACHER, "/meetings"), (TEACHER, here), (TEACHER, sitting.item(2, "pack")), (TEACHER, "/referrals/new"),
        (TEACHER, "/contexts"), (OFFICER, sitting.item(2, "interest")), (KEY_WORKER, action),
        (KEY_WORKER, f"{action}/progress"), (OFFICER, "/discussions"), (OFFICER, "/discussions/new"),
    ]  # fmt: skip


@pytest.mark.parametrize("width", [320, 1280])
def test_every_page_is_whole_and_accessible_and_asks_nobody_else_for_anything(
    apart: Apart, sitting: Sitting, address: str, browser: Browser, width: int
) -> None:
    host = address.partition("://")[2]
    for who, path in apart.do(lambda: _pages(sitting)):
        context = context_of(browser, address, who, width, javascript=True)
        opened = visit(context, f"{address}/panel/room{path}?purpose=context")

        assert opened.hosts == {host}, path
        assert [text for text in opened.complaints if "status of 4" not in text] == [], path
        assert opened.page.locator("h1").count() == 1, path
        assert opened.page.evaluate("document.documentElement.scrollWidth") <= width, path
        assert violations(opened.page) == [], path
        context.close()


def test_a_form_that_is_refused_leads_to_what_is_missing(sitting: Sitting, address: str, browser: Browser) -> None:
    context = context_of(browser, address, CHAIR, 320, javascript=False)
    page = visit(context, f"{address}/panel/room{sitting.item(2)}?purpose=context").page

    page.locator("#rationale").fill("The place comes first.")
    page.get_by_role("button", name="Record the decision").click()
    page.get_by_role("link", name="Decision: choose one").click()

    expect(page).to_have_title(re.compile("^Error: "))
    expect(page.locator("#outcome")).to_be_focused()
    assert page.locator("#rationale").input_value() == "The place comes first."
    context.close()


def _fill(page: Page, **written: str) -> None:
    for name, value in written.items():
        page.locator(f"[id='{name}']").fill(value)


def _day(page: Page, name: str, written: str) -> None:
    for part, value in zip(("day", "month", "year", "time"), written.split(), strict=False):
        page.locator(f"#{name}-{part}").fill(value)


def _press(page: Page, words: str) -> None:
    page.get_by_role("button", name=words, exact=True).click()


def _follow(page: Page, words: str) -> None:
    page.locator("main").get_by_role("link", name=words, exact=True).first.click()


def _choose(page: Page, name: str, value: str) -> None:
    chosen = page.locator(f"[name='{name}'][value='{value}']").get_attribute("id")
    page.locator(f"label[for='{chosen}']").click()


@pytest.mark.parametrize("width", [320, 1280])
def test_a_bus_station_is_confirmed_assessed_and_heard_and_each_recipient_reads_their_own_minutes(
    tmp_path: Path, browser: Browser, width: int
) -> None:
    with closing(Apart(tmp_path)) as apart, served(apart.hub.stage.hub.app) as address:
        apart.do(lambda: three_reports(apart.hub))
        context = context_of(browser, address, COORDINATOR, width, javascript=False)
        context.set_default_timeout(15_000)
        page = visit(context, f"{address}/panel/room/contexts?purpose=context").page
        _a_context_becomes_a_case(page)
        _a_meeting_is_convened(page)
        here = page.url.partition("#")[0]
        apart.do(lambda: apart.hub.move(day=10, hour=9))
        _it_is_held(address, browser, here, width)
        _each_reads_their_own(address, browser, here, width)
        context.close()


def _a_context_becomes_a_case(page: Page) -> None:
    _follow(page, "Bus station, stance 3")
    _follow(page, "Confirm this context")
    _choose(page, "kind", "place")
    _fill(page, name="Wellbrae bus station")
    _day(page, "review_due", "1 6 2026")
    _press(page, "Confirm it")
    assert page.get_by_role("heading", level=1).inner_text() == "Wellbrae bus station"
    _follow(page, "Weigh what has to change first")
    for each, weight in (("home", "0"), ("peers", "2"), ("school", "1"), ("location", "5"), ("online", "0")):
        page.locator(f"#weight-{each}").select_option(weight)
    _press(page, "Save the weights")
    _follow(page, "Assess the three sides")
    _fill(page, young_people="They wait there.", guardianship="A kiosk owner.", resources="The lights are out.")
    _press(page, "Save the assessment")
    expect(page.get_by_text("Change first", exact=True)).to_be_visible()
    _follow(page, "Conference pack")
    expect(page.get_by_text("Fewer than five", exact=True)).to_be_visible()
    assert "Philippa" not in page.content()


def _a_meeting_is_convened(page: Page) -> None:
    page.get_by_role("navigation", name="Panel").get_by_role("link", name="Meetings").click()
    _follow(page, "Convene a meeting")
    _day(page, "starts", "11 5 2026 14:00")
    _day(page, "ends", "11 5 2026 16:00")
    _press(page, "Convene it")
    for kind, title in (("matter", "From last time"), ("context", "The bus station")):
        _follow(page, "Put something on the agenda")
        _choose(page, "kind", kind)
        _fill(page, title=title)
        if kind == "context":
            page.locator("#case").select_option(label="Wellbrae bus station")
        _press(page, "Put it on the agenda")
    page.get_by_role("button", name="Up item 2").click()
    assert page.locator(".cairn_agenda__title").first.inner_text() == "The bus station"
    for partner, name, membership in (("police", "officer", "core"), ("education", "teacher", "invited")):
        _follow(page, "Invite somebody")
        page.locator("#partner").select_option(partner)
        _fill(page, name=name)
        _choose(page, "membership", membership)
        if membership == "invited":
            page.get_by_text("1. The bus station", exact=True).click()
        _press(page, "Invite them")
    _press(page, "Send the agenda")
    expect(page.locator("main").get_by_text("Agenda sent")).to_be_visible()


def _it_is_held(address: str, browser: Browser, here: str, width: int) -> None:
    context = context_of(browser, address, CHAIR, width, javascript=False)
    page = visit(context, here).page
    _follow(page, "Begin the meeting")
    _choose(page, "present", CHAIR)
    _choose(page, "stated", "yes")
    _press(page, "Begin")
    _follow(page, "The bus station")
    _press(page, "Hear this item")
    _choose(page, "outcome", "joint_intervention")
    _day(page, "review_due", "15 6 2026")
    _fill(page, rationale="The harm lies in the place.", dissent="Health would have waited.",
          no_views_because="They are asked on Friday.", disclosure="Police act on it.",
          text1="Please keep the side door lit.")  # fmt: skip
    for each in ("home", "peers", "school", "location", "online"):
        page.locator(f"#weight-{each}").select_option("3")
    _choose(page, "agreed", "no")
    _choose(page, "disclosed_to", "police")
    page.locator("#owner1").select_option("childrens-house")
    _day(page, "due1", "20 5 2026")
    _press(page, "Record the decision")
    expect(page.get_by_text("Act together", exact=True)).to_be_visible()
    _follow(page, "Next From last time")
    _follow(page, "Carry it over")
    _fill(page, reason="The time was up.")
    _press(page, "Carry it over")
    _press(page, "Close the meeting")
    _press(page, "Send the minutes to each recipient")
    context.close()


def _each_reads_their_own(address: str, browser: Browser, here: str, width: int) -> None:
    told = {}
    for who in (OFFICER, TEACHER):
        context = context_of(browser, address, who, width, javascript=False)
        page = visit(context, here).page
        _follow(page, "Your minutes")
        told[who] = page.locator("main").inner_text()
        context.close()
    assert "Health would have waited." in told[OFFICER]
    assert "Health would have waited." not in told[TEACHER]
    assert "This was decided. What was decided is not for your agency to read." in told[TEACHER]
    assert "From last time" not in told[TEACHER]


def test_a_declared_interest_takes_the_pack_away_at_once(
    apart: Apart, sitting: Sitting, address: str, browser: Browser
) -> None:
    context = context_of(browser, address, OFFICER, 1280, javascript=False)
    page = visit(context, f"{address}/panel/room{sitting.here}?purpose=context").page
    page.get_by_role("link", name="I have an interest in item 2").click()
    _fill(page, why="One of them is my nephew.")
    _press(page, "Declare it")

    expect(page.get_by_text("You have declared an interest in this item.")).to_be_visible()
    assert apart.do(lambda: apart.hub.open(sitting.item(1, "pack"), OFFICER).status_code) == 404
    context.close()


def test_every_page_can_be_read_and_walked_through_at_four_times_its_size(
    apart: Apart, sitting: Sitting, address: str, browser: Browser
) -> None:
    for who, path in apart.do(lambda: _pages(sitting)):
        assert troubles_at_400(browser, address, who, f"/panel/room{path}?purpose=context") == [], path
