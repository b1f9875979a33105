"""Sending a report: the check of all answers, the receipt with its prompts, and what intake may say."""

from collections.abc import Mapping
from typing import Any

import pytest
from sqlalchemy import text

from services.kernel.http.problems import Problem
from services.panel.intake import Accepted, IntakeAway, IntakeRefused
from tests.support.practised import Practised
from tests.support.reading import words
from tests.support.report_writing import begin, missing, panel_of, told_to


def test_the_check_shows_every_answer_and_each_leads_back_to_its_question(house_b: Practised) -> None:
    writing = missing(house_b, "Left after a phone call.")

    page = writing.open("check").text
    changed = writing.answer("circumstances", {"missing.circumstances": "Left in a car."}, query="?from=check")

    assert "What happened before they went missing? Left after a phone call. Change" in words(page)
    assert f"/report/{writing.draft}/circumstances?from=check" in page
    assert changed.headers["location"].endswith("/check")
    assert "Left in a car." in writing.open("check").text


def test_what_is_missing_is_listed_at_the_end_with_the_way_to_each_question(house_b: Practised) -> None:
    writing = begin(house_b, "missing")

    answer = writing.send()

    assert answer.status_code == 422
    assert f'href="/panel/report/{writing.draft}/since?from=check#missing.since-day"' in answer.text
    assert f'href="/panel/report/{writing.draft}/person-1?from=check#person1.system1"' in answer.text


def test_language_prompts_come_with_the_receipt_and_the_writer_changes_the_words(house_b: Practised) -> None:
    writing = missing(house_b, "Ro is an absconder who puts herself at risk.")
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
    assert both <= {one["content"].get("circumstances") for one in told_to(house_b, "social-work")}
    told = {one["content"].get("circumstances") for one in told_to(house_b, "police", "full")}
    assert both & told == {"Ro has been missing since a phone call at seven."}


def test_the_writer_keeps_the_words_with_a_reason_and_only_the_reason_is_kept(house_b: Practised) -> None:
    writing = missing(house_b, "She said that they call her an absconder.")
    writing.send()

    answer = writing.answer("sent", {"text-1": "She said that they call her an absconder.", "text-1-reason": "quoted"})

    assert answer.status_code == 303
    assert "look at again" not in writing.open("sent").text
    with panel_of(house_b).store.reading() as session:
        rows = session.execute(text("SELECT agency, prompt, reason FROM panel_wording_kept")).all()
        drafts = str(session.execute(text("SELECT * FROM panel_drafts")).all())
    assert ("social-work", "absconding", "quoted") in [tuple(row) for row in rows]
    assert "absconder" not in drafts


def test_words_that_are_changed_and_still_prompt_are_shown_again(house_b: Practised) -> None:
    writing = missing(house_b, "Ro is an absconder.")
    writing.send()

    writing.answer("sent", {"text-1": "Ro is a runaway."})

    assert "<mark>runaway</mark>" in writing.open("sent").text


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
def through(house_b: Practised, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Puts another intake behind the pages."""

    def put(*answers: Exception | Accepted) -> _Intake:
        intake = _Intake(*answers)
        monkeypatch.setattr(house_b.hub.intake, "post", intake.post)
        return intake

    return put


def test_a_report_that_may_have_arrived_is_sent_again_to_the_letter(house_b: Practised, through: Any) -> None:
    writing = missing(house_b)
    intake = through(IntakeAway(), Accepted("accepted", {"receipt": "rc-1", "status": "accepted", "prompts": []}))

    first = writing.send()
    page = words(first.text)
    second = writing.send()

    assert first.status_code == 503
    assert "It is not known whether this arrived" in page
    assert "Send it again" in page
    assert second.status_code == 303
    assert intake.posted[0] == intake.posted[1]


def test_what_intake_refuses_is_said_where_it_can_be_put_right(house_b: Practised, through: Any) -> None:
    writing = missing(house_b)
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
