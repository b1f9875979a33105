"""Spending: what a report that is posted by itself takes of a processor, in each service of a hub.

In one process the services share an interpreter: what they spend together says when reports begin to wait.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from benchmarks.house_b import JSON, REPORTS_A_NIGHT, events
from benchmarks.measuring import timing
from benchmarks.worlds import agree, embedded, hub_of, post

_POSTING = "answering the post"
_WARMING_REPORTS = 2 * REPORTS_A_NIGHT


@dataclass(frozen=True)
class Spent:
    """Milliseconds of a processor for one report, by what they were spent on."""

    on: Mapping[str, float]

    def __str__(self) -> str:
        whole = sum(self.on.values())
        each = ", ".join(f"{what} {taken:.2g}" for what, taken in self.on.items())
        return (
            f"one report after another takes {whole:.3g} ms of a processor ({each}), without its server: an interpreter"
            f" does {1_000 / whole:,.0f} a second so, and what comes faster waits until several are taken together"
        )


def spent_on_a_report(data: Path, reports: int) -> Spent:
    """What so many reports, each taken through the whole hub before the next, spent of this process's time."""
    spent: defaultdict[str, float] = defaultdict(float)
    night = events(_WARMING_REPORTS + reports)
    with hub_of(embedded(data)) as stage:
        agree(stage)

        def tell(report: JSON) -> None:
            with timing() as posted:
                post(stage, [report])
            spent[_POSTING] += posted.processor
            for name, service in stage.hub.services.items():
                with timing() as followed:
                    while sum(follower.step() for follower in service.followers):
                        pass
                spent[name] += followed.processor

        for report in night[:_WARMING_REPORTS]:
            tell(report)
        spent.clear()
        for report in night[_WARMING_REPORTS:]:
            tell(report)
    return Spent({what: seconds * 1_000 / reports for what, seconds in spent.items()})
