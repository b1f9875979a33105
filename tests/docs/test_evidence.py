"""The page of evidence is made from what commands kept, and adds up the runs of each promise."""

import json

from tests.support.evidence import KEPT, PAGE, Evidence, Kept, added, page

RUN = Evidence(
    "kills", "Nothing is lost.", "make soak", "nothing was", seed=1, count=20, whole=100, unit="kills", seconds=60
)


def test_the_page_says_what_was_kept_and_nothing_else() -> None:
    assert PAGE.read_text() == page(json.loads(KEPT.read_text()))


def test_runs_with_different_seeds_are_added_up() -> None:
    kept = _kept(RUN, _run(seed=2, count=40))

    assert "| Nothing is lost. | 60 kills | 100 | 2 min | 2: [kills](#kills) |" in page(kept)


def test_the_same_run_again_is_counted_once() -> None:
    kept = _kept(RUN, _run(seed=1, count=20, result="nothing was, again"))

    assert [run["result"] for run in kept["kills"]["runs"]] == ["nothing was, again"]


def test_a_short_run_does_not_take_the_place_of_a_long_one_with_its_seed() -> None:
    kept = _kept(RUN, _run(seed=1, count=1))

    assert [run["count"] for run in kept["kills"]["runs"]] == [20]


def _run(seed: int, count: int, result: str = "nothing was") -> Evidence:
    return Evidence(RUN.name, RUN.promise, RUN.command, result, "", seed, count, RUN.whole, RUN.unit, RUN.seconds)


def _kept(*runs: Evidence) -> Kept:
    kept: Kept = {}
    for run in runs:
        kept = added(kept, run, "2026-11-22", "1a2b3c4")
    return kept
