"""Reports that are not sent yet: only their writer's, sealed, not for ever, and not too many."""

import re
from datetime import timedelta

from sqlalchemy import text

from tests.journeys.night import HOUSE_B
from tests.support.practised import Practised, practised
from tests.support.report_writing import CHI, SINCE, Writing, begin, missing, panel_of, worker


def test_what_was_typed_is_kept_even_where_it_was_wrong_and_somebody_comes_back_later(house_b: Practised) -> None:
    writing = begin(house_b, "missing")
    writing.answer("since", SINCE | {"missing.since-day": "99"}, go="later")

    start = house_b.get(writing.who, "/report")
    page = writing.open("since").text

    assert f"/report/{writing.draft}" in start.text
    assert 'value="99"' in page


def test_a_draft_is_only_its_writer_s(house_b: Practised) -> None:
    writing = missing(house_b)

    for other in ("social-work/colleague", "police/officer"):
        for path in ("check", "since", "sent"):
            assert house_b.get(other, f"/report/{writing.draft}/{path}").status_code == 404
        assert house_b.send(other, f"/report/{writing.draft}/send", {"go": "on"}).status_code == 404
        assert writing.draft not in house_b.get(other, "/report").text
        house_b.send(other, f"/report/{writing.draft}/delete", {"go": "on"})
    assert writing.open("check").status_code == 200


def test_a_draft_lies_sealed_in_the_store_and_is_gone_once_it_was_sent(house_b: Practised) -> None:
    writing = missing(house_b, "The kiosk by the canal bridge.")
    store = panel_of(house_b).store

    def stored() -> str:
        with store.reading() as session:
            return str(session.execute(text("SELECT * FROM panel_drafts")).all())

    assert "canal bridge" not in stored()
    assert writing.draft in stored()
    writing.send()
    assert "canal bridge" not in stored()
    page = writing.open("sent").text
    assert "canal bridge" not in page
    assert writing.open("since").status_code == 409


def test_a_deleted_draft_is_gone_for_ever(house_b: Practised) -> None:
    writing = missing(house_b)

    answer = house_b.send(writing.who, f"/report/{writing.draft}/delete", {"go": "on"})

    assert answer.status_code == 303
    assert writing.open("check").status_code == 404
    with panel_of(house_b).store.reading() as session:
        assert (
            session.execute(text("SELECT count(*) FROM panel_drafts WHERE draft = :d"), {"d": writing.draft}).scalar()
            == 0
        )


def test_a_draft_that_was_not_sent_within_seven_days_is_gone() -> None:
    with practised(HOUSE_B) as going_on:
        writing = missing(going_on)
        going_on.move(HOUSE_B.now + timedelta(days=6, hours=23))
        assert writing.open("check").status_code == 200

        going_on.move(HOUSE_B.now + timedelta(days=7, minutes=1))

        assert writing.open("check").status_code == 404
        begin(going_on, "missing", "police/officer")
        with panel_of(going_on).store.reading() as session:
            assert session.execute(text("SELECT draft FROM panel_drafts")).scalars().all() != [writing.draft]
            assert session.execute(text("SELECT count(*) FROM panel_drafts")).scalar() == 1


def test_nobody_can_begin_more_than_can_be_kept_and_what_was_sent_does_not_count(house_b: Practised) -> None:
    who = worker()
    for _ in range(20):
        begin(house_b, "missing", who)

    refused = house_b.send(who, "/report", {"kind": "missing"})
    kept = re.findall(r"/report/(d-[0-9a-f]{32})", house_b.get(who, "/report").text)
    Writing(house_b, kept[0], who).answer("person-1", CHI)
    Writing(house_b, kept[0], who).answer("since", SINCE)

    assert refused.status_code == 409
    assert Writing(house_b, kept[0], who).send().status_code == 303
    assert house_b.send(who, "/report", {"kind": "missing"}).status_code == 303
