"""What a practitioner's agency knows of a night: what its feed gave it, in the form given, and nothing else."""

import re
from datetime import datetime, timedelta
from typing import Any

import pytest
from fastapi.testclient import TestClient

from schemas.access import AccessRecorded
from schemas.classes import Form, Purpose
from schemas.disclosures import Change, RecallAcknowledged
from schemas.envelope import Event
from services.kernel import topics
from services.kernel.log import BEFORE_FIRST, LogUnavailable, Record
from tests.panel.conftest import Practice
from tests.support.reading import words

NIGHT = (
    "police",
    "social-work",
    "health",
    "education",
    "childrens-house",
    "return-service",
    "youth-work",
    "bus-operator",
)


@pytest.mark.parametrize("purpose", ["child_protection", "missing", "context"])
@pytest.mark.parametrize("agency", NIGHT)
def test_an_agency_is_shown_as_many_records_in_each_form_as_its_agreements_give(
    practice: Practice, agency: str, purpose: str
) -> None:
    expected = [cells[agency] for cells in practice.night.scenario["expect_for"][purpose].values()]

    _, page = practice.open(agency, purpose)

    for form in ("own", "full", "pseudonymised", "generalised", "existence"):
        shown = len(re.findall(rf'<span class="ds_tag cairn_form cairn_form--{form}">', page))
        assert shown == expected.count(form), (agency, purpose, form)


def test_what_is_shown_in_full_has_its_fields_in_words_and_its_free_text_as_written(practice: Practice) -> None:
    page = practice.page("police", "missing")

    assert "Thu 16 Apr 2026 21:55 Identity In full Missing episode reported, Children's house" in page
    assert "Given name Rowan" in page
    assert "Circumstances Left the house after a phone call and did not come back by the agreed time." in page
    assert "Since Thu 16 Apr 2026, 19:40" in page
    assert "Under Missing episodes and return discussions (A2)" in page


def test_what_is_shown_under_a_pseudonym_has_no_free_text_no_time_and_no_name_of_the_agency_s_own(
    practice: Practice,
) -> None:
    _, page = practice.open("youth-work", "context")
    record = words(page[page.index("<main") : page.index("Tue 21 Apr 2026")])

    assert "Links with peers Under a pseudonym Education Kind Seen together" in record
    assert "Pseudonyms p-" in record
    assert "Seen waiting together" not in record
    assert "School concern" not in record
    assert re.search(r"\d\d:\d\d", record) is None
    assert re.search(r"\by-[a-z2-7]", record) is None


def test_what_is_shown_in_general_terms_is_one_sentence_without_a_date(practice: Practice) -> None:
    page = practice.page("education", "child_protection")
    undated = page[page.index("Without a date") :]

    assert "Missing episode In general terms Police Was missing; now safe." in undated
    assert "Welfare contact Duty lead, Social work" in undated
    assert "Decision In general terms Social work Supports in place, speak to the named person." in undated
    assert re.search(r"\d{4}", undated.partition("Every page")[0]) is None


def test_a_place_in_general_terms_says_where_and_what_would_help(practice: Practice) -> None:
    page = practice.page("bus-operator", "context")

    assert "Where Bus station Spot stance 3 Time of day 15:30–17:30 Days Weekdays What would help Lighting" in page


def test_where_only_existence_may_be_known_the_page_says_whom_to_ask(practice: Practice) -> None:
    page = practice.page("social-work", "child_protection")

    assert "Police holds something here. To know more, ask: Duty lead, Police." in page


def test_a_young_person_s_own_words_are_shown_as_a_quotation(practice: Practice) -> None:
    _, page = practice.open("police", "child_protection")

    assert '<q class="cairn_quote">I got in the car because I was told I had to.</q>' in page


def test_words_told_in_private_stay_with_those_who_heard_them(practice: Practice) -> None:
    private = "Please do not tell anybody that I was crying."

    assert private in practice.page("return-service", "missing")
    for agency in set(NIGHT) - {"return-service"}:
        for purpose in Purpose:
            assert private not in practice.page(agency, purpose)


def test_a_recalled_record_is_shown_no_more(practice: Practice) -> None:
    before = practice.page("health", "child_protection")
    recall = Change(purpose=Purpose.CHILD_PROTECTION, form=Form.NONE, reasons=("no_agreement_in_force",), recall="k-1")
    for item in ("F03", "F04", "F05"):
        practice.night.disclose("health", practice.night.item(item), [recall], practice.clock.now())
    practice.settle()

    after = practice.page("health", "child_protection")

    assert "Missing episode In full" in before
    assert "Missing episode In full" not in after


