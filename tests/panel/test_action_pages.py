"""Actions on the pages of the panel room and of their owners."""

from tests.panel.panel_hub import CHAIR
from tests.support.panel_story import (
    DECISION,
    KEY_WORKER,
    PanelPages,
    Sitting,
    day,
)
from tests.support.reading import error_summary, words


def test_an_action_that_is_late_comes_first_and_its_owner_says_by_what_it_is_seen_to_be_done(hub: PanelPages) -> None:
    sitting = Sitting(hub)
    sitting.begin()
    sitting.decide_group()
    sent = {"owner1": "police", "text1": "Walk by at four.", "key": "more"} | day("due1", "30 6 2026")
    hub.done(sitting.item(1, "assign"), CHAIR, sent)
    hub.move(day=22)
    rows = hub.open("/actions.json", CHAIR).json()["rows"]
    here = f"/actions/{rows[0]['reference']}"
    late = words(hub.page(here, CHAIR))
    empty = hub.send(f"{here}/progress", KEY_WORKER, {"progress": "done", "evidence": ""})
    theirs = hub.send(f"{here}/postpone", KEY_WORKER, {"reason": "More time."} | day("due", "30 6 2026"))
    hub.done(f"{here}/postpone", CHAIR, {"reason": "The electrician is ill."} | day("due", "30 6 2026"))
    hub.done(f"{here}/progress", KEY_WORKER, {"progress": "done", "evidence": "Lit since Monday."})

    assert [(row["text"], row["days_late"]) for row in rows] == [
        ("Please keep the side door lit.", 2), ("Walk by at four.", 0),
    ]  # fmt: skip
    assert "2 days late. Brought before the chair." in late
    assert (empty.status_code, list(error_summary(empty.text))) == (422, ["evidence"])
    assert theirs.status_code == 403
    assert "By what it is seen Lit since Monday." in words(hub.page(here, CHAIR))
    assert "Given more time The panel The electrician is ill." in words(hub.page(here, KEY_WORKER))


def test_an_action_reaches_the_house_on_its_own_pages_and_the_decision_does_not(hub: PanelPages) -> None:
    sitting = Sitting(hub)
    sitting.begin()
    sitting.decide_group()

    told = [
        hub.raw("GET", path, KEY_WORKER, params={"purpose": purpose}).text
        for path in ("/", "/queue", "/room/actions", "/room/meetings")
        for purpose in ("child_protection", "context")
    ]

    assert sum(DECISION["text1"] in page for page in told) >= 4
    for page in told:
        for name in ("rationale", "dissent", "no_views_because", "disclosure"):
            assert DECISION[name] not in page
    hub.move(month=6, day=4)
    (action,) = hub.get("/v1/actions", CHAIR)["actions"]
    assert "Brought before the chair and the child protection committee." in words(
        hub.page(f"/actions/{action['ref']}", CHAIR)
    )
