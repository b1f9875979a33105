"""The figures of who was missing, as numbers and as bars."""

import re

from tests.support.practice_night import Room

CP = {"purpose": "child_protection"}


def test_the_figures_count_what_began_again_and_ended_in_each_week(night: Room) -> None:
    rows = night.rows("/missing", weeks="4")

    assert [(row["week_starts"], row["began"], row["again"], row["ended"]) for row in rows] == [
        ("2026-04-20", 3, 1, 2),
        ("2026-04-13", 2, 1, 2),
        ("2026-04-06", 1, 1, 1),
        ("2026-03-30", 1, 0, 1),
    ]
    page = night.page("/missing")
    assert "Missing three times or more in 30 days" in page
    assert "Isla Invented 4 times" in page


def test_the_bars_of_the_figures_say_what_their_numbers_say(night: Room) -> None:
    page = night.open("/missing", params=CP | {"weeks": "4"}).text

    drawn = re.findall(r'cairn_bar__number">(\d+)<.*?<rect [^>]*width="(\d+)%"', page)
    assert drawn
    assert {(int(number), int(width)) for number, width in drawn} == {
        (number, round(100 * number / 3)) for number in {int(each) for each, _ in drawn}
    }


def test_of_young_people_without_names_a_small_number_is_kept_back(night: Room) -> None:
    page = night.page("/missing", "education/teacher")

    assert (
        "In general terms, without a time, your agency is told of fewer than 5 young people who were missing." in page
    )
    assert "0 Missing now" in page
