"""How a partner's records are looked up: the timeline of one young person must not walk along the whole feed."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.sharing.partner_feeds import PartnerFeeds
from tests.support.query_plans import plans

_BY_ITEM = "SEARCH partner_records USING INDEX sqlite_autoindex_partner_records_1 (partner=? AND item=?"


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[PartnerFeeds]:
    hub = PartnerFeeds(tmp_path)
    hub.join("health")
    for number in range(3):
        hub.disclose("health", f"i-{number}", hub.shared(f"i-{number}"))
    yield hub
    hub.close()


@pytest.mark.parametrize(
    "narrowed",
    [{}, {"limit": "1"}, {"class": "missing"}, {"since": "2026-01-01T00:00:00Z", "until": "2027-01-01T00:00:00Z"}],
)
def test_the_records_about_one_young_person_are_looked_up_by_their_items(
    hub: PartnerFeeds, narrowed: dict[str, str]
) -> None:
    with plans() as told:
        answer = hub.client("health").get("/v1/subjects/y-one", params={"purpose": "missing"} | narrowed)

    assert answer.json()["records"]
    assert _looked_up_in("partner_records", told) == {step for step in told if step.startswith(_BY_ITEM)} != set()
    assert "SEARCH record_names USING COVERING INDEX record_names_by_name (partner=? AND name=?)" in told


def test_the_next_page_of_a_timeline_is_looked_up_so_too(hub: PartnerFeeds) -> None:
    asked = {"purpose": "missing", "limit": "1"}
    first = hub.client("health").get("/v1/subjects/y-one", params=asked).json()

    with plans() as told:
        hub.client("health").get("/v1/subjects/y-one", params=asked | {"after": first["next"]})

    assert _looked_up_in("partner_records", told) == {step for step in told if step.startswith(_BY_ITEM)} != set()


def _looked_up_in(table: str, told: list[str]) -> set[str]:
    return {step for step in told if f" {table}" in step}
