"""Corrections: a report withdrawn, amended or regraded by its own source, in whatever order things arrive."""

from typing import Any

import pytest

from schemas.classes import HandlingCode
from schemas.sealed import CorrectionKind, SealedReport
from services.kernel import topics
from tests.intake.desk import Desk, correction, of_type, school_concern

WITHDRAWN = "cairn.report.withdrawn.v1"
AMENDED = "cairn.report.amended.v1"


def _amendment(event_id: str, report: str, **data: Any) -> dict[str, Any]:
    people = {"k1": {"identifiers": ["swis|4711"]}}
    return correction(AMENDED, event_id, report=report, **({"people": people} | data))


def _standing(desk: Desk) -> dict[tuple[str, str], int]:
    """(context, report) -> how many young people stand behind it now."""
    found: dict[tuple[str, str], int] = {}
    for one in desk.contributions():
        if one.withdrawn:
            found.pop((one.context, one.report), None)
        else:
            found[one.context, one.report] = len(one.young_people)
    return found


def _observed(event_id: str, context: str, *present: str) -> dict[str, Any]:
    """A report about one context and those who were there."""
    people = {f"k{n}": {"identifiers": [f"swis|{name}"]} for n, name in enumerate(present)}
    return of_type(
        "cairn.context.observed.v1",
        event_id,
        "education",
        people=people,
        present=list(people),
        contexts={"place": {"name": context}},
        about_contexts=["place"],
        context={"about": ["place"], "description": "Lights are out."},
        peer_links=None,
    )


def test_a_withdrawal_follows_its_report_under_the_same_key_and_takes_its_contexts_back(desk: Desk) -> None:
    original = desk.post(school_concern("E1")).json()
    withdrawal = desk.post(correction(WITHDRAWN, "W1", report="E1")).json()

    report, said = desk.reports()
    assert withdrawal["status"] == "accepted"
    assert withdrawal["items"] == []
    assert (said.corrects and (said.corrects.kind, said.corrects.report)) == (CorrectionKind.WITHDRAWN, report.report)
    assert original["report"] == report.report
    assert said.items == ()
    assert said.sequence == 2
    assert len({entry.key for entry in desk.said(topics.REPORTS)}) == 1
    assert _standing(desk) == {}


def test_a_correction_that_comes_first_is_parked_and_said_right_after_its_original(desk: Desk) -> None:
    parked = desk.post(correction(WITHDRAWN, "W1", report="E1")).json()
    assert parked["status"] == "parked"
    assert desk.reports() == []

    original = desk.post(school_concern("E1")).json()

    reports = desk.reports()
    assert [report.report for report in reports] == [original["report"], parked["report"]]
    assert [report.sequence for report in reports] == [2, 1]
    assert parked["position"].startswith("education.1.")
    assert desk.get(f"/v1/receipts/{parked['receipt']}").json() == parked | {"status": "accepted"}
    assert desk.post(correction(WITHDRAWN, "W1", report="E1")).json() == parked


def test_within_one_batch_too_a_correction_is_said_after_its_original(desk: Desk) -> None:
    answers = desk.batch(
        [correction(WITHDRAWN, "W1", report="A1"), _amendment("A1", "E1", school=_school()), school_concern("E1")]
    ).json()

    assert [answer["status"] for answer in answers] == ["parked", "parked", "accepted"]
    assert [report.report for report in desk.reports()] == [answers[n]["report"] for n in (2, 1, 0)]
    assert _standing(desk) == {}


def _school(**fields: Any) -> dict[str, Any]:
    return {"about": ["k1"], "concern": "It was another pupil who was late."} | fields


def test_an_amendment_brings_new_items_and_names_the_first_report_of_its_line(desk: Desk) -> None:
    original = desk.post(school_concern("E1")).json()
    first = desk.post(_amendment("A1", "E1", school=_school())).json()
    second = desk.post(_amendment("A2", "A1", school=_school(concern="It was nobody."))).json()

    reports = desk.reports()
    assert [report.corrects.report for report in reports[1:] if report.corrects] == [original["report"]] * 2
    assert len({entry.key for entry in desk.said(topics.REPORTS)}) == 1
    items = {item["item"] for receipt in (original, first, second) for item in receipt["items"]}
    assert len(items) == 4 + 1 + 1


def test_an_amendment_changes_what_stands_behind_a_context_but_not_how_many_reports(desk: Desk) -> None:
    desk.post(_observed("E1", "bus-station", "1", "2"))
    amended = _observed("E1", "bus-station", "1", "2", "3")["data"]

    desk.post(correction(AMENDED, "A1", report="E1", **amended))

    (standing,) = _standing(desk).items()
    assert standing[1] == 3
    assert standing[0][1] == desk.reports()[0].report


def test_an_amendment_that_names_another_context_takes_the_first_back(desk: Desk) -> None:
    desk.post(_observed("E1", "bus-station", "1", "2"))
    before = set(_standing(desk))

    desk.post(correction(AMENDED, "A1", report="E1", **_observed("E1", "kiosk", "1", "2")["data"]))

    after = set(_standing(desk))
    assert len(after) == 1
    assert not after & before

    desk.post(correction(AMENDED, "A2", report="E1", **_observed("E1", "bus-station", "1", "2")["data"]))

    assert set(_standing(desk)) == before
    assert sorted(one.revision for one in desk.contributions()) == [0, 1, 1, 2, 2]


