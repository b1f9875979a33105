"""Places and times as a page shows them: a calendar of hours and weekdays in words and shades, and a list of places."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from services.kernel.pages import Cell, Part, short_ref, text
from services.kernel.pages.listing import Column, Row, Value
from services.kernel.pages.times import day_words
from services.kernel.pages.words import spaced
from services.panel.domain.places import SMALL, Count, Place, What
from services.panel.web.practice.fields import hours_words

WHAT: Final = {
    What.EVERYTHING: "Every report",
    What.WENT_MISSING: "Went missing",
    What.FOUND: "Found",
    What.AT_A_PLACE: "Seen at a place",
}
_MEANINGS: Final = {
    What.EVERYTHING: "when what is reported happened, once for each report",
    What.WENT_MISSING: "when young people were last known to be safe before they went missing",
    What.FOUND: "when young people who were missing were found",
    What.AT_A_PLACE: "when something was seen at a place, once for each report",
}
WEEKDAYS: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_SHADES: Final = (5, 10, 20)
_BUSIEST_MAX: Final = 3
PLACE_COLUMNS: Final = (
    Column("place", "Place"),
    Column("reports", "Reports"),
    Column("from", "From"),
    Column("when", "When, as reported"),
    Column("ask", "What would help"),
    Column("last", "Last report"),
)
HOUR_COLUMNS: Final = (Column("weekday", "Weekday"), Column("hour", "Hour"), Column("count", "How many"))
FEWER: Final = f"fewer than {SMALL}"


@dataclass(frozen=True)
class Hour:
    """One cell: its shade (0 for none to 4), what is written in it, and what is read out."""

    shade: int
    written: str
    spoken: str


@dataclass(frozen=True)
class CalendarPage:
    """The calendar: its rows, and in words where it is fullest."""

    meaning: str
    hours: Sequence[tuple[str, Sequence[Hour]]]
    busiest: Sequence[str]
    empty: bool


def calendar_page(counted: Sequence[Sequence[Count]], what: What) -> CalendarPage:
    """The calendar of what is counted."""
    said = sorted(
        (-count.said, weekday, hour)
        for hour, row in enumerate(counted)
        for weekday, count in enumerate(row)
        if count.said
    )
    return CalendarPage(
        _MEANINGS[what],
        [(f"{hour:02}:00", [_hour(count) for count in row]) for hour, row in enumerate(counted)],
        [f"{WEEKDAYS[weekday]} from {hour:02}:00 ({-number})" for number, weekday, hour in said[:_BUSIEST_MAX]],
        all(count.said == 0 for row in counted for count in row),
    )


def place_rows(listed: Sequence[Place], agencies: Mapping[str, str]) -> list[Row]:
    """The places as rows: cells for the page, and data for its twins."""
    return [_place_row(number, place, agencies) for number, place in enumerate(listed, start=1)]


def _place_row(number: int, place: Place, agencies: Mapping[str, str]) -> Row:
    sources = ", ".join(agencies.get(each, spaced(each)) for each in place.from_agencies)
    asks = [spaced(ask) for ask in place.asks]
    cells = (
        _name(place),
        text(count_words(place.reports).capitalize()),
        text(sources),
        text(*([hours_words(when) for when in place.when] or ["Not said"])),
        text(*(asks or ["Not said"])),
        text(day_words(place.last) if place.last else "Not given"),
    )
    data: dict[str, Value] = {
        "place": place.label,
        "reference": place.reference,
        "kind": place.kind,
        "reports": count_words(place.reports),
        "from": sources,
        "when": "; ".join(place.when),
        "what_would_help": "; ".join(asks),
        "last_report": place.last.isoformat() if place.last else None,
    }
    return Row(place.reference or f"place-{number}", cells, data)


def hour_rows(counted: Sequence[Sequence[Count]]) -> list[Row]:
    """Every hour of the week as data."""
    return [
        Row(
            f"{WEEKDAYS[weekday].lower()}-{hour:02}",
            (),
            {"weekday": WEEKDAYS[weekday], "hour": f"{hour:02}:00", "count": count_words(counted[hour][weekday])},
        )
        for weekday in range(7)
        for hour in range(24)
    ]


def count_words(count: Count) -> str:
    """How many, in words where it is too few to say."""
    return FEWER if count.said is None else str(count.said)


def nowhere_words(records: int, read: int) -> str:
    """What is to be known of records that name no place, where a page cannot read all of them; else nothing."""
    if records <= read:
        return ""
    return (
        f"In {records:,} records your agency is told of a place without its name, and without a day. Each page puts "
        f"together {read} of them, in an order that says nothing: their numbers are of these alone."
    )


def left_out_words(records: int, read: int) -> str:
    """What is to be known of records that state an hour and were not read for it; else nothing."""
    if not records:
        return ""
    made = f"{read} record{'' if read == 1 else 's'}"
    return f"It is made from {made}, the latest. {records:,} more lie before and are left out: ask for fewer days."


def span_words(first: date | None, last: date | None) -> str:
    """From which day to which the calendar counts."""
    if first and last:
        return f"from {day_words(first)} to {day_words(last)}"
    if first:
        return f"since {day_words(first)}"
    return f"until {day_words(last)}" if last else "on all days"


def _hour(count: Count) -> Hour:
    if count.said is None:
        return Hour(1, f"<{SMALL}", FEWER)
    if count.said == 0:
        return Hour(0, "", "none")
    return Hour(1 + sum(count.said >= step for step in _SHADES), str(count.said), str(count.said))


def _name(place: Place) -> Cell:
    parts = [Part(text=place.label)]
    if place.kind:
        parts.append(Part(text=spaced(place.kind), quiet=True))
    if place.reference:
        parts.append(Part(text=short_ref(place.reference), code=True))
    return Cell(tuple(parts))
