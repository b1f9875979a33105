"""Figures of missing episodes, and small numbers that are kept back."""

from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from services.panel.domain.missing_clocks import Clocks, Episode
from services.panel.domain.missing_figures import figures, kept_back, nameless, weeks_until

_NOW = datetime(2026, 4, 24, 9, 0, tzinfo=UTC)


def _episode(
    who: str,
    days_ago: float,
    hours: float | None,
    offered: datetime | None = None,
    completed: datetime | None = None,
) -> Episode:
    since = _NOW - timedelta(days=days_ago)
    found = since + timedelta(hours=hours) if hours is not None else None
    return Episode(who, since, found, offered, completed=completed)


def test_weeks_begin_on_mondays_in_scotland() -> None:
    assert weeks_until(_NOW, 3) == [date(2026, 4, 6), date(2026, 4, 13), date(2026, 4, 20)]
    midnight = datetime(2026, 4, 19, 23, 30, tzinfo=UTC)
    assert weeks_until(midnight, 1) == [date(2026, 4, 20)]


def test_what_began_and_ended_is_counted_in_its_week() -> None:
    told = {"y-1": [_episode("y-1", 10, 5), _episode("y-1", 0.2, None)], "y-2": [_episode("y-2", 4.5, 30)]}

    counted = figures(told, _NOW, 3, Clocks())

    assert [(week.began, week.again, week.ended) for week in counted.weeks] == [(0, 0, 0), (2, 0, 1), (1, 1, 1)]
    assert (counted.open_now, counted.episodes, counted.young_people, counted.again) == (1, 3, 2, 1)
    assert counted.hours_missing == 17.5


def test_what_began_before_the_weeks_is_not_counted_but_makes_the_next_a_repeat() -> None:
    told = {"y-1": [_episode("y-1", 25, 5), _episode("y-1", 2, 5)]}

    counted = figures(told, _NOW, 1, Clocks())

    assert (counted.episodes, counted.again) == (1, 1)


def test_only_discussions_whose_time_is_over_are_counted_as_in_time_or_not() -> None:
    back = _NOW - timedelta(days=9)
    in_time = _episode("y-1", 9.5, 12, offered=back + timedelta(days=2), completed=back + timedelta(days=5))
    late = _episode("y-2", 9.5, 12)
    running = _episode("y-3", 1, 3)

    counted = figures({"y-1": [in_time], "y-2": [late], "y-3": [running]}, _NOW, 3, Clocks())

    assert (counted.offered.of, counted.offered.in_time) == (2, 1)
    assert (counted.completed.of, counted.completed.in_time) == (2, 1)


def test_without_episodes_there_is_no_middle_of_their_hours() -> None:
    counted = figures({}, _NOW, 2, Clocks())

    assert counted.hours_missing is None
    assert [week.began for week in counted.weeks] == [0, 0]


@given(st.lists(st.integers(0, 20), max_size=60))
def test_no_number_below_five_is_told_and_none_can_be_worked_out(days: list[int]) -> None:
    mondays = weeks_until(_NOW, 3)

    told = nameless([mondays[0] + timedelta(days=day) for day in days], mondays)

    assert all(number is None or number >= 5 for number in told.weeks)
    assert (told.altogether is None) == (None in told.weeks)


def test_four_is_kept_back_and_five_is_told() -> None:
    assert (kept_back(0), kept_back(4), kept_back(5)) == (None, None, 5)
