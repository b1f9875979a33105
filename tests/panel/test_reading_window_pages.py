"""What an agency lends for a time (S1, 1.8), as the pages of whoever it was lent to show it, and of whoever lent it."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest

from services.console.rehearsal.hubs import LEAD
from tests.support.practice_night import ISLA, NOW, Room, event, practice_night

OFFICER, KEY_WORKER = "police/officer", "childrens-house/key-worker"
LENT = "Wears a borrowed yellow raincoat."
CLOSES = NOW + timedelta(hours=5)
SECOND = timedelta(seconds=1)


@pytest.fixture(scope="module")
def room() -> Iterator[Room]:
    """The night and the evening; the house lends police, for five hours, what helps them look for Isla."""
    window = {"opens": NOW.isoformat(), "closes": CLOSES.isoformat()}
    with practice_night() as opened:
        lent = {"description": LENT, "handling": {"reading_window": window}}
        opened.post(event("L1", "childrens-house", "missing-episode.reported", 0, ISLA, identity=lent, missing={}))
        yield opened


def _page(room: Room, who: str) -> str:
    isla = room.reference("Isla Invented", who)
    return room.open(f"/young-people/{isla}", who, params={"purpose": "missing", "whole": "yes"}).text


def test_the_page_shows_it_until_the_window_closes_and_both_looks_are_on_record(room: Room) -> None:
    room.stage.move(CLOSES - SECOND)
    open_ = _page(room, OFFICER)
    room.stage.move(CLOSES)
    closed, own = _page(room, OFFICER), _page(room, KEY_WORKER)

    assert LENT in open_
    assert LENT not in closed
    assert LENT in own
    assert len(_shown(room, OFFICER, CLOSES - SECOND)) == len(_shown(room, OFFICER, CLOSES)) + 1


def _shown(room: Room, who: str, at: datetime) -> set[str]:
    """What governance says that somebody was shown at an instant."""
    query = {"practitioner": who, "purpose": "missing", "limit": "500"}
    answer = room.stage.ask("GET", "/governance/v1/who-saw", LEAD, params=query)
    return {one["reference"] for one in answer.json()["accesses"] if one["at"] == at.isoformat()}
