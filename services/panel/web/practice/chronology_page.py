"""The chronology as a page shows it: by day, then what has no date, and in an order that tells no more than it may."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from services.kernel.pages.times import day_words
from services.panel.domain.held import TIMED, Opened, day_told
from services.panel.web.practice.called import callings
from services.panel.web.practice.entries import Entry, Names, entry_shown

_NO_DATE = "Told in general terms, or only that it exists: when it happened is not part of what your agency is given."


@dataclass(frozen=True)
class Day:
    """The records of a day, or those that have none."""

    heading: str
    entries: Sequence[Entry]
    note: str | None = None


def chronology_days(records: Sequence[Opened], names: Names) -> list[Day]:
    """The records by day, the earliest first; what may not tell when it happened comes last, in no telling order."""
    by_day = sorted(((day, one) for one in records if (day := _day(one)) is not None), key=lambda told: _place(*told))
    undated = sorted((one for one in records if _day(one) is None), key=unordered)
    called = callings(records).words
    days = [
        Day(day_words(day), [entry_shown(one, names, called) for _, one in told])
        for day, told in groupby(by_day, key=lambda told: told[0])
    ]
    if undated:
        days.append(Day("Without a date", [entry_shown(one, names, called) for one in undated], _NO_DATE))
    return days


def _day(record: Opened) -> date | None:
    return day_told(record.held.form, record.held.occurred)


def _place(day: date, record: Opened) -> tuple[date, int, str, str, str]:
    """Day, then time where the form tells it; what has only a day follows, by its reference, which tells nothing."""
    held = record.held
    if held.form in TIMED:
        return (day, 0, held.occurred.isoformat(), held.report, held.rendering.reference)
    return (day, 1, "", "", held.rendering.reference)


def unordered(record: Opened) -> tuple[str, str]:
    """An order of records without a time, which tells nothing of when they happened."""
    return (record.held.form, record.held.rendering.reference)
