"""Situation 2: an agreement is amended, suspended, withdrawn from or ends, and what partners have follows it."""

import pytest

from services.console.rehearsal.hubs import Refused
from services.console.rehearsal.scenario import JSON
from services.console.rehearsal.telling import agreement_of, trace_of
from tests.journeys.night import HOUSE_B, Night

AMEND_A1 = {"amend": "A1", "with": {"grants": {"education": {"voice_safety": "full"}, "health": {"missing": None}}}}


def _line(night: Night, partner: str, purpose: str, item: str) -> JSON | None:
    known = night.player.references(partner)
    found = [one for one in night.feed(partner, purpose) if known.get(_reference(one)) == item]
    return found[-1] if found else None


def _reference(line: JSON) -> str:
    return str(line["record"]["record"] if line["kind"] == "disclosed" else line["record"])


def test_amending_recalls_three_records_from_health_and_gives_education_one(night: Night) -> None:
    """AT-2.2"""
    # given the night under the first version of A1

    # when A1 is amended: education gains the young person's words on safety, health loses missing
    night.player._apply(AMEND_A1)
    night.stage.settle()

    # then health is asked to remove exactly three records, and education has exactly one more
    recalled = night.recalls("health")
    known = night.player.references("health")
    assert sorted(known[_recalled(one)] for one in recalled) == ["F03", "F04", "F05"]
    given = _line(night, "education", "child_protection", "F07")
    assert given is not None
    assert given["kind"] == "disclosed"
    assert given["record"]["form"] == "full"
    # and nobody else anything
    for partner in HOUSE_B.partners:
        if partner != "health":
            assert night.recalls(partner) == []


def _recalled(recall: JSON) -> str:
    return str(recall["record"] if "record" in recall else recall["records"][0])


def test_what_was_seen_stays_seen_and_what_could_be_seen_stays_answered(night: Night) -> None:
    """AT-2.3"""
    # given that a nurse reads F03 under the first version of A1
    night.records("health", "child_protection", who="nurse", **{"class": "missing"})
    before = night.stage.now().isoformat()

    # when, a day later, A1 is amended and health loses missing
    night.at("2026-04-25T09:00:00Z")
    night.apply(AMEND_A1)

    # then the audit still says that the nurse read it, under version 1
    seen = [one for one in night.who_saw(item=night.item("F03")) if one["practitioner"] == "health/nurse"]
    assert [(one["form"], [(by["agreement"], by["version"]) for by in one["agreements"]]) for one in seen] == [
        ("full", [("A1", 1)])
    ]
    # and who could see it then is answered as then, and now as now
    assert night.matrix(at=before)["F03"]["health"]["form"] == "full"
    assert night.matrix()["F03"]["health"]["form"] == "none"


def test_a_suspension_is_evaluated_when_it_is_decided_not_when_it_happened(night: Night) -> None:
    """AT-2.5"""
    # given a report of something that happened while A2 was in force
    report = {
        "id": "E22",
        "at": "2026-04-24T08:59:59.999Z",
        "by": "police",
        "type": "missing-episode.sighting",
        "items": [{"id": "F32", "class": "missing", "about": ["K1"]}],
    }
    night.player.apply("/suspension", {"suspend": "A2"})

    # when it is posted after A2 was suspended
    night.apply({"report": report})

    # then the return service, which would have had it under A2 alone, has nothing of it
    assert _line(night, "return-service", "missing", "F32") is None
    assert trace_of("F32").encode() not in night.feed_bytes("return-service", "missing")
    # and social work has it under A1
    kept = night.record("social-work", "child_protection", "F32")
    assert kept is not None
    assert kept["agreements"] == ["A1"]


def test_reinstating_restores_exactly_what_was_suspended_and_what_came_meanwhile(night: Night) -> None:
    """AT-2.7"""
    # given what the return service and the house had, and A2 suspended
    before = {one: _own_and_shared(night, one) for one in ("return-service", "childrens-house")}
    night.apply({"suspend": "A2"})
    report = {
        "id": "E23",
        "at": "2026-04-24T08:00:00Z",
        "by": "police",
        "type": "missing-episode.sighting",
        "items": [{"id": "F33", "class": "missing", "about": ["K1"]}],
    }
    night.apply({"report": report})

    # when A2 is reinstated days later
    night.at("2026-05-03T09:00:00Z")
    night.apply({"reinstate": "A2"})

    # then each has what it had, each record once, and what was reported meanwhile
    for partner, had in before.items():
        assert _own_and_shared(night, partner) == sorted([*had, "F33"])
        # and subscribers see it given again
        given = _line(night, partner, "missing", "F04")
        assert given is not None
        assert given["kind"] == "disclosed"


