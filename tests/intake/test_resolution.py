"""Resolution: one person, one ref, found by identifiers in common and by nothing else."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.classes import SubjectKind
from schemas.sealed import SealedReport
from services.intake.resolution import mark_of, reviews
from tests.intake.desk import Desk, of_type, school_concern

CHI, SCN, NHS = "chi|5503111230", "scn|161234567", "nhs|9990000018"


def _concern(event_id: str, **people: Any) -> dict[str, Any]:
    """A concern about these people: local name -> identifiers, or the whole declaration."""
    declared = {name: one if isinstance(one, dict) else {"identifiers": one} for name, one in people.items()}
    section = {"about": list(people), "concern": "Worried."}
    return school_concern(
        event_id,
        people=declared,
        contexts=None,
        about_contexts=None,
        school=section,
        peer_links=None,
        voice_safety=None,
        context=None,
    )


def _about(desk: Desk, event_id: str, by: str = "education", **people: Any) -> list[str]:
    """The refs of the people of a report, as they lie on the log."""
    source = {"source": f"urn:cairn:partner:{by}"}
    receipt = desk.post(_concern(event_id, **people) | source, by=f"{by}/system").json()
    report = next(one for one in desk.reports() if one.report == receipt["report"])
    return list(report.items[0].about)


def test_an_identifier_in_common_is_the_same_person_whichever_agency_gives_it(desk: Desk) -> None:
    first = _about(desk, "E1", k1=[CHI, "swis|4711"])
    second = _about(desk, "E2", by="police", anna=["swis|4711", "niche|88"])
    third = _about(desk, "E3", by="health", x=["niche|88"])

    assert first == second == third


def test_no_identifier_in_common_is_another_person_even_with_the_same_birthday(desk: Desk) -> None:
    first = _about(desk, "E1", k1={"identifiers": [CHI], "born": "2011-03-15"})
    second = _about(desk, "E2", k1={"identifiers": ["swis|1"], "born": "2011-03-15"})

    assert first != second


def test_somebody_without_identifiers_is_a_person_of_that_report_alone(desk: Desk) -> None:
    first = _about(desk, "E1", k1=[], k2=[])
    second = _about(desk, "E2", k1=[])

    assert len({*first, *second}) == 3


def test_two_who_were_known_apart_are_never_merged_but_left_to_a_person(desk: Desk) -> None:
    (anna,) = _about(desk, "E1", k1=[CHI])
    (bea,) = _about(desk, "E2", k1=["swis|1"])

    both = _about(desk, "E3", k1=["swis|1", CHI])

    assert both == [bea]
    with desk.store.reading() as session:
        assert [(one.kept, one.other) for one in reviews(session)] == [(bea, anna)]
    assert _about(desk, "E4", k1=[CHI]) == [anna]


def test_two_whom_a_report_tells_apart_keep_their_own_parts_though_the_index_takes_them_for_one(desk: Desk) -> None:
    (known,) = _about(desk, "E1", k1=[CHI, "swis|1"])
    event = _concern("E2", k1=[CHI], k2=["swis|1"])
    event["data"]["school"]["each"] = {"k1": {"note": "One."}, "k2": {"note": "The other."}}

    receipt = desk.post(event).json()

    item = next(one for one in desk.reports() if one.report == receipt["report"]).items[0]
    assert item.about[0] == known
    assert len(set(item.about)) == len(item.parts) == 2
    with desk.store.reading() as session:
        assert [(one.kept, one.other) for one in reviews(session)] == [(known, item.about[1])]


def test_an_adult_is_never_taken_for_a_young_person(desk: Desk) -> None:
    young = _about(desk, "E1", k1=["niche|1"])
    adult = _about(desk, "E2", z1={"kind": "adult", "identifiers": ["niche|1"]})

    assert young[0].startswith("s-")
    assert adult[0].startswith("a-")
    assert young[0][2:] != adult[0][2:]


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ({"name": "bus-station"}, {"name": "bus-station"}, True),
        ({"name": "bus-station"}, {"name": "bus-stop"}, False),
        ({"uprn": "118000001"}, {"uprn": "118000001"}, True),
        ({"uprn": "118000001"}, {"reference": "118000001"}, False),
        ({"reference": "CTX-1"}, {"name": "ctx-1"}, False),
    ],
)
def test_a_context_is_one_by_what_it_is_called(
    desk: Desk, one: dict[str, str], other: dict[str, str], same: bool
) -> None:
    for n, called in enumerate((one, other)):
        desk.post(of_type("cairn.context.observed.v1", f"E{n}", "education", contexts={"bus": called}))

    first, second = (report.contexts for report in desk.reports())
    assert (first == second) is same


def test_a_new_ref_follows_from_the_first_identifier_so_that_hubs_with_equal_keys_agree(tmp_path: Path) -> None:
    one, other = Desk(tmp_path / "one", seed=b"seed"), Desk(tmp_path / "other", seed=b"seed")
    _about(other, "E0", by="police", k1=[NHS])

    assert _about(one, "E1", k1=[CHI, SCN]) == _about(other, "E2", by="health", k1=[CHI])
    one.close()
    other.close()


def test_the_index_holds_keyed_hashes_and_no_identifier(desk: Desk) -> None:
    _about(desk, "E1", k1=[CHI, "swis|Kanarienvogel"])

    kept = desk.bytes_kept()
    assert mark_of(desk.keys, CHI).encode() in kept
    assert b"5503111230" not in kept
    assert b"Kanarienvogel" not in kept


def test_a_receipt_has_the_same_bytes_whether_or_not_the_child_was_known_and_whatever_others_posted(
    tmp_path: Path,
) -> None:
    alone, busy = Desk(tmp_path / "alone", seed=b"seed"), Desk(tmp_path / "busy", seed=b"seed")
    for n in range(5):
        _about(busy, f"P{n}", by="police", x=[CHI, "niche|5"], y=[NHS, "swis|2"])
    busy.post(_concern("P9", x=[CHI]) | {"type": "unknown", "source": "urn:cairn:partner:police"}, by="police/system")

    for event in (_concern("E1", k1=[CHI]), _concern("E2", k1=[CHI, "swis|2"]), _concern("E3", k1=[], k2=["swis|9"])):
        one, other = alone.post(event), busy.post(event)
        assert one.content == other.content
        assert (one.status_code, one.headers) == (other.status_code, other.headers)
        path = f"/v1/receipts/{one.json()['receipt']}"
        assert alone.get(path).content == busy.get(path).content
    assert alone.get("/v1/quarantine").content == busy.get("/v1/quarantine").content
    alone.close()
    busy.close()


IDENTIFIERS = st.lists(st.sampled_from([f"swis|{n}" for n in range(6)]), max_size=3, unique=True)


@settings(max_examples=15, deadline=None)
@given(st.lists(IDENTIFIERS, min_size=1, max_size=6))
def test_a_batch_resolves_people_as_single_posts_do(
    tmp_path_factory: pytest.TempPathFactory, people: list[list[str]]
) -> None:
    events = [_concern(f"E{n}", k1=identifiers) for n, identifiers in enumerate(people)]
    single, batch = (Desk(tmp_path_factory.mktemp("desk")) for _ in range(2))
    for event in events:
        single.post(event)
    batch.batch(events)

    assert _pattern(single.reports()) == _pattern(batch.reports())
    single.close()
    batch.close()


def _pattern(reports: list[SealedReport]) -> list[int]:
    """Which reports are about the same person, in order of arrival, whatever the refs are."""
    refs = [report.items[0].about[0] for report in sorted(reports, key=lambda report: report.sequence)]
    return [refs.index(ref) for ref in refs]


def test_everybody_a_report_makes_use_of_is_named_by_ref_and_kind(desk: Desk) -> None:
    desk.post(school_concern("E1", present=["k3"], peer_links=None))

    kinds = sorted(subject.kind for subject in desk.reports()[0].subjects)

    assert kinds == [SubjectKind.CONTEXT, SubjectKind.YOUNG_PERSON, SubjectKind.YOUNG_PERSON]
