"""Looking, counted: the accesses of a span put together by what they have in common."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta

from sqlalchemy import ColumnElement, Join, and_, distinct, func, literal, select
from sqlalchemy.orm import Session

from services.governance.projections.accesses import AccessFilter, narrowed
from services.governance.projections.tables import ACCESSES, SEEN, SEEN_AGREEMENTS, SEEN_SUBJECTS
from services.governance.projections.tallies import By, tallied
from services.kernel.pages.times import LONDON
from services.kernel.projecting import instant_of

_COUNTED = (
    func.count(distinct(ACCESSES.c.access)).label("accesses"),
    func.count(SEEN.c.item).label("items"),
    func.max(ACCESSES.c.at).label("latest"),
)


@dataclass(frozen=True)
class Looked:
    """How often somebody looked: `key` is a partner, a practitioner, a subject, an agreement or a local day."""

    key: str
    accesses: int
    items: int
    latest: datetime


def looked(session: Session, partner: str | None, since: datetime | None, by: By) -> list[Looked]:
    """Reads for a stated purpose since an instant, put together, in order of the keys. An item counts each time that it
    was shown. Whole days are taken from the tallies, and the day of the instant is counted."""
    day = since.astimezone(LONDON).date() if since else None
    whole = [Looked(*one) for one in tallied(session, by, partner, with_purpose=True, after=day)]
    if since is None or day is None:
        return whole
    ends = datetime.combine(day + timedelta(days=1), time(), tzinfo=LONDON)
    rest = AccessFilter(partner=partner, since=since, until=ends, with_purpose=True)
    return _together([*_counted(session, rest, by, day.isoformat()), *whole])


def _counted(session: Session, wanted: AccessFilter, by: By, day: str) -> list[Looked]:
    """The accesses of one day, counted one by one."""
    key = _KEYS[by] if by is not By.DAY else literal(day)
    query = narrowed(select(key.label("key"), *_COUNTED).select_from(_accesses(by)), wanted)
    rows = session.execute(query.group_by(key) if by is not By.DAY else query).all()
    return [Looked(row.key, row.accesses, row.items, instant_of(row.latest)) for row in rows if row.accesses]


def _together(counted: Iterable[Looked]) -> list[Looked]:
    found: dict[str, Looked] = {}
    for one in counted:
        known = found.get(one.key)
        found[one.key] = (
            one
            if known is None
            else replace(
                known,
                accesses=known.accesses + one.accesses,
                items=known.items + one.items,
                latest=max(known.latest, one.latest),
            )
        )
    return [found[key] for key in sorted(found)]


_KEYS: dict[By, ColumnElement[str]] = {
    By.AGENCY: ACCESSES.c.partner,
    By.PRACTITIONER: ACCESSES.c.practitioner,
    By.YOUNG_PERSON: SEEN_SUBJECTS.c.subject,
    By.AGREEMENT: SEEN_AGREEMENTS.c.agreement,
}
_LISTED = {By.YOUNG_PERSON: SEEN_SUBJECTS, By.AGREEMENT: SEEN_AGREEMENTS}


def _accesses(by: By) -> Join:
    """The accesses with what each released, and with whom it was about, or under what, where that is asked for."""
    source = ACCESSES.join(SEEN, SEEN.c.access == ACCESSES.c.access, isouter=True)
    if by not in _LISTED:
        return source
    listed = _LISTED[by].c
    return source.join(_LISTED[by], and_(listed.access == SEEN.c.access, listed.number == SEEN.c.number))
