"""The pipeline: how many reports go through sharing in a second, from `hub.reports` to every partner's feed.

The peer is a pass-through: it reads the same reports from the same log and appends as many records with the same
bytes, in the same batches, and neither decides nor seals nor keeps anything.
"""

from collections.abc import Sequence

from benchmarks import house_b
from benchmarks.benchmark import Run
from benchmarks.measuring import Row, at_least, in_turn, timing
from benchmarks.profiling import where_time_goes
from benchmarks.worlds import PARTITIONS, agree, embedded, folder, hub_of, post, step_all
from services.console.rehearsal.hubs import ThrowAwayHub
from services.kernel import topics
from services.kernel.log import BEFORE_FIRST, Entry, Log, Record

NAME = "pipeline"
_PASSED = "passed-through"
_REPORTS_AT_ONCE = 200
_RECORDS_AT_ONCE = 500


def rows(run: Run) -> list[Row]:
    """House B's mix for eight partners on the embedded log."""
    size, say = run.size, run.say
    rounds, reports = size.of(1, 3, 5), size.of(15, 300, 900)
    say(f"pipeline: {rounds} rounds of {reports} reports")
    with folder() as data, hub_of(embedded(data), ("intake", "sharing")) as stage:
        agree(stage)
        return [measured(stage, rounds, reports, "embedded log")]


def measured(stage: ThrowAwayHub, rounds: int, reports: int, where: str) -> Row:
    """The row of a hub that has the scenario's agreements: it goes first in each round, and its peer says the same."""
    through = Through(stage, reports)
    through.hub()
    found = in_turn(rounds, {"hub": through.hub, "peer": through.peer})
    through.post_more()
    profiled = where_time_goes(through.step)
    return Row(
        f"pipeline, House B mix, 8 partners, {where}",
        found.median("hub"),
        "reports/s",
        found.median("peer"),
        "pass-through: the same records, read and appended",
        found.ratio("hub", "peer"),
        at_least(0.5, of_ratio=True),
        f"{through.records / through.reports:.1f} records said for each report;"
        f" {through.reports / through.processor:,.0f} reports a second of processor time; {profiled}",
    )


class Through:
    """Puts reports through the hub, and what came of them through the peer."""

    def __init__(self, stage: ThrowAwayHub, reports: int, first_night: int = 1) -> None:
        self._stage, self._reports, self._night = stage, reports, first_night
        self._log: Log = stage.hub.log
        self._log.create(_PASSED, PARTITIONS)
        self._after: dict[tuple[str, int], int] = {}
        self._read: list[tuple[int, int]] = []
        self._said: list[Record] = []
        self.reports = self.records = 0
        self.processor = 0.0

    def hub(self) -> float:
        """Reports a second; what is posted before, and read afterwards for the peer, is not counted."""
        post(self._stage, house_b.events(self._reports, self._night))
        self._night += self._reports // 15 + 1
        self._new(self._spoken())
        step_all(self._stage, "intake")
        self._read = [(place[1], self._after.get(place, BEFORE_FIRST)) for place in places(self._log, topics.REPORTS)]
        taken_in = self._new([topics.REPORTS])
        with timing() as taken:
            self.step()
        said = self._new(self._spoken())
        self._said = [Record(_PASSED, one.key, one.id, one.value, one.partition % PARTITIONS) for one in said]
        self.reports += len(taken_in)
        self.records += len(said)
        self.processor += taken.processor
        return len(taken_in) / taken.wall

    def post_more(self) -> None:
        """Reports for the hub to take in, which nobody counts."""
        post(self._stage, house_b.events(self._reports, self._night))
        self._night += self._reports // 15 + 1
        step_all(self._stage, "intake")

    def step(self) -> None:
        """What is measured of the hub: decide and render, and say it on the log."""
        _, pipeline, feeds, _ = self._stage.hub.services["sharing"].followers
        while pipeline.step() + feeds.step():
            pass

    def peer(self) -> float:
        """Reports a second of the pass-through, for the reports that went through the hub last."""
        waiting = iter(range(0, len(self._said), _RECORDS_AT_ONCE))
        with timing() as taken:
            for partition, after in self._read:
                while entries := self._log.read(topics.REPORTS, partition, after, _REPORTS_AT_ONCE):
                    after = entries[-1].position
            for start in waiting:
                self._log.append(self._said[start : start + _RECORDS_AT_ONCE])
        return self._reports / taken.wall

    def _spoken(self) -> list[str]:
        partners = house_b.scenario().partners
        return [topics.DECISIONS, *(topics.disclosures(partner) for partner in partners)]

    def _new(self, wanted: Sequence[str]) -> list[Entry]:
        found: list[Entry] = []
        for topic in wanted:
            for place in places(self._log, topic):
                while entries := self._log.read(*place, self._after.get(place, BEFORE_FIRST), 1_000):
                    found += entries
                    self._after[place] = entries[-1].position
        return found


def places(log: Log, topic: str) -> list[tuple[str, int]]:
    """The partitions of a topic."""
    return [(topic, partition) for partition in range(log.partitions(topic))]
