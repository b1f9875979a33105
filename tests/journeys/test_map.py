"""The map of places in a real browser: on a phone and a desk, without scripts, and at four times its size."""

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from random import Random

import pytest
from playwright.sync_api import Browser

from services.console.town.drawing import drawn
from services.console.town.living import PLACES, TOWN
from tests.panel.panel_hub import bus_station
from tests.support.browsing import chromium, context_of, served, violations, visit
from tests.support.panel_story import OFFICER, panel_pages
from tests.support.zooming import troubles_at_400

pytestmark = pytest.mark.real
PAGE = "/panel/places?purpose=context&from=all"


@pytest.fixture(scope="module")
def browser(chromium_path: str) -> Iterator[Browser]:
    """The distribution's Chromium."""
    with chromium(chromium_path) as opened:
        yield opened


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Where a hub is served that has the map of the made-up town, and reports about all its places."""
    folder = tmp_path_factory.mktemp("map")
    gazetteer = folder / "town.geojson"
    gazetteer.write_text(json.dumps(drawn(TOWN, PLACES, Random(1))))
    with ThreadPoolExecutor(1) as apart, ExitStack() as opened:  # the browser's thread has a loop of its own
        app = apart.submit(_reported, opened, folder, gazetteer).result()
        with served(app) as address:
            yield address
        apart.submit(opened.close).result()


def _reported(opened: ExitStack, folder: Path, gazetteer: Path) -> object:
    hub = opened.enter_context(panel_pages(folder, gazetteer))
    for number, place in enumerate(place for place in PLACES if place.uprn):
        for _ in range(1 + 2 * number % 7):
            told = bus_station(location_band=place.band) | {"contexts": {"bus": {"uprn": place.uprn}}}
            hub.report("police", "cairn.context.observed.v1", told)
    return hub.stage.hub.app


@pytest.mark.parametrize("javascript", [True, False], ids=["with JavaScript", "without JavaScript"])
@pytest.mark.parametrize("width", [320, 1280])
def test_the_map_is_whole_and_accessible_and_asks_nobody_else_for_anything(
    address: str, browser: Browser, width: int, javascript: bool
) -> None:
    context = context_of(browser, address, OFFICER, width, javascript=javascript)
    opened = visit(context, address + PAGE)

    marks = opened.page.locator(".cairn_map__mark")
    listed = opened.page.locator(".cairn_map__key li")
    assert len(opened.hosts) == 1
    assert opened.complaints == []
    assert marks.count() == listed.count() == sum(1 for place in PLACES if place.uprn)
    assert opened.page.locator(".cairn_map__drawing").bounding_box()["width"] <= width  # type: ignore[index]
    shades = {marks.nth(n).evaluate("mark => getComputedStyle(mark).fill") for n in range(marks.count())}
    assert len(shades) >= 2
    if javascript:  # the check is a script itself
        assert opened.page.evaluate("document.documentElement.scrollWidth") <= width
        assert violations(opened.page) == []
    context.close()


def test_the_map_can_be_read_and_walked_past_at_four_times_its_size(address: str, browser: Browser) -> None:
    assert troubles_at_400(browser, address, OFFICER, PAGE) == []
