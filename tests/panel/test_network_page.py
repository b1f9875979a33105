"""The pages of the network and of places and times, on a whole hub on which the night of House B was played."""

import csv
import io
import json
import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from schemas.access import AccessRecorded
from schemas.envelope import Event
from services.kernel import topics
from services.kernel.log import BEFORE_FIRST
from tests.journeys.night import HOUSE_B, with_reports
from tests.support.practised import Practised, practised
from tests.support.reading import words

SOCIAL_WORK = "social-work/duty"
SCRIPT = "<script>alert('x')</script>"


@pytest.fixture(scope="module")
def night() -> Iterator[Practised]:
    """House B, played."""
    with practised(HOUSE_B) as hub:
        yield hub


def _json(night: Practised, who: str, path: str, **query: str) -> Any:
    answer = night.get(who, path, **query)
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_every_link_of_the_list_has_its_source_grade_day_and_end(night: Practised) -> None:
    page = words(night.get(SOCIAL_WORK, "/network", purpose="child_protection").text)

    assert "17 links from your agency's records." in page
    assert (
        "Ro Testerson and whom they are linked with Young person Concern about this adult Coat Adult Police "
        "Reliable source, known indirectly, corroborated (1B) Wed 22 Apr 2026 Tue 21 Jul 2026"
    ) in page


def test_the_drawing_is_made_of_the_links_of_the_list_and_says_no_more(night: Practised) -> None:
    page = night.get(SOCIAL_WORK, "/network", purpose="child_protection").text
    rows = _json(night, SOCIAL_WORK, "/network.json", purpose="child_protection")["rows"]

    (said,) = re.findall(r'<script type="application/json" id="network-links">(.*?)</script>', page, re.S)
    graph = json.loads(said)

    names = {row["who"] for row in rows} | {row["with"] for row in rows}
    assert {node["label"] for node in graph["nodes"]} == names
    assert len(graph["links"]) == len({frozenset((row["who"], row["with"])) for row in rows})
    assert re.search(r"\b[sacri]-[a-z2-7]{26}\b", page) is None


def test_an_agency_that_may_not_know_of_a_link_is_shown_none(night: Practised) -> None:
    for who in ("bus-operator/depot", "health/nurse"):
        page = words(night.get(who, "/network", purpose="missing").text)
        assert "give no link that holds" in page, who


def test_under_a_pseudonym_the_young_people_are_linked_and_lead_nowhere(night: Practised) -> None:
    answer = night.get("youth-work/worker", "/network", purpose="context")

    assert "Pseudonym Seen together" in words(answer.text)
    assert "about=p-" not in answer.text


def test_around_one_young_person_only_their_own_links_and_those_between_these_are_shown(night: Practised) -> None:
    everybody = _json(night, SOCIAL_WORK, "/network.json", purpose="child_protection")["rows"]
    known = next(row["with_reference"] for row in everybody if row["with"] == "Ro Testerson")

    page = words(night.get(SOCIAL_WORK, "/network", purpose="child_protection", about=known).text)
    rows = _json(night, SOCIAL_WORK, "/network.json", purpose="child_protection", about=known)["rows"]

    assert "Who is linked with Ro Testerson" in page
    near = {known} | {
        end for row in rows for end in (row["who_reference"], row["with_reference"])
        if known in (row["who_reference"], row["with_reference"])
    }  # fmt: skip
    things = {row["with"] for row in rows if row["with_reference"] is None}
    assert things == {"07700 900118", "Calder High School (invented)"}
    assert all({row["who_reference"], row["with_reference"]} <= near | {None} for row in rows)


def test_a_reference_that_nobody_has_and_one_of_another_agency_are_answered_alike(night: Practised) -> None:
    rows = _json(night, "education/teacher", "/network.json", purpose="child_protection")["rows"]
    of_another = next(row["who_reference"] for row in rows)
    nobody = "y-" + "a" * 26

    first, second = (
        night.get(SOCIAL_WORK, "/network", purpose="child_protection", about=about).text.replace(about, "…")
        for about in (of_another, nobody)
    )

    assert first == second


def test_links_run_out_and_are_then_listed_apart_and_not_drawn() -> None:
    with practised(HOUSE_B) as night:
        night.move(HOUSE_B.now + timedelta(days=100))

        page = night.get(SOCIAL_WORK, "/network", purpose="child_protection", days="all").text
        rows = _json(night, SOCIAL_WORK, "/network.json", purpose="child_protection", days="all")["rows"]

    assert "17 links that have run out" in words(page)
    assert "network-links" not in page
    assert {row["holds"] for row in rows} == {False}


