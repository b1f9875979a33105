"""Referrals on the pages of the panel room: sent in, returned, answered, and looked at by a peer."""

from tests.panel.panel_hub import CHAIR, COORDINATOR
from tests.support.panel_story import (
    ANSWERED,
    CONVENED,
    DECISION,
    OFFICER,
    TEACHER,
    PanelPages,
)
from tests.support.reading import error_summary, words

RETURNED = {name: value for name, value in DECISION.items() if not name.startswith(("owner", "text", "due", "review"))}


def test_a_referral_is_sent_in_returned_answered_and_its_prompts_are_asked(hub: PanelPages) -> None:
    sent = {
        "about": "place", "asked": "Make the way home safer.", "concern": "Pupils are followed.",
        "strengths": "They walk together.", "immediate_safety": "Staff stand at the gate.",
        "views": "We walk the long way round.", "key": "one",
    }  # fmt: skip
    wrong = hub.send("/referrals/new", TEACHER, {**sent, "about": "group", "young_people": "y-nobody"})
    silent = hub.send("/referrals/new", TEACHER, {**sent, "views": ""})
    here = hub.done("/referrals/new", TEACHER, sent)
    skipped = hub.send(f"{here}/questions", COORDINATOR, {"language": "skipped"})
    page = words(hub.page(here, TEACHER))

    assert "A reference is not known to your agency" in error_summary(wrong.text)["form"]
    assert error_summary(silent.text)["views"].endswith("give their words, or say why there are none")
    assert "enquiries_concluded" in error_summary(skipped.text)
    assert "Worries Pupils are followed." in page
    assert "To be heard by Thu 4 Jun 2026" in page
    assert hub.open(f"{here}/questions", TEACHER).status_code == 403
    assert hub.open(here, "education/head").status_code == 200
    assert hub.open(here, OFFICER).status_code == 404


def test_what_is_returned_to_its_referrer_keeps_the_day_by_which_it_is_heard(hub: PanelPages) -> None:
    sent = {
        "about": "place", "asked": "Make the way home safer.", "concern": "Pupils are followed.",
        "strengths": "They walk together.", "immediate_safety": "Staff stand at the gate.",
        "views": "We walk the long way round.", "key": "one",
    }  # fmt: skip
    here = hub.done("/referrals/new", TEACHER, sent)
    ref = here.rpartition("/")[2]
    before = words(hub.page(here, TEACHER))
    meeting = hub.done("/meetings/new", COORDINATOR, CONVENED)
    hub.done(f"{meeting}/add-item", COORDINATOR, {"kind": "referral", "title": "The way home", "referral": ref})
    hub.done(f"{meeting}/send-agenda", COORDINATOR, {})
    hub.move(day=10, hour=9)
    hub.done(f"{meeting}/begin", CHAIR, {"present": [CHAIR], "stated": "yes"})
    item = f"{meeting}/items/{hub.get(f'/v1{meeting}', CHAIR)['items'][0]['item']}"
    hub.done(f"/referrals/{ref}/questions", COORDINATOR, ANSWERED)
    hub.done(f"{item}/hear", CHAIR, {})
    hub.done(f"{item}/decide", CHAIR, {**RETURNED, "outcome": "return", "reason": "Which way do they walk?"})

    returned = words(hub.page(here, TEACHER))
    hub.done(f"{here}/again", TEACHER, {"more": "By the canal."})
    again = words(hub.page(here, CHAIR))

    assert "To be heard by Thu 4 Jun 2026" in before
    assert "Returned with a question" in returned
    assert "Which way do they walk?" in returned
    for page in (returned, again):
        assert "To be heard by Thu 4 Jun 2026" in page
    assert "By the canal." in again


def test_a_drawn_referral_is_reviewed_by_a_peer_on_its_page(hub: PanelPages) -> None:
    sent = {
        "about": "place", "asked": "Make it safer.", "concern": "Pupils are followed.", "views": "We walk together.",
        "strengths": "They walk together.", "immediate_safety": "Staff stand at the gate.",
    }  # fmt: skip
    for number in range(40):
        hub.done("/referrals/new", TEACHER, {**sent, "key": str(number)})
        drawn = hub.open("/referrals.json", CHAIR, standing="to_review").json()["rows"]
        if drawn:
            break
    here = f"/referrals/{drawn[0]['reference']}"
    hub.done(f"{here}/questions", COORDINATOR, ANSWERED)

    own_work = hub.send(f"{here}/peer-review", COORDINATOR, {"learning": "Fine."})
    hub.done(f"{here}/peer-review", CHAIR, {"learning": "Their own words could come first."})

    assert own_work.status_code == 409
    assert "Their own words could come first." in hub.page(here, CHAIR)
    assert "Their own words could come first." not in hub.page(here, TEACHER)
    assert hub.open("/referrals.json", CHAIR, standing="to_review").json()["rows"] == []
