"""The agreement desk over HTTP: who may do what, what is refused and how, and what is said on the log of rules."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from schemas.access import AccessRecorded
from schemas.envelope import Event
from services.kernel import topics
from services.kernel.access import AccessGate
from services.kernel.clock import SimulatedClock
from services.kernel.following import settle
from services.kernel.http.apps import add_routes, new_app
from services.kernel.identity.demo import DemoIdentity
from services.kernel.log import BEFORE_FIRST, Log
from services.kernel.log.opening import open_log
from services.kernel.relay import NotificationRelay
from services.kernel.store.opening import open_store
from services.sharing import publishing
from services.sharing.api import agreements as agreement_routes
from services.sharing.api import partners as partner_routes
from services.sharing.application import Agreements
from services.sharing.domain.rules import Rules, rule_of

NOW = datetime(2026, 4, 20, 9, tzinfo=UTC)
LEAD = "governance/lead"


@dataclass
class Desk:
    """The agreement desk alone, with the log on which it says what governs."""

    client: TestClient
    log: Log
    relay: NotificationRelay

    def ask(self, method: str, path: str, who: str, body: Any = None, **headers: str) -> Any:
        named = {"Authorization": f"Demo {who}"} | {name.replace("_", "-"): value for name, value in headers.items()}
        content = None if body is None else json.dumps(body)
        if body is not None:
            named.setdefault("Content-Type", "application/json")
        return self.client.request(method, path, content=content, headers=named)

    def post(self, path: str, who: str, body: Any = None, **headers: str) -> Any:
        return self.ask("POST", path, who, {} if body is None else body, **headers)

    def get(self, path: str, who: str) -> Any:
        return self.ask("GET", path, who)

    def rules(self) -> list[tuple[str, Any]]:
        """The short name and the rule of everything said, in order."""
        settle([self.relay])
        entries = self.log.read(topics.RULES, 0, BEFORE_FIRST)
        return [(json.loads(entry.value)["type"], rule_of(entry.value)) for entry in entries]

    def sign_and_start(self, agreement: str, *parties: str) -> Any:
        for party in parties:
            assert self.post(f"/v1/agreements/{agreement}/signatures", f"{party}/signatory").status_code == 200
        return self.post(f"/v1/agreements/{agreement}/in-force", LEAD)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    log = open_log(f"sqlite:///{tmp_path}")
    log.create(topics.RULES, 1)
    log.create(topics.ACCESS, 1)
    store = open_store(f"sqlite:///{tmp_path}", "sharing")
    clock = SimulatedClock(NOW)
    agreements = Agreements(store, clock)
    gate = AccessGate(log, clock, "sharing")
    app = new_app("desk", DemoIdentity())
    add_routes(app, agreement_routes.routes(agreements, gate), partner_routes.routes(agreements, gate))
    relay = NotificationRelay(agreements, store, log, publishing.records, "sharing.rules")
    opened = Desk(TestClient(app, client=("127.0.0.1", 40000)), log, relay)
    for partner in ("police", "health", "education"):
        assert opened.post("/v1/partners", LEAD, {"partner": partner, "name": partner.title()}).status_code == 201
    yield opened
    store.close()
    log.close()


def document(**changes: Any) -> dict[str, Any]:
    return {
        "id": "A2",
        "title": "Missing episodes",
        "purpose": "missing",
        "parties": ["police", "health"],
        "starts": "2026-01-05T00:00:00Z",
        "ends": "2027-01-05T00:00:00Z",
        "grants": {"health": {"missing": "full"}},
    } | changes


def in_force(desk: Desk) -> None:
    assert desk.post("/v1/agreements", LEAD, document()).status_code == 201
    assert desk.sign_and_start("A2", "police", "health").status_code == 200


def refusal(response: Any) -> tuple[int, str]:
    return response.status_code, response.json()["type"].removeprefix("urn:cairn:problem:")


def test_an_agreement_is_drafted_signed_by_each_party_and_brought_into_force(desk: Desk) -> None:
    drafted = desk.post("/v1/agreements", LEAD, document())
    started = desk.sign_and_start("A2", "police", "health")

    assert drafted.status_code == 201
    assert drafted.headers["Location"] == "/v1/agreements/A2"
    assert drafted.json()["proposed"]["missing"] == ["police", "health"]
    assert started.json()["state"] == "in_force"
    assert started.json()["governing"]["version"] == 1
    assert started.json()["governing"]["document"]["parties"] == ["police", "health"]
    kind, rule = desk.rules()[-1]
    assert kind == "cairn.agreement.in-force.v1"
    assert (rule.agreement, rule.version, rule.at) == ("A2", 1, NOW)


def test_what_is_said_of_an_agreement_adds_up_to_the_rules(desk: Desk) -> None:
    in_force(desk)
    desk.post("/v1/agreements/A2/suspension", LEAD, {"reason": "a breach is looked into"})
    desk.post("/v1/agreements/A2/reinstatement", LEAD)
    desk.post("/v1/agreements/A2/withdrawals", "health/signatory")
    desk.post("/v1/agreements/A2/end", LEAD)

    said = desk.rules()
    rules = Rules()
    for _, rule in said:
        rules.apply(rule)

    assert [kind for kind, _ in said][3:] == [
        "cairn.agreement.in-force.v1",
        "cairn.agreement.suspended.v1",
        "cairn.agreement.reinstated.v1",
        "cairn.agreement.party-withdrawn.v1",
        "cairn.agreement.ended.v1",
    ]
    assert list(rules.partners) == ["police", "health", "education"]
    assert rules.agreements["A2"].ended
    assert "health" in rules.agreements["A2"].left
    assert rules.grants() == {}


def test_drafts_and_signatures_are_not_said_and_reasons_neither(desk: Desk) -> None:
    desk.post("/v1/agreements", LEAD, document())
    desk.post("/v1/agreements/A2/signatures", "police/signatory")
    before = desk.rules()
    desk.post("/v1/agreements/A2/signatures", "health/signatory")
    desk.post("/v1/agreements/A2/in-force", LEAD)
    desk.post("/v1/agreements/A2/suspension", LEAD, {"reason": "canary-reason"})
    desk.rules()

    assert {kind for kind, _ in before} == {"cairn.partner.joined.v1"}
    assert all(b"canary-reason" not in entry.value for entry in desk.log.read(topics.RULES, 0, BEFORE_FIRST))


def test_an_amendment_governs_only_once_it_is_signed_again_by_all(desk: Desk) -> None:
    in_force(desk)

    patch = {"title": "Wider", "grants": {"health": {"missing": None, "address": "full"}}}
    amended = desk.post("/v1/agreements/A2/amendments", LEAD, patch, Content_Type="application/merge-patch+json")
    too_early = desk.post("/v1/agreements/A2/in-force", LEAD)
    started = desk.sign_and_start("A2", "police", "health")

    assert amended.json()["governing"]["document"]["title"] == "Missing episodes"
    assert refusal(too_early) == (409, "not_signed_by_all")
    governing = started.json()["governing"]
    assert (governing["version"], governing["document"]["title"]) == (2, "Wider")
    assert governing["document"]["grants"] == {"health": {"address": "full"}}
    assert [kind for kind, _ in desk.rules()].count("cairn.agreement.in-force.v1") == 2


def test_an_amendment_can_be_a_whole_document(desk: Desk) -> None:
    in_force(desk)

    desk.post("/v1/agreements/A2/amendments", LEAD, document(title="Whole", parties=["police", "education"], grants={}))
    started = desk.sign_and_start("A2", "police", "education")

    assert started.json()["governing"]["document"]["parties"] == ["police", "education"]


def test_a_patch_that_breaks_the_schema_is_refused_with_a_place(desk: Desk) -> None:
    in_force(desk)

    patch = {"grants": {"health": {"address": "generalised"}, "police": {"missing": "all"}}}
    refused = desk.post("/v1/agreements/A2/amendments", LEAD, patch, Content_Type="application/merge-patch+json")

    assert refusal(refused) == (422, "invalid_content")
    assert refused.json()["errors"][0]["pointer"] == "/grants/police/missing"


@pytest.mark.parametrize(
    ("path", "body", "expected"),
    [
        ("/v1/agreements", document(), (409, "agreement_exists")),
        ("/v1/agreements", document(id="A3", parties=["police", "ghosts"], grants={}), (422, "unknown_partner")),
        ("/v1/agreements", document(id="A/3"), (422, "agreement_id_unfit")),
        ("/v1/agreements", document(id="A3", starts="2026-01-05T00:00:00"), (422, "invalid_content")),
        ("/v1/agreements", document(id="A3", grants={"health": {"voice_private": "full"}}), (422, "invalid_content")),
        ("/v1/agreements/A2/amendments", document(id="A3"), (422, "agreement_other")),
        ("/v1/agreements/A2/amendments", document(parties=["police", "ghosts"], grants={}), (422, "unknown_partner")),
        ("/v1/agreements/A2/in-force", {}, (409, "nothing_proposed")),
        ("/v1/agreements/A2/reinstatement", {}, (409, "agreement_not_suspended")),
        ("/v1/agreements/A2/suspension", {"because": "x"}, (422, "invalid_content")),
        ("/v1/agreements/A9/suspension", {}, (404, "agreement_unknown")),
        ("/v1/agreements/A2/withdrawals", {"party": "education"}, (409, "not_a_party")),
    ],
)
def test_a_command_that_cannot_be_is_refused_with_a_code(
    desk: Desk, path: str, body: Any, expected: tuple[int, str]
) -> None:
    in_force(desk)
    said = desk.rules()

    assert refusal(desk.post(path, LEAD, body)) == expected
    assert desk.rules() == said


def test_a_party_that_has_not_joined_is_told_by_its_place_and_not_by_its_name(desk: Desk) -> None:
    answer = desk.post("/v1/agreements", LEAD, document(id="A3", parties=["police", "ghosts"], grants={}))

    assert [(each["pointer"], each["code"]) for each in answer.json()["errors"]] == [("/parties/1", "unknown_partner")]
    assert "ghosts" not in answer.text


def test_a_party_signs_once(desk: Desk) -> None:
    desk.post("/v1/agreements", LEAD, document())
    desk.post("/v1/agreements/A2/signatures", "police/signatory")

    assert refusal(desk.post("/v1/agreements/A2/signatures", "police/signatory")) == (409, "already_signed")


def test_what_was_read_is_what_is_signed(desk: Desk) -> None:
    read = desk.post("/v1/agreements", LEAD, document()).json()["proposed"]
    desk.post("/v1/agreements/A2/amendments", LEAD, document(title="Other words"))

    late = desk.post("/v1/agreements/A2/signatures", "police/signatory", {"digest": read["digest"]})

    assert refusal(late) == (409, "version_not_proposed")


@pytest.mark.parametrize("who", ["police/officer", "police/system", "police/signatory"])
def test_only_governance_makes_and_changes_agreements_and_partners(desk: Desk, who: str) -> None:
    in_force(desk)
    changes = ["amendments", "in-force", "suspension", "reinstatement", "end"]

    for path in ["/v1/partners", "/v1/agreements", *(f"/v1/agreements/A2/{change}" for change in changes)]:
        assert refusal(desk.post(path, who)) == (403, "role_missing"), path


@pytest.mark.parametrize("who", ["police/officer", "police/system", LEAD])
def test_only_a_signatory_signs(desk: Desk, who: str) -> None:
    desk.post("/v1/agreements", LEAD, document())

    assert refusal(desk.post("/v1/agreements/A2/signatures", who)) == (403, "role_missing")


def test_a_signatory_takes_out_its_own_agency_alone(desk: Desk) -> None:
    in_force(desk)

    refused = desk.post("/v1/agreements/A2/withdrawals", "police/signatory", {"party": "health"})
    left = desk.post("/v1/agreements/A2/withdrawals", "police/signatory")

    assert refusal(refused) == (409, "not_a_party")
    assert left.json()["left"] == ["police"]


def test_for_an_agency_that_is_no_party_an_agreement_is_as_if_it_were_not_there(desk: Desk) -> None:
    in_force(desk)

    for who in ("education/officer", "education/signatory", "strangers/officer"):
        hidden, absent = (desk.get(f"/v1/agreements/{name}", who) for name in ("A2", "A9"))
        assert hidden.status_code == 404
        assert (hidden.content, hidden.headers) == (absent.content, absent.headers)
        assert desk.get("/v1/agreements", who).json() == {"agreements": []}
    hidden, absent = (desk.post(f"/v1/agreements/{name}/signatures", "education/signatory") for name in ("A2", "A9"))
    assert (hidden.status_code, hidden.content, hidden.headers) == (404, absent.content, absent.headers)


def test_parties_and_governance_read_the_same_agreement(desk: Desk) -> None:
    in_force(desk)

    read = [desk.get("/v1/agreements/A2", who).json() for who in ("police/officer", "health/system", LEAD)]

    assert read[0] == read[1] == read[2]
    assert desk.get("/v1/agreements", "health/officer").json() == {"agreements": [read[0]]}


def test_nobody_unknown_is_answered(desk: Desk) -> None:
    for method, path in (("GET", "/v1/agreements"), ("GET", "/v1/partners"), ("POST", "/v1/agreements")):
        assert desk.client.request(method, path).status_code == 401


def test_a_change_can_be_bound_to_the_state_that_was_seen(desk: Desk) -> None:
    in_force(desk)
    tag = desk.get("/v1/agreements/A2", LEAD).headers["ETag"]

    suspended = desk.post("/v1/agreements/A2/suspension", LEAD, If_Match=tag)
    late = desk.post("/v1/agreements/A2/end", LEAD, If_Match=tag)
    unreadable = desk.post("/v1/agreements/A2/end", LEAD, If_Match='W/"1"')
    newest = desk.post("/v1/agreements/A2/end", LEAD, If_Match=suspended.headers["ETag"])

    assert refusal(late) == (412, "agreement_changed")
    assert refusal(unreadable) == (412, "agreement_changed")
    assert newest.json()["state"] == "ended"


def test_drafting_the_same_again_is_harmless(desk: Desk) -> None:
    first = desk.post("/v1/agreements", LEAD, document())
    again = desk.post("/v1/agreements", LEAD, document())
    other = desk.post("/v1/agreements", LEAD, document(title="Other"))

    assert (again.status_code, again.content) == (201, first.content)
    assert refusal(other) == (409, "agreement_exists")


def test_joining_again_is_harmless_and_another_name_is_said(desk: Desk) -> None:
    joined = desk.rules()

    desk.post("/v1/partners", LEAD, {"partner": "police", "name": "Police"})
    assert desk.rules() == joined
    desk.post("/v1/partners", LEAD, {"partner": "police", "name": "The police", "contact": "duty desk"})

    assert desk.rules()[-1][1].contact == "duty desk"
    partners = desk.get("/v1/partners", "health/officer").json()["partners"]
    assert [partner["name"] for partner in partners] == ["The police", "Health", "Education"]


def test_a_read_leaves_its_trace_before_it_is_answered(desk: Desk) -> None:
    in_force(desk)
    for path in ("/v1/partners", "/v1/agreements", "/v1/agreements/A2", "/v1/agreements/A9"):
        desk.get(path, "police/officer")

    entries = desk.log.read(topics.ACCESS, 0, BEFORE_FIRST)
    traces = [Event[AccessRecorded].model_validate_json(entry.value).data for entry in entries]

    assert [trace.operation for trace in traces] == [
        "partners.list",
        "agreements.list",
        "agreements.read",
        "agreements.read",
    ]
    assert {trace.practitioner for trace in traces} == {"police/officer"}
