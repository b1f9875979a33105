"""The network, places and times, and posting a report in a real browser: with JavaScript or without, on any screen."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Dialog, Page, expect

from tests.journeys.night import HOUSE_B
from tests.support.browsing import chromium, context_of, served, violations
from tests.support.practised import Practised, practised
from tests.support.zooming import troubles_at_400

pytestmark = pytest.mark.real

WORKER = "social-work/duty"
PAGES = (
    (WORKER, "/panel/network?purpose=child_protection"),
    (WORKER, "/panel/network?purpose=context&show=people&order=-observed"),
    ("bus-operator/depot", "/panel/network?purpose=context"),
    (WORKER, "/panel/places?purpose=child_protection"),
    (WORKER, "/panel/places?purpose=context&what=at_a_place&from=soon"),
    ("bus-operator/depot", "/panel/places?purpose=context"),
    (WORKER, "/panel/report"),
)
HOSTILE = "</textarea><script>document.title='ran'</script><img src=x onerror=\"document.title='ran'\">"


@dataclass
class Visit:
    """One browser, and all that its pages asked for and complained of."""

    page: Page
    hosts: set[str] = field(default_factory=set)
    complaints: list[str] = field(default_factory=list)

    def note_dialog(self, dialog: Dialog) -> None:
        """A script of somebody else's opened it."""
        self.complaints.append("a dialog")
        dialog.dismiss()

    def troubles(self) -> list[str]:
        """What the browser complained of; that a page has an error of its own is no trouble."""
        return [text for text in self.complaints if "status of 4" not in text]

    def press(self, name: str) -> None:
        """Press a button by its words, and have the page that it leads to whole."""
        self.page.get_by_role("button", name=name, exact=True).click()
        self.page.wait_for_load_state()

    def fill(self, name: str, value: str) -> None:
        """Write into the field of this name."""
        self.page.locator(f'[id="{name}"]').fill(value)


@pytest.fixture(scope="module")
def night() -> Iterator[Practised]:
    """House B, played on a hub with its pages."""
    with practised(HOUSE_B) as hub:
        yield hub


@pytest.fixture(scope="module")
def address(night: Practised) -> Iterator[str]:
    """Where the hub is served."""
    with served(night.hub.app) as address:
        yield address


@pytest.fixture(scope="module")
def browser(chromium_path: str) -> Iterator[Browser]:
    """The distribution's Chromium."""
    with chromium(chromium_path) as browser:
        yield browser


@contextmanager
def visiting(browser: Browser, address: str, who: str, width: int = 1280, javascript: bool = True) -> Iterator[Visit]:
    """A browser of somebody's, closed afterwards."""
    context = context_of(browser, address, who, width, javascript=javascript)
    context.set_default_timeout(5_000)
    visit = Visit(context.new_page())
    visit.page.on("request", lambda request: visit.hosts.add(urlsplit(request.url).netloc))
    visit.page.on("console", lambda message: visit.complaints.append(message.text))
    visit.page.on("pageerror", lambda error: visit.complaints.append(str(error)))
    visit.page.on("dialog", visit.note_dialog)
    yield visit
    context.close()


def check(visit: Visit, width: int, javascript: bool) -> None:
    """A page that is whole and accessible, and asked nobody else for anything."""
    where = visit.page.url
    assert len(visit.hosts) == 1, where
    assert visit.troubles() == [], where
    assert visit.page.locator("h1").count() == 1, where
    assert visit.page.evaluate("document.documentElement.scrollWidth") <= width, where
    if javascript:  # the check is a script itself
        assert violations(visit.page) == [], where


@pytest.mark.parametrize("javascript", [True, False], ids=["with JavaScript", "without JavaScript"])
@pytest.mark.parametrize("width", [320, 1280])
def test_every_page_is_whole_and_accessible_at_any_width(
    address: str, browser: Browser, width: int, javascript: bool
) -> None:
    for who, path in PAGES:
        with visiting(browser, address, who, width, javascript) as visit:
            visit.page.goto(address + path, wait_until="load")
            check(visit, width, javascript)


