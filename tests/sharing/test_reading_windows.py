"""Reading windows: what may be read for a time is given when it opens, asked back when it closes, never read late."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from pydantic import ValidationError

from schemas.classes import DataClass, Form, Handling, Purpose, ReadingWindow
from schemas.rules import AgreementInForce
from schemas.sealed import CorrectionKind
from services.kernel import topics
from services.sharing.projections.record_queries import is_current
from tests.sharing.test_convergence import Hub, hub
from tests.sharing.worlds import FOR_A_NIGHT, PERMITTED, START, Told, agreement

SECOND = timedelta(seconds=1)
SHARED = agreement("A", Purpose.MISSING, ("amber", "birch"), (-1, 50), {"birch": {DataClass.IDENTITY: Form.FULL}})
GIVEN = ("birch", "i-e1", "missing")
WINDOW = FOR_A_NIGHT.reading_window
assert WINDOW is not None and WINDOW.opens is not None and WINDOW.closes is not None  # noqa: PT018 - for the types
OPENS, CLOSES = WINDOW.opens, WINDOW.closes


@pytest.fixture(params=[1, 2])
def sharing(request: pytest.FixtureRequest) -> Iterator[Hub]:
    """Workers on two partitions, with amber and birch under an agreement on identity."""
    with hub(partitions=2, workers=request.param) as opened:
        for partner in ("amber", "birch"):
            opened.teller.join(partner)
        in_force = AgreementInForce(agreement="A", version=1, document=SHARED, at=START)
        opened.teller.rule("cairn.agreement.in-force.v1", in_force)
        opened.settle()
        yield opened


def told(name: str = "e1", handling: Handling = FOR_A_NIGHT) -> Told:
    return Told(name, "amber", DataClass.IDENTITY, ("k1",), handling=handling)


def corrected(kind: CorrectionKind, handling: Handling) -> Told:
    return Told("e2", "amber", DataClass.IDENTITY, ("k1",), None, handling, "e1", kind)


def given_at(sharing: Hub, now: datetime) -> bool:
    sharing.clock.move(now)
    return GIVEN in sharing.settle()


@pytest.mark.parametrize(
    ("now", "open_"),
    [
        (OPENS - SECOND, False),
        (OPENS, True),
        (OPENS + SECOND, True),
        (CLOSES - SECOND, True),
        (CLOSES, False),
        (CLOSES + SECOND, False),
    ],
)
def test_it_is_given_from_the_instant_it_opens_until_the_instant_it_closes(
    sharing: Hub, now: datetime, open_: bool
) -> None:
    sharing.teller.report(told())
    sharing.settle()

    assert given_at(sharing, now) is open_


def test_a_report_that_comes_while_its_window_is_open_is_given_at_once(sharing: Hub) -> None:
    sharing.clock.move(OPENS + SECOND)
    sharing.settle()

    sharing.teller.report(told())

    assert GIVEN in sharing.settle()


def test_a_clock_that_jumps_back_takes_away_what_is_not_open_yet(sharing: Hub) -> None:
    sharing.teller.report(told())
    assert given_at(sharing, OPENS)

    assert not given_at(sharing, OPENS - timedelta(hours=1))


def test_the_feed_says_it_is_current_no_longer_than_until_the_window_turns(sharing: Hub) -> None:
    # given a report that may be read for a time, and its feed as it was before the window closes
    sharing.clock.move(OPENS)
    sharing.teller.report(told())
    sharing.settle()

    # when nobody has acted on the closing yet
    with sharing.reading.reading() as session:
        until, at_the_end = (is_current(session, "birch", 2, _rules(sharing), one) for one in (CLOSES - SECOND, CLOSES))

    # then the records answer until then, and not late
    assert until
    assert not at_the_end


def _rules(sharing: Hub) -> int:
    return sharing.log.end(topics.RULES, 0)


def test_it_is_not_read_before_the_feed_says_for_how_long(sharing: Hub) -> None:
    """The feed is told for how long it is current before it is told of what may be read only so long."""
    sharing.clock.move(OPENS)
    sharing.teller.report(told())
    sharing.settle()

    for partition in range(2):
        said = [entry.value for entry in sharing.log.read(topics.disclosures("birch"), partition, -1)]
        disclosed = [place for place, one in enumerate(said) if b"i-e1" in one]
        limited = [place for place, one in enumerate(said) if CLOSES.strftime("%Y-%m-%dT%H:%M").encode() in one]
        assert not disclosed or min(limited) < min(disclosed)


def test_whoever_restarts_while_it_is_open_asks_it_back_when_it_closes(sharing: Hub) -> None:
    sharing.teller.report(told())
    assert given_at(sharing, OPENS)

    sharing.clock.move(CLOSES)
    for worker in range(len(sharing.workers)):
        sharing.restart(worker)

    assert GIVEN not in sharing.settle()


def test_who_regrades_it_opens_it_for_good(sharing: Hub) -> None:
    sharing.teller.report(told())
    sharing.settle()

    sharing.teller.report(corrected(CorrectionKind.REGRADED, PERMITTED))

    assert GIVEN in sharing.settle()
    assert given_at(sharing, CLOSES)


def test_who_regrades_something_open_closes_it_at_an_instant(sharing: Hub) -> None:
    sharing.teller.report(told(handling=PERMITTED))
    assert GIVEN in sharing.settle()

    until_noon = Handling(reading_window=ReadingWindow(closes=START + timedelta(hours=3)))
    sharing.teller.report(corrected(CorrectionKind.REGRADED, until_noon))

    assert GIVEN in sharing.settle()
    assert not given_at(sharing, START + timedelta(hours=3))


def test_an_amendment_has_a_window_of_its_own(sharing: Hub) -> None:
    sharing.teller.report(told())
    sharing.settle()

    sharing.teller.report(corrected(CorrectionKind.AMENDED, PERMITTED))

    cells = sharing.settle()
    assert ("birch", "i-e2", "missing") in cells
    assert GIVEN not in cells


def test_its_originator_reads_it_always(sharing: Hub) -> None:
    sharing.teller.report(told())
    sharing.settle()

    sharing.clock.move(CLOSES)

    assert ("amber", "i-e1", "own") in sharing.settle()


def test_a_window_says_something_and_lasts() -> None:
    for flawed in ({}, {"opens": START, "closes": START}, {"opens": START, "closes": START - SECOND}):
        with pytest.raises(ValidationError):
            ReadingWindow(**flawed)