def test_suspending_and_reinstating_at_one_instant_leaves_everything_as_it_was(night: Night) -> None:
    """AT-2.7, S2 (e)"""
    # given who may see what
    before = night.matrix()

    # when A2 is suspended and reinstated without any time between
    night.apply({"suspend": "A2"}, {"reinstate": "A2"})

    # then who may see what is as before
    assert night.matrix() == before


def _own_and_shared(night: Night, partner: str) -> list[str]:
    known = night.player.references(partner)
    return sorted(known[one["record"]] for one in night.records(partner, "missing"))


@pytest.mark.parametrize(("choice", "kept"), [("retain", True), ("recall", False)])
def test_one_party_withdraws_and_the_agreement_says_what_becomes_of_what_it_shared(
    night: Night, choice: str, kept: bool
) -> None:
    """AT-2.8"""
    # given A1, in which the parties chose what a withdrawal means
    agreement = agreement_of(HOUSE_B.agreements[0]) | {"on_withdrawal": choice}
    night.lead("agreements/A1/amendments", agreement)
    for party in agreement["parties"]:
        night.stage.ask("POST", "/sharing/v1/agreements/A1/signatures", f"{party}/signatory", json={})
    night.lead("agreements/A1/in-force")
    before = night.matrix()
    night.at("2026-04-24T10:00:00Z")

    # when education withdraws
    night.stage.ask(
        "POST",
        "/sharing/v1/agreements/A1/withdrawals",
        "education/signatory",
        json={"party": "education", "reason": "review"},
    )
    night.stage.settle()

    # then education loses what it had from others under A1, and keeps its own
    after = night.matrix()
    lost = {item for item in after if before[item]["education"] != after[item]["education"]}
    assert lost >= {"F01", "F03", "F04", "F05", "F18"}
    assert all(after[item]["education"]["form"] in ("none", "pseudonymised", "full") for item in lost)
    assert {after[item]["education"]["form"] for item in ("F16", "F17")} == {"own"}
    # and social work and police keep what education had shared, or not, as the parties chose
    for partner in ("social-work", "police"):
        assert (after["F16"][partner]["form"] == "full") is kept


def test_a_partner_that_does_not_acknowledge_a_recall_is_served_nothing_further(night: Night) -> None:
    """AT-2.9"""
    # given a recall that the return service does not acknowledge
    night.lead("agreements/A2/suspension", {"reason": "review"})
    assert night.recalls("return-service")

    # when a day and a minute have passed
    night.at("2026-04-25T09:01:00Z")

    # then governance sees it as overdue
    overdue = night.stage.ask("GET", "/governance/v1/recalls", "governance/lead", params={"overdue": "true"}).json()
    assert {one["partner"] for one in overdue["recalls"]} >= {"return-service"}
    # and the return service is served nothing further
    with pytest.raises(Refused) as refused:
        night.records("return-service", "child_protection")
    assert (refused.value.status, refused.value.code) == (409, "recalls_overdue")

    # until it says that it has removed what was recalled
    night.acknowledge("return-service")
    assert night.records("return-service", "child_protection") is not None


def test_where_two_agreements_overlap_the_record_stays_and_its_explanation_changes(night: Night) -> None:
    """AT-2.10"""
    # given F07, which social work has under A1 and A2
    assert _agreements(night) == {"A1", "A2"}

    # when A2 is suspended
    night.apply({"suspend": "A2"})

    # then social work keeps it, under A1 alone
    kept = night.record("social-work", "child_protection", "F07")
    assert kept is not None
    assert kept["form"] == "full"
    assert _agreements(night) == {"A1"}


def _agreements(night: Night) -> set[str]:
    return set(night.matrix()["F07"]["social-work"]["agreements"])