@pytest.mark.parametrize("javascript", [True, False], ids=["with JavaScript", "without JavaScript"])
@pytest.mark.parametrize("width", [320, 1280])
def test_a_practitioner_reports_that_a_young_person_is_missing(
    night: Practised, address: str, browser: Browser, width: int, javascript: bool
) -> None:
    with visiting(browser, address, f"social-work/{width}-{javascript}".lower(), width, javascript) as visit:
        page = visit.page
        page.goto(f"{address}/panel/report")
        page.get_by_role("button", name="A young person is missing").click()

        # a page that was left open says what is missing, and leads there
        visit.press("Continue")
        expect(page).to_have_title(re.compile("^Error: "))
        check(visit, width, javascript)
        page.get_by_role("link", name="Say which young person it is about").click()
        expect(page.locator('[id="person1.system1"]')).to_be_focused()
        page.locator('[id="person1.system1"]').select_option("chi")
        visit.fill("person1.number1", "5503111230")
        visit.press("Continue")

        for part, value in (("day", "24"), ("month", "4"), ("year", "2026"), ("time", "06:15")):
            visit.fill(f"missing.since-{part}", value)
        check(visit, width, javascript)
        visit.press("Continue")
        visit.fill("missing.last_seen_at", "The front door")
        visit.press("Continue")
        visit.fill("missing.circumstances", "Ro is an absconder.")
        visit.press("Continue")
        for _ in range(3):
            check(visit, width, javascript)
            visit.press("Continue")
        page.get_by_text("High", exact=True).click()
        visit.press("Continue")
        visit.press("Continue")

        # all of it once more, one answer changed, and sent
        check(visit, width, javascript)
        page.get_by_role("link", name="Change where were they last seen?").click()
        visit.fill("missing.last_seen_at", "The back door")
        visit.press("Save and go back to the check")
        expect(page.get_by_text("The back door")).to_be_visible()
        visit.press("Send the report")
        assert page.get_by_role("heading", level=1).inner_text() == "Report sent"
        check(visit, width, javascript)

        # a word about the words, and other words
        assert page.locator("mark").inner_text() == "absconder"
        visit.fill("text-1", "Ro has been missing since a phone call.")
        visit.press("Save these words")
        expect(page.get_by_text("The words you changed are changed.")).to_be_visible()
        check(visit, width, javascript)
    night.settle()


def test_a_report_is_written_by_the_keyboard_alone(address: str, browser: Browser) -> None:
    with visiting(browser, address, "social-work/keyboard") as visit:
        page = visit.page
        page.goto(f"{address}/panel/report")
        page.get_by_role("button", name="Information for the police").focus()
        page.keyboard.press("Enter")
        page.wait_for_url("**/people")
        page.get_by_role("button", name="Add a young person").press("Enter")
        page.wait_for_url("**/person-1")
        page.locator('[id="person1.system1"]').focus()
        page.keyboard.type("CHI")
        page.keyboard.press("Tab")
        page.keyboard.type("5503111230")
        page.keyboard.press("Enter")
        page.wait_for_url("**/people")

        expect(page.get_by_text("CHI number (health): 5503111230")).to_be_visible()


def test_the_place_of_an_error_has_the_focus_and_nothing_typed_is_lost(address: str, browser: Browser) -> None:
    with visiting(browser, address, "social-work/focus") as visit:
        page = visit.page
        page.goto(f"{address}/panel/report")
        page.get_by_role("button", name="A young person was found").click()
        page.locator('[id="person1.system1"]').select_option("chi")
        visit.fill("person1.number1", "12")
        visit.press("Continue")

        expect(page.locator(".ds_error-summary")).to_be_focused()
        assert page.locator('[id="person1.number1"]').input_value() == "12"
        assert page.locator('[id="person1.number1"]').get_attribute("aria-invalid") == "true"


def test_somebody_saves_a_report_and_comes_back_to_it_in_another_browser(address: str, browser: Browser) -> None:
    with visiting(browser, address, "education/later", javascript=False) as visit:
        visit.page.goto(f"{address}/panel/report")
        visit.page.get_by_role("button", name="A concern at school").click()
        visit.fill("person1.number1", "47")
        visit.press("Save and come back later")
        expect(visit.page.get_by_text("Your report is kept.")).to_be_visible()
    with visiting(browser, address, "education/later", width=320) as visit:
        visit.page.goto(f"{address}/panel/report")
        visit.page.get_by_role("link", name="A concern at school").click()
        visit.page.get_by_role("link", name="Change young person").first.click()
        assert visit.page.locator('[id="person1.number1"]').input_value() == "47"


