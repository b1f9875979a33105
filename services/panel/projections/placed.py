"""The placed: which place each record of one is about, and how many reports tell of it, without opening any.

By the agency's own name for the place, or its pseudonym; the two are never the same, so that counting joins neither.
"""

from collections.abc import Sequence
from datetime import date
from typing import Final

from sqlalchemy import ColumnElement, case, func, select
from sqlalchemy.orm import Session

from schemas.classes import DataClass, Form, SubjectKind
from schemas.disclosures import OWN, Change, ItemDisclosed
from services.kernel.projecting import instant_text
from services.kernel.store.rows import Rows
from services.panel.domain.held import TIMED, day_told, kind_of
from services.panel.domain.places import Tally
from services.panel.projections.outsides import told_in, within
from services.panel.projections.tables import PLACED

NOWHERE: Final = ""
"""Stands for the place of a record whose form names none."""


def note_placed(placed: Rows, disclosed: ItemDisclosed, change: Change) -> None:
    """Keep which places a record is about, in place of what was kept of it before."""
    for row in placed.having(disclosed.partner, disclosed.item):
        if row["purpose"] == str(change.purpose):
            placed.remove(row)
    rendering = change.rendering
    if rendering is None or rendering.form is Form.EXISTENCE or disclosed.data_class is not DataClass.CONTEXT:
        return
    day = day_told(rendering.form, disclosed.occurred)
    row = {
        "partner": disclosed.partner, "item": disclosed.item, "purpose": str(change.purpose),
        "reference": rendering.reference, "told_in": told_in(disclosed, rendering), "by": disclosed.by,
        "day": day.isoformat() if day else None,
        "at": instant_text(disclosed.occurred) if rendering.form in TIMED else None,
    }  # fmt: skip
    names = [name for ref, name in rendering.about.items() if kind_of(ref) is SubjectKind.CONTEXT]
    for name in names or [NOWHERE]:
        placed.put(row | {"place": name})


def tallies(session: Session, partner: str, purpose: str, first: date | None, last: date | None) -> list[Tally]:
    """How many reports tell of each place that is named, by whom, and when last; of some days, if any are given."""
    c = PLACED.c
    named = (*_of_days(partner, purpose, first, last), c.place != NOWHERE)
    last_day = func.max(case((c.at.is_not(None), c.day)))
    counted = select(c.place, func.count(c.told_in.distinct()), last_day).where(*named).group_by(c.place)
    by: dict[str, list[str]] = {}
    for place, agency in session.execute(select(c.place, c.by).where(*named).distinct().order_by(c.place, c.by)):
        by.setdefault(place, []).append(agency)
    return [
        Tally(place, reports, tuple(by[place]), date.fromisoformat(last) if last else None)
        for place, reports, last in session.execute(counted)
    ]


def items_placed(
    session: Session,
    partner: str,
    purpose: str,
    places: Sequence[str],
    first: date | None,
    last: date | None,
    most: int,
) -> list[str]:
    """The latest records of each of these places, at most so many; what tells no time comes behind those of its day."""
    c = PLACED.c
    order = (c.day.desc(), func.coalesce(c.at, "").desc(), c.reference)
    rank = func.row_number().over(partition_by=c.place, order_by=order).label("rank")
    ranked = select(c.item, rank).where(*_of_days(partner, purpose, first, last), c.place.in_(places)).subquery()
    return list(session.execute(select(ranked.c.item).where(ranked.c.rank <= most).distinct()).scalars())


def items_timed(session: Session, partner: str, purpose: str, first: date | None, last: date | None) -> list[str]:
    """The records of places that tell a time, of these days, the latest first."""
    c = PLACED.c
    asked = (*_of_days(partner, purpose, first, last), c.at.is_not(None))
    query = select(c.item).where(*asked).group_by(c.item).order_by(func.max(c.at).desc(), func.max(c.reference).desc())
    return list(session.execute(query).scalars())


def items_nowhere(session: Session, partner: str, purpose: str, first: int, limit: int) -> list[str]:
    """Records that tell of a place and do not name it, behind so many others, in an order that tells nothing."""
    c = PLACED.c
    query = select(c.item).where(*_of_days(partner, purpose, None, None), c.place == NOWHERE).order_by(c.reference)
    return list(session.execute(query.limit(limit).offset(first)).scalars())


def count_nowhere(session: Session, partner: str, purpose: str) -> int:
    """How many records tell of a place that they do not name. Their forms tell no day either, so that they are counted
    whatever days are asked for: else their day could be found by asking."""
    query = select(func.count()).where(*_of_days(partner, purpose, None, None), PLACED.c.place == NOWHERE)
    return int(session.execute(query).scalar_one())


def _of_days(partner: str, purpose: str, first: date | None, last: date | None) -> Sequence[ColumnElement[bool]]:
    c = PLACED.c
    return c.partner == partner, c.purpose.in_((purpose, OWN)), *within(c.day, first, last)
