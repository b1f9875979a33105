"""Places on a map of the town: where the gazetteer says that they lie, and only what an agency's own records name."""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random
from typing import Any

import pytest

from schemas.classes import Form
from services.console.town.drawing import drawn
from services.console.town.living import PLACES, TOWN
from services.panel.application.gazetteers import gazetteer_at
from services.panel.domain.gazetteer import Gazetteer, GazetteerMalformed, gazetteer
from services.panel.domain.places import Tally, places
from services.panel.web.practice.places_map import TownMap, town_map
from tests.panel.panel_hub import bus_station
from tests.panel.test_network import BUS, told
from tests.support.panel_story import OFFICER, PanelPages, panel_pages
from tests.support.reading import words

PARK = "c-park"
KNOWN = Gazetteer("Sampleton", 640, 400, (), {"c-1": (100.0, 100.0), PARK: (400.0, 300.0)})
STATION = {"location_band": "bus_station", "kind": "place"}


def _line(kind: str, *points: tuple[float, float]) -> dict[str, Any]:
    return {"type": "Feature", "geometry": {"type": "LineString", "coordinates": points}, "properties": {"kind": kind}}


def _spot(at: tuple[float, float], **said: str) -> dict[str, Any]:
    return {"type": "Feature", "geometry": {"type": "Point", "coordinates": at}, "properties": said}


def _town(*features: dict[str, Any]) -> dict[str, Any]:
    return {"type": "FeatureCollection", "title": "Sampleton", "features": list(features)}


SQUARE = _line("street", (-30.0, 55.8), (-29.96, 55.8), (-29.96, 55.82), (-30.0, 55.82))


def _read(*features: dict[str, Any]) -> Gazetteer:
    return gazetteer(_town(*features), lambda how, value: f"{how}:{value}")


def _mapped(*records: Any, counts: dict[str, int], known: Gazetteer = KNOWN) -> TownMap | None:
    tallies = [Tally(name, number, ("police",)) for name, number in counts.items()]
    return town_map(known, places(tallies, records), records)


def test_north_is_up_and_east_is_right_and_everything_is_within() -> None:
    known = _read(SQUARE, _spot((-29.99, 55.815), uprn="1"), _spot((-29.97, 55.805), reference="lit"))

    (west, north), (east, south) = known.spots["uprn:1"], known.spots["reference:lit"]
    assert west < east
    assert north < south
    assert all(0 <= x <= known.width and 0 <= y <= known.height for line in known.lines for x, y in line.points)


def test_what_lies_beyond_the_lines_is_on_no_map() -> None:
    assert list(_read(SQUARE, _spot((-29.98, 55.81), uprn="1"), _spot((2.0, 48.0), uprn="2")).spots) == ["uprn:1"]


def test_water_lies_below_streets_and_these_below_railways() -> None:
    lines = [_line(kind, (-30.0, 55.8), (-29.9, 55.9)) for kind in ("railway", "street", "water")]

    assert [line.kind for line in _read(*lines).lines] == ["water", "street", "railway"]


@pytest.mark.parametrize(
    ("document", "said"),
    [
        ([], "FeatureCollection"),
        ({"type": "Feature"}, "FeatureCollection"),
        (_town(SQUARE, _line("river", (-30.0, 55.8))), "feature 2 cannot be read: its kind is none of"),
        (_town(_spot((-30.0, 91.0), uprn="1")), "feature 1 cannot be read: a position"),
        (_town({"type": "Feature", "properties": {}}), "feature 1 cannot be read"),
        (_town({"geometry": {"type": "Polygon", "coordinates": []}, "properties": {}}), "neither a LineString"),
    ],
)
def test_what_cannot_be_read_is_said_with_the_feature(document: Any, said: str) -> None:
    with pytest.raises(GazetteerMalformed, match=said):
        gazetteer(document, lambda *named: named[1])


def test_a_file_that_is_not_json_is_refused_by_its_name(tmp_path: Path) -> None:
    path = tmp_path / "town.geojson"
    path.write_text("{")

    with pytest.raises(GazetteerMalformed, match=r"town\.geojson is not JSON"):
        gazetteer_at(path, lambda *_: b"")
    assert not gazetteer_at(None, lambda *_: b"")


def test_places_are_numbered_as_the_list_has_them_with_its_numbers() -> None:
    made = _mapped(
        told("context", [BUS], STATION), told("context", [PARK], {"location_band": "park"}), counts={PARK: 4, BUS: 12}
    )

    assert made is not None
    assert [(one.number, one.label, one.reports) for one in made.key] == [
        (1, "Bus station", "12"), (2, "Park", "fewer than 5"),
    ]  # fmt: skip
    assert [(mark.words, mark.shade, mark.x, mark.y) for mark in made.marks] == [
        ("1", 3, 100.0, 100.0), ("2", 1, 400.0, 300.0),
    ]  # fmt: skip


@pytest.mark.parametrize("number", [1, 2, 3, 4])
def test_small_numbers_look_alike(number: int) -> None:
    assert _mapped(told("context", [BUS], STATION), counts={BUS: 5}) is not None
    assert _mapped(told("context", [BUS], STATION), counts={BUS: number}) == _mapped(
        told("context", [BUS], STATION), counts={BUS: 1}
    )


