"""The documentation: what it links to is there, and what it tells people to type works."""

import os
import re
import subprocess
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from services.console.rehearsal.scenario import load
from tests.architecture.checkout import ROOT, committed_files, name_of
from tests.support.demo import Demo, demo

PAGES = [path for path in committed_files() if path.suffix == ".md"]
SHOWN = {
    "README.md": ['"status":"accepted"', '"agreements":["A1"]', "as expected"],
    "docs/how-to/post-reports.md": [
        '"puts_self_at_risk"',
        '"type_version_unknown"',
        '"/data/health_summary/setting"',
    ],
    "docs/tutorials/first-agreement.md": [
        "footbridge",
        '"form":"full"',
        '"records":[]',
        '"acknowledged"',
        "WAY-HOME v1",
    ],
    "docs/reference/panel-api.md": ['"state":"done"', '"list": "actions"'],
    "docs/how-to/connect/police.md": ['"status":"accepted"', '"form":"own"', '"risk_levels_agreed":false'],
    "docs/how-to/connect/health.md": ['"class":"health_sensitive"', '"form":"own"'],
    "docs/how-to/connect/education.md": ['"class":"context"', '"prompts":[]', '"form":"own"'],
    "docs/how-to/connect/childrens-house.md": ['"status":"accepted"', '"form":"own"', '"carer_risk_level":"high"'],
    "docs/how-to/connect/charity.md": ['"class":"voice_private"', '"form":"own"', '"prompts":[]'],
}
"""Page -> what typing its lines prints."""
HEADINGS = ["Context", "Decision", "Consequences"]

_LINK = re.compile(r"!?\[(?:[^\[\]]|\[[^\]]*\])*\]\(([^)\s]+)\)", re.DOTALL)
_FENCED = re.compile(r"^```.*?^```\s*$", re.MULTILINE | re.DOTALL)
_SHELL = re.compile(r"^```sh\n(.*?)^```", re.MULTILINE | re.DOTALL)
_CALL = re.compile(r"(?:^|\(|\|\s*)curl\s", re.MULTILINE)
_PROMISED = re.compile(r"^# (\d{3})\b", re.MULTILINE)
_HUB = "http://127.0.0.1:8765"
_CALLING = """
curl() { command curl --silent --show-error --write-out '%{stderr}%{http_code}\\n' "$@" 2>> "$STATUSES"; }
"""


def _anchors(page: Path) -> set[str]:
    """The headings of a page as a reader's browser knows them."""
    text = _FENCED.sub("", page.read_text())
    headings = [
        re.sub(r"[`*]|\[([^\]]*)\]\([^)]*\)", r"\1", one) for one in re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    ]
    return {re.sub(r"[^\w\- ]", "", one.lower()).replace(" ", "-") for one in headings}


def _internal_links(page: Path) -> Iterator[tuple[Path, str]]:
    for target in _LINK.findall(_FENCED.sub("", page.read_text())):
        if not re.match(r"[a-z]+:", target):
            path, _, anchor = target.partition("#")
            yield (page.parent / path).resolve() if path else page, anchor


def test_every_internal_link_and_picture_leads_somewhere() -> None:
    lost = []
    for page in PAGES:
        for target, anchor in _internal_links(page):
            if not target.exists() or (anchor and target.suffix == ".md" and anchor not in _anchors(target)):
                lost.append(f"{name_of(page)} -> {target.name}#{anchor}")

    assert lost == []


def test_every_picture_has_words_in_its_place() -> None:
    silent = [name_of(page) for page in PAGES if "![](" in page.read_text()]

    assert silent == []


def test_the_picture_of_the_way_of_the_data_reads_without_eyes_and_in_the_dark() -> None:
    picture = ROOT / "docs/images/way-of-the-data.svg"
    root = ElementTree.fromstring(picture.read_text())  # noqa: S314 - our own file
    named = {one.get("id"): one.text for one in root if one.get("id")}

    assert root.get("role") == "img"
    assert all(named[name] for name in (root.get("aria-labelledby") or "?").split())
    assert "prefers-color-scheme: dark" in picture.read_text()


