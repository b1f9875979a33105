"""What a record says is found by its type, wherever in the record that stands."""

from typing import Any

import orjson
import pytest

from schemas.envelope import Event
from schemas.rules import PartnerJoined
from services.kernel.log import Entry
from services.kernel.projecting import said_in

JOINED = {
    "specversion": "1.0", "id": "e-1", "source": "urn:cairn:hub:sharing", "type": "cairn.partner.joined.v1",
    "time": "2026-04-16T21:40:00Z", "data": {"partner": "health", "name": "Health"},
}  # fmt: skip
EVENTS: dict[str, type[Event[Any]]] = {JOINED["type"]: Event[PartnerJoined]}  # type: ignore[dict-item]


def said(record: dict[str, Any]) -> Any:
    return said_in(Entry("hub.rules", 0, 1, "k", "e-1", orjson.dumps(record)), EVENTS)


@pytest.mark.parametrize("first", ["specversion", "type", "data"])
def test_what_a_record_says_is_read_in_whatever_order_it_was_written(first: str) -> None:
    assert said({first: JOINED[first]} | JOINED) == PartnerJoined(partner="health", name="Health")


def test_a_record_is_of_its_own_type_and_of_no_other_that_stands_in_it() -> None:
    later, named = JOINED | {"type": "cairn.later.thing.v9"}, {"type": JOINED["type"]}

    assert said({"data": None} | later | {"data": named}) is None
    assert said(later | {"id": f'","source":"x","type":"{JOINED["type"]}"'}) is None


def test_a_record_that_is_torn_cannot_be_read() -> None:
    torn = orjson.dumps(JOINED)[:-1]

    with pytest.raises(ValueError, match="JSON"):
        said_in(Entry("hub.rules", 0, 1, "k", "e-1", torn), EVENTS)
