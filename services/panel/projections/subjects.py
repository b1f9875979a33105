"""Subjects as an agency names them: from its own references to the hub's refs, and back, through what it holds."""

from collections.abc import Iterable, Sequence

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from services.panel.domain.held import TIMED
from services.panel.projections.tables import NAMED

_CHUNK = 500
_IN_FULL = sorted(map(str, TIMED))


def refs_of(session: Session, partner: str, names: Sequence[str]) -> dict[str, str]:
    """The agency's own reference -> the hub's ref, for those of these that its records name."""
    return {name: ref for ref, name in _pairs(session, partner, NAMED.c.name, names)}


def names_of(session: Session, partner: str, refs: Iterable[str], report: str | None = None) -> dict[str, str]:
    """The hub's ref -> the agency's own reference, for those of these that its records name in full; those of one
    report alone, where it is given.

    A pseudonym is no reference: joining the two is just what it is to prevent.
    """
    asked = (NAMED.c.form.in_(_IN_FULL), *([NAMED.c.report == report] if report else []))
    return dict(_pairs(session, partner, NAMED.c.ref, list(refs), *asked))


def _pairs(
    session: Session, partner: str, column: ColumnElement[str], values: Sequence[str], *asked: ColumnElement[bool]
) -> list[tuple[str, str]]:
    """Ref and reference of whom the agency's records name, where a column has one of these values."""
    found: list[tuple[str, str]] = []
    for start in range(0, len(values), _CHUNK):
        some = column.in_(values[start : start + _CHUNK])
        query = select(NAMED.c.ref, NAMED.c.name).where(NAMED.c.partner == partner, some, *asked).distinct()
        found += [(row.ref, row.name) for row in session.execute(query)]
    return found
