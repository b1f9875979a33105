"""The outsides: what can be told of each held record without opening it, for lists and counts that open few or none.

Folded in the same transaction as the holdings. When something happened is kept as far as the form tells it, and no
further, so that nothing that is counted or put in order here can tell more.
"""

from collections.abc import Sequence
from datetime import date
from itertools import accumulate
from typing import NamedTuple

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from schemas.disclosures import OWN, Change, ItemDisclosed, Rendering
from services.kernel.projecting import instant_text
from services.kernel.store.gathered import gathered
from services.kernel.store.rows import Rows
from services.panel.domain.held import TIMED, day_told
from services.panel.domain.local_time import LONDON
from services.panel.projections.tables import OUTSIDES


class HourOfDay(NamedTuple):
    """How many reports tell of something in one hour of one day, in local time."""

    day: date
    hour: int
    reports: int


class Latest(NamedTuple):
    """Some of the records that tell a day, the latest of them first, and of how many they are."""

    of: int
    items: list[str]


def note_outside(outsides: Rows, disclosed: ItemDisclosed, change: Change) -> None:
    """Keep the outside of a record, in place of what was kept of it before."""
    rendering = change.rendering
    key = {"partner": disclosed.partner, "item": disclosed.item, "purpose": str(change.purpose)}
    if rendering is None:
        outsides.remove(key)
        return
    timed = rendering.form in TIMED
    day = day_told(rendering.form, disclosed.occurred)
    outsides.put(
        key | {
            "form": str(rendering.form), "reference": rendering.reference, "told_in": told_in(disclosed, rendering),
            "type": disclosed.type, "data_class": disclosed.data_class.value, "day": day.isoformat() if day else None,
            "hour": disclosed.occurred.astimezone(LONDON).hour if timed else None,
            "at": instant_text(disclosed.occurred) if timed else None,
        }
    )  # fmt: skip


def told_in(disclosed: ItemDisclosed, rendering: Rendering) -> str:
    """By what a record is counted: a report whose form tells no time must not join what came in it."""
    return disclosed.report if rendering.form in TIMED else rendering.reference


def latest(session: Session, partner: str, purpose: str, first: int, limit: int, *asked: ColumnElement[bool]) -> Latest:
    """The items that were dated last, of those of which this is so, behind so many later ones. Within a day, what has
    no time in its form is taken to be behind all that has one, in an order that tells nothing."""
    c = OUTSIDES.c
    held = (*_held_for(partner, purpose), c.day.is_not(None), *asked)
    days = session.execute(select(c.day, func.count()).where(*held).group_by(c.day).order_by(c.day.desc())).all()
    behind = list(accumulate((number for _, number in days), initial=0))
    here = [day for (day, number), before in zip(days, behind, strict=False) if first - number < before < first + limit]
    if not here:
        return Latest(behind[-1], [])
    last_first = (c.day.desc(), c.at.is_(None).desc(), c.at.desc(), c.told_in.desc(), c.reference.desc())
    of_these_days = select(c.item).where(*held, c.day >= here[-1], c.day <= here[0]).order_by(*last_first)
    later = next(before for (day, _), before in zip(days, behind, strict=False) if day == here[0])
    items = session.execute(of_these_days.limit(limit).offset(first - later)).scalars()
    return Latest(behind[-1], list(items))


def undated(session: Session, partner: str, purpose: str) -> int:
    """How many records the agency holds for a purpose that tell no day."""
    c = OUTSIDES.c
    query = select(func.count()).select_from(OUTSIDES).where(*_held_for(partner, purpose), c.day.is_(None))
    return int(session.execute(query).scalar_one())


def undated_items(session: Session, partner: str, purpose: str, first: int, limit: int) -> list[str]:
    """The items without a day, in an order that tells nothing, behind so many others."""
    c = OUTSIDES.c
    query = select(c.item).where(*_held_for(partner, purpose), c.day.is_(None)).order_by(c.form, c.reference)
    return list(session.execute(query.limit(limit).offset(first)).scalars())


def hours_of_days(
    session: Session, partner: str, purpose: str, first: date | None, last: date | None
) -> list[HourOfDay]:
    """When what is reported happened, once for each report of these days."""
    c = OUTSIDES.c
    asked = [*_held_for(partner, purpose), c.hour.is_not(None), *within(c.day, first, last)]
    query = select(c.day, c.hour, func.count(c.told_in.distinct())).where(*asked).group_by(c.day, c.hour)
    return [
        HourOfDay(date.fromisoformat(day), int(hour), int(reports)) for day, hour, reports in gathered(session, query)
    ]


def within(day: ColumnElement[str | None], first: date | None, last: date | None) -> Sequence[ColumnElement[bool]]:
    """That a column of days lies between two."""
    asked = []
    if first is not None:
        asked.append(day >= first.isoformat())
    if last is not None:
        asked.append(day <= last.isoformat())
    return asked


def _held_for(partner: str, purpose: str) -> Sequence[ColumnElement[bool]]:
    c = OUTSIDES.c
    return c.partner == partner, c.purpose.in_((purpose, OWN))
