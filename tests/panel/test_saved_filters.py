"""Filters that a practitioner saves: codes alone, for nobody else, and not too many."""

import pytest

from tests.support.practice_night import Room


def test_a_saved_filter_is_kept_for_its_practitioner_alone_and_can_be_forgotten(going_on: Room) -> None:
    given = {"list": "/young-people", "query": "now=missing&days=7", "purpose": "child_protection"}

    kept = going_on.open("/saved-filters", method="POST", data={**given, "do": "keep"})

    assert (kept.status_code, kept.headers["location"]) == (
        303, "/panel/young-people?purpose=child_protection&now=missing&days=7",
    )  # fmt: skip
    assert "Saved by you Missing now, the last 7 days" in going_on.page("/young-people")
    assert "Saved by you" not in going_on.page("/young-people", "social-work/team-lead")
    going_on.open("/saved-filters", method="POST", data={**given, "do": "forget"})
    assert "Saved by you" not in going_on.page("/young-people")


@pytest.mark.parametrize(
    ("path", "query"),
    [
        ("/young-people", "now=Isla Invented"),
        ("/young-people", "about=y-1"),
        ("/young-people", ""),
        ("/network", "about=y-1"),
        ("https://elsewhere.example", "now=missing"),
    ],
)
def test_nothing_but_codes_can_be_saved_as_a_filter(going_on: Room, path: str, query: str) -> None:
    answer = going_on.open("/saved-filters", method="POST", data={"list": path, "query": query, "do": "keep"})

    assert answer.status_code == 422
    assert "Isla" not in answer.text


def test_a_filter_is_saved_only_from_a_page_of_the_hub(going_on: Room) -> None:
    sent = {"list": "/young-people", "query": "now=missing", "do": "keep"}

    refused = going_on.open("/saved-filters", method="POST", data=sent, headers={"sec-fetch-site": "cross-site"})

    assert refused.status_code == 403
    assert "Saved by you" not in going_on.page("/young-people")


def test_nobody_keeps_more_filters_than_there_is_room_for(going_on: Room) -> None:
    who = "social-work/collector"
    answers = [
        going_on.open(
            "/saved-filters", who, "POST", data={"list": "/young-people", "query": f"from=agency-{n}", "do": "keep"}
        ).status_code
        for n in range(21)
    ]

    assert answers == [303] * 20 + [409]
