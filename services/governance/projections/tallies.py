"""The tallies: how often each agency looked on each day, by what its looks have in common.

They are folded with the accesses, so that to count them takes no longer the more there are.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from schemas.access import AccessRecorded
from services.governance.projections.tables import ACCESSES, TALLIES
from services.kernel.pages.times import LONDON
from services.kernel.projecting import instant_text
from services.kernel.store.rows import Rows

_CHUNK = 500


class By(StrEnum):
    """What accesses can be put together by."""

    AGENCY = "agency"
    PRACTITIONER = "practitioner"
    YOUNG_PERSON = "subject"
    AGREEMENT = "agreement"
    DAY = "day"


def tally(session: Session, told: Sequence[AccessRecorded]) -> None:
    """Count those of these accesses that were not kept yet, once each; before they are kept."""
    new = {access.access: access for access in told}
    for known in _kept(session, list(new)):
        del new[known]
    counted = [(_place(access), *one) for access in new.values() for one in _counted(access)]
    rows = Rows(session, TALLIES, ["kind", "key", "day"])
    rows.look_up((kind, key, place["day"]) for place, kind, key, _ in counted)
    for place, kind, key, items in counted:
        row = place | {"kind": kind, "key": key}
        same = [one for one in rows.having(kind, key, row["day"]) if _is_of(one, row)]
        before: Mapping[str, Any] = same[0] if same else {"accesses": 0, "shown": 0, "latest": ""}
        rows.put(
            row | {
                "accesses": before["accesses"] + 1, "shown": before["shown"] + items,
                "latest": max(before["latest"], row["latest"]),
            }
        )  # fmt: skip
    rows.keep()


def _kept(session: Session, wanted: Sequence[str]) -> Iterator[str]:
    for start in range(0, len(wanted), _CHUNK):
        some = wanted[start : start + _CHUNK]
        yield from session.execute(select(ACCESSES.c.access).where(ACCESSES.c.access.in_(some))).scalars()


def _place(access: AccessRecorded) -> dict[str, Any]:
    return {
        "partner": access.partner,
        "purposed": int(access.purpose is not None),
        "day": access.at.astimezone(LONDON).date().isoformat(),
        "latest": instant_text(access.at),
    }


def _is_of(known: Mapping[str, Any], row: Mapping[str, Any]) -> bool:
    return bool(known["partner"] == row["partner"] and known["purposed"] == row["purposed"])


def _counted(access: AccessRecorded) -> Iterator[tuple[str, str, int]]:
    """Kind, key, and how many items the access showed of it."""
    yield By.AGENCY.value, access.partner, len(access.seen)
    yield By.PRACTITIONER.value, access.practitioner, len(access.seen)
    yield from _each(By.YOUNG_PERSON, (one.subjects for one in access.seen))
    yield from _each(By.AGREEMENT, (one.agreements for one in access.seen))


def _each(kind: By, told: Iterable[Sequence[str]]) -> Iterator[tuple[str, str, int]]:
    counted = Counter(key for keys in told for key in dict.fromkeys(keys))
    return ((kind.value, key, items) for key, items in counted.items())


def tallied(
    session: Session, by: By, partner: str | None, with_purpose: bool, after: date | None
) -> list[tuple[str, int, int, datetime]]:
    """Key, accesses, items and the latest, of what was looked at after a day, in order of the keys."""
    c = TALLIES.c
    asked: list[ColumnElement[bool]] = [c.kind == (By.AGENCY if by is By.DAY else by).value]
    asked += [c.partner == partner] if partner is not None else []
    asked += [c.purposed == 1] if with_purpose else []
    asked += [c.day > after.isoformat()] if after is not None else []
    key = c.day if by is By.DAY else c.key
    query = select(key, func.sum(c.accesses), func.sum(c.shown), func.max(c.latest)).where(*asked)
    rows = session.execute(query.group_by(key).order_by(key)).all()
    return [(found, accesses, items, datetime.fromisoformat(latest)) for found, accesses, items, latest in rows]
