"""The pipeline under trouble: nothing is delivered on the strength of older rules, a bad answer, or a bad report."""

import json
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from schemas.classes import DataClass, Form, Purpose
from schemas.decisions import Answer, Label
from schemas.rules import AgreementInForce, AgreementSuspended
from services.kernel import topics
from services.kernel.log import Record
from services.kernel.policy import PolicyEngine, PolicyUnavailable
from services.sharing import holdings
from tests.sharing.test_convergence import Hub, hub
from tests.sharing.worlds import START, Told, agreement

SHARED = agreement(
    "A",
    Purpose.CHILD_PROTECTION,
    ("amber", "birch"),
    (-1, 50),
    {"birch": {DataClass.IDENTITY: Form.FULL}},
)
TOLD = Told("e1", "amber", DataClass.IDENTITY, ("k1",))
GIVEN = ("birch", "i-e1", "child_protection")


class Meddling:
    """A policy engine during whose answer something else happens; the answer is the real engine's."""

    def __init__(self, real: PolicyEngine) -> None:
        self._real = real
        self.meanwhile: Any = None
        self.asked = 0
        self.revision = real.revision

    def decide(self, labels: Sequence[Label], grants: Mapping[str, Any], now_microseconds: int) -> list[Answer]:
        self.asked += 1
        happening, self.meanwhile = self.meanwhile, None
        if happening:
            happening()
        return self._real.decide(labels, grants, now_microseconds)

    def close(self) -> None:
        self._real.close()


@pytest.fixture
def sharing() -> Iterator[Hub]:
    """One worker on one partition, with amber and birch under an agreement on identity."""
    with hub(partitions=1, workers=1) as opened:
        opened.policy = Meddling(opened.policy)
        opened.restart(0)
        for partner in ("amber", "birch"):
            opened.teller.join(partner)
        in_force = AgreementInForce(agreement="A", version=1, document=SHARED, at=START)
        opened.teller.rule("cairn.agreement.in-force.v1", in_force)
        opened.settle()
        yield opened


def suspend(sharing: Hub) -> None:
    sharing.teller.rule("cairn.agreement.suspended.v1", AgreementSuspended(agreement="A", at=START))


def test_what_was_decided_while_the_rules_changed_is_thrown_away_rather_than_delivered_late(sharing: Hub) -> None:
    """AT-2.5"""
    # given a report, and an agreement that is suspended while the engine decides about it
    sharing.teller.report(TOLD)
    sharing.policy.meanwhile = lambda: suspend(sharing)  # type: ignore[attr-defined]

    # when the worker takes the report
    cells = sharing.settle()

    # then the other agency was never given it, not even to be recalled
    assert GIVEN not in cells
    assert ("amber", "i-e1", "own") in cells
    fed = sharing.log.read(topics.disclosures("birch"), 0, -1)
    assert not [entry for entry in fed if b"i-e1" in entry.value]
    # and the engine was asked again under the new rules
    assert sharing.policy.asked > 1  # type: ignore[attr-defined]


def test_while_the_engine_is_down_nothing_is_disclosed_and_all_is_when_it_returns(sharing: Hub) -> None:
    # given an engine that gives no usable answer
    sharing.teller.report(TOLD)

    def down() -> None:
        raise PolicyUnavailable("down")

    sharing.policy.meanwhile = down  # type: ignore[attr-defined]

    # when the worker steps
    with pytest.raises(PolicyUnavailable):
        sharing.workers[0].step()

    # then nobody was told of the report
    assert not [entry for entry in sharing.log.read(topics.disclosures("amber"), 0, -1) if b"i-e1" in entry.value]
    # and when the engine answers again, everybody has what they should
    assert sharing.settle()[GIVEN] == ("full", ("A",))


def test_who_reports_before_it_has_joined_holds_nobody_up_and_has_its_own_copy_when_it_joins(sharing: Hub) -> None:
    # given a report of an agency that never joined, and behind it one of a partner
    sharing.teller.report(Told("e0", "cedar", DataClass.IDENTITY, ("k1",)))
    sharing.teller.report(TOLD)

    # then the partner's report reaches whom it should
    assert sharing.settle()[GIVEN] == ("full", ("A",))

    # and when the agency joins, it has what it reported
    sharing.teller.join("cedar")
    assert ("cedar", "i-e0", "own") in sharing.settle()


