"""What the panel takes up names to it only what its own records name: no pseudonym or bare existence is undone."""

from tests.panel.panel_hub import CHAIR, COORDINATOR, MINUTE_TAKER, bus_station, group_referral, soon
from tests.support.panel_story import PanelPages
from tests.support.reading import words

EXISTENCE = {"code": "C", "existence": "disclosable"}


def _referred_under_pseudonyms(hub: PanelPages) -> str:
    """The ref of a referral by youth work of people whom the panel knows by name from social work."""
    hub.report("social-work", "cairn.referral.submitted.v1", group_referral())
    group = group_referral()
    hub.report(
        "youth-work", "cairn.referral.submitted.v1", {"people": group["people"], "peer_links": group["peer_links"]}
    )
    referrals = hub.get("/v1/referrals", CHAIR)["referrals"]
    (ref,) = [str(one["ref"]) for one in referrals if one["by_partner"] == "youth-work"]
    return ref


def test_a_referral_under_pseudonyms_names_nobody_to_the_panel(hub: PanelPages) -> None:
    ref = _referred_under_pseudonyms(hub)

    told = {(one["form"], one["class"]) for one in hub.records("efh-panel", "context") if one["from"] == "youth-work"}
    assert told == {("pseudonymised", "peer_links")}
    assert hub.get(f"/v1/referrals/{ref}", CHAIR)["young_people"] == []


def test_the_panel_s_pack_of_a_referral_under_pseudonyms_has_no_record_with_a_name(hub: PanelPages) -> None:
    ref = _referred_under_pseudonyms(hub)
    made = hub.post(
        "/v1/meetings", COORDINATOR, key="may", starts=soon(days=1), ends=soon(days=1, hours=2),
        parts={"chair": CHAIR, "coordinator": COORDINATOR, "minute_taker": MINUTE_TAKER},
    )  # fmt: skip
    here = f"/v1/meetings/{made['ref']}"
    hub.post(f"{here}/commands", COORDINATOR, command="add_item", kind="referral", title="A group", referral=ref)
    (item,) = [one["item"] for one in hub.get(here, CHAIR)["items"]]

    packs = [
        hub.get(f"{here}/items/{item}/pack", CHAIR, purpose)["records"] for purpose in ("context", "child_protection")
    ]

    assert [[(one["from"], one["form"]) for one in records] for records in packs] == [
        [("youth-work", "pseudonymised")], [],
    ]  # fmt: skip


def test_a_report_that_does_not_name_its_place_to_the_panel_proposes_nothing(hub: PanelPages) -> None:
    hub.report("education", "cairn.school.concern.v1", bus_station())
    hub.report("police", "cairn.context.observed.v1", bus_station(handling=EXISTENCE))

    before = hub.get("/v1/contexts", CHAIR)["contexts"]
    hub.report("health", "cairn.context.observed.v1", bus_station())

    told = [(one["form"], one["about"]) for one in hub.records("efh-panel", "context") if one.get("held_by")]
    (proposed,) = hub.get("/v1/contexts", CHAIR)["contexts"]
    assert told == [("existence", [])]
    assert before == []
    assert (proposed["reports"], proposed["agencies"]) == (2, ["education", "health"])


def test_the_page_of_a_case_leaves_out_what_no_longer_names_its_place(hub: PanelPages) -> None:
    for by in ("education", "health"):
        hub.report(by, "cairn.context.observed.v1", bus_station())
    report = hub.report("police", "cairn.context.observed.v1", bus_station())
    case = f"/contexts/{hub.get('/v1/contexts', CHAIR)['contexts'][0]['ref']}"
    before = words(hub.page(case, CHAIR))

    hub.report("police", "cairn.report.amended.v1", {"report": report["id"], **bus_station(handling=EXISTENCE)})

    told = [(one["form"], one["about"]) for one in hub.records("efh-panel", "context") if one.get("held_by")]
    page = words(hub.page(case, CHAIR))
    assert told == [("existence", [])]
    assert before.count("Under Contexts and groups (P1)") == 3
    assert page.count("Under Contexts and groups (P1)") == 2


def test_a_case_counts_no_report_that_was_withdrawn(hub: PanelPages) -> None:
    hub.report("education", "cairn.school.concern.v1", bus_station())
    report = hub.report("police", "cairn.context.observed.v1", bus_station())
    (before,) = hub.get("/v1/contexts", CHAIR)["contexts"]

    hub.report("police", "cairn.report.withdrawn.v1", {"report": report["id"]})

    (after,) = hub.get("/v1/contexts", CHAIR)["contexts"]
    view = hub.get(f"/v1/contexts/{after['ref']}", CHAIR)
    page = words(hub.page(f"/contexts/{after['ref']}", CHAIR))
    assert (before["reports"], before["agencies"]) == (2, ["education", "police"])
    assert (after["reports"], after["agencies"]) == (1, ["education"])
    assert [one["by"] for one in view["evidence"]] == ["education"]
    assert "1 report from Education may be about one context." in page
