"""Missing episodes, put together from the outsides of the records that tell of them."""

from datetime import UTC, datetime, timedelta

from services.panel.domain.episodes import Step, Told, episodes_of

_START = datetime(2026, 4, 16, 20, 55, tzinfo=UTC)


def _after(hours: float) -> datetime:
    return _START + timedelta(hours=hours)


def _told(step: Step, hours: float) -> Told:
    return _after(hours).isoformat(), step, f"n-{step}-{hours}"


def test_a_night_is_one_episode_from_its_report_to_the_return_discussion() -> None:
    night = [_told(Step.REPORTED, 0), _told(Step.ASSESSED, 0.5), _told(Step.FOUND, 6), _told(Step.COMPLETED, 20)]

    (episode,) = episodes_of("y-1", list(reversed(night)))

    assert (episode.since, episode.found, episode.completed) == (_START, _after(6), _after(20))
    assert episode.reports == tuple(reference for _, _, reference in night)
    assert not episode.is_open


def test_an_episode_is_open_until_somebody_tells_that_the_young_person_is_back() -> None:
    night = [_told(Step.REPORTED, 0), _told(Step.SIGHTED, 2)]

    (open_one,) = episodes_of("y-1", night)
    (closed,) = episodes_of("y-1", [*night, _told(Step.OFFERED, 30)])

    assert open_one.is_open
    assert closed.found == closed.offered == _after(30)


def test_two_agencies_reporting_one_absence_make_one_episode() -> None:
    told = [_told(Step.REPORTED, 0), _told(Step.REPORTED, 0.2), _told(Step.FOUND, 3)]

    assert len(episodes_of("y-1", told)) == 1


def test_being_reported_after_being_back_is_another_episode() -> None:
    first, second = episodes_of(
        "y-1", [_told(Step.REPORTED, 0), _told(Step.FOUND, 3), _told(Step.REPORTED, 50), _told(Step.ASSESSED, 51)]
    )

    assert not first.is_open
    assert second.is_open
    assert second.since == _after(50)


def test_a_return_discussion_belongs_to_the_episode_before_it() -> None:
    first, second = episodes_of(
        "y-1", [_told(Step.REPORTED, 0), _told(Step.FOUND, 3), _told(Step.DECLINED, 9), _told(Step.REPORTED, 50)]
    )

    assert (first.declined, first.offered) == ((_after(9),), _after(9))
    assert second.offered is None


def test_an_end_without_a_beginning_is_an_episode_that_began_nobody_says_when() -> None:
    (episode,) = episodes_of("y-1", [_told(Step.FOUND, 3)])

    assert episode.since is None
    assert not episode.is_open


def test_what_is_told_at_one_instant_is_taken_in_the_order_in_which_it_happens() -> None:
    (episode,) = episodes_of("y-1", [_told(Step.FOUND, 0), _told(Step.REPORTED, 0)])

    assert not episode.is_open