def test_the_list_can_be_narrowed_and_ordered_by_its_address(night: Practised) -> None:
    people = _json(night, SOCIAL_WORK, "/network.json", purpose="child_protection", show="people")["rows"]
    ordered = _json(night, SOCIAL_WORK, "/network.json", purpose="child_protection", order="-observed")["rows"]

    assert {row["who_kind"] for row in people} | {row["with_kind"] for row in people} == {"young_person", "adult"}
    days = [row["observed"] for row in ordered]
    assert days == sorted(days, reverse=True)
    assert len(set(days)) > 1


def test_the_twins_of_the_network_tell_what_the_page_does(night: Practised) -> None:
    told = _json(night, SOCIAL_WORK, "/network.json", purpose="child_protection")
    answer = night.get(SOCIAL_WORK, "/network.csv", purpose="child_protection")
    rows = list(csv.DictReader(io.StringIO(answer.text)))

    assert answer.headers["content-type"].startswith("text/csv")
    assert [row["who"] for row in rows] == [row["who"] for row in told["rows"]]
    assert len(rows) == 17


def test_every_look_at_the_network_and_at_places_leaves_its_trace(night: Practised) -> None:
    before = len(night.hub.log.read(topics.ACCESS, 0, BEFORE_FIRST, 5000))
    night.get("police/officer", "/network", purpose="missing")
    night.get("police/officer", "/places.csv", purpose="context")

    entries = night.hub.log.read(topics.ACCESS, 0, BEFORE_FIRST, 5000)[before:]
    accesses = [Event[AccessRecorded].model_validate_json(entry.value).data for entry in entries]
    assert [(one.operation, one.purpose) for one in accesses] == [
        ("panel.network", "missing"), ("panel.places", "context"),
    ]  # fmt: skip
    assert all(one.seen for one in accesses)


def test_what_somebody_wrote_is_inert_in_the_list_and_in_the_drawing() -> None:
    hostile = {
        "specversion": "1.0", "id": "E-x", "source": "urn:cairn:partner:social-work", "time": "2026-04-23T10:00:00Z",
        "type": "cairn.adult-of-concern.identified.v1", "datacontenttype": "application/json",
        "data": {
            "people": {
                "k1": {"kind": "young_person", "identifiers": ["swis|1"]},
                "z1": {"kind": "adult", "identifiers": ["niche|1"]},
            },
            "adult_of_concern": {
                "about": ["z1", "k1"],
                "each": {"z1": {"nickname": f"</script>{SCRIPT}", "vehicle": "<img src=x onerror=alert(1)>"}},
            },
        },
    }  # fmt: skip
    with practised(HOUSE_B) as night:
        night.post("social-work", hostile)
        night.settle()
        page = night.get(SOCIAL_WORK, "/network", purpose="child_protection").text

    assert "alert(" in page
    assert "<script>alert" not in page
    assert "<img src=x" not in page


def test_the_calendar_says_every_number_in_words_and_small_ones_only_as_small(night: Practised) -> None:
    page = night.get(SOCIAL_WORK, "/places", purpose="child_protection").text

    cells = re.findall(r'<td class="cairn_heat__hour cairn_heat__hour--(\d)">.*?visually-hidden">(.*?)</span>', page)
    assert len(cells) == 7 * 24
    assert set(cells) == {("0", "none"), ("1", "fewer than 5")}
    assert "style=" not in page


def test_the_times_as_data_say_the_same_and_no_small_number(night: Practised) -> None:
    rows = _json(night, SOCIAL_WORK, "/places/times.json", purpose="child_protection")["rows"]

    assert len(rows) == 7 * 24
    assert {row["count"] for row in rows} == {"0", "fewer than 5"}
    (found,) = [row for row in rows if row["weekday"] == "Thursday" and row["hour"] == "21:00"]
    assert found["count"] == "fewer than 5"


def test_places_are_listed_with_suppressed_counts_and_their_bands_of_time(night: Practised) -> None:
    (place,) = _json(night, "bus-operator/depot", "/places.json", purpose="context")["rows"]

    assert place["place"] == "Bus station, stance 3"
    assert (place["reports"], place["when"]) == ("fewer than 5", "15:30-17:30 weekdays")
    assert (place["reference"], place["last_report"]) == (None, None)


