"""Non-interference in the panel's room: what an agency may not know changes no byte of what it is answered."""

from pathlib import Path
from typing import Any

import pytest

from tests.panel.panel_hub import CHAIR, COORDINATOR, MINUTE_TAKER, PanelHub, bus_station, panel_hub, soon
from tests.panel.test_panel_sits import ANSWERED, DECISION

TEACHER, KEY_WORKER = "education/teacher", "childrens-house/key-worker"
Answers = list[tuple[str, int, tuple[tuple[str, str], ...], bytes]]


def _play(hub: PanelHub, secret: bool) -> str:
    """The same meeting with, or without, what the school and the house may not know of."""
    for by in ("education", "health"):
        hub.report(by, "cairn.school.concern.v1", bus_station(description=f"Told by {by}."))
    (station,) = hub.get("/v1/contexts", COORDINATOR)["contexts"]
    hub.post(
        f"/v1/contexts/{station['ref']}/commands", COORDINATOR, command="confirm", kind="place", name="Bus station",
        uprn="999900004711", review_due="2026-06-01",
    )  # fmt: skip
    if secret:
        _secrets_before(hub)
    parts = {"chair": CHAIR, "coordinator": COORDINATOR, "minute_taker": MINUTE_TAKER}
    times = {"starts": soon(days=1), "ends": soon(days=1, hours=2)}
    here = f"/v1/meetings/{hub.post('/v1/meetings', COORDINATOR, key='may', parts=parts, **times)['ref']}"

    def do(who: str, command: str, **said: Any) -> None:
        hub.post(f"{here}/commands", who, command=command, **said)

    def items() -> dict[str, str]:
        return {one["title"]: one["item"] for one in hub.get(here, CHAIR)["items"]}

    if secret:
        for title in ("A family", "Two brothers"):
            do(COORDINATOR, "add_item", kind="matter", title=title)
        do(COORDINATOR, "add_member", practitioner="police/officer", partner="police", membership="core")
    do(COORDINATOR, "add_item", kind="context", title="The bus station", case=station["ref"])
    do(
        COORDINATOR, "add_member", practitioner=TEACHER, partner="education", membership="invited",
        items=[items()["The bus station"]],
    )  # fmt: skip
    do(COORDINATOR, "send_agenda")
    do(CHAIR, "begin", present=[CHAIR, "police/officer"] if secret else [CHAIR])
    if secret:
        do("police/officer", "declare_conflict", item=items()["A family"], why="Cousins.")
        do(CHAIR, "carry_over", item=items()["Two brothers"], reason="No time.")
        do(CHAIR, "hear", item=items()["A family"])
        hub.post(f"{here}/commands", CHAIR, **{**DECISION, "item": items()["A family"], "actions": _police("Visit.")})
    do(CHAIR, "hear", item=items()["The bus station"])
    actions = [*(_police("Patrol.") if secret else []), *DECISION["actions"], *(_police("More.") if secret else [])]
    said = {**DECISION, "item": items()["The bus station"], "actions": actions}
    hub.post(f"{here}/commands", MINUTE_TAKER, **said)
    do(CHAIR, "close")
    do(COORDINATOR, "circulate_minutes")
    return f"{here}/items/{items()['The bus station']}/pack"


def _police(text: str) -> list[dict[str, str]]:
    return [{"owner": "police", "text": text, "due": "2026-05-10"}]


def _secrets_before(hub: PanelHub) -> None:
    hub.post(
        "/v1/referrals", "police/officer", key="p", about="place", asked="?", concern="?", strengths="?",
        immediate_safety="?", views="?",
    )  # fmt: skip
    hub.post(
        f"/v1/referrals/{hub.get('/v1/referrals', CHAIR)['referrals'][0]['ref']}/commands", CHAIR,
        command="answer_prompts", answers=ANSWERED,
    )  # fmt: skip
    people = {"people": {"k9": {"identifiers": ["niche|909"], "born": "2010-01-01"}}}
    hub.report(
        "police", "cairn.missing-episode.reported.v1",
        people | {"missing": {"about": ["k9"], "status": "missing", "since": "2026-05-05T20:00:00+01:00"}},
    )  # fmt: skip
    opened = hub.post("/v1/contexts", COORDINATOR, key="flat", why="A flat.")
    hub.post(
        f"/v1/contexts/{opened['ref']}/commands", COORDINATOR, command="confirm", kind="online_space", name="CALDER YT",
        personal_handle=True, review_due="2026-06-01",
    )  # fmt: skip


def _answers(hub: PanelHub, who: str, pack: str) -> Answers:
    meeting = pack.partition("/items/")[0]
    paths = [
        pack, meeting, f"{meeting}/minutes", "/v1/meetings", "/v1/actions", "/v1/referrals", "/v1/contexts",
        "/v1/discussions", "/v1/missing", "/v1/meetings/m-none", "/v1/actions/act-none",
    ]  # fmt: skip
    found: Answers = []
    for path in paths:
        for purpose in ("context", "child_protection", "missing"):
            answered = hub.raw("GET", path, who, params={"purpose": purpose})
            headers = tuple(sorted((name, value) for name, value in answered.headers.items() if name != "date"))
            found.append((f"{path}?{purpose}", answered.status_code, headers, answered.content))
    return found


@pytest.mark.parametrize("who", [TEACHER, KEY_WORKER, "youth-work/worker"])
def test_what_an_agency_may_not_know_changes_no_byte_of_its_answers(tmp_path: Path, who: str) -> None:
    answers: dict[bool, Answers] = {}
    for secret in (False, True):
        with panel_hub(tmp_path / str(secret)) as hub:
            answers[secret] = _answers(hub, who, _play(hub, secret))

    assert answers[True] == answers[False]
    assert any(status == 200 and len(body) > 200 for _, status, _, body in answers[False]) is (
        who != "youth-work/worker"
    )


def test_control_the_panel_itself_can_tell_the_two_worlds_apart(tmp_path: Path) -> None:
    answers: dict[bool, Answers] = {}
    for secret in (False, True):
        with panel_hub(tmp_path / str(secret)) as hub:
            answers[secret] = _answers(hub, CHAIR, _play(hub, secret))

    differing = {path.partition("?")[0].rpartition("/")[2] for (path, *one), (_, *other) in
                 zip(answers[False], answers[True], strict=True) if one != other}  # fmt: skip
    assert differing >= {"minutes", "meetings", "actions", "referrals", "contexts"}
