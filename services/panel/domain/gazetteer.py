"""A gazetteer: where places lie, and the lines by which people know their town, as whoever runs the hub gives them.

Positions never travel in reports. A place is put on a map only where an agency's own records name it. The gazetteer
says where that is, as open data of property numbers does, and knows nothing of what happens there.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from math import cos, radians
from typing import Any, Final

WIDTH: Final = 640
_HEIGHTS: Final = (240, 720)
_MARGIN: Final = 28
_KINDS: Final = ("water", "street", "railway")
"""What lines are, in the order in which they are drawn over one another."""

Point = tuple[float, float]


class GazetteerMalformed(ValueError):
    """It is not GeoJSON of lines and points; says which feature, and what is wrong with it."""


@dataclass(frozen=True)
class Line:
    """Something drawn, so that the town is known again."""

    kind: str
    points: Sequence[Point]


@dataclass(frozen=True)
class Gazetteer:
    """A drawing `width` by `height`, and in it the spot of each context by the hub's ref."""

    title: str = ""
    width: int = WIDTH
    height: int = _HEIGHTS[0]
    lines: Sequence[Line] = ()
    spots: Mapping[str, Point] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.spots)


def gazetteer(document: Any, ref_of: Callable[[str, str], str]) -> Gazetteer:
    """Read a GeoJSON FeatureCollection (RFC 7946): LineStrings whose `kind` is street, railway or water, and Points
    with a `uprn` or a `reference`. `ref_of(how, value)` gives the hub's ref. Raises GazetteerMalformed."""
    if not isinstance(document, Mapping) or document.get("type") != "FeatureCollection":
        raise GazetteerMalformed("a gazetteer is a GeoJSON FeatureCollection")
    lines: list[tuple[str, list[Point]]] = []
    spots: dict[str, Point] = {}
    for number, feature in enumerate(document.get("features") or (), start=1):
        try:
            kind, geometry, said = (
                feature["geometry"]["type"],
                feature["geometry"]["coordinates"],
                feature["properties"],
            )
            if kind == "LineString":
                lines.append((_kind(said), [_point(one) for one in geometry]))
            elif kind == "Point":
                spots |= {ref_of(how, str(said[how])): _point(geometry) for how in ("uprn", "reference") if how in said}
            else:
                raise ValueError("it is neither a LineString nor a Point")
        except (KeyError, TypeError, ValueError) as error:
            raise GazetteerMalformed(f"feature {number} cannot be read: {error}") from None
    return _drawn(str(document.get("title") or ""), lines, spots)


def _kind(said: Mapping[str, Any]) -> str:
    if said.get("kind") not in _KINDS:
        raise ValueError(f"its kind is none of {', '.join(_KINDS)}")
    return str(said["kind"])


def _point(written: Any) -> Point:
    longitude, latitude = float(written[0]), float(written[1])
    if not (-180 <= longitude <= 180 and -90 <= latitude <= 90):
        raise ValueError("a position is longitude and latitude, in degrees")
    return longitude, latitude


def _drawn(title: str, lines: Sequence[tuple[str, list[Point]]], spots: Mapping[str, Point]) -> Gazetteer:
    """As large as its lines reach, or, where there are none, its spots; what lies beyond is on no map."""
    reach = [point for _, points in lines for point in points] or list(spots.values())
    if not reach:
        return Gazetteer(title)
    west, east = min(x for x, _ in reach), max(x for x, _ in reach)
    south, north = min(y for _, y in reach), max(y for _, y in reach)
    narrow = cos(radians((south + north) / 2))  # a degree of longitude is shorter than one of latitude
    wide, high = max((east - west) * narrow, 1e-6), max(north - south, 1e-6)
    scale = min((WIDTH - 2 * _MARGIN) / wide, (_HEIGHTS[1] - 2 * _MARGIN) / high)
    height = max(_HEIGHTS[0], round(high * scale) + 2 * _MARGIN)

    def placed(point: Point) -> Point:
        x = (WIDTH - wide * scale) / 2 + (point[0] - west) * narrow * scale
        return round(x, 1), round((height - high * scale) / 2 + (north - point[1]) * scale, 1)

    drawn = sorted((Line(kind, [placed(one) for one in points]) for kind, points in lines), key=_over)
    inside = {ref: placed(point) for ref, point in spots.items()}
    return Gazetteer(title, WIDTH, height, drawn, dict(_within(inside, height)))


def _over(line: Line) -> int:
    return _KINDS.index(line.kind)


def _within(spots: Mapping[str, Point], height: int) -> Iterator[tuple[str, Point]]:
    return ((ref, (x, y)) for ref, (x, y) in spots.items() if 0 <= x <= WIDTH and 0 <= y <= height)
