"""Who may see what, from the decisions alone, now and at any instant before."""

from datetime import datetime

import pytest

from schemas.classes import Form, Purpose
from schemas.decisions import Answer, Decision
from services.governance.matrix import cell
from tests.governance.conftest import LEAD, Desk


def test_the_matrix_of_the_night_is_the_one_the_agreements_expect(night: Desk) -> None:
    items = {row["item"]: row for row in night.get("/v1/matrix")["items"]}

    told = {name: {partner: value["form"] for partner, value in row["cells"].items()} for name, row in items.items()}
    assert told == night.night.scenario["expect"]


@pytest.mark.parametrize("purpose", ["child_protection", "missing", "context"])
def test_the_matrix_for_a_purpose_is_the_one_expected_for_it(night: Desk, purpose: str) -> None:
    items = night.get("/v1/matrix", purpose=purpose)["items"]

    told = {row["item"]: {partner: value["form"] for partner, value in row["cells"].items()} for row in items}
    assert told == night.night.scenario["expect_for"][purpose]


def test_items_come_in_order_of_occurrence_and_page_by_page(night: Desk) -> None:
    first = night.get("/v1/matrix", limit=20)
    rest = night.get("/v1/matrix", limit=20, after=first["next"])

    told = [row["occurred"] for row in first["items"] + rest["items"]]
    assert len(first["items"]) == 20
    assert len(rest["items"]) == 4
    assert rest["next"] is None
    assert told == sorted(told)


def test_who_could_see_an_item_on_a_day_is_answered_by_the_rules_of_that_day_for_ever(night: Desk) -> None:
    item = night.night.item("F03")
    before = night.night.answer(item)
    stopped = {partner: cells for partner, cells in before.cells.items() if partner != "health"}
    amended = datetime.fromisoformat("2026-04-24T08:30:00Z")

    night.night.decide(item, Answer(otherwise=before.otherwise, cells=stopped), amended, "r2")
    night.settle()

    assert _form(night, "F03", "health", "2026-04-18T09:00:00Z") == "full"
    assert _form(night, "F03", "health", None) == "none"
    assert _form(night, "F03", "police", None) == "full"


def test_an_item_that_was_not_known_yet_is_not_in_the_matrix_of_that_instant(night: Desk) -> None:
    at = night.get("/v1/matrix", at="2026-04-17T12:00:00Z")

    assert [row["item"] for row in at["items"]] == ["F01", "F02", "F03", "F04", "F05", "F06"]


def test_a_partner_that_the_answer_does_not_name_has_what_everybody_has() -> None:
    answer = Answer(otherwise=Decision(form=Form.NONE, reasons=("withdrawn",)), cells={})

    assert cell(answer, "police", "health").form is Form.NONE
    assert cell(answer, "police", "health").reasons == ("withdrawn",)
    assert cell(answer, "police", "police").form is Form.OWN


def test_over_all_purposes_the_most_generous_counts_with_every_agreement_that_gives_it() -> None:
    granted = ("agreement_grants",)
    cells = {
        Purpose.CHILD_PROTECTION: Decision(form=Form.FULL, reasons=granted, agreements=("A2",)),
        Purpose.MISSING: Decision(form=Form.FULL, reasons=granted, agreements=("A1",)),
        Purpose.CONTEXT: Decision(form=Form.GENERALISED, reasons=granted, agreements=("A3",)),
    }
    answer = Answer(otherwise=Decision(form=Form.NONE, reasons=("no_agreement_in_force",)), cells={"health": cells})

    found = cell(answer, "police", "health")

    assert (found.form, found.agreements) == (Form.FULL, ("A1", "A2"))
    assert cell(answer, "police", "health", Purpose.CONTEXT).agreements == ("A3",)
    assert cell(answer, "police", "health", Purpose.ADULT_PROTECTION).form is Form.NONE


@pytest.mark.parametrize(
    ("query", "status", "code"),
    [
        ({"at": "yesterday"}, 422, "not_an_instant"),
        ({"purpose": "curiosity"}, 422, "purpose_unknown"),
        ({"after": "F99"}, 400, "cursor_unknown"),
    ],
)
def test_what_cannot_be_understood_is_told_without_repeating_it(
    night: Desk, query: dict[str, str], status: int, code: str
) -> None:
    response = night.client.get("/v1/matrix", params=query, headers=LEAD)

    assert response.status_code == status
    assert response.json()["type"] == f"urn:cairn:problem:{code}"
    assert next(iter(query.values())) not in response.text


@pytest.mark.parametrize(
    "path", ["/v1/matrix", "/v1/who-saw", "/v1/who-saw.csv", "/v1/disclosures", "/v1/recalls", "/v1/currency"]
)
def test_only_a_governance_lead_may_ask(night: Desk, path: str) -> None:
    assert night.client.get(path).status_code == 401
    for caller in ("police/practitioner", "police/system", "governance/somebody"):
        assert night.client.get(path, headers={"Authorization": f"Demo {caller}"}).status_code == 403


def _form(desk: Desk, item: str, partner: str, at: str | None) -> str:
    rows = desk.get("/v1/matrix", **({"at": at} if at else {}))["items"]
    return str(next(row for row in rows if row["item"] == item)["cells"][partner]["form"])
