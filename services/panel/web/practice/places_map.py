"""The places of a page on a map of the town: drawn by the server, with the same numbers as the list says.

Only what the agency's records name by a reference of its own is drawn; never a home, a group or an online space.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from schemas.classes import SubjectKind
from schemas.reports.context import ContextKind, LocationBand
from services.panel.domain.gazetteer import Gazetteer, Point
from services.panel.domain.held import TIMED, Opened, kind_of
from services.panel.domain.places import Count, Place
from services.panel.web.practice.places_views import count_words

_STEPS: Final = (5, 10, 20)
_TOGETHER: Final = 34
"""Marks that are nearer than this are drawn as one."""
_NOWHERE: Final = frozenset({ContextKind.PEER_GROUP.value, ContextKind.ONLINE_SPACE.value})


@dataclass
class Mark:
    """One mark with the numbers of the places that lie there; `shade` as in the calendar, of the most told of."""

    x: float
    y: float
    shade: int
    numbers: list[int] = field(default_factory=list)

    @property
    def words(self) -> str:
        """Its numbers."""
        return ", ".join(str(number) for number in self.numbers)

    @property
    def half(self) -> int:
        """Half of how wide it is: its numbers stand in it."""
        return 14 + 5 * max(0, len(self.words) - 2)


@dataclass(frozen=True)
class Keyed:
    """What a number of the map stands for."""

    number: int
    label: str
    reports: str


@dataclass(frozen=True)
class TownMap:
    """The drawing, what its numbers stand for, and how many places of the page are not in it."""

    title: str
    width: int
    height: int
    lines: Sequence[tuple[str, str]]
    """Kind, and path."""
    marks: Sequence[Mark]
    key: Sequence[Keyed]
    elsewhere: int


def town_map(known: Gazetteer, listed: Sequence[Place], records: Iterable[Opened]) -> TownMap | None:
    """The places of a list on the map, numbered in its order, or None where nothing of it is known to be anywhere."""
    spots = _spots(known, records)
    there = [place for place in listed if place.reference in spots and place.kind not in _NOWHERE]
    if not there:
        return None
    marks: list[Mark] = []
    for number, place in enumerate(there, start=1):
        x, y = spots[place.reference or ""]
        near = next((one for one in marks if abs(one.x - x) + abs(one.y - y) < _TOGETHER), None)
        mark = near or Mark(x, y, 0)
        mark.numbers.append(number)
        mark.shade = max(mark.shade, _shade(place.reports))
        marks += [] if near else [mark]
    key = [Keyed(number, place.label, count_words(place.reports)) for number, place in enumerate(there, start=1)]
    lines = [(line.kind, _path(line.points)) for line in known.lines]
    return TownMap(known.title, known.width, known.height, lines, marks, key, len(listed) - len(there))


def _spots(known: Gazetteer, records: Iterable[Opened]) -> Mapping[str, Point]:
    """The agency's own reference of a place -> where it lies; of what any record says to be a home, nothing."""
    spots: dict[str, Point] = {}
    homes: set[str] = set()
    for record in records:
        for ref, name in record.held.rendering.about.items():
            if kind_of(ref) is SubjectKind.CONTEXT and record.held.form in TIMED and ref in known.spots:
                spots[name] = known.spots[ref]
                homes |= {name} if record.content.get("location_band") == LocationBand.PRIVATE_DWELLING else set()
    return {name: point for name, point in spots.items() if name not in homes}


def _shade(count: Count) -> int:
    return 1 + sum((count.said or 0) >= step for step in _STEPS)


def _path(points: Sequence[Point]) -> str:
    return "M" + "L".join(f"{x:g} {y:g}" for x, y in points)
