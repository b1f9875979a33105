"""Retelling: that a history which is told again is one that the hub could have been told."""

from collections import Counter
from pathlib import Path

from sqlalchemy import select

from benchmarks.building import SHELTERS_AGREEMENT, tell
from benchmarks.retelling import retell
from benchmarks.worlds import embedded, hub_of
from services.console.rehearsal.hubs import LEAD, ThrowAwayHub
from services.sharing.projections.record_tables import RECORDS

TIMES = 3
Counted = Counter[tuple[str, str, str]]


def test_what_is_told_again_is_held_and_recalled_as_what_was_told_first(tmp_path: Path) -> None:
    # given a hub that was told a night
    tell(tmp_path, 1)
    with hub_of(embedded(tmp_path)) as stage:
        once = counted(stage)

    # when the night is told again of others
    retell(tmp_path, TIMES - 1)

    # then nothing is missing from any feed, and each partner holds as much of each
    with hub_of(embedded(tmp_path)) as stage:
        stage.settle()
        assert once
        assert counted(stage) == {what: TIMES * number for what, number in once.items()}

        # and what governs the first governs the others
        stage.ask("POST", f"/sharing/v1/agreements/{SHELTERS_AGREEMENT['id']}/suspension", LEAD, json={"reason": "end"})
        stage.settle()
        given = sum(number for (_, state, _), number in counted(stage).items() if state == "recalled")
        assert given == TIMES * len(SHELTERS_AGREEMENT["grants"])
        assert stage.ask("GET", "/sharing/v1/currency", LEAD).json() == {"waiting": 0, "parked": 0}


def counted(stage: ThrowAwayHub) -> Counted:
    """(Partner, state, form) -> how many records."""
    columns = RECORDS.c.partner, RECORDS.c.state, RECORDS.c.form
    with stage.hub.services["sharing"].store.reading() as session:  # type: ignore[attr-defined]
        return Counter(tuple(row) for row in session.execute(select(*columns)))
