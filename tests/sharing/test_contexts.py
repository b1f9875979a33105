"""How many young people and reports stand behind a place, whatever order their corrections are heard in."""

from datetime import UTC, date, datetime
from itertools import permutations

import pytest

from schemas.decisions import ContextStanding
from services.sharing.domain.contexts import Contexts, Contributed, turns_adult

NOW = datetime(2026, 4, 24, tzinfo=UTC)
FIVE = frozenset((f"s-{n}", date(2011, 1, n)) for n in range(1, 6))


def _with(*said: tuple[str, Contributed]) -> ContextStanding:
    contexts = Contexts()
    for report, contributed in said:
        contexts.apply("c-bus-station", report, contributed)
    return contexts.standing("c-bus-station", NOW)


def _three(*, last: Contributed) -> list[tuple[str, Contributed]]:
    return [("r-1", Contributed(FIVE, False)), ("r-2", Contributed(FIVE, False)), ("r-3", last)]


def test_a_report_that_is_about_a_place_again_counts_again() -> None:
    # given three reports of which one was amended to leave the place out, and then to name it again
    left = ("r-3", Contributed(FIVE, True, revision=1))
    again = ("r-3", Contributed(FIVE, False, revision=2))
    told = [*_three(last=Contributed(FIVE, False)), left, again]

    # then enough stand behind it, in whatever order that is heard and however often
    for order in permutations(told):
        assert _with(*order, *order) is ContextStanding.ENOUGH
    assert _with(*told[:-1]) is ContextStanding.TOO_FEW


def test_a_withdrawal_stays_one_whatever_is_repeated_after_it() -> None:
    told = [*_three(last=Contributed(FIVE, False)), ("r-3", Contributed(FIVE, True, revision=1))]

    assert {_with(*order) for order in permutations(told)} == {ContextStanding.TOO_FEW}


@pytest.mark.parametrize(
    ("born", "turns"),
    [
        (date(2008, 4, 24), datetime(2026, 4, 23, 23, tzinfo=UTC)),  # summer time: midnight is an hour earlier in UTC
        (date(2008, 1, 24), datetime(2026, 1, 24, tzinfo=UTC)),
        (date(2008, 3, 29), datetime(2026, 3, 29, tzinfo=UTC)),  # the night on which the clocks go forward
        (date(2008, 10, 25), datetime(2026, 10, 24, 23, tzinfo=UTC)),  # and the one on which they go back
        (date(2008, 2, 29), datetime(2026, 3, 1, tzinfo=UTC)),
        (date(2010, 2, 28), datetime(2028, 2, 28, tzinfo=UTC)),
    ],
)
def test_a_person_turns_18_at_local_midnight(born: date, turns: datetime) -> None:
    assert turns_adult(born) == turns
