"""How the accounts are looked up: a page of them must not cost what everything costs that the hub ever held."""

import pytest

from services.governance.projections.disclosed import recalls
from tests.governance.conftest import Desk
from tests.support.query_plans import plans


@pytest.mark.parametrize("path", ["/v1/matrix", "/"])
def test_a_page_of_who_may_see_what_is_read_in_order_and_no_further(night: Desk, path: str) -> None:
    with plans() as told:
        night.page(path)

    assert "SCAN governance_items USING INDEX governance_items_in_order" in told
    assert not [step for step in told if step.startswith("SCAN governance_labellings")]


@pytest.mark.parametrize("narrowed", [{}, {"partner": "health"}])
def test_a_page_of_disclosures_is_read_in_the_order_of_the_feeds(night: Desk, narrowed: dict[str, str]) -> None:
    first = night.get("/v1/disclosures", limit=1, **narrowed)
    with plans() as told:
        night.get("/v1/disclosures", limit=1, after=first["next"], **narrowed)

    assert any("governance_disclosed USING INDEX governance_disclosed_in_order" in step for step in told)
    assert "USE TEMP B-TREE FOR ORDER BY" not in told


def test_recalls_are_looked_for_among_recalls_alone(night: Desk) -> None:
    with plans() as told, night.service.store.reading() as session:
        recalls(session, unacknowledged=False)

    assert [step for step in told if " governance_disclosed " in step] == [
        "SEARCH governance_disclosed USING INDEX governance_disclosed_recall (recall>?)"
    ]
