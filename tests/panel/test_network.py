"""The network: links that somebody observed, with source, grade, date and end; nobody in it who may not be known."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

from schemas.classes import Form
from schemas.disclosures import Rendering
from services.panel.domain.held import Held, Opened
from services.panel.domain.network import Kind, network

TODAY = date(2026, 5, 1)
K1, K2, K3, BUS, Z1 = "y-k1", "y-k2", "y-k3", "y-bus", "y-z1"
_REFS = {K1: "s-1", K2: "s-2", K3: "s-3", BUS: "c-1", Z1: "a-1"}


def told(
    data_class: str,
    about: list[str],
    content: Mapping[str, Any] | None = None,
    *,
    each: Mapping[str, dict[str, Any]] | None = None,
    form: Form = Form.FULL,
    by: str = "education",
    days_ago: int = 10,
    report: str = "r-1",
    reference: str = "",
    erased: bool = False,
) -> Opened:
    """A record as an agency holds it."""
    at = datetime.combine(TODAY, datetime.min.time(), UTC) - timedelta(days=days_ago)
    rendering = Rendering(
        reference=reference or f"n-{report}-{data_class}", form=form,
        about={_REFS.get(name, name if name.startswith("c-") else f"s-{name}"): name for name in about}, shared=None,
    )  # fmt: skip
    held = Held(
        partner="social-work", item=f"i-{report}", purpose="child_protection", agreements=("A1",), report=report, by=by,
        type="cairn.school.concern.v1", section=data_class, data_class=data_class, subjects=(), occurred=at,
        recorded=at, rendering=rendering, revision="r1",
    )  # fmt: skip
    return Opened(held, dict(content or {}), dict(each or {}), erased)


def test_young_people_of_one_record_of_links_are_linked_each_with_each() -> None:
    found = network([told("peer_links", [K3, K1, K2], {"kind": "seen_together"})], TODAY)

    assert [link.ends for link in found.links] == [(K1, K2), (K1, K3), (K2, K3)]
    assert {link.tie for link in found.links} == {"seen_together"}


def test_a_link_has_its_source_its_grade_the_day_it_was_observed_and_the_day_on_which_it_runs_out() -> None:
    grading = {"scheme": "3x5x2", "source": "2", "assessment": "A"}
    record = told("peer_links", [K1, K2], {"observed_on": "2026-04-20", "grading": grading}, by="youth-work")

    (link,) = network([record], TODAY).links

    assert (link.source, link.grade, link.observed) == ("youth-work", grading, date(2026, 4, 20))
    assert link.holds_until == date(2026, 4, 20) + timedelta(days=90)


def test_a_link_holds_for_as_long_as_its_source_says_where_it_says_so() -> None:
    record = told("peer_links", [K1, K2], {"observed_on": "2026-04-20", "holds_until": "2026-04-30"})

    found = network([record], TODAY)

    assert found.links == []
    assert [link.holds_until for link in found.run_out] == [date(2026, 4, 30)]


def test_a_link_holds_on_its_last_day_and_has_run_out_on_the_next() -> None:
    record = told("peer_links", [K1, K2], {"observed_on": "2026-04-20", "holds_until": "2026-05-01"})

    assert len(network([record], TODAY).links) == 1
    assert len(network([record], TODAY + timedelta(days=1)).run_out) == 1


def test_a_link_observed_again_by_the_same_source_holds_anew() -> None:
    first = told("peer_links", [K1, K2], {"kind": "friends", "observed_on": "2026-01-02"}, report="r-1")
    again = told("peer_links", [K2, K1], {"kind": "friends", "observed_on": "2026-04-02"}, report="r-2")

    found = network([again, first], TODAY)

    assert found.run_out == []
    (link,) = found.links
    assert link.holds_until == date(2026, 7, 1)
    assert link.records == ("n-r-1-peer_links", "n-r-2-peer_links")


def test_what_another_source_observed_does_not_make_a_link_hold_for_longer() -> None:
    old = told("peer_links", [K1, K2], {"kind": "friends", "observed_on": "2026-01-02"}, by="police")
    new = told("peer_links", [K1, K2], {"kind": "friends", "observed_on": "2026-04-02"}, report="r-2")

    found = network([old, new], TODAY)

    assert [link.source for link in found.links] == ["education"]
    assert [link.source for link in found.run_out] == ["police"]


def test_a_pseudonym_is_never_joined_with_a_reference_even_of_the_same_young_person() -> None:
    known = told("identity", [K1], each={K1: {"known_as": "Ro"}})
    linked = told("peer_links", ["p-1", "p-2"], form=Form.PSEUDONYMISED, report="r-2")
    linked.held.rendering.about.clear()
    linked.held.rendering.about.update({"s-1": "p-1", "s-2": "p-2"})

    found = network([known, linked], TODAY)

    assert set(found.nodes) == {"p-1", "p-2"}
    assert all(node.label is None and node.pseudonym for node in found.nodes.values())


def test_what_may_be_known_in_general_terms_or_only_to_exist_links_nobody() -> None:
    records = [told("peer_links", [K1, K2], form=form) for form in (Form.GENERALISED, Form.EXISTENCE)]

    assert network(records, TODAY).nodes == {}


def test_what_was_erased_links_nobody() -> None:
    assert network([told("peer_links", [K1, K2], erased=True)], TODAY).nodes == {}


def test_nobody_is_there_without_a_link() -> None:
    found = network([told("identity", [K1], each={K1: {"given_name": "Rowan"}})], TODAY)

    assert found.nodes == {}


def test_somebody_goes_by_the_name_that_they_use_as_the_latest_record_says() -> None:
    records = [
        told("identity", [K1], each={K1: {"given_name": "Rowan", "family_name": "Old"}}, days_ago=90, report="r-1"),
        told("identity", [K1], each={K1: {"known_as": "Ro", "family_name": "New"}}, days_ago=5, report="r-2"),
        told("peer_links", [K1, K2], report="r-3"),
    ]

    found = network(records, TODAY)

    assert found.nodes[K1].label == "Ro New"
    assert found.nodes[K2].label is None


def test_a_young_person_and_a_place_that_one_report_names_are_linked_as_named_in_one_report() -> None:
    records = [told("context", [BUS], {"location_band": "bus_station", "spot": "stance 3"}), told("missing", [K1])]

    found = network(records, TODAY)

    (link,) = found.links
    assert (link.ends, link.tie) == ((K1, BUS), "same_report")
    assert (found.nodes[BUS].kind, found.nodes[BUS].label) == (Kind.PLACE, "Bus station, stance 3")


def test_two_reports_join_nobody_with_a_place() -> None:
    records = [told("context", [BUS], {"kind": "place"}, report="r-1"), told("missing", [K1], report="r-2")]

    assert network(records, TODAY).links == []


def test_records_under_a_pseudonym_are_not_joined_by_the_report_they_came_in() -> None:
    place = told("context", [BUS], {"kind": "place"}, form=Form.PSEUDONYMISED)
    young = told("missing", ["p-1"], form=Form.PSEUDONYMISED)

    assert network([place, young], TODAY).links == []


def test_a_phone_a_vehicle_and_an_adult_are_linked_as_records_give_them() -> None:
    records = [
        told("identity", [K1], each={K1: {"phone": "07700 900118"}}),
        told("identity", [K2], each={K2: {"phone": "07700  900118"}}, report="r-2"),
        told("adult_of_concern", [Z1, K1], each={Z1: {"nickname": "Coat", "vehicle": "Dark Estate"}}, report="r-3"),
    ]

    found = network(records, TODAY)

    assert sorted((link.tie, *link.ends) for link in found.links) == [
        ("concern_about_adult", K1, Z1),
        ("phone", K1, "phone:07700 900118"),
        ("phone", K2, "phone:07700 900118"),
        ("vehicle", Z1, "vehicle:dark estate"),
    ]


def test_a_group_and_an_online_space_are_told_from_a_place() -> None:
    for kind, expected in (("peer_group", Kind.GROUP), ("online_space", Kind.ONLINE), ("school", Kind.SCHOOL)):
        found = network([told("context", [BUS], {"kind": kind}), told("missing", [K1])], TODAY)
        assert found.nodes[BUS].kind is expected


def test_around_one_young_person_are_those_they_are_linked_with_and_the_links_between_these() -> None:
    records = [
        told("peer_links", [K1, K2], report="r-1"),
        told("peer_links", [K2, K3], report="r-2"),
        told("peer_links", [K1, "y-k4"], report="r-3"),
        told("peer_links", ["y-k4", K2], report="r-4"),
    ]

    found = network(records, TODAY, about=K1)

    assert {frozenset(link.ends) for link in found.links} == {
        frozenset({K1, K2}), frozenset({K1, "y-k4"}), frozenset({K2, "y-k4"}),
    }  # fmt: skip


def test_around_a_reference_that_the_agency_does_not_have_is_nothing() -> None:
    assert network([told("peer_links", [K1, K2])], TODAY, about="y-nobody").nodes == {}


def test_the_order_of_records_changes_nothing() -> None:
    records = [
        told("peer_links", [K1, K2], report="r-1"),
        told("peer_links", [K2, K3], {"kind": "friends"}, report="r-2", by="police"),
        told("identity", [K1], each={K1: {"known_as": "Ro"}}, report="r-3"),
        told("peer_links", [K1, K2], report="r-4"),
    ]

    assert network(records, TODAY) == network(records[::-1], TODAY)
