"""Finding a young person by a name or a number: only among those whom the agency's own records name."""

import re
from typing import Any

import pytest

from schemas.classes import Purpose
from services.kernel import topics
from services.kernel.log import BEFORE_FIRST
from services.panel.domain.seeking import sought
from tests.support.practice_night import ISLA, SECRETS, SKYE, Room, event, practice_night
from tests.support.reading import words

WORKER = "social-work/duty-worker"
CP = {"purpose": "child_protection"}


def _find(room: Room, typed: str, who: str = WORKER, purpose: str = "child_protection") -> Any:
    return room.open("/young-people/find", who, "POST", params={"purpose": purpose}, data={"typed": typed})


def _found(room: Room, typed: str, who: str = WORKER, purpose: str = "child_protection") -> list[str]:
    """What those are called who are found."""
    answer = _find(room, typed, who, purpose)
    assert answer.status_code == 200, answer.text
    return re.findall(r'href="/panel/young-people/(?!find)[^"]+">([^<]+)</a></span>', answer.text)


@pytest.mark.parametrize(
    ("typed", "given", "is_found"),
    [
        ("isl", {"given_name": "Isla"}, True),
        ("Isla Inv", {"given_name": "Isla", "family_name": "Invented"}, True),
        ("invented isla", {"given_name": "Isla", "family_name": "Invented"}, True),
        ("seonaid", {"given_name": "Seònaid"}, True),
        ("O'Made", {"family_name": "O'Madeup"}, True),
        ("cal", {"given_name": "Malcolm", "known_as": "Cal"}, True),
        ("sla", {"given_name": "Isla"}, False),
        ("Isla Other", {"given_name": "Isla", "family_name": "Invented"}, False),
        ("they", {"given_name": "Isla", "pronouns": "they/them"}, False),
    ],
)
def test_a_name_is_sought_by_the_beginnings_of_its_words(typed: str, given: dict[str, str], is_found: bool) -> None:
    assert sought(typed).is_name_of(given) is is_found


@pytest.mark.parametrize(
    ("typed", "is_found"),
    [("5503111230", True), ("550 311 1230", True), ("chi 5503111230", True), ("CHI|5503111230", True),
     ("swis 47", True), ("550311", False), ("47", False), ("nhs 5503111230", False)],
)  # fmt: skip
def test_a_number_is_sought_whole_with_or_without_its_kind(typed: str, is_found: bool) -> None:
    assert sought(typed).is_number_in(["chi|5503111230", "swis|47"]) is is_found


def test_somebody_is_found_by_a_name_a_number_or_a_reference(night: Room) -> None:
    reference = night.reference("Isla Invented")

    assert _found(night, "isla") == ["Isla Invented"]
    assert _found(night, "madeup CAL") == ["Cal Madeup"]
    assert "Isla Invented" in _found(night, reference[:8] + "…")
    assert _found(night, "nobody-like-this") == []


def test_somebody_is_found_by_a_number_that_a_record_tells(going_on: Room) -> None:
    numbers = {"numbers": ["niche|88/1234", "swis|9912345"]}
    going_on.post(
        event("I1", "social-work", "missing-episode.reported", 1, ISLA,
              identifiers={"each": {ISLA: numbers}, "explanation": None}),
    )  # fmt: skip

    for typed in ("88/1234", "Niche 88 1234", "9912345"):
        assert _found(going_on, typed) == ["Isla Invented"], typed
    assert _found(going_on, "88/1235") == []


def test_who_reported_somebody_by_a_number_finds_them_by_it_and_nobody_else_does(night: Room) -> None:
    reported, told = "childrens-house/key-worker", "education/teacher"

    for typed in ("swis 91", "swis|91", "SWIS 91"):
        assert _found(night, typed, reported, "missing") == ["Isla Invented"], typed
        assert _found(night, typed, told) == []
    assert _found(night, "91", reported, "missing") == _found(night, "swis 99", reported, "missing") == []
    _find(night, "swis 91", reported, "missing")
    assert len(night.accesses()[-1].seen) == 2  # the report, and the latest that says what they are called


