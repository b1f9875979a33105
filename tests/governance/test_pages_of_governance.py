"""What a governance lead reads on the pages, in plain words and without a browser."""

import re
from datetime import datetime

import pytest

from schemas.classes import Form, Purpose
from schemas.disclosures import Change
from schemas.rules import AgreementSuspended
from services.kernel import topics
from tests.governance.conftest import LEAD, Desk
from tests.support.night import NAMES, told


def test_the_matrix_shows_every_report_with_who_reported_it_and_when(night: Desk) -> None:
    page = _words(night.page("/"))

    assert "Missing episode reported Children's house, Thu 16 Apr 2026, 21:55" in page
    assert "24 items from 15 reports" in page
    for name in NAMES.values():
        assert name in page


def test_the_items_of_a_report_come_in_one_order_whatever_order_they_were_decided_in(night: Desk) -> None:
    page = _words(night.page("/"))
    first = page[page.index("Missing episode reported") : page.index("Missing episode: risk assessed")]

    names = re.findall(r"for Police: (Identity|Address|Missing episode)", first)

    assert names == ["Identity", "Address", "Missing episode"]


@pytest.mark.parametrize(
    ("item", "partner", "sentence"),
    [
        ("F03", "childrens-house", "Children's house reported this itself, and keeps its own copy."),
        ("F03", "education", "lets Education read this in general terms."),
        ("F17", "youth-work", "lets Youth work read this under a pseudonym."),
        (
            "F01",
            "police",
            "An agreement that Children's house and Police have both signed lets Police read this in full.",
        ),
        ("F12", "social-work", "It lets Social work know that something is held, and whom to ask."),
        ("F08", "police", "No agreement can grant this: own words told in private always stays with the agency"),
        ("F02", "education", "No agreement in force grants this to Education with Children's house among its parties."),
    ],
)
def test_a_cell_says_in_plain_words_why_it_is_as_it_is(night: Desk, item: str, partner: str, sentence: str) -> None:
    assert sentence in _words(night.page(f"/items/{item}/{partner}"))


def test_a_cell_names_the_agreement_its_version_and_its_dates(night: Desk) -> None:
    page = _words(night.page("/items/F07/police"))

    assert "Missing episodes and return discussions" in page
    assert "A2. Version 1, for missing children. Runs from Mon 5 Jan 2026 until Tue 5 Jan 2027." in page


def test_a_cell_as_decided_earlier_stays_as_it_was(night: Desk) -> None:
    item = night.night.item("F03")
    answer = night.night.answer(item)
    night.night.decide(
        item,
        answer.model_copy(update={"cells": {}}),
        datetime.fromisoformat("2026-04-23T09:00:00Z"),
        "r2",
    )
    night.settle()

    assert "Health may read this in full" in night.page("/items/F03/health", at="2026-04-18T09:00")
    assert "Health is told nothing of this" in night.page("/items/F03/health")


def test_every_cell_of_the_matrix_leads_to_a_page(night: Desk) -> None:
    paths = set(re.findall(r'href="(/items/[^"]+)"', night.page("/")))

    assert len(paths) == 192
    for path in sorted(paths)[::17]:
        assert night.client.get(path, headers=LEAD).status_code == 200


def test_links_survive_being_mounted_below_another_address(night: Desk) -> None:
    night.client.app.root_path = "/governance"  # type: ignore[attr-defined]
    below = night.page("/")

    links = re.findall(r'(?:href|src|action)="([^"]+)"', below)
    assert links
    assert [link for link in links if not link.startswith(("/governance/", "#"))] == []


def test_accesses_are_shown_once_each_with_the_version_relied_on(night: Desk) -> None:
    night.night.read("health/officer-2", night.night.now, Purpose.CHILD_PROTECTION, ["F01", "F03"])
    night.settle()

    page = _words(night.page("/who-saw", partner="health"))

    assert page.count("officer 2") == 1
    assert "Identity from Missing episode reported, Children's house In full A1, version 1" in page


