"""Kafka: the pipeline on Kafka, OPA and PostgreSQL, beside a pass-through and beside what one would write by hand.

The hand-rolled peer reads the same reports, asks OPA about each report and partner by itself, with the hub's own
policies and client, and appends what is allowed, sealed as it came.
"""

from benchmarks import house_b
from benchmarks.benchmark import Run
from benchmarks.measuring import Row, at_least, in_turn, timing
from benchmarks.pipeline import Through, measured, places
from benchmarks.worlds import PARTITIONS, agree, folder, hub_of
from deploy.local import PartUnavailable, running
from schemas.classes import DataClass, Form
from schemas.decisions import ContextStanding, ItemState, Label
from schemas.envelope import Event
from schemas.rules import AgreementInForce
from schemas.sealed import SealedReport
from services.composition import POLICIES
from services.console.rehearsal.hubs import ThrowAwayHub
from services.kernel import topics
from services.kernel.log import BEFORE_FIRST, Record
from services.kernel.policy.opening import open_policy
from services.kernel.settings import Settings
from services.sharing.domain.rules import Rules, microseconds, rule_of
from services.sharing.matrix import cell

NAME = "kafka"
_BY_HAND = "by-hand"
_AT_ONCE = 200


def rows(run: Run) -> list[Row]:
    """Both peers; no rows where the real parts can be neither found nor started."""
    try:
        with running() as parts, parts.share() as share, folder() as data:
            settings = Settings(
                data=data, log=share.log, store=share.store, policy=share.policy, keys=f"file://{data}/keys",
                partitions=PARTITIONS, at_least_wait_seconds_max=0, currency_wait_seconds_max=0,
            )  # fmt: skip
            with hub_of(settings, ("intake", "sharing")) as stage:
                agree(stage)
                return _rows(run, stage, parts.opa)
    except PartUnavailable as missing:
        run.say(f"kafka: left out, {missing}")
        return []


def _rows(run: Run, stage: ThrowAwayHub, opa: str) -> list[Row]:
    rounds, reports, by_hand = run.size.of(1, 2, 3), run.size.of(15, 200, 600), run.size.of(3, 15, 45)
    run.say(f"kafka: {rounds} rounds of {reports} reports, and {by_hand} by hand")
    passed = measured(stage, rounds, reports, "Kafka")
    through, hand = Through(stage, reports, first_night=10_000), ByHand(stage, opa, by_hand)
    found = in_turn(rounds, {"hub": through.hub, "hand": hand.reports_a_second})
    hand.close()
    return [
        passed,
        Row(
            "pipeline, House B mix, 8 partners, Kafka",
            found.median("hub"),
            "reports/s",
            found.median("hand"),
            "by hand: one OPA call for each report and partner, then produce",
            found.ratio("hub", "hand"),
            at_least(10, of_ratio=True),
            f"by hand {by_hand} reports a round; both ask the same OPA server with the same policies",
        ),
    ]


class ByHand:
    """A consumer that decides and produces, without a matrix."""

    def __init__(self, stage: ThrowAwayHub, opa: str, reports: int) -> None:
        self._log, self._reports = stage.hub.log, reports
        self._log.create(_BY_HAND, PARTITIONS)
        self._policy = open_policy(opa, POLICIES)
        self._partners = house_b.scenario().partners
        self._now = house_b.scenario().now
        rules = Rules()
        for entry in self._log.read(topics.RULES, 0, BEFORE_FIRST):
            rule = rule_of(entry.value)
            if isinstance(rule, AgreementInForce):
                rules.apply(rule)
        whole = rules.grants()
        self._grants = {
            partner: {
                source: {name: [one for one in given if one["to"] == partner] for name, given in classes.items()}
                for source, classes in whole.items()
            }
            for partner in self._partners
        }

    def reports_a_second(self) -> float:
        """For the first reports on the log, read, decided one by one, and produced."""
        with timing() as taken:
            said: list[Record] = []
            taken_in = 0
            for place in places(self._log, topics.REPORTS):
                some = self._log.read(*place, BEFORE_FIRST, -(-self._reports // PARTITIONS))
                taken_in += len(some)
                for entry in some:
                    report = Event[SealedReport].model_validate_json(entry.value).data
                    said += [
                        Record(_BY_HAND, partner, f"{partner}:{entry.id}", entry.value)
                        for partner in self._partners
                        if self._may_have_any(partner, report)
                    ]
            for start in range(0, len(said), _AT_ONCE):
                self._log.append(said[start : start + _AT_ONCE])
        return taken_in / taken.wall

    def close(self) -> None:
        self._policy.close()

    def _may_have_any(self, partner: str, report: SealedReport) -> bool:
        labels = [
            Label(
                source=report.by,
                data_class=item.data_class.value,
                handling=item.handling.code.value,
                existence=item.handling.existence,
                state=ItemState.CURRENT,
                context=(
                    ContextStanding.ENOUGH if item.data_class is DataClass.CONTEXT else ContextStanding.NOT_A_CONTEXT
                ),
            )
            for item in report.items
        ]
        if not labels:
            return False
        answers = self._policy.decide(labels, self._grants[partner], microseconds(self._now))
        return any(
            cell(answer, partner, purpose).form is not Form.NONE
            for answer in answers
            for purpose in answer.cells.get(partner, {})
        )
