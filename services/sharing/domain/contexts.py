"""Contexts: how many young people and reports stand behind a place, group, school or online space.

Counted over everything the hub knows, whoever may see it. Pure: dates of birth come in opened and stay in memory.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

from schemas.decisions import ContextStanding

YOUNG_PEOPLE_MIN = 5
REPORTS_MIN = 3
ADULT_AT_YEARS = 18
LOCAL = ZoneInfo("Europe/London")


def turns_adult(born: date) -> datetime:
    """The instant a person turns 18: midnight, local time, of the birthday.

    Born on 29 February: 1 March of a common year (Age of Legal Capacity (Scotland) Act 1991, s. 6(2)).
    """
    year = born.year + ADULT_AT_YEARS
    try:
        birthday = born.replace(year=year)
    except ValueError:
        birthday = date(year, 3, 1)
    return datetime.combine(birthday, time(), tzinfo=LOCAL).astimezone(UTC)


@dataclass(frozen=True)
class Contributed:
    """What one report adds to one context: each young person, with a date of birth where one was given; after how many
    corrections."""

    young_people: frozenset[tuple[str, date | None]]
    withdrawn: bool
    revision: int = 0


class Contexts:
    """The fold of everything on `hub.contexts`."""

    def __init__(self) -> None:
        self._contributed: dict[str, dict[str, Contributed]] = {}

    def apply(self, context: str, report: str, contributed: Contributed) -> None:
        """Take what a report adds, unless a later correction was heard already."""
        reports = self._contributed.setdefault(context, {})
        before = reports.get(report)
        if before is None or before.revision <= contributed.revision:
            reports[report] = contributed

    def standing(self, context: str, now: datetime) -> ContextStanding:
        """Whether enough people under 18 and enough reports stand behind a context at this instant."""
        reports = [one for one in self._contributed.get(context, {}).values() if not one.withdrawn]
        adult_at = _adult_at(reports)
        young = sum(1 for instant in adult_at.values() if instant is not None and now < instant)
        enough = young >= YOUNG_PEOPLE_MIN and len(reports) >= REPORTS_MIN
        return ContextStanding.ENOUGH if enough else ContextStanding.TOO_FEW

    def names(self) -> list[str]:
        """Refs of all contexts."""
        return list(self._contributed)

    def boundaries(self) -> Iterable[datetime]:
        """The instants at which somebody behind a context turns 18."""
        for reports in self._contributed.values():
            for instant in _adult_at(reports.values()).values():
                if instant is not None:
                    yield instant


def _adult_at(reports: Iterable[Contributed]) -> dict[str, datetime | None]:
    """When each person turns 18: by the earliest date of birth given, None where none was, so not counted."""
    born: dict[str, date | None] = {}
    for report in reports:
        for subject, given in report.young_people:
            known = born.get(subject)
            born[subject] = given if known is None else known if given is None else min(known, given)
    return {subject: turns_adult(day) if day else None for subject, day in born.items()}