def test_an_agency_that_is_given_no_time_has_an_empty_calendar_that_says_why_to_everybody(night: Practised) -> None:
    for who in ("bus-operator/depot", SOCIAL_WORK):
        page = words(night.get(who, "/places", purpose="context").text)
        assert "A record that your agency is given without a time is not in it." in page
    assert "give no such time" in words(night.get("bus-operator/depot", "/places", purpose="context").text)


def test_a_day_that_cannot_be_read_is_said_with_the_field_and_narrows_nothing(night: Practised) -> None:
    answer = night.get(SOCIAL_WORK, "/places", purpose="context", **{"from": "soon<b>"})

    assert answer.status_code == 422
    assert '<a href="#from">Give the first day as a date' in answer.text
    assert "<title>Error: " in answer.text
    assert "soon<b>" not in answer.text


def test_what_counts_is_chosen_by_the_address(night: Practised) -> None:
    def hours(what: str) -> list[tuple[str, str]]:
        rows = _json(night, SOCIAL_WORK, "/places/times.json", purpose="child_protection", what=what)["rows"]
        return [(row["weekday"], row["hour"]) for row in rows if row["count"] != "0"]

    assert hours("went_missing") == [("Thursday", "19:00")]
    assert hours("found") == [("Friday", "03:00")]
    assert hours("at_a_place") == [("Monday", "15:00"), ("Wednesday", "16:00")]


@pytest.mark.parametrize("path", ["/network", "/places", "/network.json", "/places.csv", "/places/times.json"])
def test_only_practitioners_of_the_hub_s_agencies_are_answered(night: Practised, path: str) -> None:
    for who, status in (("governance/lead", 403), ("police/system", 403), ("curious-neighbour/worker", 403)):
        assert night.get(who, path, purpose="missing").status_code == status, who
    assert night.get(SOCIAL_WORK, path, purpose="curiosity").status_code == 422


_SECRET = (
    {"id": "E-s1", "by": "bus-operator", "type": "school.concern", "at": "2026-04-22T10:00:00Z",
     "items": [{"id": "F-s1", "class": "school", "about": ["K1"]},
               {"id": "F-s2", "class": "peer_links", "about": ["K1", "K2", "K3"]},
               {"id": "F-s3", "class": "context", "about": ["context:bus-station"]}]},
    {"id": "E-s2", "by": "bus-operator", "type": "missing-episode.reported", "at": "2026-04-22T11:00:00Z",
     "items": [{"id": "F-s4", "class": "identity", "about": ["K2"]},
               {"id": "F-s5", "class": "missing", "about": ["K2"]}]},
)  # fmt: skip


def test_two_worlds_that_differ_in_what_an_agency_may_not_know_give_it_the_same_bytes(night: Practised) -> None:
    addresses = [
        (path, query | {"purpose": purpose})
        for purpose in ("child_protection", "missing")
        for path, query in (
            ("/network", {}),
            ("/network", {"days": "all", "order": "-observed", "show": "people"}),
            ("/network.json", {"days": "all"}),
            ("/network.csv", {}),
            ("/places", {}),
            ("/places", {"what": "went_missing", "from": "2026-04-20"}),
            ("/places.csv", {"from": "all"}),
            ("/places/times.json", {"what": "at_a_place", "from": "all"}),
        )
    ]

    def bytes_of(hub: Practised, who: str) -> list[tuple[int, dict[str, str], bytes]]:
        known = _json(hub, who, "/network.json", purpose="child_protection", days="all")["rows"]
        ego = [("/network", {"purpose": "child_protection", "about": row["who_reference"]}) for row in known[:2]]
        answers = [hub.get(who, path, **query) for path, query in [*addresses, *ego]]
        return [(one.status_code, dict(one.headers), one.content) for one in answers]

    watchers = ("social-work/duty", "education/teacher", "childrens-house/keyworker", "police/officer")
    before = {who: bytes_of(night, who) for who in watchers}
    with practised(with_reports(HOUSE_B, *_SECRET)) as other:
        after = {who: bytes_of(other, who) for who in watchers}
        told = other.get("bus-operator/depot", "/network.json", purpose="child_protection").json()["rows"]

    assert told, "the secret is one: its own agency sees it"
    for who in watchers:
        assert after[who] == before[who], who
