"""The pages in a real browser: narrow and wide, with and without JavaScript, and to everybody alike."""

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, expect
from starlette.routing import Mount

from schemas.classes import Form, Purpose
from schemas.disclosures import Change
from services.front import front
from services.governance.app import GovernanceParts
from services.governance.app import create as create_governance
from services.kernel.clock import SimulatedClock
from services.kernel.following import Running, settle
from services.kernel.identity.demo import DemoIdentity
from services.kernel.keys.opening import open_keys
from services.kernel.log.opening import open_log
from services.kernel.store.opening import open_store
from services.panel.app import PanelParts
from services.panel.app import create as create_panel
from tests.support.browsing import chromium, context_of, served, violations, visit
from tests.support.night import Night
from tests.support.zooming import troubles_at_400

pytestmark = pytest.mark.real

LEAD = "governance/lead"
PAGES = [
    ("", "/"),
    (LEAD, "/governance/"),
    (LEAD, "/governance/?purpose=missing&at=2026-04-18T09:00"),
    (LEAD, "/governance/items/F12/social-work"),
    (LEAD, "/governance/items/F03/education?purpose=child_protection"),
    (LEAD, "/governance/who-saw"),
    (LEAD, "/governance/who-saw?item=F03&oversight=yes"),
    (LEAD, "/governance/who-saw?from=soon"),
    (LEAD, "/governance/agreements"),
    (LEAD, "/governance/agreements/A1"),
    (LEAD, "/governance/recalls"),
    (LEAD, "/governance/agreements/A9"),
    ("education/practitioner", "/panel/"),
    ("education/practitioner", "/panel/?purpose=child_protection"),
    ("youth-work/practitioner", "/panel/?purpose=context"),
    ("social-work/practitioner", "/panel/?purpose=child_protection"),
    ("bus-operator/practitioner", "/panel/?purpose=missing"),
    ("police/practitioner", "/governance/"),
]


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a server with every page on one port, as the demonstration has them."""
    folder = tmp_path_factory.mktemp("hub")
    log, keys = open_log(f"sqlite:///{folder}/log.db"), open_keys(f"file://{folder}/keys", b"night" * 8)
    night = Night(log, keys)
    night.play()
    night.read("health/officer-2", night.now, Purpose.CHILD_PROTECTION, ["F01", "F03", "F04", "F05", "F14"])
    gone = Change(purpose=Purpose.CHILD_PROTECTION, form=Form.NONE, reasons=("withdrawn",), recall="k-1")
    night.disclose("health", night.item("F03"), [gone])
    clock, identity = SimulatedClock(night.now), DemoIdentity()
    governance = create_governance(
        GovernanceParts(log, open_store(f"sqlite:///{folder}/governance.db", "governance"), identity, clock, "/")
    )
    panel = create_panel(
        PanelParts(log, open_store(f"sqlite:///{folder}/panel.db", "panel"), keys, identity, clock, front="/")
    )
    app = front(identity, panel.agencies, [Mount("/governance", governance.app), Mount("/panel", panel.app)])
    followers = [*governance.followers, *panel.followers]
    settle(followers)
    running = Running(followers)
    with served(app) as address:
        yield address
    running.stop()
    governance.close()
    panel.close()
    keys.close()
    log.close()


@pytest.fixture(scope="module")
def browser(chromium_path: str) -> Iterator[Browser]:
    """The distribution's Chromium."""
    with chromium(chromium_path) as opened:
        yield opened


@pytest.mark.parametrize("javascript", [True, False], ids=["with JavaScript", "without JavaScript"])
@pytest.mark.parametrize("width", [320, 1280])
def test_every_page_is_whole_and_accessible_at_any_width_and_asks_nobody_else_for_anything(
    hub: str, browser: Browser, width: int, javascript: bool
) -> None:
    for who, path in PAGES:
        context = context_of(browser, hub, who, width, javascript=javascript)
        opened = visit(context, hub + path)

        assert opened.hosts == {urlsplit(hub).netloc}, path
        assert [text for text in opened.complaints if "status of 4" not in text] == [], path
        assert opened.page.locator("h1").count() == 1, path
        assert opened.page.evaluate("document.documentElement.scrollWidth") <= width, path
        assert opened.page.evaluate("document.styleSheets.length") >= 3, path
        if javascript:  # the check is a script itself
            assert violations(opened.page) == [], path
        context.close()


