"""The looks: what each agency's own practitioners looked at, folded from the accesses on the log.

Who looked is itself sensitive. An agency is told of its own people's looks alone; who else looked is for governance.
On the log every look is for good. Here it is let go of after a year, and with the record that was looked at.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import delete, select, tuple_
from sqlalchemy.orm import Session

from schemas.access import AccessRecorded
from schemas.classes import Form
from schemas.envelope import Event
from services.kernel import topics
from services.kernel.log import Entry
from services.kernel.projecting import Told, instant_of, instant_text, said_in
from services.kernel.store.rows import Rows
from services.panel.projections.tables import LOOKED, METADATA, OUTSIDES, RECALLS

_ACCESSES: dict[str, type[Event[Any]]] = {"cairn.access.recorded.v1": Event[AccessRecorded]}
_CHUNK = 500
_KEPT: Final = timedelta(days=366)


@dataclass(frozen=True)
class Look:
    """One access that released some of the records that were asked about."""

    practitioner: str
    operation: str
    purpose: str
    at: datetime
    records: int


class LooksProjection:
    """Folds `hub.access`; what was shown under a pseudonym is left out, as it must not be found by a name."""

    name = "panel.looks"
    tables = METADATA

    def topics(self, session: Session) -> Sequence[str]:  # noqa: ARG002 - always the same topic
        return [topics.ACCESS]

    def read(self, entry: Entry) -> Any:
        said = said_in(entry, _ACCESSES)
        return said if said is not None and said.purpose is not None else None

    def fold(self, session: Session, told: Sequence[Told]) -> None:
        looked = Rows(session, LOOKED, ["partner", "access"])
        looked.look_up((said.partner, said.access) for _, said in told)
        for _, said in told:
            row = {"partner": said.partner, "access": said.access, "practitioner": said.practitioner,
                   "operation": said.operation, "purpose": str(said.purpose), "at": instant_text(said.at)}  # fmt: skip
            for seen in said.seen:
                if seen.form is not Form.PSEUDONYMISED:
                    looked.put(row | {"reference": seen.reference, "item": seen.item})
        looked.keep()
        forget_looks(session, _recalled(session, [(said.partner, seen.item) for _, said in told for seen in said.seen]))
        if told:
            kept_since = max(said.at for _, said in told) - _KEPT
            session.execute(delete(LOOKED).where(LOOKED.c.at < instant_text(kept_since)))

    def pass_over(self, session: Session, entry: Entry) -> None:
        """A trace that cannot be read is missing from the list; it is on the log all the same."""


def forget_looks(session: Session, recalled: Sequence[tuple[str, str]]) -> None:
    """Let go of the looks of partners at items of which something was recalled, as far as it is held no more."""
    looked, held = (Rows(session, table, ["partner", "item"]) for table in (LOOKED, OUTSIDES))
    looked.look_up(recalled)
    seen = {at: rows for at in recalled if (rows := looked.having(*at))}
    held.look_up(seen)
    for at, looks in seen.items():
        known_as = {outside["reference"] for outside in held.having(*at)}
        for look in looks:
            if look["reference"] not in known_as:
                looked.remove(look)
    looked.keep()


def _recalled(session: Session, seen: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    """Of what was seen, what was recalled before the look was read here."""
    c, wanted = RECALLS.c, list(dict.fromkeys(seen))
    found: list[tuple[str, str]] = []
    for start in range(0, len(wanted), _CHUNK):
        some = tuple_(c.partner, c.item).in_(wanted[start : start + _CHUNK])
        found += session.execute(select(c.partner, c.item).where(some).distinct()).tuples().all()
    return found


def looks_at(session: Session, partner: str, references: Sequence[str]) -> list[Look]:
    """The accesses of this agency's own people that released any of these records, the newest first."""
    c = LOOKED.c
    found: dict[str, Look] = {}
    for start in range(0, len(references), _CHUNK):
        some = references[start : start + _CHUNK]
        for row in session.execute(select(LOOKED).where(c.partner == partner, c.reference.in_(some))):
            before = found.get(row.access)
            found[row.access] = Look(
                row.practitioner, row.operation, row.purpose, instant_of(row.at), (before.records if before else 0) + 1
            )
    return [look for _, look in sorted(found.items(), key=lambda one: (one[1].at, one[0]), reverse=True)]
