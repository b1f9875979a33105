"""Browsing: pages of a hub in the distribution's Chromium, and all that they ask for and complain of."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import uvicorn
from playwright.sync_api import Browser, BrowserContext, Page, Request, sync_playwright

_FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
)  # fmt: skip
_AXE = Path(__file__).parents[2] / "node_modules" / "axe-core" / "axe.min.js"
_RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


@dataclass
class Visit:
    """One page in one browser, and all that it asked for and complained of."""

    page: Page
    hosts: set[str]
    complaints: list[str]


@contextmanager
def served(app: Any) -> Iterator[str]:
    """The address of an application that a thread serves, on a port of the system's choice."""
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=0, log_level="error"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        thread.join(0.05)
    try:
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(10)


@contextmanager
def chromium(path: str) -> Iterator[Browser]:
    """The browser."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(_FLAGS))
        yield browser
        browser.close()


def context_of(browser: Browser, hub: str, who: str, width: int, *, javascript: bool) -> BrowserContext:
    """A window of a width, in which somebody is signed in to the demonstration."""
    context = browser.new_context(
        viewport={"width": width, "height": 900}, java_script_enabled=javascript, locale="en-GB"
    )
    if who:
        context.add_cookies([{"name": "cairn_demo", "value": who, "url": hub}])
    return context


def visit(context: BrowserContext, address: str) -> Visit:
    """Open a page."""
    opened = Visit(context.new_page(), set(), [])
    opened.page.on("request", lambda request: opened.hosts.add(urlsplit(request.url).netloc))
    opened.page.on("console", lambda message: opened.complaints.append(message.text))
    opened.page.on("pageerror", lambda error: opened.complaints.append(str(error)))
    opened.page.on("requestfailed", lambda request: opened.complaints.extend(_failed(request)))
    opened.page.goto(address, wait_until="load")
    return opened


def _failed(request: Request) -> list[str]:
    """What is asked for no longer, as somebody went on to another page, did not fail."""
    return [] if request.failure == "net::ERR_ABORTED" else [f"failed: {request.url}"]


def violations(page: Page) -> list[Any]:
    """What the check for accessibility (WCAG 2.0 to 2.2, A and AA) finds wrong."""
    page.evaluate(_AXE.read_text())
    return list(
        page.evaluate("rules => axe.run({runOnly: rules}).then(found => found.violations.map(one => one.id))", _RULES)
    )
