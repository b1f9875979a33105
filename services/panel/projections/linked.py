"""The linked: which of an agency's records can say that two are linked, found without opening any of them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final, NamedTuple

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from schemas.classes import SubjectKind
from schemas.disclosures import OWN
from services.kernel.store.gathered import gathered
from services.panel.domain.held import TIMED, Held
from services.panel.domain.network import DRAWN_FROM, WITH_PEOPLE, tells_links
from services.panel.projections.holdings import held_of
from services.panel.projections.named import identities_of
from services.panel.projections.outsides import latest, within
from services.panel.projections.tables import NAMED, OUTSIDES

_CHUNK: Final = 500
RECORDS_OF_A_BLOCK: Final = 150
"""From how many records a network is made at once, besides those that say what people are called."""
_CONTEXT: Final = "context"
_DRAWN_FROM: Final = tuple(data_class.value for data_class in DRAWN_FROM)
_TELLING: Final = tuple(form.value for form in WITH_PEOPLE)
_TIMED: Final = tuple(form.value for form in TIMED)


class _Naming(NamedTuple):
    """One record that names somebody or something; read by the thousand."""

    name: str
    item: str
    kind: str
    form: str
    section: str
    report: str
    reference: str
    occurred: str


@dataclass(frozen=True)
class Linking:
    """Records that can say something about links. So many were chosen, besides those that say what people are called;
    behind `before` later ones, and before `behind` earlier ones."""

    held: Sequence[Held]
    chosen: int
    before: int = 0
    behind: int = 0


def linking_since(session: Session, partner: str, purpose: str, first: date | None, block: int) -> Linking:
    """What the agency holds that can say something about links, for a purpose, from a day on where one is given: one
    block of it, the latest first. It joins nothing that was said at different times but what somebody is called."""
    c = OUTSIDES.c
    asked = [c.data_class.in_(_DRAWN_FROM), c.form.in_(_TELLING), *within(c.day, first, None)]
    start = (block - 1) * RECORDS_OF_A_BLOCK
    count, items = latest(session, partner, purpose, start, RECORDS_OF_A_BLOCK, *asked)
    beside = _beside_places(session, partner, purpose, {*items})
    names = {row.name for row in _rows_in(session, partner, purpose, NAMED.c.item, beside.union(items))}
    named = identities_of(session, partner, purpose, names)
    held = _held_telling(session, partner, purpose, beside.union(items, named))
    return Linking(held, len(items), min(start, count), max(0, count - start - RECORDS_OF_A_BLOCK))


def linking_about(session: Session, partner: str, purpose: str, about: str) -> Linking:
    """What names somebody, whenever that was, and the latest of what names those they are linked with."""
    near = _near(session, partner, purpose, about)
    rows = [row for row in _rows_in(session, partner, purpose, NAMED.c.name, near) if row.section in DRAWN_FROM]
    own = {row.item for row in rows if row.name == about}
    others = {row.item: row.occurred for row in rows if row.item not in own}
    newest = sorted(others, key=lambda item: (others[item], item), reverse=True)[:RECORDS_OF_A_BLOCK]
    beside = _beside_places(session, partner, purpose, own.union(newest))
    held = _held_telling(session, partner, purpose, beside.union(own, newest))
    return Linking(held, len(newest), behind=len(others) - len(newest))


def _held_telling(session: Session, partner: str, purpose: str, items: set[str]) -> list[Held]:
    return [held for held in held_of(session, partner, purpose, sorted(items)) if tells_links(held)]


def _near(session: Session, partner: str, purpose: str, about: str) -> set[str]:
    """Everybody and everything that a record names which names this one, or whose report does."""
    c = NAMED.c
    mine = _rows(session, partner, purpose, [c.name == about])
    items = {row.item for row in mine}
    reports = {row.report for row in mine if row.form in _TIMED}
    together = _rows_in(session, partner, purpose, c.item, items)
    together += [row for row in _rows_in(session, partner, purpose, c.report, reports) if row.form in _TIMED]
    return {about, *(row.name for row in together)} if mine else set()


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
    session: Session, partner: str, purpose: str, column: ColumnElement[str], values: Iterable[str],
    *asked: ColumnElement[bool],
) -> list[_Naming]:  # fmt: skip
    wanted = sorted(values)
    found: list[_Naming] = []
    for start in range(0, len(wanted), _CHUNK):
        found += _rows(session, partner, purpose, [column.in_(wanted[start : start + _CHUNK]), *asked])
    return found


def _rows(session: Session, partner: str, purpose: str, asked: Sequence[ColumnElement[bool]]) -> list[_Naming]:
    c = NAMED.c
    columns = (c[name] for name in _Naming._fields)
    query = select(*columns).where(c.partner == partner, c.purpose.in_((purpose, OWN)), *asked)
    return list(map(_Naming._make, gathered(session, query)))