def test_the_check_for_accessibility_bites(hub: str, browser: Browser) -> None:
    context = context_of(browser, hub, LEAD, 1280, javascript=True)
    opened = visit(context, hub + "/governance/recalls")

    opened.page.evaluate("document.querySelector('h1').outerHTML = '<h1></h1><img src=\"/x\">'")

    assert {"image-alt", "empty-heading"} <= set(violations(opened.page))
    context.close()


def test_a_governance_lead_finds_out_why_without_javascript(hub: str, browser: Browser) -> None:
    context = context_of(browser, hub, "", 1280, javascript=False)
    page = visit(context, hub + "/").page

    page.get_by_role("button", name="Governance").click()
    page.get_by_role("link", name="General for Education: Missing episode").first.click()

    assert page.get_by_role("heading", level=1).inner_text() == "Education may read this in general terms"
    page.get_by_role("link", name="Core child protection and inter-agency referral discussion").first.click()
    expect(page.get_by_text("What each party may see")).to_be_visible()
    context.close()


def test_with_javascript_the_reason_opens_over_the_matrix_and_gives_the_place_back(hub: str, browser: Browser) -> None:
    context = context_of(browser, hub, LEAD, 1280, javascript=True)
    opened = visit(context, hub + "/governance/")
    page = opened.page
    cell = page.get_by_role("link", name="Exists for Social work: Sanitised intelligence")

    cell.focus()
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog")
    dialog.wait_for()

    assert dialog.get_by_role("heading", level=1).inner_text() == "Social work may know that this exists"
    expect(page.locator("#dialog-heading")).to_be_focused()
    assert violations(page) == []
    page.keyboard.press("Escape")
    dialog.wait_for(state="detached")
    expect(cell).to_be_focused()
    assert opened.complaints == []
    context.close()


def test_a_practitioner_states_a_purpose_and_reads_what_the_agency_knows(hub: str, browser: Browser) -> None:
    context = context_of(browser, hub, "", 320, javascript=False)
    page = visit(context, hub + "/").page

    page.get_by_role("button", name="Education").click()
    expect(page).to_have_url(re.compile(r"/panel/queue\?purpose=child_protection$"))
    page.get_by_role("link", name="What we know").click()

    expect(page).to_have_url(re.compile(r"/panel/\?purpose=child_protection$"))
    expect(page.get_by_text("Was missing; now safe.").first).to_be_visible()
    page.get_by_role("link", name="Change who you are").click()
    assert page.get_by_role("heading", level=1).inner_text() == "Choose who you are"
    context.close()


def test_a_keyboard_reaches_the_content_first(hub: str, browser: Browser) -> None:
    context = context_of(browser, hub, LEAD, 1280, javascript=False)
    page = visit(context, hub + "/governance/").page

    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to main content")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"#main-content$"))
    context.close()


def test_a_script_that_was_not_served_by_the_hub_does_not_run(hub: str, browser: Browser) -> None:
    context = context_of(browser, hub, LEAD, 1280, javascript=True)
    opened = visit(context, hub + "/governance/")

    opened.page.evaluate(
        "const added = document.createElement('script'); added.textContent = 'window.ran = 1';"
        "document.body.append(added)"
    )

    assert opened.page.evaluate("window.ran") is None
    assert any("Content Security Policy" in text for text in opened.complaints)
    context.close()


def test_every_page_can_be_read_and_walked_through_at_four_times_its_size(hub: str, browser: Browser) -> None:
    for who, path in PAGES:
        assert troubles_at_400(browser, hub, who, path) == [], path