def test_what_somebody_types_never_runs(address: str, browser: Browser) -> None:
    with visiting(browser, address, "social-work/hostile") as visit:
        page = visit.page
        page.goto(f"{address}/panel/report")
        page.get_by_role("button", name="Information for the police").click()
        visit.press("Add a young person")
        page.locator('[id="person1.system1"]').select_option("own")
        visit.fill("person1.number1", "4711")
        visit.fill("person1.own1", HOSTILE)
        visit.press("Continue")
        visit.fill("person1.own1", "swis")
        visit.press("Continue")
        visit.press("Continue")
        page.get_by_text("By its name").click()
        visit.fill("place.value", HOSTILE)
        visit.press("Continue")
        visit.fill("place.value", f"Kiosk {HOSTILE}"[:100])
        visit.press("Continue")
        visit.fill("intelligence_submission.observed", f"absconder {HOSTILE}")
        visit.press("Continue")
        page.goto(page.url.rpartition("/")[0] + "/check")
        assert HOSTILE in page.locator("main").inner_text()
        visit.press("Send the report")

        assert page.get_by_role("heading", level=1).inner_text() == "Report sent"
        assert HOSTILE in page.locator("main").inner_text()
        expect(page).to_have_title("Report sent - Practice - Cairn")
        assert visit.troubles() == []


def test_the_network_is_drawn_over_a_list_that_is_there_without_it(address: str, browser: Browser) -> None:
    path = f"{address}/panel/network?purpose=child_protection"
    with visiting(browser, address, WORKER) as visit:
        visit.page.goto(path)
        visit.page.locator("[data-drawing] canvas").first.wait_for()
        drawn = visit.page.locator(".cairn_links tbody tr").count()
        painted = visit.page.evaluate(
            """[...document.querySelectorAll("[data-drawing] canvas")].some((canvas) =>
                 canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data.some((one) => one))"""
        )
        visit.press("Closer")
        visit.press("All of it")
        assert painted
        assert visit.page.locator("[data-drawing] [aria-hidden=true] canvas").count() > 0
        assert visit.troubles() == []
    with visiting(browser, address, WORKER, javascript=False) as visit:
        visit.page.goto(path)
        expect(visit.page.locator("[data-drawing]")).not_to_be_visible()
        assert visit.page.locator(".cairn_links tbody tr").count() == drawn == 17


_ALL_OF_IT_IS_SEEN = """() => {
  const canvas = document.querySelector(".cairn_drawing__canvas");
  const boxes = canvas._cyreg.cy.nodes().map((node) => node.renderedBoundingBox());
  const seen = ({ x1, y1, x2, y2 }) => x1 >= 0 && y1 >= 0 && x2 <= canvas.clientWidth && y2 <= canvas.clientHeight;
  return boxes.length > 0 && boxes.every(seen);
}"""


def test_a_phone_that_is_turned_shows_all_of_the_network_and_its_names(address: str, browser: Browser) -> None:
    with visiting(browser, address, WORKER) as visit:
        visit.page.goto(f"{address}/panel/network?purpose=child_protection")
        visit.page.locator("[data-drawing] canvas").first.wait_for()

        for width in (320, 1280, 320):
            visit.page.set_viewport_size({"width": width, "height": 700})
            visit.page.wait_for_function(_ALL_OF_IT_IS_SEEN, timeout=5_000)
        assert visit.troubles() == []


def test_a_keyboard_reaches_everybody_in_the_list_and_what_they_are_linked_with(address: str, browser: Browser) -> None:
    with visiting(browser, address, WORKER) as visit:
        page = visit.page
        page.goto(f"{address}/panel/network?purpose=child_protection")
        page.locator("[data-drawing] button", has_text="All of it").focus()
        for _ in range(14):
            page.keyboard.press("Tab")
            if page.evaluate("document.activeElement.textContent").startswith("Ro Testerson"):
                break
        page.keyboard.press("Enter")
        page.wait_for_url("**about=y-**")

        assert page.get_by_role("heading", level=1).inner_text() == "Who is linked with Ro Testerson"


def test_the_calendar_can_be_read_by_whoever_hears_it(address: str, browser: Browser) -> None:
    with visiting(browser, address, WORKER, javascript=False) as visit:
        visit.page.goto(f"{address}/panel/places?purpose=child_protection")
        cell = visit.page.locator(".cairn_heat tbody tr", has=visit.page.get_by_text("21:00")).locator("td").nth(3)

        assert cell.locator(".visually-hidden").inner_text() == "fewer than 5"
        expect(visit.page.locator(".cairn_heat th[scope=col]")).to_have_count(8)


def test_every_page_can_be_read_and_walked_through_at_four_times_its_size(address: str, browser: Browser) -> None:
    for who, path in PAGES:
        assert troubles_at_400(browser, address, who, path) == [], path
