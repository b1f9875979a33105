"""The counted: which of an agency's records say where and when things happen, and when its reports are from."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from schemas.classes import DataClass
from schemas.disclosures import OWN
from services.kernel.projecting import instant_of, instant_text
from services.panel.domain.held import Held
from services.panel.domain.local_time import LONDON
from services.panel.domain.places import What, is_within
from services.panel.projections.holdings import held_of
from services.panel.projections.tables import HELD, NAMED

_EARLIER: Final = timedelta(days=1)


def held_counted(
    session: Session, partner: str, purpose: str, what: What, first: date | None, last: date | None
) -> list[Held]:
    """What the agency holds about places, and about missing episodes where these are counted. What has no day in its
    form is there whatever days are asked for: else its day could be found by asking."""
    items = _of_class(session, partner, purpose, DataClass.CONTEXT)
    found = [one for one in held_of(session, partner, purpose, sorted(items)) if is_within(one, first, last)]
    if what not in (What.WENT_MISSING, What.FOUND):
        return found
    since = datetime.combine(first, datetime.min.time(), LONDON) - _EARLIER if first else None
    missing = held_of(session, partner, purpose, sorted(_of_class(session, partner, purpose, DataClass.MISSING, since)))
    return [*found, *missing]


def instants_of_reports(session: Session, partner: str, purpose: str) -> Iterable[datetime]:
    """When each report happened of which the agency may know the time, once for each report."""
    c = NAMED.c
    query = (
        select(c.report, c.occurred)
        .distinct()
        .where(c.partner == partner, c.purpose.in_((purpose, OWN)), c.occurred.is_not(None))
    )
    return [instant_of(row.occurred) for row in session.execute(query)]


def _of_class(
    session: Session, partner: str, purpose: str, data_class: DataClass, since: datetime | None = None
) -> set[str]:
    c = HELD.c
    query = select(c.item).where(c.partner == partner, c.purpose.in_((purpose, OWN)), c.data_class == data_class.value)
    if since is not None:
        query = query.where(c.occurred >= instant_text(since))
    return set(session.execute(query).scalars())
