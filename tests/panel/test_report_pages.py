"""Posting a report from a page: one thing at a time, nothing typed is lost, and it arrives as it was written."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from itertools import count
from typing import Any

import pytest
from sqlalchemy import text

from services.kernel.http.problems import Problem
from services.panel.app import PanelService
from services.panel.intake import Accepted, IntakeAway, IntakeRefused
from tests.journeys.night import HOUSE_B
from tests.support.practised import Practised, practised, words

_numbers = count()
CHI = {"person1.system1": "chi", "person1.number1": "550 311 1230"}
SINCE = {
    "missing.since-day": "24",
    "missing.since-month": "4",
    "missing.since-year": "2026",
    "missing.since-time": "6.15",
}
CORPUS = (
    "<script>alert(1)</script>",
    "\"><img src=x onerror=alert(1)>",
    "'-alert(1)-'",
    "</textarea><svg/onload=alert(1)>",
    "{{ 7*7 }}{% raw %}",
    "javascript:alert(1)",
    "&lt;b&gt; & <!-- ]]> -->",
)  # fmt: skip


@dataclass
class Writing:
    """A report that somebody is writing."""

    hub: Practised
    draft: str
    who: str

    def open(self, step: str) -> Any:
        return self.hub.get(self.who, f"/report/{self.draft}/{step}")

    def answer(self, step: str, fields: Mapping[str, Any], go: str = "on", query: str = "") -> Any:
        return self.hub.send(self.who, f"/report/{self.draft}/{step}{query}", {**fields, "go": go})

    def send(self) -> Any:
        return self.hub.send(self.who, f"/report/{self.draft}/send", {"go": "on"})


def worker() -> str:
    """Somebody in social work who has not written anything yet."""
    return f"social-work/duty-{next(_numbers)}"


def begin(hub: Practised, kind: str, who: str = "") -> Writing:
    who = who or worker()
    answer = hub.send(who, "/report", {"kind": kind})
    assert answer.status_code == 303, answer.text
    return Writing(hub, answer.headers["location"].split("/")[3], who)


def missing(hub: Practised, circumstances: str = "Left after a phone call.") -> Writing:
    """A report that a young person is missing, as far as it must be answered."""
    writing = begin(hub, "missing")
    writing.answer("person-1", CHI)
    writing.answer("since", SINCE)
    writing.answer("circumstances", {"missing.circumstances": circumstances})
    return writing


@pytest.fixture(scope="module")
def hub() -> Iterator[Practised]:
    """A hub on which the night was played, and reports can be sent."""
    with practised(HOUSE_B) as opened:
        yield opened


def _panel(hub: Practised) -> PanelService:
    service = hub.hub.services["panel"]
    assert isinstance(service, PanelService)
    return service


def _told(hub: Practised, partner: str, form: str = "own") -> list[dict[str, Any]]:
    """What an agency reported itself, or was told in another form, as it reads it for missing children."""
    hub.settle()
    query = {"purpose": "missing", "limit": "500", "form": form}
    answer = hub.client.get("/sharing/v1/records", params=query, headers={"authorization": f"Demo {partner}/system"})
    return list(answer.json()["records"])


def test_a_report_leads_through_its_pages_and_arrives_as_it_was_written(hub: Practised) -> None:
    writing = begin(hub, "missing")
    way = []
    step = "person-1"
    answers: dict[str, Mapping[str, Any]] = {
        "person-1": CHI,
        "since": SINCE,
        "last-seen": {"missing.last_seen_at": "The front door"},
        "circumstances": {"missing.circumstances": "Left after a call.\r\nTook no coat."},
        "to-find-them": {"missing.each.clothing": "A green parka"},
        "urgency": {"missing.carer_risk_level": "high"},
        "earlier": {"missing.earlier_episodes_in_30_days": "2"},
    }
    while step != "check":
        way.append(step)
        step = writing.answer(step, answers.get(step, {})).headers["location"].rpartition("/")[2]

    assert way == ["person-1", "since", "last-seen", "circumstances", "to-find-them", "who-they-are", "company",
                   "urgency", "earlier"]  # fmt: skip
    sent = writing.send()
    page = words(writing.open("sent").text)
    (record,) = [one for one in _told(hub, "social-work") if one["content"].get("last_seen_at") == "The front door"]
    assert sent.headers["location"].endswith(f"{writing.draft}/sent")
    assert re.search(r"Report sent Receipt rc-[a-z2-7]{26}", page)
    assert record["content"] == {
        "status": "missing", "since": "2026-04-24T06:15:00+01:00", "last_seen_at": "The front door",
        "circumstances": "Left after a call.\nTook no coat.", "earlier_episodes_in_30_days": 2,
        "risk_scheme": "scotland", "carer_risk_level": "high",
    }  # fmt: skip
    assert list(record["each"].values()) == [{"clothing": "A green parka"}]


def test_the_young_person_whom_the_hub_knows_is_the_same_and_the_page_does_not_tell(hub: Practised) -> None:
    before = {name for one in _told(hub, "social-work") for name in one["about"]}
    known, unknown = missing(hub), missing(hub)
    unknown.answer("person-1", {"person1.system1": "own", "person1.number1": "990011", "person1.own1": "SWIS"})

    pages = []
    for writing in (known, unknown):
        writing.send()
        pages.append(re.sub(r"rc-[a-z2-7]+|d-[0-9a-f]{32}|duty.\d+", "…", writing.open("sent").text))

    assert pages[0] == pages[1]
    assert len({name for one in _told(hub, "social-work") for name in one["about"]} - before) <= 2


@pytest.mark.parametrize(
    ("fields", "input", "said"),
    [
        ({}, "person1.system1", "Say which young person it is about"),
        ({"person1.system1": "chi", "person1.number1": "5503111231"}, "person1.number1", "Give the CHI number as 10 d"),
        ({"person1.number1": "4711"}, "person1.system1", "Choose what kind of number it is"),
        ({"person1.system1": "own", "person1.number1": "4711"}, "person1.own1", "Give the short name of your system"),
        (CHI | {"person1.born-day": "31", "person1.born-month": "2", "person1.born-year": "2011"}, "person1.born-day",
         "Give a date of birth that exists"),
    ],
)  # fmt: skip
def test_a_young_person_who_is_not_named_well_is_asked_about_again(
    hub: Practised, fields: dict[str, str], input: str, said: str
) -> None:
    writing = begin(hub, "missing")

    answer = writing.answer("person-1", fields)

    assert answer.status_code == 422
    assert f'<a href="#{input}">{said}' in answer.text
    assert f'id="{input}-error"' in answer.text or input.endswith("-day")
    assert "<title>Error: " in answer.text
    for value in fields.values():
        assert f'value="{value}"' in answer.text


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        (("31", "2", "2026", "21:00"), "Give a day that exists"),
        (("24", "4", "2026", ""), "Give the time of day as well"),
        (("24", "4", "2026", "25:00"), "Give the time of day as well"),
        (("24", "4", "26", "21:00"), "Give the year with four digits"),
        (("25", "4", "2026", "06:00"), "not in the future"),
        (("", "", "", ""), "The report needs this: When were they last known to be safe?"),
        (("²", "4", "2026", "21:00"), "Give a day that exists"),
    ],
)
def test_a_time_that_cannot_be_is_asked_for_again_and_what_was_typed_stays(
    hub: Practised, typed: tuple[str, ...], said: str
) -> None:
    names = [f"missing.since-{part}" for part in ("day", "month", "year", "time")]
    writing = begin(hub, "missing")

    answer = writing.answer("since", dict(zip(names, typed, strict=True)))

    assert answer.status_code == 422
    assert said in words(answer.text)
    for name, value in zip(names, typed, strict=True):
        assert re.search(rf'name="{re.escape(name)}"[^>]* value="{re.escape(value)}"', answer.text), name


def test_what_was_typed_is_kept_even_where_it_was_wrong_and_somebody_comes_back_later(hub: Practised) -> None:
    writing = begin(hub, "missing")
    writing.answer("since", SINCE | {"missing.since-day": "99"}, go="later")

    start = hub.get(writing.who, "/report")
    page = writing.open("since").text

    assert f"/report/{writing.draft}" in start.text
    assert 'value="99"' in page


def test_a_draft_is_only_its_writer_s(hub: Practised) -> None:
    writing = missing(hub)

    for other in ("social-work/colleague", "police/officer"):
        for path in ("check", "since", "sent"):
            assert hub.get(other, f"/report/{writing.draft}/{path}").status_code == 404
        assert hub.send(other, f"/report/{writing.draft}/send", {"go": "on"}).status_code == 404
        assert writing.draft not in hub.get(other, "/report").text
        hub.send(other, f"/report/{writing.draft}/delete", {"go": "on"})
    assert writing.open("check").status_code == 200


def test_a_draft_lies_sealed_in_the_store_and_is_gone_once_it_was_sent(hub: Practised) -> None:
    writing = missing(hub, "The kiosk by the canal bridge.")
    store = _panel(hub).store

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


def test_a_deleted_draft_is_gone_for_ever(hub: Practised) -> None:
    writing = missing(hub)

    answer = hub.send(writing.who, f"/report/{writing.draft}/delete", {"go": "on"})

    assert answer.status_code == 303
    assert writing.open("check").status_code == 404
    with _panel(hub).store.reading() as session:
        assert (
            session.execute(text("SELECT count(*) FROM panel_drafts WHERE draft = :d"), {"d": writing.draft}).scalar()
            == 0
        )


def test_a_draft_that_was_not_sent_within_seven_days_is_gone() -> None:
    with practised(HOUSE_B) as hub:
        writing = missing(hub)
        hub.move(HOUSE_B.now + timedelta(days=6, hours=23))
        assert writing.open("check").status_code == 200

        hub.move(HOUSE_B.now + timedelta(days=7, minutes=1))

        assert writing.open("check").status_code == 404
        begin(hub, "missing", "police/officer")
        with _panel(hub).store.reading() as session:
            assert session.execute(text("SELECT draft FROM panel_drafts")).scalars().all() != [writing.draft]
            assert session.execute(text("SELECT count(*) FROM panel_drafts")).scalar() == 1


def test_the_check_shows_every_answer_and_each_leads_back_to_its_question(hub: Practised) -> None:
    writing = missing(hub, "Left after a phone call.")

    page = writing.open("check").text
    changed = writing.answer("circumstances", {"missing.circumstances": "Left in a car."}, query="?from=check")

    assert "What happened before they went missing? Left after a phone call. Change" in words(page)
    assert f"/report/{writing.draft}/circumstances?from=check" in page
    assert changed.headers["location"].endswith("/check")
    assert "Left in a car." in writing.open("check").text


def test_what_is_missing_is_listed_at_the_end_with_the_way_to_each_question(hub: Practised) -> None:
    writing = begin(hub, "missing")

    answer = writing.send()

    assert answer.status_code == 422
    assert f'href="/panel/report/{writing.draft}/since?from=check#missing.since-day"' in answer.text
    assert f'href="/panel/report/{writing.draft}/person-1?from=check#person1.system1"' in answer.text


def test_language_prompts_come_with_the_receipt_and_the_writer_changes_the_words(hub: Practised) -> None:
    writing = missing(hub, "Ro is an absconder who puts herself at risk.")
    writing.send()
    page = writing.open("sent").text

    refused = writing.answer("sent", {"text-1": "Ro is an absconder who puts herself at risk."})
    changed = writing.answer("sent", {"text-1": "Ro has been missing since a phone call at seven."})

    assert page.count("<mark>") == 2
    assert "<mark>absconder</mark>" in page
    assert "This treats absence as an offence." in page
    assert refused.status_code == 422
    assert "Change the words, or choose why they should stay" in refused.text
    assert changed.status_code == 303
    assert "The words you changed are changed." in writing.open("sent").text
    both = {"Ro has been missing since a phone call at seven.", "Ro is an absconder who puts herself at risk."}
    assert both <= {one["content"].get("circumstances") for one in _told(hub, "social-work")}
    told = {one["content"].get("circumstances") for one in _told(hub, "police", "full")}
    assert both & told == {"Ro has been missing since a phone call at seven."}


def test_the_writer_keeps_the_words_with_a_reason_and_only_the_reason_is_kept(hub: Practised) -> None:
    writing = missing(hub, "She said that they call her an absconder.")
    writing.send()

    answer = writing.answer("sent", {"text-1": "She said that they call her an absconder.", "text-1-reason": "quoted"})

    assert answer.status_code == 303
    assert "look at again" not in writing.open("sent").text
    with _panel(hub).store.reading() as session:
        rows = session.execute(text("SELECT agency, prompt, reason FROM panel_wording_kept")).all()
        drafts = str(session.execute(text("SELECT * FROM panel_drafts")).all())
    assert ("social-work", "absconding", "quoted") in [tuple(row) for row in rows]
    assert "absconder" not in drafts


def test_words_that_are_changed_and_still_prompt_are_shown_again(hub: Practised) -> None:
    writing = missing(hub, "Ro is an absconder.")
    writing.send()

    writing.answer("sent", {"text-1": "Ro is a runaway."})

    assert "<mark>runaway</mark>" in writing.open("sent").text


def test_a_return_discussion_is_sent_as_far_as_it_has_come(hub: Practised) -> None:
    writing = begin(hub, "return-discussion", "return-service/worker")
    declined = writing.answer("stage", {"missing.return_discussion": "declined"})
    assert declined.headers["location"].endswith("/person-1")
    writing.answer("person-1", CHI)
    assert writing.open("private").status_code == 404

    writing.answer("stage", {"missing.return_discussion": "completed"})
    writing.answer("how-they-are", {"missing.status": "found_safe"})
    writing.answer("private", {"voice_private.own_words": "Please keep this."})
    answer = writing.send()

    assert answer.status_code == 303, words(answer.text)
    own = [one for one in _told(hub, "return-service") if one["content"].get("own_words") == "Please keep this."]
    assert [one["type"] for one in own] == ["cairn.return-discussion.completed.v1"]
    assert own[0]["class"] == "voice_private"


def test_a_place_is_reported_with_those_who_were_there(hub: Practised) -> None:
    writing = begin(hub, "place", "youth-work/worker")
    assert writing.answer("people", {}, go="add").headers["location"].endswith("/person-1")
    writing.answer("person-1", CHI)
    writing.answer("place", {"place.how": "name", "place.value": "Canal bridge"})
    writing.answer(
        "observed", {name.replace("missing.since", "context.observed"): value for name, value in SINCE.items()}
    )
    writing.answer("what-sort", {"context.kind": "place", "context.location_band": "other"})
    writing.answer("what-happens", {"context.harms": ["substances", "online"]})

    answer = writing.send()

    assert answer.status_code == 303, words(answer.text)
    (own,) = [one for one in _told(hub, "youth-work") if one["content"].get("location_band") == "other"]
    assert own["content"]["harms"] == ["substances", "online"]
    assert own["content"]["observed"] == "2026-04-24T06:15:00+01:00"


@pytest.mark.parametrize(
    ("outcome", "needed"),
    [
        ("refer_group_to_efh_panel", "Say which young person it is about"),
        ("refer_place_to_efh_panel", "Say which place"),
    ],
)
def test_a_referral_needs_whom_or_what_the_panel_should_look_at(hub: Practised, outcome: str, needed: str) -> None:
    writing = begin(hub, "referral")
    writing.answer("what-for", {"decision.outcome": outcome})
    writing.answer("reasons", {"decision.reasons": "Three young people were offered vapes."})

    answer = writing.send()

    assert answer.status_code == 422
    assert needed in answer.text


@pytest.mark.parametrize("kind", ["found", "school", "health", "intelligence", "referral"])
def test_every_kind_of_report_can_be_sent_with_what_it_needs(hub: Practised, kind: str) -> None:
    def at(name: str) -> dict[str, str]:
        return {key.replace("missing.since", name): value for key, value in SINCE.items()}

    answers: dict[str, dict[str, dict[str, str]]] = {
        "found": {"found": at("missing.found"), "how-they-are": {"missing.status": "found_safe"}},
        "school": {"concern": {"school.concern": "A new phone that nobody bought."}},
        "health": {"attended": at("health_summary.attended"), "summary": {"health_summary.summary": "A small burn."}},
        "intelligence": {"noticed": {"intelligence_submission.observed": "A silver car, twice."}},
        "referral": {"what-for": {"decision.outcome": "refer_child_to_efh_panel"},
                     "reasons": {"decision.reasons": "Calls from somebody older."}},
    }  # fmt: skip
    writing = begin(hub, kind)
    for step, fields in {"person-1": CHI, **answers[kind]}.items():
        assert writing.answer(step, fields).status_code == 303, step

    answer = writing.send()

    assert answer.status_code == 303, words(answer.text)
    assert "Report sent" in writing.open("sent").text


@pytest.mark.parametrize("hostile", CORPUS)
def test_nothing_that_somebody_types_runs_on_any_page(hub: Practised, hostile: str) -> None:
    writing = begin(hub, "missing")
    fields = {
        "last-seen": "missing.last_seen_at", "circumstances": "missing.circumstances",
        "to-find-them": "missing.each.clothing", "who-they-are": "identity.each.known_as",
        "earlier": "missing.earlier_episodes_in_30_days", "urgency": "missing.risk_reasons",
    }  # fmt: skip
    pages = []
    writing.answer("person-1", {"person1.system1": "own", "person1.number1": hostile, "person1.own1": "swis"})
    writing.answer("since", SINCE)
    for step, name in fields.items():
        pages += [writing.answer(step, {name: f"{hostile} is an absconder"}).text, writing.open(step).text]
    pages += [writing.open("person-1").text, writing.open("check").text]
    writing.answer("earlier", {})
    assert writing.send().status_code == 303
    pages += [writing.open("sent").text, hub.get(writing.who, "/report").text]

    raw = [piece for piece in ("<script>alert", "<img src=x", "<svg/onload", "<!-- ]]>", "'-alert") if piece in hostile]
    for page in pages:
        body = page.partition("<main")[2]
        assert not any(piece in body for piece in raw)
        assert "49" not in body or "7*7" not in hostile
    assert sum("absconder" in page for page in pages) > 4


def test_a_form_that_no_page_of_the_hub_sent_changes_nothing(hub: Practised) -> None:
    for headers in (
        {"origin": "https://elsewhere.example"},
        {"origin": "null"},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
        {"sec-fetch-site": "none"},
    ):
        answer = hub.send(worker(), "/report", {"kind": "missing"}, **headers)
        assert answer.status_code == 403, headers
    ours = {"sec-fetch-site": "same-origin", "origin": "null"}
    assert hub.send(worker(), "/report", {"kind": "missing"}, **ours).status_code == 303


def test_what_cannot_be_reported_or_asked_is_answered_in_plain_words(hub: Practised) -> None:
    assert hub.send(worker(), "/report", {"kind": "gossip"}).status_code == 422
    writing = begin(hub, "missing")
    assert writing.open("no-such-page").status_code == 404
    assert hub.get(worker(), f"/report/d-{'0' * 32}/check").status_code == 404
    assert hub.get(worker(), "/report/x/check").status_code == 422
    assert hub.send("stranger/worker", "/report", {"kind": "missing"}).status_code == 403
    assert hub.get("police/system", "/report").status_code == 403


class _Intake:
    """An intake that is away, refuses, or answers."""

    def __init__(self, *answers: Exception | Accepted) -> None:
        self._answers = list(answers)
        self.posted: list[Mapping[str, Any]] = []

    def post(self, report: Mapping[str, Any], credentials: Mapping[str, str]) -> Accepted:  # noqa: ARG002 - whose it is
        self.posted.append(report)
        answer = self._answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    def close(self) -> None:
        """Nothing is held."""


@pytest.fixture
def through(hub: Practised, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Puts another intake behind the pages."""

    def put(*answers: Exception | Accepted) -> _Intake:
        intake = _Intake(*answers)
        monkeypatch.setattr(hub.hub.intake, "post", intake.post)
        return intake

    return put


