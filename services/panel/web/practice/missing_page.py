"""The missing figures as a page shows them: what they amount to, week by week, and who was missing often."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from services.kernel.pages import Option
from services.kernel.pages.listing import Column, Filter, Order, Row, Value
from services.kernel.pages.times import day_words, elapsed_words
from services.panel.domain.missing_figures import SMALLEST, Figures, Nameless, Timely

COLUMNS: Final = (
    Column("week_starts", "Week from"),
    Column("began", "Episodes that began"),
    Column("again", "Of these, again within 30 days"),
    Column("ended", "Came back"),
    Column("without_names", "Told without names"),
)
ORDER: Final = Order("week_starts")
WEEKS: Final = {"4": "4 weeks", "12": "12 weeks", "26": "26 weeks", "52": "52 weeks"}
WEEKS_OTHERWISE: Final = "12"
FEWER: Final = "fewer than 5"
OFTEN_MAX: Final = 20
"""How many of those who were missing often are named: of each, a record is opened for it."""


@dataclass(frozen=True)
class Tile:
    """One figure, and what it says."""

    value: str
    words: str
    note: str = ""
    late: bool = False


@dataclass(frozen=True)
class Bar:
    """A number and how long its bar is, in hundredths of the longest."""

    number: int
    length: int


@dataclass(frozen=True)
class WeekShown:
    """A week as a row."""

    words: str
    began: Bar
    again: Bar
    ended: Bar
    nameless: str


@dataclass(frozen=True)
class Often:
    """Somebody who was missing often of late."""

    words: str
    href: str
    times: int


def tiles(figures: Figures) -> list[Tile]:
    """What the weeks amount to."""
    shown = [
        Tile(str(figures.open_now), "Missing now", late=figures.open_now > 0),
        Tile(
            str(figures.episodes),
            "Episode" if figures.episodes == 1 else "Episodes",
            f"of {_people(figures.young_people)}",
        ),
        Tile(str(figures.again), "Again within 30 days"),
        Tile(_share(figures.offered), "Return discussion offered within 72 hours", _of(figures.offered)),
        Tile(_share(figures.completed), "Return discussion held within 7 days", _of(figures.completed)),
    ]
    if figures.hours_missing is not None:
        shown.append(Tile(elapsed_words(figures.hours_missing * 3600), "Half were back sooner than this"))
    return shown


def _people(count: int) -> str:
    return f"{count} young {'person' if count == 1 else 'people'}"


def _share(timely: Timely) -> str:
    return f"{timely.in_time} of {timely.of}" if timely.of else "None yet"


def _of(timely: Timely) -> str:
    return "as far as your agency is told" if timely.of else "none was due"


def weeks_shown(figures: Figures, nameless: Nameless | None) -> list[WeekShown]:
    """The weeks, the latest first, each with its bars."""
    longest = max((max(week.began, week.ended) for week in figures.weeks), default=0)
    told = list(nameless.weeks) if nameless else [0] * len(figures.weeks)
    shown = [
        WeekShown(
            day_words(week.starts),
            _bar(week.began, longest),
            _bar(week.again, longest),
            _bar(week.ended, longest),
            kept(number) if nameless else "",
        )
        for week, number in zip(figures.weeks, told, strict=True)
    ]
    return shown[::-1]


def _bar(number: int, longest: int) -> Bar:
    return Bar(number, round(100 * number / longest) if longest else 0)


def kept(number: int | None) -> str:
    """A number of people whom nobody names, unless it is small."""
    return FEWER if number is None or number < SMALLEST else str(number)


def rows(figures: Figures, nameless: Nameless | None) -> list[Row]:
    """The weeks as data, in the order of the page."""
    told = list(nameless.weeks) if nameless else [0] * len(figures.weeks)
    found = []
    for week, number in zip(figures.weeks, told, strict=True):
        data: dict[str, Value] = {
            "week_starts": week.starts.isoformat(),
            "began": week.began,
            "again": week.again,
            "ended": week.ended,
        }
        if nameless:
            data["without_names"] = kept(number)
        found.append(Row(week.starts.isoformat(), (), data))
    return found[::-1]


def most_often(times: Mapping[str, int]) -> dict[str, int]:
    """Those who are named: whoever was missing most often of late, the most often first."""
    return dict(sorted(times.items(), key=lambda one: (-one[1], one[0]))[:OFTEN_MAX])


def often_shown(times: Mapping[str, int], words: Callable[[str], str], href: Callable[[str], str]) -> list[Often]:
    """Whoever was missing often of late, in this order."""
    return [Often(words(name), href(name), count) for name, count in times.items()]


def filters(weeks: str) -> list[Filter]:
    """Over how long the figures go."""
    return [Filter("weeks", "Over", [Option(value, words) for value, words in WEEKS.items()], weeks, WEEKS_OTHERWISE)]