def test_an_engine_that_would_give_something_to_everybody_is_not_believed(
    sharing: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given an engine whose answer to any label is to give it to everybody
    generous = Answer.model_validate(
        {"otherwise": {"form": Form.FULL, "reasons": ("agreement_grants",), "agreements": ("A",)}, "cells": {}}
    )
    monkeypatch.setattr(sharing.policy, "decide", lambda labels, *_: [generous for _ in labels])
    sharing.teller.report(TOLD)

    # when the worker steps, then it refuses to act on that
    with pytest.raises(PolicyUnavailable):
        sharing.workers[0].step()


def test_a_report_that_cannot_be_taken_is_parked_and_the_others_reach_their_partners(sharing: Hub) -> None:
    # given a record that is no report, between two that are
    sharing.teller.report(TOLD)
    sharing.log.append([Record(topics.REPORTS, "s-x", "broken", b'{"broken": true}')])
    sharing.teller.report(Told("e2", "amber", DataClass.IDENTITY, ("k2",)))

    # when the worker takes all three
    cells = sharing.settle()

    # then both reports are disclosed, and the third is counted for somebody to look at
    assert {item for partner, item, _ in cells if partner == "birch"} == {"i-e1", "i-e2"}
    assert sharing.workers[0].parked() == 1


def test_what_is_new_in_several_partitions_is_made_durable_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    with hub(partitions=3, workers=1) as sharing:
        # given reports in several partitions
        sharing.settle()
        for subject in ("k1", "k2", "k3", "k4"):
            sharing.teller.report(Told(f"e-{subject}", "amber", DataClass.IDENTITY, (subject,)))
        (worker,), (store,) = sharing.workers, sharing._stores
        waiting = worker.waiting()
        begun: list[str] = []
        begin = store.transaction

        def counted() -> Any:
            begun.append("transaction")
            return begin()

        monkeypatch.setattr(store, "transaction", counted)

        # when the worker takes them
        worker.step()

        # then it is in one transaction
        assert waiting > 1
        assert len(begun) == 1
        assert worker.waiting() == 0


class Refusing(Meddling):
    """Other policies, which give nobody anything."""

    def __init__(self, real: PolicyEngine) -> None:
        super().__init__(real)
        self.revision = "other policies"

    def decide(self, labels: Sequence[Label], grants: Mapping[str, Any], now_microseconds: int) -> list[Answer]:  # noqa: ARG002
        return super().decide(labels, {}, now_microseconds)


def test_policies_that_changed_while_the_worker_was_stopped_govern_what_it_holds(sharing: Hub) -> None:
    # given a report that was shared
    sharing.teller.report(TOLD)
    assert GIVEN in sharing.settle()

    # when the worker is stopped, and starts with other policies, though no rule on the log has changed
    sharing.policy = Refusing(sharing.policy)
    sharing.restart(0)

    # then what they do not give is taken back, and with the first policies it is given again
    assert GIVEN not in sharing.settle()
    sharing.policy = Meddling(sharing.policy._real)
    sharing.restart(0)
    assert GIVEN in sharing.settle()


def test_whoever_was_stopped_goes_on_without_reading_anew_what_it_holds(
    sharing: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given two reports of a place, acted on, and a worker that starts anew
    seen: list[Set[holdings.Place]] = []
    read = holdings.read

    def read_and_noted(session: Session, places: Set[holdings.Place]) -> Iterator[list[holdings.Held]]:
        seen.append(places)
        return read(session, places)

    monkeypatch.setattr(holdings, "read", read_and_noted)
    for number in range(2):
        sharing.teller.report(_of_a_place(number))
    sharing.settle()
    seen.clear()
    sharing.restart(0)
    sharing.settle()

    # then it has looked at what has changed, and that is nothing
    assert seen == [set()]

    # when the third report comes while it is stopped, so that enough stand behind the place
    sharing.teller.report(_of_a_place(2))
    sharing.restart(0)
    sharing.settle()

    # then it acts on those that it holds
    assert {item for places in seen for _, item in places} == {"i-p0", "i-p1"}


def _of_a_place(number: int) -> Told:
    return Told(f"p{number}", "amber", DataClass.CONTEXT, ("k1", "k2", "k3", "k4", "k5"), context="station")


def test_however_many_items_are_read_at_once_the_same_is_said_in_the_same_order(
    sharing: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given seven items that another agency was given, all at one instant or one after the other
    for number in range(7):
        sharing.clock.move(START + timedelta(minutes=number // 2))
        sharing.teller.report(replace(TOLD, name=f"e{number}"))
        sharing.settle()
    given = _told_to(sharing, "birch")

    # when they are recalled, three at once, and given again, all at once
    monkeypatch.setattr(holdings, "_AT_ONCE", 3)
    suspend(sharing)
    sharing.settle()
    recalled = _told_to(sharing, "birch")[len(given) :]
    monkeypatch.setattr(holdings, "_AT_ONCE", 500)
    in_force = AgreementInForce(agreement="A", version=2, document=SHARED, at=START)
    sharing.teller.rule("cairn.agreement.in-force.v1", in_force)
    sharing.settle()
    again = _told_to(sharing, "birch")[len(given) + len(recalled) :]

    # then each was said once, in the same order
    assert recalled == again
    assert sorted(again) == sorted(given) == [f"i-e{number}" for number in range(7)]


def _told_to(sharing: Hub, partner: str) -> list[str]:
    """The items that a feed tells of, in its order."""
    told = [json.loads(entry.value)["data"] for entry in sharing.log.read(topics.disclosures(partner), 0, -1)]
    return [one["item"] for one in told if "item" in one]


def test_a_repeated_report_is_recognised(sharing: Hub) -> None:
    # given a report that the relay said three times, as after a crash
    sharing.teller.report(TOLD, times=3)

    # when the worker has taken them
    sharing.settle()

    # then the other agency was given it once
    fed = sharing.log.read(topics.disclosures("birch"), 0, -1)
    assert len([entry for entry in fed if b"i-e1" in entry.value]) == 1


def test_agreements_end_by_themselves_at_their_instant_and_not_a_second_before(sharing: Hub) -> None:
    # given a report shared under an agreement that ends in fifty days
    sharing.teller.report(TOLD)
    assert GIVEN in sharing.settle()

    # when it is one second before its end, and then its end
    sharing.clock.move(SHARED.ends - timedelta(seconds=1))
    before = sharing.settle()
    sharing.clock.move(SHARED.ends)
    after = sharing.settle()

    # then it was shared until then, and is not from then on
    assert GIVEN in before
    assert GIVEN not in after
