"""Partner records: the fold of one partner's feed."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from schemas.classes import DataClass, Form, Purpose
from schemas.disclosures import Change, FeedCurrent, Rendering
from services.kernel import topics
from services.kernel.store.opening import open_store
from services.sharing.projections.partner_record import FeedBroken, FeedHasGap, PartnerRecords
from services.sharing.projections.record_tables import RECORDS
from tests.sharing.partner_feeds import REVISION, PartnerFeeds, lines_of

MISSING, PROTECTION = Purpose.MISSING, Purpose.CHILD_PROTECTION


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[PartnerFeeds]:
    hub = PartnerFeeds(tmp_path, partitions=3)
    hub.join("health", "education")
    yield hub
    hub.close()


def _history(hub: PartnerFeeds) -> None:
    """A little of everything, over several partitions and purposes."""
    hub.disclose("health", "i-1", hub.shared("i-1"), hub.shared("i-1", purpose=PROTECTION))
    hub.disclose("health", "i-2", hub.shared("i-2", form=Form.PSEUDONYMISED, about={"s-k1": "p-1"}), partition=1)
    hub.disclose("health", "i-3", hub.shared("i-3", form=Form.OWN, marks={"s-k1": ("ab12",)}), by="health", partition=2)
    hub.disclose("education", "i-1", hub.shared("i-1", reference="n-edu"))
    hub.disclose("health", "i-1", hub.removed("k-1"))
    hub.disclose("health", "i-2", hub.shared("i-2", form=Form.FULL), partition=1)
    hub.reflect("health", 1, partition=2)
    hub.client("health").post("/v1/recalls/k-1/ack")
    hub.disclose("health", "i-2", hub.removed("k-2"), partition=1)
    hub.disclose("health", "i-1", hub.shared("i-1", recall=None))
    hub.current()
    hub.settle()


def _feed(hub: PartnerFeeds, partner: str, purpose: Purpose = MISSING) -> list[tuple[str, str]]:
    answer = hub.client(partner).get("/v1/feed", params={"purpose": purpose})
    assert answer.status_code == 200, answer.text
    return [
        (line["kind"], line["record"]["record"] if line["kind"] == "disclosed" else line["record"])
        for line in lines_of(answer.text)
    ]


def test_records_rebuilt_from_the_beginning_are_the_same_bytes(hub: PartnerFeeds) -> None:
    _history(hub)
    before = hub.rows()
    served = hub.client("health").get("/v1/feed", params={"purpose": "missing"})

    hub.store.close()
    hub.start("records-2")
    hub.settle()

    assert len(before[RECORDS.name]) == 6
    assert hub.rows() == before
    again = hub.client("health").get("/v1/feed", params={"purpose": "missing"})
    assert (again.content, again.headers) == (served.content, served.headers)


def test_records_are_the_same_however_the_partitions_were_interleaved(tmp_path: Path, hub: PartnerFeeds) -> None:
    _history(hub)
    before = hub.rows()

    hub.store.close()
    hub.start("records-2")
    slowly = PartnerRecords(hub.store, hub.log, batch=1)
    while slowly.step():
        pass

    assert hub.rows() == before


def test_a_follower_started_again_goes_on_where_it_stopped(hub: PartnerFeeds) -> None:
    hub.disclose("health", "i-1", hub.shared("i-1"))
    hub.store.close()

    hub.start("records-1")
    again = hub.read_side.follower
    assert (again.waiting(), again.step()) == (0, 0)
    hub.disclose("health", "i-2", hub.shared("i-2"))

    assert _feed(hub, "health") == [("disclosed", "n-i-1-full"), ("disclosed", "n-i-2-full")]


def test_a_record_said_twice_is_taken_once(hub: PartnerFeeds) -> None:
    disclosed = hub.disclose("health", "i-1", hub.shared("i-1"))
    before = hub.rows()[RECORDS.name]

    hub.say("health", disclosed, "cairn.item.disclosed.v1")
    hub.settle()

    assert hub.rows()[RECORDS.name] == before
    hub.disclose("health", "i-2", hub.shared("i-2"))
    assert len(_feed(hub, "health")) == 2


def test_a_gap_stops_that_partners_feed_and_no_other(hub: PartnerFeeds) -> None:
    after_gap = hub.item_disclosed("education", "i-9", [hub.shared("i-9")], sequence=7)
    hub.say("education", after_gap, "cairn.item.disclosed.v1", partition=1)
    given = hub.item_disclosed("health", "i-1", [hub.shared("i-1")], sequence=2)
    hub.say("health", given, "cairn.item.disclosed.v1", partition=1)

    with pytest.raises(FeedHasGap, match=r"feed of education stops at partition 1.*expected record 2 and found 7"):
        hub.settle()

    assert _feed(hub, "health") == [("disclosed", "n-i-1-full")]
    refused = hub.client("education").get("/v1/feed", params={"purpose": "missing"})
    assert (refused.status_code, refused.json()["type"]) == (503, "urn:cairn:problem:decisions_not_current")
    hub.settle()  # which does not stumble over it again


def test_a_stopped_feed_is_still_stopped_after_a_restart(hub: PartnerFeeds) -> None:
    after_gap = hub.item_disclosed("health", "i-9", [hub.shared("i-9")], sequence=7)
    hub.say("health", after_gap, "cairn.item.disclosed.v1")
    with pytest.raises(FeedHasGap):
        hub.settle()
    hub.store.close()

    hub.start("records-1")

    assert hub.client("health").get("/v1/records", params={"purpose": "missing"}).status_code == 503
    with pytest.raises(FeedHasGap):
        hub.settle()


def test_what_came_before_a_gap_is_kept(hub: PartnerFeeds) -> None:
    fine = hub.item_disclosed("health", "i-1", [hub.shared("i-1")], sequence=2)
    after_gap = hub.item_disclosed("health", "i-2", [hub.shared("i-2")], sequence=4)
    for said in (fine, after_gap):
        hub.say("health", said, "cairn.item.disclosed.v1")

    with pytest.raises(FeedHasGap):
        hub.settle()

    assert [row[1] for row in hub.rows()[RECORDS.name]] == ["i-1"]


def test_a_record_for_another_partner_stops_the_feed(hub: PartnerFeeds) -> None:
    misplaced = hub.item_disclosed("education", "i-1", [hub.shared("i-1")], sequence=2)
    event_of_education = misplaced.model_copy()
    hub._append(topics.disclosures("health"), "cairn.item.disclosed.v1", "health:0:2", event_of_education, 0)

    with pytest.raises(FeedBroken, match="a record for another partner"):
        hub.settle()

    assert hub.rows()[RECORDS.name] == []


def test_a_recalled_record_keeps_no_content(hub: PartnerFeeds) -> None:
    hub.disclose("health", "i-1", hub.shared("i-1"))

    hub.disclose("health", "i-1", hub.removed("k-1"))

    with hub.store.reading() as session:
        row = session.execute(RECORDS.select()).one()
    assert (row.state, row.rendering, row.recall, row.form) == ("recalled", None, "k-1", "none")
    assert hub.rows()["record_names"] == []


def test_a_recall_for_one_purpose_leaves_the_other(hub: PartnerFeeds) -> None:
    hub.disclose("health", "i-1", hub.shared("i-1"), hub.shared("i-1", purpose=PROTECTION))

    hub.disclose("health", "i-1", hub.removed("k-1"))

    assert _feed(hub, "health") == [("recalled", "n-i-1-full")]
    assert _feed(hub, "health", PROTECTION) == [("disclosed", "n-i-1-full")]


def test_a_lesser_form_recalls_the_greater_and_is_told_first_to_remove_it(hub: PartnerFeeds) -> None:
    hub.disclose("health", "i-1", hub.shared("i-1"))

    lesser = hub.shared("i-1", form=Form.PSEUDONYMISED, about={"s-k1": "p-9"}, recall="k-1")
    hub.disclose("health", "i-1", lesser)

    assert _feed(hub, "health") == [("recalled", "n-i-1-full"), ("disclosed", "n-i-1-pseudonymised")]


def test_a_greater_form_takes_the_place_of_the_lesser_and_a_recall_then_covers_both(hub: PartnerFeeds) -> None:
    hub.disclose("health", "i-1", hub.shared("i-1", form=Form.PSEUDONYMISED, about={"s-k1": "p-9"}))
    hub.disclose("health", "i-1", hub.shared("i-1"))
    assert _feed(hub, "health") == [("disclosed", "n-i-1-full")]

    hub.disclose("health", "i-1", hub.removed("k-1"))

    assert _feed(hub, "health") == [("recalled", "n-i-1-pseudonymised"), ("recalled", "n-i-1-full")]
    listed = hub.client("health").get("/v1/recalls").json()["recalls"]
    assert [(one["recall"], one["records"]) for one in listed] == [("k-1", ["n-i-1-full", "n-i-1-pseudonymised"])]


def test_what_is_disclosed_again_has_one_line_and_it_is_the_newest(hub: PartnerFeeds) -> None:
    hub.disclose("health", "i-1", hub.shared("i-1"))
    hub.disclose("health", "i-2", hub.shared("i-2"))
    hub.disclose("health", "i-1", hub.removed("k-1"))

    hub.disclose("health", "i-1", hub.shared("i-1"))

    assert _feed(hub, "health") == [("disclosed", "n-i-2-full"), ("disclosed", "n-i-1-full")]


def test_another_agreement_makes_a_new_line_but_another_reason_or_revision_does_not(hub: PartnerFeeds) -> None:
    given = hub.shared("i-1", agreements=("A1", "A2"))
    hub.disclose("health", "i-1", given)
    client = hub.client("health")
    first = client.get("/v1/feed", params={"purpose": "missing"}).content

    hub.disclose("health", "i-1", given.model_copy(update={"reasons": ("otherwise",)}), revision="f" * 16)
    assert client.get("/v1/feed", params={"purpose": "missing"}).content == first
    assert hub.accesses()[-1].seen[0].revision == "f" * 16

    hub.disclose("health", "i-1", given.model_copy(update={"agreements": ("A1",)}))
    (line,) = lines_of(client.get("/v1/feed", params={"purpose": "missing"}).text)
    assert line["record"]["agreements"] == ["A1"]
    assert line["cursor"] != lines_of(first.decode())[0]["cursor"]


def test_a_recall_of_what_was_never_given_leaves_nothing_behind(hub: PartnerFeeds) -> None:
    hub.disclose("health", "i-1", hub.removed("k-1"))

    assert _feed(hub, "health") == []
    assert hub.client("health").get("/v1/recalls").json() == {"recalls": []}


def test_the_follower_says_how_much_is_waiting(hub: PartnerFeeds) -> None:
    follower = hub.read_side.follower
    assert follower.waiting() == 0

    marker = FeedCurrent(
        partner="health", sequence=2, rules_position=9, revision=REVISION, valid_from=None, valid_until=None
    )
    hub.say("health", marker, "cairn.feed.current.v1", partition=2)

    assert follower.waiting() == 1
    hub.settle()
    assert follower.waiting() == 0


def test_a_rendering_that_names_nobody_is_found_under_no_name(hub: PartnerFeeds) -> None:
    nobody = Rendering(reference="n-5", form=Form.GENERALISED, about={})
    hub.disclose(
        "health",
        "i-5",
        Change(purpose=MISSING, form=Form.GENERALISED, reasons=("granted",), rendering=nobody),
        data_class=DataClass.CONTEXT,
    )

    assert hub.rows()["record_names"] == []
    assert len(_feed(hub, "health")) == 1


def _everything_served(hub: PartnerFeeds) -> list[tuple[int, bytes]]:
    client = hub.client("health")
    purpose = {"purpose": "missing"}
    first = client.get("/v1/subjects/y-one", params=purpose | {"limit": "1"})
    answers = [
        client.get("/v1/feed", params=purpose),
        client.get("/v1/records", params=purpose | {"class": "missing", "form": "full"}),
        first,
        client.get("/v1/subjects/y-one", params=purpose | {"limit": "1", "after": first.json()["next"]}),
        client.post("/v1/search", json=purpose | {"from": "2026-04-16T00:00:00Z", "to": "2026-04-17T00:00:00Z"}),
        client.get("/v1/recalls", params={"acknowledged": True}),
    ]
    return [(answer.status_code, answer.content) for answer in answers]


@pytest.mark.real
def test_records_in_postgresql_are_those_in_sqlite(hub: PartnerFeeds, postgres_database: str) -> None:
    _history(hub)
    before, served = hub.rows(), _everything_served(hub)
    assert {status for status, _ in served} == {200}

    hub.store.close()
    hub.start_on(open_store(postgres_database, "sharing"))
    hub.settle()

    assert hub.rows() == before
    assert _everything_served(hub) == served
