"""Looking, counted: the accesses of a span put together by what they have in common."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ColumnElement, Join, and_, distinct, func, select
from sqlalchemy.orm import Session

from services.governance.projections.accesses import AccessFilter, narrowed
from services.governance.projections.tables import ACCESSES, SEEN, SEEN_AGREEMENTS, SEEN_SUBJECTS
from services.kernel.pages.times import LONDON
from services.kernel.projecting import instant_of

_HOUR = len("2026-04-16T21")
_COUNTED = (
    func.count(distinct(ACCESSES.c.access)).label("accesses"),
    func.count(SEEN.c.item).label("items"),
    func.max(ACCESSES.c.at).label("latest"),
)


class By(StrEnum):
    """What accesses can be put together by."""

    AGENCY = "agency"
    PRACTITIONER = "practitioner"
    YOUNG_PERSON = "subject"
    AGREEMENT = "agreement"
    DAY = "day"


@dataclass(frozen=True)
class Looked:
    """How often somebody looked: `key` is a partner, a practitioner, a subject, an agreement or a local day."""

    key: str
    accesses: int
    items: int
    latest: datetime


def looked(session: Session, wanted: AccessFilter, by: By) -> list[Looked]:
    """Everything that is wanted, put together, in order of the keys. An item counts each time that it was shown."""
    key = _KEYS[by]
    query = narrowed(select(key.label("key"), *_COUNTED).select_from(_accesses(by)), wanted)
    rows = session.execute(query.group_by(key).order_by(key))
    found = [Looked(row.key, row.accesses, row.items, instant_of(row.latest)) for row in rows]
    return _days(found) if by is By.DAY else found


_KEYS: dict[By, ColumnElement[str]] = {
    By.AGENCY: ACCESSES.c.partner,
    By.PRACTITIONER: ACCESSES.c.practitioner,
    By.YOUNG_PERSON: SEEN_SUBJECTS.c.subject,
    By.AGREEMENT: SEEN_AGREEMENTS.c.agreement,
    By.DAY: func.substr(ACCESSES.c.at, 1, _HOUR),
}
_LISTED = {By.YOUNG_PERSON: SEEN_SUBJECTS, By.AGREEMENT: SEEN_AGREEMENTS}


def _accesses(by: By) -> Join:
    """The accesses with what each released, and with whom it was about, or under what, where that is asked for."""
    source = ACCESSES.join(SEEN, SEEN.c.access == ACCESSES.c.access, isouter=True)
    if by not in _LISTED:
        return source
    listed = _LISTED[by].c
    return source.join(_LISTED[by], and_(listed.access == SEEN.c.access, listed.number == SEEN.c.number))


def _days(hours: Sequence[Looked]) -> list[Looked]:
    """The hours, which are in UTC, put together to days as they are in London."""
    days: dict[str, Looked] = {}
    for hour in hours:
        day = instant_of(f"{hour.key}:00:00Z").astimezone(LONDON).date().isoformat()
        known = days.get(day, Looked(day, 0, 0, hour.latest))
        days[day] = replace(
            known,
            accesses=known.accesses + hour.accesses,
            items=known.items + hour.items,
            latest=max(known.latest, hour.latest),
        )
    return [days[day] for day in sorted(days)]
