"""Back-links (S4, 4.4): a lead professional, and nobody else, is told that a plan for a context exists."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from schemas.access import AccessRecorded
from schemas.envelope import Event
from services.kernel import topics
from services.kernel.log import BEFORE_FIRST
from tests.panel.panel_hub import CHAIR, COORDINATOR, group_referral
from tests.support.panel_story import CONFIRMED, PanelPages, day, panel_pages, proposed, three_reports
from tests.support.reading import words

LEAD, COLLEAGUE, OFFICER = "social-work/duty-worker", "social-work/team-leader", "police/officer"
CP = {"purpose": "child_protection"}
EXISTS = "There is a plan for a place, a group or an online space that bears on them."
STEP = {"step": "Lights", "aim": "They work.", "owner": "bus-operator", "measure": "environment_repaired"} | day(
    "due", "20 5 2026"
)


class Affected:
    """A bus station that is a case with a plan, and a young person who was referred from there."""

    def __init__(self, hub: PanelPages) -> None:
        self.hub = hub
        three_reports(hub)
        hub.report("social-work", "cairn.referral.submitted.v1", group_referral())
        self.case = proposed(hub)
        self.here = f"/contexts/{self.case}"
        hub.done(f"{self.here}/confirm", COORDINATOR, CONFIRMED)
        self.ours = self._known("efh-panel")
        self.theirs = self._known("social-work")

    def plan(self) -> None:
        self.hub.done(f"{self.here}/plan", COORDINATOR, STEP)

    def tell(self, lead: str = LEAD, who: str = COORDINATOR) -> None:
        partner, _, name = lead.partition("/")
        sent = {"young_person": self.ours, "partner": partner, "name": name}
        assert self.hub.done(f"{self.here}/lead", who, sent) == self.here

    def page(self, who: str, young_person: str | None = None) -> str:
        """The young person's page, as an agency's practitioner is shown it."""
        path = f"/young-people/{young_person or self.theirs}"
        answer = self.hub.raw("GET", path, who, params=CP)
        assert answer.status_code == 200, answer.text
        return answer.text

    def told(self, who: str) -> list[dict[str, str]]:
        found: list[dict[str, str]] = self.hub.get("/v1/back-links", who, "child_protection")["back_links"]
        return found

    def traces(self) -> list[AccessRecorded]:
        log = self.hub.stage.hub.log
        told = [
            Event[AccessRecorded].model_validate_json(entry.value).data
            for entry in log.read(topics.ACCESS, 0, BEFORE_FIRST, 10_000)
        ]
        return [one for one in told if one.operation == "panel.back-links"]

    def _known(self, agency: str) -> str:
        """By which reference an agency knows the young person of whom the referral says this."""
        told = next(one["each"] for one in self.hub.records(agency) if one["class"] == "decision")
        (known,) = [ref for ref, each in told.items() if each["note"] == "Knows of the referral and has read it."]
        return str(known)


@pytest.fixture
def affected(tmp_path: Path) -> Iterator[Affected]:
    with panel_pages(tmp_path) as hub:
        yield Affected(hub)


def test_a_lead_professional_is_told_and_nobody_else_of_any_agency(affected: Affected) -> None:
    affected.plan()
    before = {who: affected.page(who) for who in (LEAD, COLLEAGUE)}

    affected.tell()

    assert EXISTS in words(affected.page(LEAD))
    assert EXISTS not in words(before[LEAD])
    after = affected.page(COLLEAGUE)
    assert after.partition('id="looked"')[0] == before[COLLEAGUE].partition('id="looked"')[0]
    assert "plan for a context" not in after
    assert "Wellbrae" not in affected.page(LEAD).partition("<main")[2]
    assert [one["young_person"] for one in affected.told(LEAD)] == [affected.theirs]
    assert [affected.told(who) for who in (COLLEAGUE, OFFICER, CHAIR)] == [[], [], []]


def test_the_panel_names_a_young_person_as_its_pages_show_them(affected: Affected) -> None:
    affected.plan()
    affected.ours = f"{affected.ours[:9]}…"

    affected.tell()

    assert EXISTS in words(affected.page(LEAD))


def test_only_the_young_person_whom_it_concerns_has_it(affected: Affected) -> None:
    affected.plan()
    affected.tell()

    listed = affected.hub.raw("GET", "/young-people.json", LEAD, params=CP).json()["rows"]

    assert [EXISTS in words(affected.page(LEAD, row["key"])) for row in listed].count(True) == 1


def test_what_a_lead_professional_is_told_is_on_the_log_and_what_nobody_is_told_is_not(affected: Affected) -> None:
    affected.plan()
    affected.tell()
    before = len(affected.traces())

    affected.page(COLLEAGUE)
    affected.page(LEAD)

    (told,) = affected.traces()[before:]
    assert (told.practitioner, len(told.seen), len(told.seen[0].subjects)) == (LEAD, 1, 1)


def test_without_a_plan_nobody_can_be_told_of_one(affected: Affected) -> None:
    said = {"command": "tell_lead", "young_person": affected.ours, "lead": LEAD}

    refused = affected.hub.refused(f"/v1{affected.here}/back-links/commands", COORDINATOR, **said)

    assert refused["type"] == "urn:cairn:problem:no_plan"
    assert "Tell one" not in affected.hub.page(affected.here, COORDINATOR)


def test_once_the_case_is_over_there_is_no_plan_to_tell_of(affected: Affected) -> None:
    affected.plan()
    affected.tell()

    affected.hub.done(f"{affected.here}/convert", CHAIR, {"reason": "A family lives there."})

    assert EXISTS not in words(affected.page(LEAD))
    assert affected.told(LEAD) == []


def test_somebody_else_who_leads_is_told_instead(affected: Affected) -> None:
    affected.plan()
    affected.tell()
    affected.hub.move(day=8)

    affected.tell(COLLEAGUE)

    assert EXISTS not in words(affected.page(LEAD))
    assert f"{EXISTS} The panel tells you, as their lead professional, and nobody else, since Fri 8 May 2026." in words(
        affected.page(COLLEAGUE)
    )
    assert words(affected.hub.page(affected.here, CHAIR)).count("of young person") == 1


def test_it_can_be_taken_back_and_told_again(affected: Affected) -> None:
    affected.plan()
    affected.tell()
    (one,) = affected.hub.get(f"/v1{affected.here}/back-links", CHAIR)["back_links"]
    page = affected.hub.page(affected.here, COORDINATOR)
    assert f"/panel/room{affected.here}/lead/{one['ref']}" in page

    assert affected.hub.done(f"{affected.here}/lead/{one['ref']}", COORDINATOR, {"sent": "yes"}) == affected.here

    assert EXISTS not in words(affected.page(LEAD))
    again = affected.hub.refused(
        f"/v1{affected.here}/back-links/commands", COORDINATOR, command="take_back", back_link=one["ref"]
    )
    assert again["type"] == "urn:cairn:problem:over"
    affected.tell()
    assert EXISTS in words(affected.page(LEAD))


def test_whom_the_panel_does_not_know_and_who_is_of_no_agency_is_said_at_its_field(affected: Affected) -> None:
    affected.plan()
    known = {"young_person": affected.ours, "partner": "social-work", "name": "duty-worker"}

    nobody = affected.hub.send(f"{affected.here}/lead", COORDINATOR, known | {"young_person": "y-nobody"})
    theirs = affected.hub.send(f"{affected.here}/lead", COORDINATOR, known | {"young_person": affected.theirs})
    elsewhere = affected.hub.refused(
        f"/v1{affected.here}/back-links/commands",
        COORDINATOR,
        command="tell_lead",
        young_person=affected.ours,
        lead="other-town/duty-worker",
    )

    for answer in (nobody, theirs):
        assert answer.status_code == 422
        assert "Which young person: the panel knows nobody by this reference" in answer.text
    assert (elsewhere["type"], elsewhere["errors"][0]["pointer"]) == ("urn:cairn:problem:lead_unknown", "/lead")


@pytest.mark.parametrize("who", [LEAD, OFFICER])
def test_people_of_other_agencies_tell_nobody_and_cannot_see_who_was_told(affected: Affected, who: str) -> None:
    affected.plan()
    affected.tell()
    asked = {"command": "tell_lead", "young_person": affected.theirs, "lead": who}

    answers = [
        affected.hub.raw("GET", f"/v1{affected.here}/back-links", who, params=CP),
        affected.hub.raw("GET", "/v1/contexts/ctx-none/back-links", who, params=CP),
        affected.hub.raw("POST", f"/v1{affected.here}/back-links/commands", who, json=asked),
        affected.hub.raw("POST", "/v1/contexts/ctx-none/back-links/commands", who, json=asked),
    ]

    assert {one.status_code for one in answers} == {403}
    assert len({one.content for one in answers}) == 1
