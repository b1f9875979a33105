"""What was given, what was recalled, and who has not said that it removed it."""

from datetime import timedelta

from schemas.classes import Form, Purpose
from schemas.disclosures import Change, RecallAcknowledged
from services.kernel import topics
from tests.governance.conftest import LEAD, Desk
from tests.support.night import told


def _recall(desk: Desk, recall: str, partner: str, item: str) -> None:
    change = Change(purpose=Purpose.CHILD_PROTECTION, form=Form.NONE, reasons=("no_agreement_in_force",), recall=recall)
    desk.night.disclose(partner, desk.night.item(item), [change])
    desk.settle()


def test_what_was_disclosed_of_an_item_is_told_for_each_partner_and_purpose(night: Desk) -> None:
    found = night.get("/v1/disclosures", item="F12")["disclosures"]

    told_forms = [(line["partner"], line["purpose"], line["form"], line["agreements"]) for line in found]
    assert told_forms == [
        ("police", "own", "own", []),
        ("social-work", "child_protection", "existence", ["A4"]),
    ]


def test_disclosures_come_page_by_page_and_none_is_lost_or_repeated(night: Desk) -> None:
    whole = night.get("/v1/disclosures", limit=1000)["disclosures"]

    first = night.get("/v1/disclosures", limit=7)
    rest = night.get("/v1/disclosures", limit=1000, after=first["next"])

    assert first["disclosures"] + rest["disclosures"] == whole
    assert night.client.get("/v1/disclosures", params={"after": "x"}, headers=LEAD).status_code == 400


def test_a_recall_is_overdue_until_the_partner_says_that_it_removed_it(night: Desk) -> None:
    _recall(night, "k-1", "health", "F03")
    _recall(night, "k-2", "education", "F03")
    done = RecallAcknowledged(partner="education", recall="k-2", by="education/system", acknowledged=night.clock.now())
    night.log.append(
        [told(topics.RECALLS, "education", "ack", "cairn.recall.acknowledged.v1", night.clock.now(), done)]
    )
    night.settle()

    overdue = night.get("/v1/recalls", overdue="true")["recalls"]
    every = night.get("/v1/recalls")["recalls"]

    assert [(line["recall"], line["partner"], line["item"]) for line in overdue] == [("k-1", "health", "F03")]
    assert {line["recall"]: line["by"] for line in every} == {"k-1": None, "k-2": "education/system"}


def test_the_age_of_a_recall_grows_with_the_clock_until_it_is_acknowledged(night: Desk) -> None:
    _recall(night, "k-1", "health", "F03")
    before = night.get("/v1/recalls")["recalls"][0]["age_seconds"]

    night.clock.move(night.clock.now() + timedelta(hours=24))

    assert night.get("/v1/recalls")["recalls"][0]["age_seconds"] == before + 86_400


def test_an_acknowledgement_by_another_partner_does_not_settle_a_recall(night: Desk) -> None:
    _recall(night, "k-1", "health", "F03")
    other = RecallAcknowledged(partner="police", recall="k-1", by="police/system", acknowledged=night.clock.now())
    night.log.append([told(topics.RECALLS, "police", "ack", "cairn.recall.acknowledged.v1", night.clock.now(), other)])
    night.settle()

    assert [line["recall"] for line in night.get("/v1/recalls", overdue="true")["recalls"]] == ["k-1"]


def test_currency_tells_whether_anything_on_the_log_was_not_taken_in_yet(desk: Desk) -> None:
    desk.settle()
    assert desk.get("/v1/currency") == {"waiting": 0, "unreadable": 0}

    desk.night.play_rules()
    assert desk.get("/v1/currency") == {"waiting": 2, "unreadable": 0}

    desk.settle()
    assert desk.get("/v1/currency") == {"waiting": 0, "unreadable": 0}
