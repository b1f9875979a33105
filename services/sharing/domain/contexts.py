"""Contexts: how many young people and reports stand behind a place, group, school or online space.

Counted over everything the hub knows, whoever may see it. Pure: dates of birth come in opened and stay in memory.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from itertools import islice
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


@dataclass(frozen=True, slots=True)
class Contributed:
    """What one report adds to one context: each young person, with a date of birth where one was given; after how many
    corrections."""

    young_people: frozenset[tuple[str, date | None]]
    withdrawn: bool
    revision: int = 0


class Contexts:
    """The fold of everything on `hub.contexts`."""

    def __init__(self) -> None:
        self._behind: dict[str, _Behind] = {}
        self._heard: dict[Contributed, Contributed] = {}
        """Reports about the same people add the same, which is kept once."""

    def apply(self, context: str, report: str, contributed: Contributed) -> None:
        """Take what a report adds, unless a later correction was heard already."""
        added = self._heard.setdefault(contributed, contributed)
        self._behind.setdefault(context, _Behind()).take(report, added)

    def standing(self, context: str, now: datetime) -> ContextStanding:
        """Whether enough people under 18 and enough reports stand behind a context at this instant."""
        behind = self._behind.get(context)
        return ContextStanding.ENOUGH if behind is not None and behind.is_enough(now) else ContextStanding.TOO_FEW

    def names(self) -> list[str]:
        """Refs of all contexts."""
        return list(self._behind)

    def boundaries(self, contexts: Iterable[str] | None = None) -> Iterable[datetime]:
        """The instants at which somebody behind these contexts, or any, turns 18."""
        for context in self._behind if contexts is None else contexts:
            yield from (instant for instant in self._behind[context].adult_at.values() if instant is not None)


class _Behind:
    """What stands behind one context: reports that were not withdrawn, and when each person they name turns 18.

    That is by the earliest date of birth given, and None where none was; such a person is not counted.
    """

    def __init__(self) -> None:
        self._reports: dict[str, Contributed] = {}
        self._standing = 0
        self.adult_at: dict[str, datetime | None] = {}

    def take(self, report: str, contributed: Contributed) -> None:
        before = self._reports.get(report)
        if before is not None and before.revision > contributed.revision:
            return
        self._reports[report] = contributed
        if before is None:
            self._count(contributed)
            return
        self._standing, self.adult_at = 0, {}
        for one in self._reports.values():
            self._count(one)

    def is_enough(self, now: datetime) -> bool:
        if self._standing < REPORTS_MIN:
            return False
        young = (instant for instant in self.adult_at.values() if instant is not None and now < instant)
        return sum(1 for _ in islice(young, YOUNG_PEOPLE_MIN)) == YOUNG_PEOPLE_MIN

    def _count(self, one: Contributed) -> None:
        if one.withdrawn:
            return
        self._standing += 1
        for subject, born in one.young_people:
            given, known = turns_adult(born) if born else None, self.adult_at.get(subject)
            self.adult_at[subject] = min(given, known) if given and known else given or known
