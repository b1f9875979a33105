"""Rebuilding: every projection made anew from the log alone, in new stores."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.benchmark import Run
from benchmarks.building import short_of_a_million
from benchmarks.measuring import Row, at_least, garbage_aside
from benchmarks.profiling import where_time_goes
from benchmarks.worlds import folder
from services.governance import pipeline as governance
from services.kernel.following import Follower
from services.kernel.log.opening import open_log
from services.kernel.store.opening import open_store
from services.panel import pipeline as panel
from services.sharing.projections.partner_record import PartnerRecords

NAME = "rebuilding"
_STEPS_PROFILED = 5
_OPENCRVS = 934.0
"""Records a second of the only published figure of its kind, OpenCRVS re-indexing: another machine, another record."""


def rows(run: Run) -> list[Row]:
    """Partner records, governance and panel, one after the other in one thread, as they were made for the building."""
    built = run.buildings.of(run.items)
    with _anew(built.data) as followers, garbage_aside():
        for follower in followers:
            follower.step()  # the first makes statements, which are kept
        where = where_time_goes(lambda: [follower.step() for follower in followers for _ in range(_STEPS_PROFILED)])
    seconds = sum(taken.wall for taken in built.rebuilt.values())
    processor = sum(taken.processor for taken in built.rebuilt.values())
    most = sorted(built.rebuilt.items(), key=lambda one: -one[1].processor)[:3]
    return [
        Row(
            f"rebuild of all projections from the log, {built.items:,} items",
            built.items / seconds,
            "items/s",
            _OPENCRVS,
            "published: OpenCRVS re-index, records/s on its own machine",
            built.items / seconds / _OPENCRVS,
            at_least(5_000),
            f"{built.items / processor:,.0f} items a second of processor time; "
            + ", ".join(f"{name} {taken.processor / processor:.0%}" for name, taken in most)
            + f" of it; {where}{short_of_a_million(built.items)}",
        )
    ]


@contextmanager
def _anew(data: Path) -> Iterator[list[Follower]]:
    """Every projection on new stores, at the beginning of the log."""
    log = open_log(f"sqlite:///{data}/log.db")
    with folder() as place:
        stores = {name: open_store(f"sqlite:///{place}", name) for name in ("sharing", "governance", "panel")}
        followers: list[Follower] = [PartnerRecords(stores["sharing"], log)]
        followers += governance.followers(log, stores["governance"])
        followers += panel.followers(log, stores["panel"])
        try:
            yield followers
        finally:
            for store in stores.values():
                store.close()
            log.close()
