"""The how-tos for people: what they call a page, a button or a link is what it is called there."""

import re
from pathlib import Path

import pytest

from tests.architecture.checkout import ROOT

_PAGES = sorted((ROOT / "docs/how-to").glob("for-*.md"))
_CALLED = re.compile(r"(?<![*\w])\*([^*]+)\*(?![*\w])")
_WORDS = " ".join(
    " ".join(path.read_text().split())
    for path in sorted((ROOT / "services").rglob("*"))
    if path.suffix in {".py", ".html", ".js"}
)


@pytest.mark.parametrize("page", _PAGES, ids=lambda path: path.stem)
def test_a_how_to_calls_everything_as_the_pages_do(page: Path) -> None:
    called = {" ".join(one.split()) for one in _CALLED.findall(page.read_text())}

    assert len(called) >= 5
    assert sorted(one for one in called if one not in _WORDS) == []


def test_there_is_a_how_to_for_each_room_and_for_oversight() -> None:
    assert [page.stem for page in _PAGES] == ["for-governance", "for-social-work", "for-the-panel"]
