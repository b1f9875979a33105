"""The linked: which of an agency's records can say that two are linked, found without opening any of them."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from schemas.classes import SubjectKind
from schemas.disclosures import OWN
from services.kernel.projecting import instant_text
from services.panel.domain.held import TIMED, Held
from services.panel.domain.network import DRAWN_FROM, tells_links
from services.panel.projections.holdings import held_of
from services.panel.projections.tables import HELD, NAMED

_CHUNK: Final = 500
_CONTEXT: Final = "context"
_IDENTITY: Final = "identity"
_TIMED: Final = tuple(form.value for form in TIMED)


def held_linking(session: Session, partner: str, purpose: str, since: datetime | None, about: str | None) -> list[Held]:
    """What the agency holds that can say something about links, for a purpose: since an instant, where one is given, or
    what names somebody and those they are linked with. Only the latter joins what was said at different times."""
    if about is not None:
        near = _near(session, partner, purpose, about)
        items = _named_in(session, partner, purpose, near)
    else:
        items = _since(session, partner, purpose, since)
        items |= _identities(session, partner, purpose, items)
    items |= _beside_places(session, partner, purpose, items)
    return [held for held in held_of(session, partner, purpose, sorted(items)) if tells_links(held)]


def _since(session: Session, partner: str, purpose: str, since: datetime | None) -> set[str]:
    c = HELD.c
    classes = [data_class.value for data_class in DRAWN_FROM]
    query = select(c.item).where(c.partner == partner, c.purpose.in_((purpose, OWN)), c.data_class.in_(classes))
    if since is not None:
        query = query.where(c.occurred >= instant_text(since))
    return set(session.execute(query).scalars())


def _near(session: Session, partner: str, purpose: str, about: str) -> set[str]:
    """Everybody and everything that a record names which names this one, or whose report does."""
    c = NAMED.c
    mine = _rows(session, partner, purpose, [c.name == about])
    items = {row.item for row in mine}
    reports = {row.report for row in mine if row.form in _TIMED}
    together = _rows_in(session, partner, purpose, c.item, items)
    together += [row for row in _rows_in(session, partner, purpose, c.report, reports) if row.form in _TIMED]
    return {about, *(row.name for row in together)} if mine else set()


def _named_in(session: Session, partner: str, purpose: str, names: Iterable[str]) -> set[str]:
    rows = _rows_in(session, partner, purpose, NAMED.c.name, names)
    return {row.item for row in rows if row.section in DRAWN_FROM}


def _identities(session: Session, partner: str, purpose: str, items: Iterable[str]) -> set[str]:
    """The records that say what those are called whom these records name, whenever they were made."""
    names = {row.name for row in _rows_in(session, partner, purpose, NAMED.c.item, items)}
    rows = _rows_in(session, partner, purpose, NAMED.c.name, names)
    return {row.item for row in rows if row.section == _IDENTITY}


def _beside_places(session: Session, partner: str, purpose: str, items: set[str]) -> set[str]:
    """Of each young person whom the report of a place names, one record: that it does is told by reading it."""
    reports = {
        row.report
        for row in _rows_in(session, partner, purpose, NAMED.c.item, items)
        if row.section == _CONTEXT and row.form in _TIMED
    }
    beside: dict[tuple[str, str], list[tuple[bool, str, str]]] = {}
    for row in _rows_in(session, partner, purpose, NAMED.c.report, reports):
        if row.form in _TIMED and row.kind == SubjectKind.YOUNG_PERSON:
            found = beside.setdefault((row.report, row.name), [])
            found.append((row.item not in items, row.reference, row.item))
    return {min(found)[2] for found in beside.values()}


def _rows_in(
    session: Session, partner: str, purpose: str, column: ColumnElement[str], values: Iterable[str]
) -> list[Any]:
    wanted = sorted(values)
    found: list[Any] = []
    for start in range(0, len(wanted), _CHUNK):
        found += _rows(session, partner, purpose, [column.in_(wanted[start : start + _CHUNK])])
    return found


def _rows(session: Session, partner: str, purpose: str, asked: Sequence[ColumnElement[bool]]) -> list[Any]:
    c = NAMED.c
    query = select(NAMED).where(c.partner == partner, c.purpose.in_((purpose, OWN)), *asked)
    return list(session.execute(query))
