"""Drawing: the streets, the canal and the railway of the made-up town, and where its places lie, as a gazetteer.

It lies in the middle of an ocean, so that nobody takes it for a town that there is.
"""

from collections.abc import Iterator, Sequence
from math import cos, radians, sin
from random import Random
from typing import Any, Final

from services.console.town.living import Place

JSON = dict[str, Any]

_WEST, _NORTH = -30.0, 55.8
_KILOMETRE_NORTH: Final = 1 / 111.2
_KILOMETRE_EAST: Final = _KILOMETRE_NORTH / cos(radians(_NORTH))
_WIDE, _HIGH = 4.4, 2.6
"""How large the town is, in kilometres."""
_ACROSS, _ALONG = 5, 7
"""How many streets lead from west to east, and from north to south."""

Spot = tuple[float, float]
"""Kilometres to the east and to the south."""


def drawn(title: str, places: Sequence[Place], chance: Random) -> JSON:
    """The town as GeoJSON, with a point for each place that has a property number; the same for the same chance."""
    across = [[_crossing(row, column, chance) for column in range(_ALONG)] for row in range(_ACROSS)]
    along = [list(street) for street in zip(*across, strict=True)]
    canal = [(_WIDE * step / 24, _HIGH * 0.78 + 0.13 * sin(step / 2.6)) for step in range(25)]
    railway = [(_WIDE * step / 12, _HIGH * (0.06 + 0.018 * step)) for step in range(13)]
    corners = [corner for street in across[1:] for corner in street[1:-1]]
    chance.shuffle(corners)
    spots = _spots(places, corners, canal, railway)
    features = [_line("water", canal), *(_line("street", street) for street in (*across, *along))]
    features += [_line("railway", railway), *spots]
    return {"type": "FeatureCollection", "title": title, "features": features}


def _crossing(row: int, column: int, chance: Random) -> Spot:
    """Where two streets cross: near a grid, as old towns are."""
    return (
        _WIDE * (column + 0.5) / _ALONG + chance.uniform(-0.14, 0.14),
        _HIGH * (row + 0.5) / _ACROSS + chance.uniform(-0.1, 0.1),
    )


def _spots(
    places: Sequence[Place], corners: Sequence[Spot], canal: Sequence[Spot], railway: Sequence[Spot]
) -> Iterator[JSON]:
    """A place lies at a corner, the station at the railway, and the path along the canal at its middle."""
    by_band = {"rail_station": railway[4], "school_route": canal[13]}
    left = iter(corners)
    for place in places:
        if place.uprn is not None:
            yield _feature("Point", _position(by_band.get(place.band) or next(left)), {"uprn": place.uprn})


def _line(kind: str, points: Sequence[Spot]) -> JSON:
    return _feature("LineString", [_position(point) for point in points], {"kind": kind})


def _position(spot: Spot) -> list[float]:
    return [round(_WEST + spot[0] * _KILOMETRE_EAST, 6), round(_NORTH - spot[1] * _KILOMETRE_NORTH, 6)]


def _feature(kind: str, coordinates: Sequence[Any], said: JSON) -> JSON:
    return {"type": "Feature", "geometry": {"type": kind, "coordinates": list(coordinates)}, "properties": said}