def test_an_agency_that_leaves_a_recall_for_longer_than_a_day_is_shown_nothing_further(practice: Practice) -> None:
    recall = Change(purpose=Purpose.CHILD_PROTECTION, form=Form.NONE, reasons=("no_agreement_in_force",), recall="k-1")
    practice.night.disclose("health", practice.night.item("F03"), [recall], practice.clock.now())
    practice.settle()
    assert practice.open("health", "child_protection")[0] == 200

    practice.clock.move(practice.clock.now() + timedelta(days=1, minutes=1))

    status, page = practice.open("health", "child_protection")
    assert (status, "Recalls are overdue" in page) == (409, True)
    assert practice.open("police", "child_protection")[0] == 200
    done = RecallAcknowledged(partner="health", recall="k-1", by="health/system", acknowledged=practice.clock.now())
    event = Event[RecallAcknowledged](
        id="health:k-1",
        source="urn:cairn:hub:sharing",
        type="cairn.recall.acknowledged.v1",
        time=practice.clock.now(),
        data=done,
    )
    practice.log.append([Record(topics.RECALLS, "health", event.id, event.model_dump_json().encode())])
    practice.settle()
    assert practice.open("health", "child_protection")[0] == 200


def test_a_newer_disclosure_takes_the_place_of_an_older_one(practice: Practice) -> None:
    item = practice.night.item("F03")
    less = Change(
        purpose=Purpose.CHILD_PROTECTION, form=Form.GENERALISED, reasons=("agreement_grants",), agreements=("A1",),
        rendering=practice.night.rendering(item, "health", Form.GENERALISED), recall="k-1",
    )  # fmt: skip
    practice.night.disclose("health", item, [less], practice.clock.now())
    practice.settle()

    page = practice.page("health", "child_protection")

    assert page.count("In general terms") == 1
    assert "Missing episode reported, Children's house Status" not in page


def test_every_opening_is_on_the_log_with_what_it_released_before_it_is_shown(practice: Practice) -> None:
    practice.page("bus-operator", "context")

    (entry,) = practice.log.read(topics.ACCESS, 0, BEFORE_FIRST)
    access = Event[AccessRecorded].model_validate_json(entry.value).data
    assert (access.practitioner, access.operation, access.purpose) == (
        "bus-operator/practitioner", "panel.chronology", Purpose.CONTEXT,
    )  # fmt: skip
    assert sorted((seen.item, seen.form, seen.agreements) for seen in access.seen) == [
        ("F21", Form.GENERALISED, ("A3",)),
        ("F22", Form.GENERALISED, ("A3",)),
    ]


def test_nothing_is_shown_where_the_access_cannot_be_recorded(
    practice: Practice, monkeypatch: pytest.MonkeyPatch
) -> None:
    def down(records: list[Record]) -> Any:
        raise LogUnavailable

    monkeypatch.setattr(practice.log, "append", down)

    status, page = practice.open("police", "missing")

    assert status == 503
    assert "Every reading is recorded before anything is shown" in page
    assert "Rowan" not in page


def test_nothing_is_shown_while_the_feed_does_not_say_all_that_the_rules_say(practice: Practice) -> None:
    practice.night.in_force(practice.night.agreements["A1"], 2, practice.clock.now())

    status, page = practice.open("police", "missing")
    practice.night.make_current("police")
    practice.settle()

    assert status == 503
    assert "it shows nothing" in page
    assert "Rowan" not in page
    assert practice.open("police", "missing")[0] == 200
    assert practice.open("health", "missing")[0] == 503


def test_nothing_is_shown_once_the_feed_s_span_of_time_is_over(practice: Practice) -> None:
    practice.clock.move(datetime.fromisoformat("2026-12-30T23:59:59Z"))
    assert practice.open("police", "missing")[0] == 200

    practice.clock.move(practice.clock.now() + timedelta(seconds=1))

    assert practice.open("police", "missing")[0] == 503


def test_nothing_is_shown_of_a_feed_from_which_something_is_missing(practice: Practice) -> None:
    practice.night.counted["police:0"] += 1
    practice.night.make_current("police")
    practice.settle()

    assert practice.open("police", "missing")[0] == 503
    assert practice.open("health", "missing")[0] == 200


def test_nothing_is_shown_of_a_feed_of_which_something_cannot_be_read(practice: Practice) -> None:
    practice.log.append([Record(topics.disclosures("police"), "police", "odd", b"not json", 0)])
    practice.settle()

    assert practice.open("police", "missing")[0] == 503
    assert practice.open("health", "missing")[0] == 200