def test_a_report_that_may_have_arrived_is_sent_again_to_the_letter(hub: Practised, through: Any) -> None:
    writing = missing(hub)
    intake = through(IntakeAway(), Accepted("accepted", {"receipt": "rc-1", "status": "accepted", "prompts": []}))

    first = writing.send()
    page = words(first.text)
    second = writing.send()

    assert first.status_code == 503
    assert "It is not known whether this arrived" in page
    assert "Send it again" in page
    assert second.status_code == 303
    assert intake.posted[0] == intake.posted[1]


def test_what_intake_refuses_is_said_where_it_can_be_put_right(hub: Practised, through: Any) -> None:
    writing = missing(hub)
    problem = Problem(
        422, "invalid_content", "The content breaks its schema", None,
        [{"pointer": "/data/missing/circumstances", "code": "hidden", "detail": "Remove control characters."}],
    )  # fmt: skip
    through(IntakeRefused(problem))

    answer = writing.send()

    assert answer.status_code == 422
    assert f'{writing.draft}/circumstances?from=check#missing.circumstances">Remove control characters.' in answer.text
    assert "Left after a phone call." in answer.text
    assert writing.answer("circumstances", {"missing.circumstances": "Left."}).status_code == 303


def test_nobody_can_begin_more_than_can_be_kept_and_what_was_sent_does_not_count(hub: Practised) -> None:
    who = worker()
    for _ in range(20):
        begin(hub, "missing", who)

    refused = hub.send(who, "/report", {"kind": "missing"})
    kept = re.findall(r"/report/(d-[0-9a-f]{32})", hub.get(who, "/report").text)
    Writing(hub, kept[0], who).answer("person-1", CHI)
    Writing(hub, kept[0], who).answer("since", SINCE)

    assert refused.status_code == 409
    assert Writing(hub, kept[0], who).send().status_code == 303
    assert hub.send(who, "/report", {"kind": "missing"}).status_code == 303
