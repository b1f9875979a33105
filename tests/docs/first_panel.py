"""The tutorial of the first panel, followed in a browser word by word.

The page itself is the script: what it says to press, to follow or to fill in is done, everything else in bold must be
there to be seen, and each picture is taken where it stands. `python -m tests.docs.first_panel` keeps the pictures.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Locator, Page

from deploy.local import chromium as installed
from tests.architecture.checkout import ROOT
from tests.support.browsing import chromium, violations
from tests.support.demo import demo

TUTORIAL = ROOT / "docs" / "tutorials" / "first-panel.md"
WIDTH, HEIGHT = 1000, 900
_STEP = re.compile(
    r"^- \*\*(?P<label>[^*]+)\*\*: \*(?P<value>[^*]+)\*$"
    r"|(?P<verb>Press|Follow|Be the) \*\*(?P<what>[^*]+)\*\*"
    r"|\*\*(?P<seen>[^*]+)\*\*"
    r"|!\[[^\]]*\]\((?P<picture>[^)]+)\)",
    re.MULTILINE,
)
_SECONDS_MAX = 60
"""For one page, on a machine that is busy with other tests."""


@dataclass
class Walk:
    """Somebody who follows the tutorial.

    `done` counts what was pressed, followed, filled in and seen; `wrong` has, for each path that was opened, what the
    check for accessibility finds.
    """

    page: Page
    address: str
    pictures: Path
    done: dict[str, int] = field(default_factory=dict)
    wrong: dict[str, list[Any]] = field(default_factory=dict)

    def follow(self, text: str) -> None:
        """Do all that the text says. Raises AssertionError, or playwright's own, where the pages are otherwise."""
        self.page.set_default_timeout(_SECONDS_MAX * 1000)
        self.page.goto(self.address)
        for step in _STEP.finditer(text):
            said = {name: " ".join(words.split()) for name, words in step.groupdict().items() if words}
            self._do(said)

    def _do(self, said: dict[str, str]) -> None:
        doing: dict[str, Callable[[str], None]] = {"Press": self._press, "Follow": self._open, "Be the": self._be}
        if "verb" in said:
            doing[said["verb"]](said["what"])
        elif "label" in said:
            self._fill(said["label"], said["value"])
        elif "picture" in said:
            self._take(Path(said["picture"]).name)
        else:
            self._see(said["seen"])
        kind = said.get("verb") or next(iter(said))
        self.done[kind] = self.done.get(kind, 0) + 1

    def _press(self, words: str) -> None:
        self._go(self.page.get_by_role("button", name=words))

    def _open(self, words: str) -> None:
        whole = self.page.get_by_role("link", name=words, exact=True)
        self._go(whole if whole.count() else self.page.get_by_role("link", name=words))

    def _go(self, found: Locator) -> None:
        with self.page.expect_navigation():
            found.first.click()
        path = urlsplit(self.page.url).path
        if path not in self.wrong:
            self.wrong[path] = violations(self.page)

    def _be(self, title: str) -> None:
        self.page.goto(f"{self.address}/sign-in")
        self._press(title)

    def _see(self, words: str) -> None:
        seen = " ".join(self.page.locator("body").inner_text().split())
        assert words.casefold() in seen.casefold(), f"{words!r} is not on the page {self.page.url}"

    def _fill(self, label: str, value: str) -> None:
        group = self.page.get_by_role("group", name=label, exact=True)
        if group.count():
            group.get_by_label(value, exact=True).first.check(force=True)
            return
        control = self._one(self.page.get_by_label(label, exact=True))
        if control.evaluate("one => one.tagName") == "SELECT":
            control.select_option(value)
        else:
            control.fill(value)

    @staticmethod
    def _one(found: Locator) -> Locator:
        assert found.count() == 1, f"{found.count()} fields have this label"
        return found

    def _take(self, name: str) -> None:
        self.page.evaluate("scrollTo(0, 0)")
        self.page.screenshot(path=self.pictures / name)


def walked(chromium_path: str, pictures: Path) -> Walk:
    """The tutorial followed from its first word to its last, on a demo of its own; its pictures are in the folder."""
    with demo(["--step"]) as running, chromium(chromium_path) as browser:
        context = browser.new_context(viewport={"width": WIDTH, "height": HEIGHT}, locale="en-GB")
        walk = Walk(context.new_page(), running.address, pictures)
        walk.follow(_text())
        return walk


def named_pictures() -> Iterator[str]:
    """The names of the pictures that the tutorial shows."""
    return (Path(step["picture"]).name for step in _STEP.finditer(_text()) if step["picture"])


def _text() -> str:
    """The tutorial after the line that says how it is tested."""
    return TUTORIAL.read_text().partition("is pressed, followed or seen.")[2]


if __name__ == "__main__":
    walked(installed.find() or "chromium", ROOT / "docs" / "images")
