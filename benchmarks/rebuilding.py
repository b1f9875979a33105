"""Rebuilding: every projection made anew from the log alone, in new stores."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.benchmark import Run
from benchmarks.building import items_of
from benchmarks.measuring import Row, Taken, at_least, timing
from benchmarks.profiling import where_time_goes
from benchmarks.worlds import embedded
from services.governance import pipeline as governance
from services.kernel.following import Follower, settle
from services.kernel.log.opening import open_log
from services.kernel.store.opening import open_store
from services.panel import pipeline as panel
from services.sharing.projections.partner_record import PartnerRecords

NAME = "rebuilding"
_OPENCRVS = 934.0
"""Records a second of the only published figure of its kind, OpenCRVS re-indexing: another machine, another record."""


def rows(run: Run) -> list[Row]:
    """Partner records, governance and panel, one after the other in one thread."""
    built = run.buildings.of(items_of(run.size))
    run.say(f"rebuilding the projections of {built.items:,} items")
    spent: dict[str, Taken] = {}
    with run.buildings.copy_of(items_of(run.size)) as data, _anew(data, "measured") as followers:
        for follower in followers:
            with timing() as taken:
                settle([follower])
            spent[follower.name.removeprefix("projection.")] = taken
        with _anew(data, "profiled") as again:
            where = where_time_goes(lambda: [follower.step() for follower in again])
    seconds = sum(taken.wall for taken in spent.values())
    processor = sum(taken.processor for taken in spent.values())
    most = sorted(spent.items(), key=lambda one: -one[1].wall)[:3]
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
            + ", ".join(f"{name} {taken.wall / seconds:.0%}" for name, taken in most)
            + f" of the time; {where}",
        )
    ]


@contextmanager
def _anew(data: Path, name: str) -> Iterator[list[Follower]]:
    """Every projection on new stores, at the beginning of the log."""
    log = open_log(embedded(data).log)
    stores = {
        service: open_store(f"sqlite:///{data}/{name}", service) for service in ("sharing", "governance", "panel")
    }
    followers: list[Follower] = [PartnerRecords(stores["sharing"], log)]
    followers += governance.followers(log, stores["governance"])
    followers += panel.followers(log, stores["panel"])
    try:
        yield followers
    finally:
        for store in stores.values():
            store.close()
        log.close()
