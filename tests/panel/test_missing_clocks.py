"""The clocks of missing episodes: what is due after a young person came back, what is late, what happens often."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from schemas.classes import Form
from schemas.disclosures import Rendering
from services.panel.domain.held import Held, Opened
from services.panel.domain.missing_clocks import (
    Clock,
    Clocks,
    Episode,
    missing_together,
    overdue,
    repeated,
    timed,
)
from services.panel.missing_told import episodes_opened

FOUND = datetime(2026, 4, 17, 2, 15, tzinfo=UTC)
SINCE = datetime(2026, 4, 16, 18, 40, tzinfo=UTC)
REPORTED, LOCATED = "missing-episode.reported", "missing-episode.located"
OFFERED, COMPLETED = "return-discussion.offered", "return-discussion.completed"
CLOCKS = Clocks()


def episodes(records: Sequence[Opened]) -> list[Episode]:
    return [one for own in episodes_opened(records).values() for one in own]


def record(
    kind: str,
    at: datetime,
    *who: str,
    report: str = "",
    form: Form = Form.FULL,
    section: str = "missing",
    **content: Any,
) -> Opened:
    """A record as an agency has it; `who` are its own names."""
    about = {f"s-{name}": name for name in who}
    name = report or f"r-{kind}-{at:%d%H%M}"
    held = Held(
        "social-work", f"i-{name}-{section}", "missing", ("A2",), name, "police", f"cairn.{kind}.v1", section,
        "missing", tuple(about), at, at, Rendering(reference=f"n-{name}-{section}", form=form, about=about), "r1",
    )  # fmt: skip
    return Opened(held, content, {})


def night(*more: Opened) -> list[Opened]:
    return [
        record(REPORTED, SINCE + timedelta(hours=2), "K1", since=SINCE.isoformat()),
        record(LOCATED, FOUND + timedelta(minutes=10), "K1", found=FOUND.isoformat()),
        *more,
    ]


def test_an_episode_lasts_from_when_the_young_person_was_last_safe_until_they_were_found() -> None:
    (episode,) = episodes(night())

    assert (episode.young_person, episode.since, episode.found) == ("K1", SINCE, FOUND)
    assert timed(episode, FOUND, CLOCKS).missing_for == FOUND - SINCE


def test_while_somebody_is_missing_no_clock_of_the_return_runs_and_the_time_goes_on() -> None:
    (episode,) = episodes(night()[:1])

    stands = timed(episode, SINCE + timedelta(hours=5), CLOCKS)

    assert episode.is_open
    assert (stands.offered, stands.completed) == (Clock.NOT_STARTED, Clock.NOT_STARTED)
    assert stands.missing_for == timedelta(hours=5)


@pytest.mark.parametrize(
    ("now", "offered", "completed"),
    [
        (FOUND, Clock.RUNNING, Clock.RUNNING),
        (FOUND + timedelta(hours=72, seconds=-1), Clock.RUNNING, Clock.RUNNING),
        (FOUND + timedelta(hours=72), Clock.OVERDUE, Clock.RUNNING),
        (FOUND + timedelta(days=7), Clock.OVERDUE, Clock.OVERDUE),
    ],
)
def test_without_a_discussion_both_clocks_become_overdue_at_their_instants(
    now: datetime, offered: Clock, completed: Clock
) -> None:
    (episode,) = episodes(night())

    stands = timed(episode, now, CLOCKS)

    assert (stands.offered, stands.completed) == (offered, completed)
    assert stands.offered_due == datetime(2026, 4, 20, 2, 15, tzinfo=UTC)
    assert stands.completed_due == datetime(2026, 4, 24, 2, 15, tzinfo=UTC)


def test_a_discussion_that_took_place_in_time_was_also_offered_in_time() -> None:
    done = record(COMPLETED, datetime(2026, 4, 17, 16, tzinfo=UTC), "K1", section="voice_safety")
    (episode,) = episodes(night(done))

    stands = timed(episode, FOUND + timedelta(days=30), CLOCKS)

    assert (stands.offered, stands.completed) == (Clock.MET, Clock.MET)
    assert overdue([episode], FOUND + timedelta(days=30), CLOCKS) == []


def test_a_discussion_that_came_late_was_late_for_ever() -> None:
    (episode,) = episodes(night(record(OFFERED, FOUND + timedelta(days=4), "K1")))

    assert timed(episode, FOUND + timedelta(days=5), CLOCKS).offered is Clock.MET_LATE


def test_a_discussion_that_was_declined_was_offered_and_still_has_to_take_place() -> None:
    declined = record("return-discussion.declined", FOUND + timedelta(days=1), "K1")
    (episode,) = episodes(night(declined))

    stands = timed(episode, FOUND + timedelta(days=8), CLOCKS)

    assert (stands.offered, stands.completed) == (Clock.MET, Clock.OVERDUE)
    assert len(episode.declined) == 1


def test_an_authority_sets_its_own_clocks() -> None:
    (episode,) = episodes(night())

    stands = timed(episode, FOUND + timedelta(hours=25), Clocks(offered_within=timedelta(hours=24)))

    assert stands.offered is Clock.OVERDUE


@pytest.mark.parametrize("form", [Form.PSEUDONYMISED, Form.GENERALISED, Form.EXISTENCE])
def test_what_is_held_without_a_name_or_a_time_moves_no_clock(form: Form) -> None:
    assert episodes([record(REPORTED, SINCE, "p-1", form=form, since=SINCE.isoformat())]) == []


def test_a_return_is_told_whole_by_its_missing_section_whatever_order_its_parts_are_read_in() -> None:
    parts = [
        record(LOCATED, FOUND + timedelta(hours=1), "K1", report="r-l", section="missing_companions"),
        record(LOCATED, FOUND + timedelta(hours=1), "K1", report="r-l", found=FOUND.isoformat()),
    ]

    for told in (parts, parts[::-1]):
        (episode,) = episodes([night()[0], *told])
        assert episode.found == FOUND


def test_what_is_late_is_listed_longest_first() -> None:
    early = Episode("K1", SINCE, FOUND)
    later = Episode("K2", SINCE, FOUND + timedelta(days=1))
    open_one = Episode("K3", SINCE)

    late = overdue([later, open_one, early], FOUND + timedelta(days=10), CLOCKS)

    assert [one.episode.young_person for one in late] == ["K1", "K2"]


def test_three_episodes_in_thirty_days_are_often() -> None:
    now = datetime(2026, 5, 20, tzinfo=UTC)
    known = [Episode("K1", now - timedelta(days=days), now) for days in (1, 20, 29)]
    rare = [Episode("K2", now - timedelta(days=days), now) for days in (1, 20, 31)]

    assert repeated([*known, *rare], now, CLOCKS) == {"K1": 3}


def test_missing_at_the_same_time_is_told_and_explains_nothing() -> None:
    now = FOUND + timedelta(days=1)
    one = Episode("K1", SINCE, FOUND, reports=("n-1",))
    other = Episode("K2", SINCE + timedelta(hours=1), None, reports=("n-1", "n-2"))
    apart = Episode("K3", FOUND, None)

    found = missing_together([one, other, apart], now)

    assert [(each.young_people, each.told_together) for each in found] == [
        (("K1", "K2"), True), (("K2", "K3"), False),
    ]  # fmt: skip
    assert (found[0].since, found[0].until) == (SINCE + timedelta(hours=1), FOUND)


def test_a_second_episode_begins_after_the_first_has_ended() -> None:
    again = record(REPORTED, FOUND + timedelta(days=2), "K1", since=(FOUND + timedelta(days=2)).isoformat())
    repeated_report = record(REPORTED, SINCE + timedelta(hours=3), "K1", report="r-again", since=SINCE.isoformat())

    known = episodes(night(again, repeated_report))

    assert [(one.since, one.found) for one in known] == [(SINCE, FOUND), (FOUND + timedelta(days=2), None)]
