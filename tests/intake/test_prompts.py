"""Language prompts: a word to the writer, which blocks nothing, alters nothing and repeats nothing."""

import pytest

from services.intake.domain.language import FAMILIES
from services.intake.prompts import Reading, prompts_in
from tests.intake.desk import Desk, school_concern

CHILD = Reading(about_child=True, under_13=False)
YOUNG_CHILD = Reading(about_child=True, under_13=True)
ADULT = Reading(about_child=False, under_13=False)


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("K1 is an absconder who puts herself at risk", ["absconding", "puts_self_at_risk"]),
        ("He keeps putting himself at significant risk.", ["puts_self_at_risk"]),
        ("She is promiscuous and sexually aware", ["sexualises", "sexualises"]),
        ("Staff report sexual activity with an older man", ["sexual_activity"]),
        ("makes risky choices; a lifestyle choice", ["free_choice", "free_choice"]),
        ("Streetwise, mature for her age, manipulative: a liar", ["labels_child"] * 4),
        ("She was aggressive when asked to leave", ["aggressive"]),
        ("He absconded again. A known runaway, out of control", ["absconding"] * 3),
        ("Will not engage, hard to reach, refuses help and has disengaged", ["not_engaging"] * 4),
        ("It is banter: boys being boys, just a phase", ["minimises"] * 3),
        ('It is "just" a phase', ["minimises"]),
        ("attracted to the lifestyle and given gifts in return for sex", ["exchange"] * 2),
        ("Her boyfriend is 27; she is in a relationship with him", ["consent_framing"] * 2),
        ("spending time with older men, associating with dealers", ["consent_framing"] * 2),
        ("contacting adults online and sending images to them", ["child_as_actor"] * 2),
        ("involved in CCE as a drug runner and gang member", ["offender_framing"] * 3),
        ("A child prostitute, said to be consenting; historical abuse", ["wrong_in_law"] * 3),
    ],
)
def test_words_that_blame_a_child_are_prompted_about(text: str, codes: list[str]) -> None:
    assert [prompt.code for prompt in prompts_in("/x", text, CHILD)] == codes


@pytest.mark.parametrize(
    "text",
    [
        "Missing from the house since ten o'clock; did not return after football.",
        "Her mother's boyfriend drove her to school.",
        "She spends time with her gran on Sundays.",
        "An adult bought alcohol for him.",
        "There is a risk of further harm at the bus station.",
        "The group is at risk; lighting is out of order.",
        "She engages well with her key worker, and is not easily discouraged.",
    ],
)
def test_plain_description_is_left_alone(text: str) -> None:
    assert prompts_in("/x", text, CHILD) == []


@pytest.mark.parametrize(
    "text",
    [
        "She said “I am such a liar”.",
        'He told staff: "I absconded, so what".',
        "She wrote 'my boyfriend says so' on the form.",
        "K1 says ‘they call me a slave, and it's banter to them’.",
    ],
)
def test_quoted_words_are_left_alone(text: str) -> None:
    assert prompts_in("/x", text, CHILD) == []


def test_what_stands_around_a_quotation_is_still_read() -> None:
    found = prompts_in("/x", "She said “I am tired”, but it's banter and she isn't streetwise", CHILD)

    assert [prompt.code for prompt in found] == ["minimises", "labels_child"]


@pytest.mark.parametrize(
    ("text", "reading", "codes"),
    [
        ("Was aggressive at the door.", CHILD, ["aggressive"]),
        ("Was aggressive at the door.", ADULT, []),
        ("A man was aggressive to the kiosk owner.", CHILD, []),
        ("The aggressive adult left by car.", CHILD, []),
        ("A man came near. She became aggressive.", CHILD, ["aggressive"]),
    ],
)
def test_aggressive_is_prompted_about_only_where_the_child_is_meant(
    text: str, reading: Reading, codes: list[str]
) -> None:
    assert [prompt.code for prompt in prompts_in("/x", text, reading)] == codes


def test_sexually_active_is_prompted_about_only_for_a_child_under_13() -> None:
    assert [one.code for one in prompts_in("/x", "She is sexually active.", YOUNG_CHILD)] == ["sexual_activity"]
    assert prompts_in("/x", "She is sexually active.", CHILD) == []


def test_a_prompt_says_where_without_repeating_what_was_written() -> None:
    text = "K1 is an absconder who puts herself at risk"

    found = prompts_in("/data/missing/circumstances", text, CHILD)

    assert [text[prompt.start : prompt.end] for prompt in found] == ["absconder", "puts herself at risk"]
    for prompt in found:
        assert text[prompt.start : prompt.end] not in prompt.prompt
        assert prompt.pointer == "/data/missing/circumstances"


def test_every_family_says_why_and_what_to_write_instead() -> None:
    for family in FAMILIES:
        assert family.why.endswith(".")
        assert family.instead.endswith(".")
        assert not family.pattern.search(family.why)


def test_the_draft_about_an_absconder_is_taken_as_written_with_two_prompts(desk: Desk) -> None:
    draft = "K1 is an absconder who puts herself at risk"
    event = school_concern(school={"about": ["k1"], "concern": draft})

    response = desk.post(event)

    receipt = response.json()
    assert receipt["status"] == "accepted"
    assert [(prompt["code"], prompt["pointer"]) for prompt in receipt["prompts"]] == [
        ("absconding", "/data/school/concern"),
        ("puts_self_at_risk", "/data/school/concern"),
    ]
    assert "absconder" not in response.text
    assert desk.get(f"/v1/receipts/{receipt['receipt']}").json() == receipt
    assert desk.post(event).content == response.content


def test_a_childs_own_words_are_never_prompted_about(desk: Desk) -> None:
    event = school_concern(school={"about": ["k1"], "concern": "Worried.", "own_words": "I am an absconder."})

    assert desk.post(event).json()["prompts"] == []


def test_what_is_written_of_one_young_person_is_read_too(desk: Desk) -> None:
    event = school_concern(school={"about": ["k1"], "concern": "Worried.", "each": {"k1": {"note": "Streetwise."}}})

    prompts = desk.post(event).json()["prompts"]

    assert [prompt["pointer"] for prompt in prompts] == ["/data/school/each/k1/note"]
