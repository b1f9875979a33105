"""The chronology as a page shows it: by day, then what has no date, and in an order that tells no more than it may."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from schemas.classes import Form
from services.kernel.pages.times import LONDON, day_words
from services.panel.domain.held import TIMED, Opened
from services.panel.reading import Chronology
from services.panel.web.practice.entries import Entry, entry_shown

_NO_DATE = "Told in general terms, or only that it exists: when it happened is not part of what your agency is given."


@dataclass(frozen=True)
class Day:
    """The records of a day, or those that have none."""

    heading: str
    entries: Sequence[Entry]
    note: str | None = None


def chronology_days(chronology: Chronology) -> list[Day]:
    """The records by day, the earliest first; what may not tell when it happened comes last, in no telling order."""
    dated = sorted((one for one in chronology.records if day_told(one) is not None), key=_place)
    undated = sorted((one for one in chronology.records if day_told(one) is None), key=unordered)
    days = [
        Day(day_words(datetime.fromisoformat(day)), [entry_shown(one, chronology) for one in records])
        for day, records in groupby(dated, key=lambda one: day_told(one) or "")
    ]
    if undated:
        days.append(Day("Without a date", [entry_shown(one, chronology) for one in undated], _NO_DATE))
    return days


def day_told(record: Opened) -> str | None:
    """The day in London, for the forms that tell one; under a pseudonym, the day of the feed's own UTC calendar."""
    if record.held.form in TIMED:
        return record.held.occurred.astimezone(LONDON).date().isoformat()
    return record.held.occurred.date().isoformat() if record.held.form is Form.PSEUDONYMISED else None


def _place(record: Opened) -> tuple[str, int, str, str, str]:
    """Day, then time where the form tells it; what has only a day follows, by its reference, which tells nothing."""
    held = record.held
    if held.form in TIMED:
        return (day_told(record) or "", 0, held.occurred.isoformat(), held.report, held.rendering.reference)
    return (day_told(record) or "", 1, "", "", held.rendering.reference)


def unordered(record: Opened) -> tuple[str, str]:
    """An order of records without a time, which tells nothing of when they happened."""
    return (record.held.form, record.held.rendering.reference)
