"""The pack of a context conference names nobody, whatever the reports about the context say (property)."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.reports.codes import Harm
from schemas.reports.context import Ask, ContextKind, Days, LocationBand
from services.panel.domain.conference_pack import TooFewReports, conference_pack

WORLD = (
    "5503111230", "chi|5503111230", "swis|4711", "scn|161234567", "nhs|9990000018", "niche|99", "2011-03-15",
    "Rowan", "Testerson", "Ro", "Isla Examplewood", "Coat", "Baz", "SF19", "SF19 ABC", "dark blue estate car",
    "y-" + "a" * 26, "p-" + "b" * 26, "s-" + "c" * 26, "a-" + "d" * 26, "CALDER YT", "Calder High School",
    "1 Invented Brae", "ZZ1 1AA", "999900001234", "07700 900118", "fifteen", "15-year-old",
)  # fmt: skip
"""What could tell of somebody in the world of the demonstration: identifiers, names, nicknames, part-plates, refs."""

telling = st.sampled_from(WORLD)
anything = st.one_of(st.none(), st.booleans(), st.integers(), st.text(max_size=40), telling)
values = st.one_of(
    anything,
    st.lists(anything, max_size=3),
    st.sampled_from([one.value for kind in (LocationBand, Ask, Days, Harm) for one in kind]),
    st.sampled_from(["stance 3", "platform 12", "15:30-17:30", "22:00-24:00", "stance 3 Coat", "15:30-17:30 Baz"]),
    st.lists(st.sampled_from([one.value for one in Harm]), max_size=4),
    st.dictionaries(telling, telling, max_size=2),
)
names = st.one_of(
    st.sampled_from(["location_band", "spot", "time_band", "days", "ask", "harms", "description", "own_words",
                     "guardians", "online_handle", "young_people_seen", "strengths"]),
    telling,
)  # fmt: skip
reports = st.lists(st.dictionaries(names, values, max_size=10), min_size=3, max_size=9)
_LISTED = {one.value for kind in (LocationBand, Ask, Days, Harm, ContextKind) for one in kind}


@settings(max_examples=300, deadline=None)
@given(reports, st.sampled_from([None, *ContextKind]))
def test_nobody_and_no_small_number_is_in_a_pack_whatever_the_reports_say(
    told: list[dict[str, Any]], kind: ContextKind | None
) -> None:
    pack = conference_pack(kind, told).document()

    written = json.dumps(pack)
    for word in WORLD:
        assert json.dumps(word)[1:-1] not in written
    strings = {one for value in pack.values() if isinstance(value, list) for one in value}
    assert all(one in _LISTED or one[0].isdigit() or one.rpartition(" ")[2].isdigit() for one in strings)
    assert pack["reports"] == ("fewer than five" if len(told) < 5 else "at least 5")


@given(reports)
def test_the_order_of_reports_does_not_tell_in_a_pack(told: list[dict[str, Any]]) -> None:
    assert conference_pack(None, told) == conference_pack(None, told[::-1])


@pytest.mark.parametrize("count", [6, 7, 8, 9, 11, 14])
def test_one_report_more_or_less_changes_no_number_that_is_told(count: int) -> None:
    told = [{"location_band": "shops"}] * count

    assert conference_pack(None, told) == conference_pack(None, told[1:])


def test_a_home_is_not_a_kind_of_place_that_a_pack_tells_of() -> None:
    pack = conference_pack(ContextKind.PLACE, [{"location_band": "private_dwelling", "ask": "nothing_yet"}] * 5)

    assert (pack.location_bands, pack.asks, pack.reports) == ((), (), 5)


@pytest.mark.parametrize("count", [0, 1, 2])
def test_a_pack_needs_three_reports(count: int) -> None:
    with pytest.raises(TooFewReports):
        conference_pack(ContextKind.PLACE, [{"location_band": "shops"}] * count)