def test_oversight_is_shown_on_request(night: Desk) -> None:
    night.page("/")
    night.settle()

    assert "Looked at who may see what" not in _words(night.page("/who-saw"))
    assert "Looked at who may see what" in _words(night.page("/who-saw", oversight="yes"))


def test_a_date_that_is_none_is_told_beside_its_field(night: Desk) -> None:
    response = night.client.get("/who-saw", params={"from": "soon"}, headers=LEAD)

    assert response.status_code == 422
    assert 'href="#from"' in response.text
    assert 'aria-describedby="from-error"' in response.text
    assert "<title>Error: Who saw what" in response.text


def test_an_agreement_shows_how_it_stands_and_what_it_grants(night: Desk) -> None:
    at = datetime.fromisoformat("2026-04-23T09:00:00Z")
    data = AgreementSuspended(agreement="A2", at=at)
    night.log.append([told(topics.RULES, "rules", "suspended", "cairn.agreement.suspended.v1", at, data)])
    night.settle()

    listed, one = _words(night.page("/agreements")), _words(night.page("/agreements/A1"))

    assert "Suspended Since Thu 23 Apr 2026, 10:00" in listed
    assert "Education In general terms Missing episode, Decision" in one


def test_a_recall_shows_for_how_long_it_has_been_left(night: Desk) -> None:
    change = Change(purpose=Purpose.CHILD_PROTECTION, form=Form.NONE, reasons=("withdrawn",), recall="k-1")
    night.night.disclose("health", night.night.item("F03"), [change])
    night.settle()

    assert "Not yet acknowledged for 7 days" in _words(night.page("/recalls", overdue="true"))


def test_a_title_with_markup_is_shown_as_it_was_written(night: Desk) -> None:
    hostile = night.night.agreements["A1"].model_copy(update={"title": "<script>alert(1)</script>"})
    night.night.in_force(hostile, 2, datetime.fromisoformat("2026-04-20T00:00:00Z"))
    night.settle()

    for path in ("/agreements", "/agreements/A1", "/who-saw"):
        page = night.page(path)
        assert "<script>alert" not in page
        assert "&lt;script&gt;alert(1)" in page


@pytest.mark.parametrize("path", ["/", "/items/F03/health", "/who-saw", "/agreements", "/agreements/A1", "/recalls"])
def test_whoever_has_not_said_who_they_are_is_asked(night: Desk, path: str) -> None:
    response = night.client.get(path)

    assert (response.status_code, response.headers["location"]) == (303, "/sign-in")


def test_a_practitioner_is_told_that_the_page_is_not_for_that_role(night: Desk) -> None:
    response = night.client.get("/", headers={"Authorization": "Demo police/practitioner"})

    assert response.status_code == 403
    assert "not for your role" in response.text
    assert "Missing episode" not in response.text


@pytest.mark.parametrize(
    "path", ["/items/F99/health", "/items/F03/nobody", "/agreements/A9", "/?purpose=curiosity", "/?after=F99"]
)
def test_an_address_that_leads_nowhere_says_so(night: Desk, path: str) -> None:
    response = night.client.get(path, headers=LEAD)

    assert response.status_code == 404
    assert "There is no such page" in response.text


def test_choosing_the_governance_lead_opens_the_matrix(night: Desk) -> None:
    response = night.client.post("/sign-in", content="who=governance%2Flead")

    assert (response.status_code, response.headers["location"]) == (303, "/")
    assert night.client.get("/", cookies={"cairn_demo": "governance/lead"}).status_code == 200


@pytest.mark.parametrize("chosen", ["", "who=", "who=police/system", "who=" + "x" * 5000, "\xff"])
def test_somebody_who_is_not_on_the_list_cannot_be_chosen(night: Desk, chosen: str) -> None:
    response = night.client.post("/sign-in", content=chosen.encode("latin-1"))

    assert response.status_code == 422
    assert "set-cookie" not in response.headers
    assert "There is a problem" in response.text


def _words(page: str) -> str:
    """The page as it reads, without its markup."""
    text = re.sub(r"<[^>]+>", " ", page).replace("&#39;", "'").replace("&amp;", "&")
    return re.sub(r"\s+([,.;:])", r"\1", re.sub(r"\s+", " ", text))