@pytest.mark.parametrize(
    "content",
    [STATION | {"location_band": "private_dwelling"}, STATION | {"kind": "online_space"},
     STATION | {"kind": "peer_group"}],
)  # fmt: skip
def test_a_home_a_group_and_a_space_online_are_never_a_point(content: dict[str, str]) -> None:
    assert _mapped(told("context", [BUS], STATION), counts={BUS: 9}) is not None
    assert _mapped(told("context", [BUS], content), counts={BUS: 9}) is None


def test_what_one_record_says_to_be_a_home_is_none_whatever_others_say() -> None:
    records = [told("context", [BUS], STATION), told("context", [BUS], STATION)]
    home = told("context", [BUS], STATION | {"location_band": "private_dwelling"})

    assert _mapped(*records, counts={BUS: 9}) is not None
    assert _mapped(*records, home, counts={BUS: 9}) is None


@pytest.mark.parametrize("form", [Form.GENERALISED, Form.PSEUDONYMISED, Form.EXISTENCE])
def test_what_is_not_told_in_full_is_on_no_map(form: Form) -> None:
    assert _mapped(told("context", [BUS], STATION, form=Form.OWN), counts={BUS: 9}) is not None
    assert _mapped(told("context", [BUS], STATION, form=form), counts={BUS: 9}) is None


def test_places_that_lie_close_together_share_a_mark() -> None:
    near = Gazetteer("", 640, 400, (), {"c-1": (100.0, 100.0), PARK: (110.0, 104.0)})
    records = [told("context", [BUS], STATION), told("context", [PARK], {"location_band": "park"})]

    made = _mapped(*records, counts={BUS: 12, PARK: 6}, known=near)

    assert made is not None
    assert [(mark.words, mark.shade) for mark in made.marks] == [("1, 2", 3)]


def test_the_made_up_town_is_drawn_the_same_for_the_same_seed_and_every_place_lies_in_it() -> None:
    town = drawn(TOWN, PLACES, Random(1))

    assert town == drawn(TOWN, PLACES, Random(1))
    assert town != drawn(TOWN, PLACES, Random(2))
    known = gazetteer(json.loads(json.dumps(town)), lambda *named: named[1])
    assert set(known.spots) == {place.uprn for place in PLACES if place.uprn}
    assert len(set(known.spots.values())) == len(known.spots)


@contextmanager
def _hub(folder: Path, features: dict[str, Any]) -> Iterator[PanelPages]:
    folder.mkdir()
    given = folder / "town.geojson"
    given.write_text(json.dumps(features))
    with panel_pages(folder, given) as hub:
        yield hub


def _drawing(hub: PanelPages, who: str) -> str:
    answer = hub.raw("GET", "/places", who, params={"purpose": "context", "from": "all"})
    assert answer.status_code == 200, answer.text
    found = re.search(r"<figure.*?</figure>", answer.text, re.DOTALL)
    return found[0] if found else ""


def test_a_place_is_on_the_map_of_those_whose_records_name_it_and_of_nobody_else(tmp_path: Path) -> None:
    town = _town(SQUARE, _spot((-29.98, 55.81), uprn="999900004711"), _spot((-29.97, 55.81), uprn="999900000001"))
    with _hub(tmp_path / "a", town) as hub, panel_pages(tmp_path / "b") as bare:
        for each in (hub, bare):
            for by in ("education", "health", "police", "youth-work", "social-work"):
                each.report(by, "cairn.context.observed.v1", bus_station(time_band="15:30-17:30"))

        theirs = _drawing(hub, OFFICER)

        assert "Map of Sampleton: 1 of these places" in theirs
        assert "Bus station, stance 3 5 reports" in words(theirs)
        assert theirs.count("cairn_map__mark ") == 1
        assert _drawing(hub, "bus-operator/manager") == ""
        assert _drawing(bare, OFFICER) == ""


def test_a_place_that_an_agency_may_not_know_changes_no_byte_of_its_map(tmp_path: Path) -> None:
    town = _town(SQUARE, _spot((-29.98, 55.81), uprn="999900004711"), _spot((-29.97, 55.81), uprn="999900000001"))
    hidden = bus_station() | {"contexts": {"bus": {"uprn": "999900000001"}}}
    with _hub(tmp_path / "a", town) as one, _hub(tmp_path / "b", town) as two:
        for each in (one, two):
            each.report("childrens-house", "cairn.context.observed.v1", bus_station())
            each.report("police", "cairn.context.observed.v1", bus_station())
        two.report("childrens-house", "cairn.context.observed.v1", hidden)

        pages = [
            each.raw("GET", "/places", OFFICER, params={"purpose": "context", "from": "all"}).content
            for each in (one, two)
        ]

        assert pages[0] == pages[1]
        assert _drawing(one, OFFICER)
        assert _drawing(two, "childrens-house/key-worker") != _drawing(one, "childrens-house/key-worker")
