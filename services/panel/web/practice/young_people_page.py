"""The young people whom an agency's records name, as a list shows them: what matters at night stands in front."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Final, NamedTuple

from services.kernel.pages import Cell, Option, Part, short_ref, text
from services.kernel.pages.listing import Column, Filter, Order, Row
from services.kernel.pages.times import time_words
from services.panel.domain.missing_clocks import Clock, Clocks, Episode, timed
from services.panel.projections.named import Known
from services.panel.web.practice.called import Callings

COLUMNS: Final = (
    Column("young_person", "Young person"),
    Column("standing", "Now", ("Back or not missing first", "Missing first"), descending_first=True),
    Column("latest", "Latest", ("Oldest first", "Newest first"), descending_first=True),
    Column("records", "Records", ("Fewest records first", "Most records first"), descending_first=True),
    Column("from", "Told by"),
)
ORDER: Final = Order("standing", descending=True)
DAYS: Final = {"7": "The last 7 days", "28": "The last 28 days", "90": "The last 90 days"}


class Standing(StrEnum):
    """How things stand with somebody, as far as the agency is told of missing episodes."""

    MISSING = "missing"
    DISCUSSION_LATE = "discussion_late"
    DISCUSSION_DUE = "discussion_due"
    NOTHING = "nothing"


_NOTHING: Final[tuple["Standing", Episode | None]] = (Standing.NOTHING, None)
WORDS: Final[Mapping[Standing, str]] = {
    Standing.MISSING: "Missing now",
    Standing.DISCUSSION_LATE: "Return discussion overdue",
    Standing.DISCUSSION_DUE: "Return discussion due",
    Standing.NOTHING: "",
}
_URGENT: Final = {standing: len(Standing) - number for number, standing in enumerate(Standing)}


class Somebody(NamedTuple):
    """One young person before anything about them is opened."""

    known: Known
    standing: Standing
    episode: Episode | None
    """The episode that the standing comes from."""


def standing_of(episodes: Sequence[Episode], now: datetime, clocks: Clocks) -> tuple[Standing, Episode | None]:
    """How things stand after the latest episode."""
    if not episodes:
        return _NOTHING
    latest = episodes[-1]
    if latest.is_open:
        return Standing.MISSING, latest
    stands = timed(latest, now, clocks)
    if Clock.OVERDUE in (stands.offered, stands.completed):
        return Standing.DISCUSSION_LATE, latest
    return (Standing.DISCUSSION_DUE if stands.completed is Clock.RUNNING else Standing.NOTHING), latest


def in_order(everybody: Sequence[Somebody], order: Order) -> list[Somebody]:
    """Everybody in an order that depends on nothing but what the agency is told; ties go by reference."""
    by_name = sorted(everybody, key=lambda one: one.known.name, reverse=order.descending)
    return sorted(by_name, key=_KEYS[order.by], reverse=order.descending)


_KEYS: Final[Mapping[str, Callable[[Somebody], tuple[int | str, ...]]]] = {
    "standing": lambda one: (_URGENT[one.standing], one.known.latest or ""),
    "latest": lambda one: (one.known.latest or "",),
    "records": lambda one: (one.known.records,),
}


def row_of(one: Somebody, called: Callings, told_by: Sequence[str], agencies: Mapping[str, str], href: str) -> Row:
    """Somebody as a row, with where their page is."""
    name = one.known.name
    latest = datetime.fromisoformat(one.known.latest) if one.known.latest else None
    words = called.words(name)
    told = sorted(agencies.get(by, by) for by in told_by)
    return Row(
        key=name,
        cells=(
            Cell((Part(words, href), *_reference(called, name))),
            _standing_cell(one),
            Cell((Part(at=latest),)) if latest else text("Not told when"),
            text(str(one.known.records)),
            text(", ".join(told)),
        ),
        data={
            "reference": name,
            "young_person": words,
            "standing": WORDS[one.standing] or None,
            "latest": latest.isoformat() if latest else None,
            "records": one.known.records,
            "from": ", ".join(told),
        },
    )


def _reference(called: Callings, name: str) -> tuple[Part, ...]:
    return (Part(short_ref(name), code=True, quiet=True),) if name in called.people else ()


def _standing_cell(one: Somebody) -> Cell:
    episode = one.episode
    if one.standing is Standing.NOTHING or episode is None:
        return text("")
    first = Part(WORDS[one.standing], tag="red" if one.standing is not Standing.DISCUSSION_DUE else "yellow")
    at = episode.since if one.standing is Standing.MISSING else episode.found
    if at is None:
        return Cell((first,))
    reported = "Reported" if one.standing is Standing.MISSING else "Reported back"  # their page says when it was
    return Cell((first, Part(f"{reported} {time_words(at)}", quiet=True)))


def filters(standing: str, by: str, days: str, agencies: Mapping[str, str]) -> list[Filter]:
    """What the list can be narrowed by."""
    return [
        Filter("now", "Now", _options("Everybody", {one.value: WORDS[one] for one in _SHOWN}), standing),
        Filter("from", "Told by", _options("Every agency", agencies), by),
        Filter("days", "Something happened in", _options("All time", DAYS), days),
    ]


_SHOWN: Final = (Standing.MISSING, Standing.DISCUSSION_LATE, Standing.DISCUSSION_DUE)
STANDINGS: Final = frozenset(one.value for one in _SHOWN)


def _options(everything: str, choices: Mapping[str, str]) -> list[Option]:
    return [Option("", everything), *(Option(value, words) for value, words in choices.items())]