def test_every_screenshot_is_small_enough_to_load_anywhere() -> None:
    sizes = {path.name: path.stat().st_size for path in (ROOT / "docs/images").glob("*.png")}

    assert "matrix.png" in sizes
    assert {name: size for name, size in sizes.items() if size > 150_000} == {}


def test_there_is_a_card_for_each_kind_of_agency() -> None:
    cards = {path.stem for path in (ROOT / "docs/how-to/connect").glob("*.md")}

    assert cards == {"police", "health", "education", "childrens-house", "charity"}
    assert cards <= {Path(page).stem for page in SHOWN}


@pytest.mark.parametrize("record", sorted((ROOT / "docs/decisions").glob("*.md")), ids=lambda path: path.stem)
def test_every_decision_record_says_why_what_and_what_follows(record: Path) -> None:
    text = record.read_text()

    assert re.match(rf"# {int(record.name[:4])}\. \S", text)
    assert [one for one in re.findall(r"^## (.+)$", text, re.MULTILINE) if one in HEADINGS] == HEADINGS


def test_decision_records_are_numbered_without_gaps() -> None:
    numbers = sorted(int(path.name[:4]) for path in (ROOT / "docs/decisions").glob("*.md"))

    assert numbers == list(range(1, len(numbers) + 1))


def test_the_documentation_names_nobodys_machine_and_no_index() -> None:
    machine = re.compile(r"(?<![\w.$}/-])/(?:work|root|home/\w+|Users/\w+|tmp/\w)[/\w.-]*")
    index = re.compile(r"https?://[\w.@:-]*(?:" + "|".join(["py" + "pi", "np" + "mjs", "registry"]) + ")")
    named = {name_of(page): match[0] for page in PAGES if (match := machine.search(page.read_text()))}
    hosts = {name_of(page): match[0] for page in PAGES if (match := index.search(page.read_text()))}

    assert named == {}
    assert hosts == {}


def test_the_page_on_scenarios_shows_one_that_can_be_played(tmp_path: Path) -> None:
    page = (ROOT / "docs/how-to/write-a-scenario.md").read_text()
    blocks = re.findall(r"^```json\n(\{.*?)^```", page, re.MULTILINE | re.DOTALL)
    whole = [one for one in blocks if '"scenario": 1' in one]
    (tmp_path / "shown.json").write_text(whole[0])

    assert load(tmp_path / "shown.json").title


@pytest.fixture(scope="module")
def hub() -> Iterator[Demo]:
    with demo() as running:
        yield running


@dataclass(frozen=True)
class Typed:
    """What came of typing a page's lines."""

    promised: list[str]
    answered: list[str]
    printed: str
    status: int


def _type(page: str, hub: Demo, folder: Path) -> Typed:
    """Type every shell block of a page, in order, in one shell."""
    blocks = "\n".join(_SHELL.findall((ROOT / page).read_text()))
    assert blocks.count(_HUB) == 1, "the address is said once, and read from a variable after that"
    statuses = folder / "statuses"
    done = subprocess.run(
        ["bash", "-c", _CALLING + blocks.replace(_HUB, hub.address)],
        cwd=ROOT,
        env={**os.environ, "STATUSES": str(statuses)},
        capture_output=True,
        text=True,
        timeout=200,
    )
    assert len(_CALL.findall(blocks)) == len(_PROMISED.findall(blocks)), "each call is followed by its status"
    return Typed(_PROMISED.findall(blocks), statuses.read_text().split(), done.stdout, done.returncode)


@pytest.mark.parametrize("page", SHOWN)
def test_what_a_page_tells_people_to_type_answers_as_the_page_says(page: str, hub: Demo, tmp_path: Path) -> None:
    typed = _type(page, hub, tmp_path)

    assert typed.answered == typed.promised
    assert typed.status == 0
    for shown in SHOWN[page]:
        assert shown in typed.printed