def test_only_what_is_shown_is_traced_and_a_search_that_finds_nobody_too(night: Room) -> None:
    _find(night, "isla")
    one = night.accesses()[-1]
    _find(night, "zzz")
    none = night.accesses()[-1]

    assert (one.operation, one.practitioner, one.purpose) == ("panel.sought", WORKER, Purpose.CHILD_PROTECTION)
    assert len(one.seen) == 1
    assert (none.operation, none.seen) == ("panel.sought", ())


def test_what_was_typed_is_on_the_page_and_nowhere_else(night: Room) -> None:
    typed = "</input><script>alert(1)</script> isla"

    page = _find(night, typed).text

    assert "<script>alert" not in page
    assert "&lt;script&gt;" in page
    log = night.stage.hub.log
    for entry in log.read(topics.ACCESS, 0, BEFORE_FIRST, 100_000):
        assert b"isla" not in entry.value.lower()
    assert night.open("/young-people/find", params={**CP, "typed": "isla"}).text.count("Isla Invented") == 0


@pytest.mark.parametrize("typed", ["", " ", "i", "-", "i 1"])
def test_too_little_is_asked_for_again_and_opens_nothing(night: Room, typed: str) -> None:
    before = night.accesses()

    answer = _find(night, typed)

    assert answer.status_code == 422
    assert "Type at least two letters of a name, or a whole number" in words(answer.text)
    assert night.accesses() == before


def test_what_somebody_was_called_before_finds_them_no_more(going_on: Room) -> None:
    renamed = {"given_name": "Freya", "family_name": "Invented", "known_as": None}
    before = _found(going_on, "skye")
    later = event("N1", "police", "missing-episode.reported", 0.1, SKYE, identity={"each": {SKYE: renamed}})
    going_on.post(later)

    assert len(before) == 1
    assert _found(going_on, "skye") == []
    assert _found(going_on, "freya") == ["Freya Invented"]


def test_a_record_that_still_names_one_of_two_finds_the_other_no_more_by_it(going_on: Room) -> None:
    names = {who: {"given_name": given, "family_name": "Sampleford"} for who, given in (("q5", "Aila"), ("q6", "Bram"))}
    both = event("T1", "police", "missing-episode.reported", 2, "q5", identity={"each": {"q5": names["q5"]}})
    both["data"]["people"]["q6"] = {"kind": "young_person", "identifiers": ["swis|96"], "born": "2011-01-01"}
    both["data"]["identity"] |= {"about": ["q5", "q6"], "each": names}
    renamed = {"each": {"q5": names["q5"] | {"given_name": "Corrie"}}}
    going_on.post(both, event("T2", "police", "missing-episode.reported", 1, "q5", identity=renamed))

    assert _found(going_on, "aila") == []
    assert _found(going_on, "sampleford") == ["Bram Sampleford", "Corrie Sampleford"]


def test_an_agency_that_may_not_know_a_name_finds_nobody_by_it(night: Room) -> None:
    assert _found(night, "isla", "bus-operator/duty-manager", "context") == []
    assert _find(night, "isla", "other-town/worker").status_code == 403


def test_a_form_that_comes_from_elsewhere_finds_nobody(night: Room) -> None:
    answer = night.open(
        "/young-people/find", method="POST", params=CP, data={"typed": "isla"}, headers={"sec-fetch-site": "cross-site"}
    )

    assert answer.status_code == 403
    assert "Isla" not in answer.text


def test_what_an_agency_may_not_know_changes_no_byte_of_what_is_found(night: Room) -> None:
    with practice_night(SECRETS) as other:
        for typed in ("isla", "cal", "madeup", "zzz", "swis 9q9"):
            for who in ("social-work/colleague", "education/colleague", "childrens-house/colleague"):
                one, two = (_find(room, typed, who).content for room in (night, other))
                assert one == two, (typed, who)


def test_somebody_whose_key_is_destroyed_is_not_found(going_on: Room) -> None:
    assert _found(going_on, "cal madeup") == ["Cal Madeup"]
    found = _find(going_on, "cal madeup")
    seen = going_on.accesses()[-1]
    assert found.status_code == 200

    going_on.stage.hub._keys.shred(seen.seen[0].subjects[0])

    assert _found(going_on, "cal madeup") == []
