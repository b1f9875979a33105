"""Missing episodes as figures count them: the same as lists tell them, from less of each record."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from random import Random

import pytest
from sqlalchemy import insert

from schemas.classes import Form, Purpose
from schemas.disclosures import OWN
from services.kernel.projecting import instant_text
from services.kernel.store import Store
from services.panel.domain.episodes import STEPS
from services.panel.missing_told import (
    episodes_counted,
    episodes_of_all,
    items_behind,
    moments_told,
    steps_told,
)
from services.panel.projections.named import identities_of
from services.panel.projections.tables import NAMED

NOW = datetime(2026, 4, 24, 9, tzinfo=UTC)
MINE = ("health", Purpose.MISSING)
SINCE = NOW - timedelta(days=80)
EVERYBODY = ("y-1", "y-2", "y-3")


def names(store: Store, number: int, at: datetime, **told: str) -> None:
    """A record of health's names a young person."""
    row = {
        "partner": "health", "item": f"i-{number}", "purpose": OWN, "name": "y-1", "ref": "s-1", "kind": "young_person",
        "form": Form.OWN.value, "reference": f"n-{number}", "report": f"r-{number}", "by": "health",
        "type": "cairn.missing-episode.reported.v1", "section": "missing", "occurred": instant_text(at),
        "recorded": instant_text(at),
    }  # fmt: skip
    with store.transaction() as session:
        session.execute(insert(NAMED).values(row | told))


@pytest.mark.parametrize("seed", range(5))
def test_figures_count_the_episodes_that_lists_tell(store: Store, seed: int) -> None:
    # given steps of many nights in any order, one report sometimes told in two sections
    chance = Random(seed)
    for number in range(60):
        at, name = NOW - timedelta(hours=chance.randrange(24 * 90)), chance.choice(EVERYBODY)
        step = {"type": chance.choice(list(STEPS)), "report": f"r-{number}", "name": name}
        names(store, 2 * number, at, **step)
        if chance.random() < 0.3:
            names(store, 2 * number + 1, at, section="voice_safety", **step)

    with store.reading() as session:
        told = episodes_of_all(session, *MINE, SINCE, steps_told(moments_told(session, *MINE, SINCE)))
        counted = episodes_counted(session, *MINE, SINCE)
        some = episodes_of_all(session, *MINE, SINCE, steps_told(moments_told(session, *MINE, SINCE, ["y-2"])))
        behind = items_behind(session, *MINE, SINCE, EVERYBODY)

    # then they are the same but for what figures leave out, and those of one are among those of all
    assert len(told) == len(EVERYBODY)
    for name, own in told.items():
        assert [replace(one, reports=(), declined=()) for one in own] == [
            replace(one, reports=(), declined=()) for one in counted[name]
        ]
    assert some == {"y-2": told["y-2"]}
    assert behind == {own[-1].reports[0].replace("n-", "i-") for own in told.values()}


def test_what_somebody_is_called_is_in_the_latest_record_in_full_that_says_it(store: Store) -> None:
    says = {"section": "identity", "purpose": "missing", "form": Form.FULL.value}
    names(store, 1, NOW - timedelta(days=2), **says)
    names(store, 2, NOW - timedelta(days=1), **says)
    names(store, 3, NOW, **says | {"form": Form.GENERALISED.value})
    names(store, 4, NOW, **says | {"purpose": "context"})
    names(store, 5, NOW, **says | {"partner": "police"})
    names(store, 6, NOW)
    names(store, 7, NOW - timedelta(days=9), **says | {"name": "y-2"})

    with store.reading() as session:
        assert identities_of(session, *MINE, EVERYBODY) == {"i-2", "i-7"}
        assert identities_of(session, *MINE, []) == set()
