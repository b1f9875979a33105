"""Nobody is called missing whom the agency is told to be found: a house reports for each purpose, and hears for one."""

import pytest

from tests.support.practice_night import Room, ago

HOUSE = "childrens-house/key-worker"
MISSING, PROTECTION = "missing", "child_protection"


@pytest.mark.parametrize("purpose", [MISSING, PROTECTION])
def test_who_is_found_for_one_purpose_is_listed_as_missing_for_none(night: Room, purpose: str) -> None:
    # Cal is home since eighty hours, of which the house is told for missing children alone; Isla is away again
    waited_for = [row["who"] for row in night.rows("/queue", HOUSE, purpose) if row["kind"] == "missing"]
    listed = [row["young_person"] for row in night.rows("/young-people", HOUSE, purpose, now="missing")]

    assert waited_for == listed == ["Isla Invented"]


@pytest.mark.parametrize("purpose", [MISSING, PROTECTION])
def test_who_was_found_for_another_purpose_and_went_missing_again_is_missing_since_then(
    night: Room, purpose: str
) -> None:
    (isla,) = (row for row in night.rows("/queue", HOUSE, purpose) if row["kind"] == "missing")

    assert isla["since"] == ago(7.6)


def test_figures_do_not_count_as_missing_who_is_found_for_another_purpose(night: Room) -> None:
    for purpose in (MISSING, PROTECTION):
        assert "1 Missing now" in night.page("/missing", HOUSE, purpose=purpose)


def test_the_page_leads_to_where_it_is_told_how_it_went_on(night: Room) -> None:
    ref = night.reference("Cal Madeup", HOUSE)

    page = night.page(f"/young-people/{ref}", HOUSE)
    there = night.page(f"/young-people/{ref}", HOUSE, purpose=MISSING)

    assert "How this went on is told to your agency for missing children. Read it before you act" in page
    assert "Missing now" not in page
    assert f"{ref}?purpose={MISSING}" in night.open(f"/young-people/{ref}", HOUSE, params={"purpose": PROTECTION}).text
    assert "Last back from being missing" in there
    assert "How this went on" not in there


def test_who_is_missing_whatever_the_purpose_is_called_so(night: Room) -> None:
    page = night.page(f"/young-people/{night.reference('Isla Invented', HOUSE)}", HOUSE)

    assert "Missing now" in page
    assert "How this went on" not in page


def test_programs_are_told_the_same(night: Room) -> None:
    told = night.open("/v1/missing", HOUSE, params={"purpose": PROTECTION}).json()["episodes"]

    went_on = [one["episode"] for one in told if one["episode"]["told_for"] == MISSING]
    away = [one for one in told if one["missing_for"]]
    assert len(went_on) == 5  # three of Isla's, Cal's, and that of House B's night
    assert all(one["found"] is None for one in went_on)
    assert [one["missing_for"] for one in away] == [7.6 * 3600]


def test_nobody_is_told_to_be_missing_together_with_who_is_found_for_another_purpose(night: Room) -> None:
    # Cal was back for days when Isla went missing, and nobody else was away meanwhile
    for purpose in (MISSING, PROTECTION):
        assert night.open("/v1/missing", HOUSE, params={"purpose": purpose}).json()["together"] == []
