"""A panel's room with something in it, made through the hub's own interfaces alone.

Health has a part in everything: it sent in a referral, was invited to an item, and has an action to do.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from services.console.rehearsal.telling import agreement_of
from services.panel.domain.prompts import Prompt

JSON = dict[str, Any]
Say = Callable[[str, str, str, JSON], JSON]
"""Service, path, who, what: posts it, lets the hub settle, and gives the answer."""

CHAIR, COORDINATOR, MINUTE_TAKER = "efh-panel/chair", "efh-panel/coordinator", "efh-panel/minute-taker"
LEAD, NURSE = "governance/lead", "health/nurse"
REFERRING: JSON = {
    "key": "furnished",
    "about": "place",
    "asked": "Make it safer.",
    "concern": "Pupils are offered vapes.",
    "strengths": "They look after one another.",
    "immediate_safety": "A worker is there.",
    "views": "It is fine when the kiosk is open.",
}
CLOSING: JSON = {
    "key": "furnished",
    "young_people": [["swis|4711"]],
    "outcome": "convene_case_discussion",
    "took_part": ["social_work", "police", "health"],
    "reasons": "To be looked at together.",
    "lead_professional": "Team leader",
    "young_persons_view": "I want it to stop.",
    "prompts": {prompt.value: {"given": "yes"} for prompt in Prompt},
}
WEIGHTING = {"home": 0, "peers": 2, "school": 1, "location": 5, "online": 0}
DECISION: JSON = {
    "command": "decide",
    "outcome": "accept",
    "rationale": "The place comes first.",
    "weighting": WEIGHTING,
    "disclosure": "All who were there act on it.",
    "disclosed_to": ["health"],
    "no_dissent": True,
    "views": "I want it to stop.",
    "review_due": "2027-06-15",
    "actions": [{"owner": "health", "text": "Please look in at the kiosk.", "due": "2027-06-01"}],
}
_AGREEMENT: JSON = {
    "id": "PANEL",
    "title": "Contexts",
    "purpose": "context",
    "parties": ["police", "health", "education", "efh-panel"],
    "starts": "2026-01-05T00:00:00Z",
    "ends": "2028-01-05T00:00:00Z",
    "grants": {"efh-panel": {"context": "full"}},
}


def furnish_panel(say: Say, read: Callable[[str, str], JSON], now: datetime) -> dict[str, str]:
    """Put something behind every door of the room; returns what is there, by the name of its parameter in a path.

    `read(path, who)` asks the panel for the purpose `context`; `now` is what time the hub believes it is.
    """
    say("sharing", "/v1/partners", LEAD, {"partner": "efh-panel", "name": "The panel"})
    say("sharing", "/v1/agreements", LEAD, agreement_of(_AGREEMENT))
    for party in _AGREEMENT["parties"]:
        say("sharing", "/v1/agreements/PANEL/signatures", f"{party}/signatory", {})
    say("sharing", "/v1/agreements/PANEL/in-force", LEAD, {})
    for by in ("police", "health", "education"):
        say("intake", "/v1/events", f"{by}/system", _observed(by, now))
    context = read("/v1/contexts", COORDINATOR)["contexts"][0]["ref"]
    confirming = {"kind": "place", "name": "The station", "review_due": "2027-01-05"}
    say("panel", f"/v1/contexts/{context}/commands", COORDINATOR, {"command": "confirm", **confirming})
    referral = say("panel", "/v1/referrals", NURSE, REFERRING)["ref"]
    meeting, item, other = _meeting(say, read, now)
    action = read("/v1/actions", NURSE)["actions"][0]["ref"]
    there = {"context": context, "referral": referral, "meeting": meeting, "action": action, "back_link": "bl-none"}
    return {**there, "agenda_item": item, "other_item": other}


def _meeting(say: Say, read: Callable[[str, str], JSON], now: datetime) -> tuple[str, str, str]:
    parts = {"chair": CHAIR, "coordinator": COORDINATOR, "minute_taker": MINUTE_TAKER}
    times = {"starts": (now + timedelta(hours=1)).isoformat(), "ends": (now + timedelta(hours=2)).isoformat()}
    ref: str = say("panel", "/v1/meetings", COORDINATOR, {"key": "furnished", "parts": parts, **times})["ref"]
    here = f"/v1/meetings/{ref}"

    def do(who: str, command: str, **said: Any) -> None:
        say("panel", f"{here}/commands", who, {"command": command, **said})

    for title in ("The station", "Another matter"):
        do(COORDINATOR, "add_item", kind="matter", title=title)
    items = [one["item"] for one in read(here, CHAIR)["items"]]
    do(COORDINATOR, "add_member", practitioner=NURSE, partner="health", membership="invited", items=items)
    do(COORDINATOR, "send_agenda")
    do(CHAIR, "begin", present=[CHAIR])
    do(CHAIR, "hear", item=items[0])
    say("panel", f"{here}/commands", MINUTE_TAKER, {**DECISION, "item": items[0]})
    do(CHAIR, "carry_over", item=items[1], reason="No time.")
    do(CHAIR, "close")
    do(COORDINATOR, "circulate_minutes")
    return ref, items[0], items[1]


def _observed(by: str, now: datetime) -> JSON:
    return {
        "specversion": "1.0",
        "id": f"furnished-{by}",
        "source": f"urn:cairn:partner:{by}",
        "type": "cairn.context.observed.v1",
        "time": (now - timedelta(days=1)).isoformat(),
        "data": {
            "contexts": {"c1": {"uprn": "999900004711"}},
            "about_contexts": ["c1"],
            "context": {"about": ["c1"], "kind": "place", "location_band": "bus_station"},
        },
    }
