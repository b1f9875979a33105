"""What has changed since it was acted on: a place is looked at again only when that may change what is decided."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from schemas.classes import DataClass, Form, Purpose
from schemas.rules import AgreementInForce
from services.kernel import topics
from services.kernel.keys.keyfile import KeyFile
from services.kernel.log import Entry, LogUnavailable
from services.kernel.log.opening import open_log
from services.kernel.log.sqlite import SQLiteLog
from services.kernel.topics import make_topics
from services.sharing.circumstances import Circumstances
from tests.sharing.worlds import Teller, Told, agreement

NOW = datetime(2026, 4, 24, 12, tzinfo=UTC)
YOUNG = {f"s-{n}": date(2011, 1, n) for n in range(1, 6)}


@pytest.fixture
def teller(tmp_path: Path) -> Iterator[Teller]:
    log, keys = open_log(f"sqlite:///{tmp_path}/log"), KeyFile(tmp_path / "keys")
    make_topics(log, 1)
    yield Teller(log, keys, YOUNG | {"s-old": date(2008, 4, 26)})
    keys.close()
    log.close()


@pytest.fixture
def found(teller: Teller) -> Circumstances:
    return Circumstances(teller.log, teller.keys, {})


def _seen(teller: Teller, number: int, *about: str) -> None:
    teller.report(Told(f"{number}", "education", DataClass.CONTEXT, about, context="bus-station"))


def test_a_place_has_moved_when_enough_stand_behind_it_and_not_again_with_every_report(
    teller: Teller, found: Circumstances
) -> None:
    # given a place of which two reports are known and acted on
    for number in range(2):
        _seen(teller, number, *YOUNG)
    found.read()
    assert found.have_changed(None, NOW)
    found.acted_on(found.moved(NOW))

    # when the third report comes, it has moved
    _seen(teller, 2, *YOUNG)
    found.read()
    (place,) = found.moved(NOW)
    assert found.have_changed(NOW.replace(year=2028), NOW)
    found.acted_on(found.moved(NOW))

    # then another changes nothing
    _seen(teller, 3, *YOUNG)
    found.read()
    assert found.unsettled
    assert not found.have_changed(NOW.replace(year=2028), NOW)
    assert found.moved(NOW) == {}, place


def test_rules_that_were_read_govern_even_where_reading_the_rest_fails(teller: Teller, tmp_path: Path) -> None:
    # given a log that breaks off once the rules were read
    grants = {"police": {DataClass.MISSING: Form.FULL}}
    document = agreement("A1", Purpose.CHILD_PROTECTION, ("police", "education"), (-30, 300), grants)
    teller.rule("cairn.agreement.in-force.v1", AgreementInForce(agreement="A1", version=1, document=document, at=NOW))
    _seen(teller, 0, *YOUNG)
    log = BreakingOff(tmp_path / "log" / "log.db")
    found = Circumstances(log, teller.keys, {})
    with pytest.raises(LogUnavailable):
        found.read()

    # when it is read again, and no more rules have come
    log.breaks = False
    found.read()

    # then what is granted follows from the rules up to which it was read
    assert found.rules_position == teller.log.end(topics.RULES, 0)
    assert found.grants == found.rules.grants() != {}
    log.close()


class BreakingOff(SQLiteLog):
    """A log whose contexts cannot be read for a while."""

    breaks = True

    def read(self, topic: str, partition: int, after: int, limit: int = 500) -> list[Entry]:
        if self.breaks and topic == topics.CONTEXTS:
            raise LogUnavailable("away")
        return super().read(topic, partition, after, limit)


def test_a_birthday_that_comes_before_the_next_change_is_not_overlooked(teller: Teller, found: Circumstances) -> None:
    # given a place behind which enough stand, acted on until next year
    for number in range(3):
        _seen(teller, number, *YOUNG)
    found.read()
    found.acted_on(found.moved(NOW))
    until = datetime(2027, 1, 1, tzinfo=UTC)

    # when somebody who turns 18 in two days is named
    _seen(teller, 4, "s-old")
    found.read()

    # then it is acted on, so that the span ends with the birthday
    assert found.have_changed(until, NOW)
    assert found.span(NOW, [])[1] == datetime(2026, 4, 25, 23, tzinfo=UTC)


def test_what_changed_nothing_is_let_rest(teller: Teller, found: Circumstances) -> None:
    _seen(teller, 0, "s-1")
    found.read()
    found.acted_on(found.moved(NOW))
    _seen(teller, 1, "s-1")
    found.read()

    assert not found.have_changed(datetime(2026, 5, 1, tzinfo=UTC), NOW)
    found.let_rest()

    assert not found.unsettled
