"""The tutorial of the first panel tells what its pages show, and its pictures are small."""

from pathlib import Path

import pytest

from tests.architecture.checkout import ROOT
from tests.docs.first_panel import TUTORIAL, named_pictures, walked

_PICTURE_BYTES_MAX = 150_000


@pytest.mark.real
@pytest.mark.timeout(600)  # on a machine that is busy with other tests; an idle one needs half a minute
def test_the_tutorial_can_be_followed_word_by_word_and_takes_its_pictures(tmp_path: Path, chromium_path: str) -> None:
    walk = walked(chromium_path, tmp_path)

    taken = {one.name: one.stat().st_size for one in tmp_path.glob("*.png")}
    assert set(taken) == set(named_pictures())
    assert max(taken.values()) < _PICTURE_BYTES_MAX
    assert {path: found for path, found in walk.wrong.items() if found} == {}
    assert {"/story", "/governance/who-looked", "/panel/queue"} <= set(walk.wrong)
    assert walk.done["seen"] >= 20
    assert walk.done["Press"] >= 20


def test_the_pictures_that_the_tutorial_shows_are_kept_and_small() -> None:
    kept = {name: (ROOT / "docs/images" / name).stat().st_size for name in named_pictures()}

    assert len(kept) == TUTORIAL.read_text().count("![") > 0
    assert max(kept.values()) < _PICTURE_BYTES_MAX
