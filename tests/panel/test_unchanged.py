"""Answers that are kept while a feed discloses nothing new: never a moment longer, and never for anybody else."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import insert, update
from sqlalchemy.orm import Session

from schemas.classes import Purpose
from services.console.rehearsal.hubs import LEAD
from services.kernel.store import Store
from services.panel.projections.tables import FEEDS
from services.panel.projections.unchanged import KEPT_MAX, Unchanged
from tests.support.practice_night import CAL, Room, ago, event, practice_night

SINCE = datetime(2026, 4, 24, tzinfo=UTC)
MINE = ("health", Purpose.MISSING, SINCE)


class Making:
    """Makes a new answer each time, and counts them."""

    def __init__(self) -> None:
        self.times = 0

    def __call__(self, _: Session, partner: str, purpose: Purpose, since: datetime) -> list[Any]:
        self.times += 1
        return [partner, purpose, since]


def feed_discloses(store: Store, partner: str, number: int, partition: int = 0) -> None:
    with store.transaction() as session:
        if number == 1:
            row = {"partner": partner, "partition": partition, "sequence": 1, "disclosed": 1, "broken": 0}
            session.execute(insert(FEEDS).values(row))
        else:
            here = (FEEDS.c.partner == partner, FEEDS.c.partition == partition)
            session.execute(update(FEEDS).where(*here).values(sequence=number, disclosed=number))


def asked(
    store: Store, answers: Unchanged[Any, Purpose, datetime], partner: str, purpose: Purpose, since: datetime
) -> Any:
    with store.reading() as session:
        return answers(session, partner, purpose, since)


def test_an_answer_is_made_once_while_the_feed_discloses_nothing(store: Store) -> None:
    making = Making()
    answers = Unchanged(making)
    feed_discloses(store, "health", 1)

    assert asked(store, answers, *MINE) is asked(store, answers, *MINE)
    assert making.times == 1


@pytest.mark.parametrize("partition", [0, 1])
def test_whatever_any_partition_of_the_feed_discloses_makes_it_anew(store: Store, partition: int) -> None:
    making = Making()
    answers = Unchanged(making)
    feed_discloses(store, "health", 1)
    first = asked(store, answers, *MINE)

    feed_discloses(store, "health", 1 if partition else 2, partition)

    assert asked(store, answers, *MINE) is not first
    assert making.times == 2


def test_what_is_said_to_others_changes_nothing(store: Store) -> None:
    making = Making()
    answers = Unchanged(making)
    feed_discloses(store, "health", 1)
    first = asked(store, answers, *MINE)

    feed_discloses(store, "police", 1)

    assert asked(store, answers, *MINE) is first


def test_what_a_feed_says_to_everybody_changes_nothing(store: Store) -> None:
    making = Making()
    answers = Unchanged(making)
    feed_discloses(store, "health", 1)
    first = asked(store, answers, *MINE)

    with store.transaction() as session:
        session.execute(update(FEEDS).values(sequence=9, rules_position=7))

    assert asked(store, answers, *MINE) is first


@pytest.mark.parametrize(
    "other",
    [
        ("police", Purpose.MISSING, SINCE),
        ("health", Purpose.CONTEXT, SINCE),
        ("health", Purpose.MISSING, SINCE + timedelta(days=1)),
    ],
)
def test_nobody_is_given_the_answer_to_another_question(store: Store, other: tuple[str, Purpose, datetime]) -> None:
    answers = Unchanged(Making())
    asked(store, answers, *MINE)

    assert asked(store, answers, *other) == [*other]


def test_few_answers_are_kept_and_the_one_asked_for_last_the_longest(store: Store) -> None:
    making = Making()
    answers = Unchanged(making)
    first = asked(store, answers, *MINE)
    for day in range(1, KEPT_MAX):
        asked(store, answers, "health", Purpose.MISSING, SINCE + timedelta(days=day))
    assert asked(store, answers, *MINE) is first

    asked(store, answers, "health", Purpose.MISSING, SINCE + timedelta(days=KEPT_MAX))

    assert asked(store, answers, *MINE) is first
    asked(store, answers, "health", Purpose.MISSING, SINCE + timedelta(days=1))
    assert making.times == KEPT_MAX + 2


@pytest.fixture
def night_of_its_own() -> Iterator[Room]:
    with practice_night() as room:
        yield room


def _told_missing(room: Room) -> tuple[list[str], list[str], bool]:
    queued = [row["who"] for row in room.rows("/queue") if row["kind"] == "missing"]
    listed = [row["young_person"] for row in room.rows("/young-people", now="missing")]
    return queued, listed, f"{len(queued)} Missing now" in room.page("/missing")


def test_pages_show_at_once_what_comes_and_nothing_of_what_is_recalled(night_of_its_own: Room) -> None:
    room = night_of_its_own
    assert _told_missing(room) == (["Isla Invented"], ["Isla Invented"], True)

    room.post(event("M9", "childrens-house", "missing-episode.reported", 1, CAL, missing={"since": ago(1.5)}))
    both = ["Cal Madeup", "Isla Invented"]
    queued, listed, counted = _told_missing(room)
    assert (sorted(queued), sorted(listed), counted) == (both, both, True)

    room.stage.ask("POST", "/sharing/v1/agreements/A1/suspension", LEAD, json={"reason": "review"})
    room.stage.settle()
    assert _told_missing(room) == ([], [], True)
