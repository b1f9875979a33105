"""Wording that was kept: that a writer read a prompt about their words and let them stand, and for which reason.

Kept by agency and day, as a code and without the words: agencies see how their language changes, and nobody is ranked.
"""

from enum import StrEnum
from typing import Final

from sqlalchemy import Column, Integer, MetaData, String, Table, insert

from services.kernel.clock import Clock
from services.kernel.identity import Caller
from services.kernel.store import Store

_TABLES = MetaData()
_KEPT = Table(
    "panel_wording_kept",
    _TABLES,
    Column("number", Integer, primary_key=True),
    Column("agency", String(63), nullable=False),
    Column("prompt", String(80), nullable=False),
    Column("reason", String(40), nullable=False),
    Column("day", String(10), nullable=False),
)


class Reason(StrEnum):
    """Why words stay as they are."""

    OWN_WORDS = "own_words"
    QUOTED = "quoted"
    TERM_OF_LAW = "term_of_law"
    DESCRIBES_AN_ADULT = "describes_an_adult"
    CLEAREST = "clearest"


REASONS: Final = {
    Reason.OWN_WORDS: "They are the young person's own words",
    Reason.QUOTED: "They are quoted from somebody else",
    Reason.TERM_OF_LAW: "It is the term that the law uses",
    Reason.DESCRIBES_AN_ADULT: "They describe an adult",
    Reason.CLEAREST: "There is no clearer way to say it",
}


class Wording:
    """Keeps that words were kept."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store, self._clock = store, clock
        store.create_tables(_TABLES)

    def keep(self, who: Caller, prompt: str, reason: Reason) -> None:
        """The writer lets the words stand to which a prompt of this code was given. Raises StoreUnavailable."""
        day = self._clock.now().date().isoformat()
        with self._store.transaction() as session:
            session.execute(insert(_KEPT).values(agency=who.partner, prompt=prompt, reason=reason.value, day=day))
