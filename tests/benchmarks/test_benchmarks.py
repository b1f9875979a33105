"""The benchmarks at a tiny size: that they run and tell what they saw, and nothing of how long it took."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from benchmarks import kafka, processes, workers
from benchmarks.__main__ import BENCHMARKS
from benchmarks.benchmark import Benchmark, Run
from benchmarks.building import STAY, Buildings, buildings, items_of
from benchmarks.measuring import Row, Size, at_least, below
from benchmarks.table import chart, drawings, table

REAL: list[Benchmark] = [kafka, processes, workers]
"""Those that measure the hub on the real parts."""


@pytest.fixture(scope="module")
def built() -> Iterator[Buildings]:
    with buildings(lambda _: None) as made:
        yield made


@pytest.mark.parametrize("benchmark", [one for one in BENCHMARKS if one not in REAL], ids=lambda one: one.NAME)
def test_every_benchmark_gives_rows_with_their_figures(benchmark: Benchmark, built: Buildings) -> None:
    # when it is run with hardly anything to measure
    rows = benchmark.rows(Run(Size.TINY, items_of(Size.TINY), lambda _: None, built))

    expect_figures(rows)


def test_a_hub_that_stays_is_not_built_again_to_be_looked_at(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(STAY, str(tmp_path))
    said: list[str] = []
    with buildings(said.append) as first:
        built = first.holding(items_of(Size.TINY))
    made = said.copy()

    with buildings(said.append) as second:
        again = second.holding(items_of(Size.TINY))

    assert (again.data, again.items) == (built.data, built.items)
    assert again.data.is_dir()
    assert said == made != []


@pytest.mark.real
@pytest.mark.parametrize("benchmark", REAL, ids=lambda one: one.NAME)
def test_every_benchmark_on_the_real_parts_gives_rows_with_their_figures(
    benchmark: Benchmark,
    kafka_address: str,
    opa_address: str,
    postgres_address: str,
    built: Buildings,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # given the parts of this run
    for part, address in {"KAFKA": kafka_address, "OPA": opa_address, "POSTGRES": postgres_address}.items():
        monkeypatch.setenv(f"CAIRN_TEST_{part}", address)

    # when it is run with hardly anything to measure
    rows = benchmark.rows(Run(Size.TINY, items_of(Size.TINY), lambda _: None, built))

    expect_figures(rows)


def expect_figures(rows: list[Row]) -> None:
    # then each of its rows has a figure, the peer's with a ratio to it, and a line in the table
    assert rows
    assert all(row.unit and (row.figure > 0 or row.unit == "power") for row in rows)
    assert all((row.peer is None) == (row.ratio is None) for row in rows)
    told = table(rows).splitlines()[2:]
    assert [line.split(" | ")[0].removeprefix("| ") for line in told] == [row.what for row in rows]


def test_a_row_says_whether_it_reached_its_aim_and_the_chart_how_far_it_came() -> None:
    half = Row("half of the peer", 50.0, "reports/s", 100.0, "a peer", 0.5, at_least(0.4, of_ratio=True))
    slow = Row("too slow", 4.0, "s", aim=below(1))
    without = Row("without an aim", 1.0, "s")

    assert [row.met for row in (half, slow, without)] == [True, False, None]
    assert [line.rsplit(" | ", 1)[1] for line in table([half, slow, without]).splitlines()[2:]] == [
        "yes |",
        "no |",
        " |",
    ]
    bars = chart([half, slow, without]).splitlines()[2:-1]
    assert [bar.split()[-1] for bar in bars] == ["125%", "25%"]


def test_a_series_is_drawn_with_its_longest_bar_full() -> None:
    grows = Row("growth with labels", 1.1, "power", series=((100, 0.001), (200, 0.002)))

    assert drawings([Row("without a series", 1.0, "s")]) == ""
    few, many = drawings([grows]).splitlines()[2:4]
    assert (few.split()[0], few.count("█"), few.split()[-2:]) == ("100", 15, ["1", "ms"])
    assert (many.split()[0], many.count("█"), many.split()[-2:]) == ("200", 30, ["2", "ms"])
