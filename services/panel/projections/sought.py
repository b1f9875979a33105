"""The sought: where an agency's records say what young people are called and by which numbers they go, unopened."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any, Final

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from schemas.classes import DataClass, SubjectKind
from schemas.disclosures import OWN, Rendering
from services.panel.domain.held import TIMED, kind_of
from services.panel.projections.tables import HELD, NAMED

_FORMS: Final = tuple(form.value for form in TIMED)
_REFERENCE_MIN: Final = 6
"""How much of a reference must be typed: pages show eight characters of it."""


def naming_items(session: Session, partner: str, purpose: str) -> dict[str, set[str]]:
    """Record -> those of whom it says their numbers, or, as the latest that does, what they are called: what somebody
    was called before is nobody's to find."""
    c = NAMED.c
    asked = (c.section.in_((DataClass.IDENTITY.value, DataClass.IDENTIFIERS.value)), c.form.in_(_FORMS))
    latest: dict[str, tuple[str, str, str]] = {}
    items: defaultdict[str, set[str]] = defaultdict(set)
    for row in _rows(session, partner, purpose, *asked):
        if row.section == DataClass.IDENTIFIERS.value:
            items[row.item].add(row.name)
        else:
            latest[row.name] = max(latest.get(row.name, ("", "", "")), (row.occurred or "", row.reference, row.item))
    for name, (_, _, item) in latest.items():
        items[item].add(name)
    return dict(items)


def known_by(session: Session, partner: str, purpose: str, reference: str) -> Mapping[str, str]:
    """The young people whose reference begins like this -> one record that names each."""
    if len(reference) < _REFERENCE_MIN:
        return {}
    rows = _rows(session, partner, purpose, NAMED.c.name.startswith(reference, autoescape=True))
    behind: dict[str, tuple[str, str]] = {}
    for row in rows:
        behind[row.name] = min(behind.get(row.name, ("~", "")), (row.reference, row.item))
    return {name: item for name, (_, item) in behind.items()}


def whole_reference(session: Session, partner: str, written: str) -> str:
    """The agency's own reference that begins as written, for pages show references in short; what was written itself,
    where none or several begin so."""
    beginning = written.rstrip("…")
    if len(beginning) < _REFERENCE_MIN:
        return written
    c = NAMED.c
    query = (
        select(c.name.distinct()).where(c.partner == partner, c.name.startswith(beginning, autoescape=True)).limit(2)
    )
    found = list(session.execute(query).scalars())
    return str(found[0]) if len(found) == 1 else written


def known_by_marks(session: Session, partner: str, marks: Sequence[str]) -> Mapping[str, str]:
    """The young people whom the agency itself reported by an identifier that is marked like this -> one such report."""
    c = HELD.c
    query = select(c.item, c.rendering).where(
        c.partner == partner, c.purpose == OWN, or_(*(c.rendering.contains(mark) for mark in marks))
    )
    found: dict[str, str] = {}
    for item, rendering in session.execute(query.order_by(c.item.desc())):
        told = Rendering.model_validate_json(rendering)
        for ref, given in told.marks.items():
            if kind_of(ref) is SubjectKind.YOUNG_PERSON and ref in told.about and not set(marks).isdisjoint(given):
                found[told.about[ref]] = item
    return found


def _rows(session: Session, partner: str, purpose: str, *asked: ColumnElement[bool]) -> list[Any]:
    c = NAMED.c
    query = select(c.name, c.item, c.section, c.occurred, c.reference).where(
        c.partner == partner, c.purpose.in_((purpose, OWN)), c.kind == str(SubjectKind.YOUNG_PERSON), *asked
    )
    return list(session.execute(query))