def test_a_feed_that_was_said_twice_counts_once(practice: Practice) -> None:
    before = practice.page("education", "child_protection")
    topic = topics.disclosures("education")
    for entry in practice.log.read(topic, 0, BEFORE_FIRST, 1000):
        practice.log.append([Record(topic, entry.key, entry.id, entry.value, 0)])
    practice.settle()

    assert practice.page("education", "child_protection") == before


def test_without_a_purpose_the_page_asks_for_one_and_reads_nothing(practice: Practice) -> None:
    status, page = practice.open("police", "")

    assert status == 200
    assert "What do you need this for?" in page
    assert practice.log.read(topics.ACCESS, 0, BEFORE_FIRST) == []


def test_a_purpose_nobody_knows_is_refused(practice: Practice) -> None:
    status, page = practice.open("police", "curiosity")

    assert status == 422
    assert "curiosity" not in page


def test_what_was_erased_is_said_to_be_and_the_rest_is_shown(practice: Practice) -> None:
    practice.night.keys.shred("K2")

    page = practice.page("education", "child_protection")

    assert "Some of this was erased." in page
    assert "Plays in the school band." not in page
    assert "Looks out for younger pupils." in page


@pytest.mark.parametrize("caller", ["governance/lead", "police/system", "police/signatory"])
def test_only_a_practitioner_opens_the_chronology(practice: Practice, caller: str) -> None:
    response = practice.client.get("/?purpose=missing", headers={"Authorization": f"Demo {caller}"})

    assert response.status_code == 403


def test_a_practitioner_of_no_agency_of_the_hub_is_told_so(practice: Practice) -> None:
    status, page = practice.open("curious-neighbour", "missing")

    assert status == 403
    assert "not part of this hub" in page


def test_whoever_has_not_said_who_they_are_is_asked(practice: Practice) -> None:
    response = practice.client.get("/?purpose=missing")

    assert (response.status_code, response.headers["location"]) == (303, "/sign-in")


def test_every_agency_of_the_hub_can_be_chosen(practice: Practice) -> None:
    page = words(practice.client.get("/sign-in").text)

    assert all(name in page for name in ("Police", "Social work", "Children's house", "Bus operator"))


def test_two_agencies_know_the_same_young_person_by_different_names(practice: Practice) -> None:
    pages = (practice.page(agency, "child_protection") for agency in ("police", "social-work"))
    police, social_work = ({*re.findall(r"Young person (y-[a-z2-7]{7})", page)} for page in pages)

    assert police
    assert social_work
    assert not police & social_work


def test_a_young_person_goes_by_the_name_that_the_records_say(practice: Practice) -> None:
    page = practice.page("police", "missing")

    assert "About Ro Testerson" in page
    assert not re.search(r"About y-[a-z2-7]{7}", page)


def test_free_text_with_markup_is_shown_as_it_was_written(practice: Practice) -> None:
    item = practice.night.item("F03")
    rendering = practice.night.rendering(item, "health", Form.GENERALISED)
    hostile = practice.night.seal({"status": "<img src=x onerror=alert(1)>"}, item, f"rendered:{rendering.reference}")
    change = Change(
        purpose=Purpose.MISSING, form=Form.GENERALISED, reasons=("agreement_grants",), agreements=("A2",),
        rendering=rendering.model_copy(update={"shared": hostile}),
    )  # fmt: skip
    practice.night.disclose("health", item, [change])
    practice.settle()

    _, page = practice.open("health", "missing")

    assert "<img src=x" not in page
    assert "&lt;img src=x onerror=alert(1)&gt;" in page


def test_what_was_sealed_for_another_record_is_not_shown(practice: Practice) -> None:
    item = practice.night.item("F03")
    rendering = practice.night.rendering(item, "health", Form.GENERALISED)
    moved = practice.night.seal({"status": "moved"}, item, "rendered:n-of-another-record")
    change = Change(
        purpose=Purpose.MISSING, form=Form.GENERALISED, reasons=("agreement_grants",), agreements=("A2",),
        rendering=rendering.model_copy(update={"shared": moved}),
    )  # fmt: skip
    practice.night.disclose("health", item, [change])
    practice.settle()

    status, page = practice.open("health", "missing")

    assert status == 503
    assert "moved" not in page.lower()


def test_the_links_of_a_mounted_service_stay_below_it(practice: Practice) -> None:
    practice.service.app.root_path = "/panel"
    client = TestClient(practice.service.app, client=("127.0.0.1", 5))

    page = client.get("/?purpose=missing", headers={"Authorization": "Demo police/practitioner"}).text

    links = re.findall(r'(?:href|src|action)="([^"]+)"', page)
    assert [link for link in links if not link.startswith(("/panel/", "#"))] == []