def test_an_amendment_without_contexts_keeps_those_of_its_report(desk: Desk) -> None:
    desk.post(_observed("E1", "bus-station", "1", "2"))
    before = _standing(desk)

    desk.post(_amendment("A1", "E1", peer_links={"about": ["k1"], "description": "They travel together."}))

    original, amendment = desk.reports()
    assert amendment.contexts == original.contexts
    assert set(_standing(desk)) == set(before)


def test_withdrawing_an_amended_report_takes_everything_back(desk: Desk) -> None:
    desk.post(_observed("E1", "bus-station", "1"))
    desk.post(correction(AMENDED, "A1", report="E1", **_observed("E1", "kiosk", "2")["data"]))

    desk.post(correction(WITHDRAWN, "W1", report="E1"))

    assert _standing(desk) == {}


def test_an_amendment_of_a_withdrawn_report_is_not_said_but_kept_in_quarantine(desk: Desk) -> None:
    desk.post(school_concern("E1"))
    desk.post(correction(WITHDRAWN, "W1", report="E1"))

    late = desk.post(_amendment("A1", "E1", school=_school())).json()

    assert late["status"] == "quarantined"
    assert late["reasons"] == [{"pointer": "/data/report", "code": "report_withdrawn"}]
    assert len(desk.reports()) == 2


def test_a_withdrawal_cannot_itself_be_corrected(desk: Desk) -> None:
    desk.post(school_concern("E1"))
    desk.post(correction(WITHDRAWN, "W1", report="E1"))

    undoing = desk.post(correction(WITHDRAWN, "W2", report="W1")).json()

    assert undoing["reasons"] == [{"pointer": "/data/report", "code": "corrects_a_correction"}]


def test_an_amendment_that_breaks_the_type_it_amends_is_refused(desk: Desk) -> None:
    desk.post(of_type("cairn.missing-episode.reported.v1", "E1", "education"))

    response = desk.post(_amendment("A1", "E1", missing={"about": ["k1"], "status": "found_safe"}))

    assert response.status_code == 422
    pointers = {error["pointer"] for error in response.json()["errors"]}
    assert pointers == {"/data/missing/status", "/data/missing/since"}
    assert len(desk.reports()) == 1


def test_intelligence_is_regraded_without_new_items(desk: Desk) -> None:
    published = of_type("cairn.intelligence.published.v1", "I1", "police")
    desk.post(published, by="police/system")
    change = {"report": "I1", "section": "intelligence_sanitised", "handling": {"code": "C", "action": "A1"}}

    desk.post(correction("cairn.intelligence.regraded.v1", "G1", by="police", **change), by="police/system")

    said = desk.reports()[1]
    assert said.items == ()
    assert said.corrects is not None
    assert said.corrects.kind is CorrectionKind.REGRADED
    assert said.corrects.section == "intelligence_sanitised"
    assert said.corrects.handling is not None
    assert said.corrects.handling.code is HandlingCode.CONDITIONS


def test_intelligence_is_withdrawn_as_reports_are(desk: Desk) -> None:
    desk.post(of_type("cairn.intelligence.published.v1", "I1", "police"), by="police/system")

    desk.post(correction("cairn.intelligence.withdrawn.v1", "G1", by="police", report="I1"), by="police/system")

    kinds = [report.corrects.kind for report in desk.reports() if report.corrects]
    assert kinds == [CorrectionKind.WITHDRAWN]


def test_nobody_corrects_the_report_of_another_source(desk: Desk) -> None:
    desk.post(school_concern("E1"))

    receipt = desk.post(correction(WITHDRAWN, "W1", by="police", report="E1"), by="police/system").json()

    assert receipt["status"] == "parked"
    assert len(desk.reports()) == 1


@pytest.mark.parametrize("order", [(0, 1, 2), (0, 2, 1), (1, 0, 2), (1, 2, 0), (2, 0, 1), (2, 1, 0)])
def test_in_whatever_order_a_report_and_its_corrections_arrive_it_ends_withdrawn(
    desk: Desk, order: tuple[int, ...]
) -> None:
    events = [
        _observed("E1", "bus-station", "1", "2"),
        correction(AMENDED, "A1", report="E1", **_observed("E1", "bus-station", "1", "2", "3")["data"]),
        correction(WITHDRAWN, "W1", report="E1"),
    ]
    for n in order:
        desk.post(events[n])

    assert _standing(desk) == {}
    assert _live_items(desk.reports()) == set()


def _live_items(reports: list[SealedReport]) -> set[str]:
    """A fold as any follower would make it: what stands in the end."""
    live: dict[str, str] = {}
    for report in reports:
        if report.corrects and report.corrects.kind is CorrectionKind.WITHDRAWN:
            live = {item: root for item, root in live.items() if root != report.corrects.report}
        root = report.corrects.report if report.corrects else report.report
        live |= {item.item: root for item in report.items}
    return set(live)
