"""The player: tells a hub a scenario as agencies would, and reads back what each partner can see.

It knows nothing of how the hub decides; it reads what a partner's own interface serves.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from functools import partial

from schemas.classes import Form, Purpose
from services.console.rehearsal.hubs import LEAD, Refused, Stage
from services.console.rehearsal.naming import successor_of, told_as, withdrawal_of
from services.console.rehearsal.scenario import JSON, NotAScenario, Scenario, instant, merged
from services.console.rehearsal.telling import agreement_of, event_of

Matrix = dict[str, dict[str, str]]
_PAGE = 500
_IN_FORCE, _SUSPENDED, _ENDED = frozenset({"in force"}), frozenset({"suspended"}), frozenset({"ended"})


@dataclass
class Sight:
    """What everybody sees: over all purposes, for each purpose, and the bytes that each feed served."""

    matrix: Matrix
    matrix_for: dict[str, Matrix]
    bytes_of: dict[str, bytes]


@dataclass
class Player:
    """Plays one scenario, or one branch of it, on a hub of its own."""

    hub: Stage
    scenario: Scenario
    names: Mapping[str, str] = field(default_factory=dict)
    """What people call a partner, where that is not its id."""
    as_it_happened: bool = False
    """Whether the clock goes along with the reports, and each is heard before the next."""
    traced: bool = True
    """Whether each item's id is woven into its words."""
    _agreements: dict[str, JSON] = field(default_factory=dict)
    _told_as: dict[str, str] = field(default_factory=dict)
    """An agreement's id in the scenario -> the hub's of what is signed of it now."""
    _senders: dict[str, str] = field(default_factory=dict)
    _states: dict[str, frozenset[str]] = field(default_factory=dict)
    items: dict[str, str] = field(default_factory=dict)
    """The hub's ref of an item -> its id in the scenario."""

    def on(self, hub: Stage) -> "Player":
        """This player on another hub, which holds what this one was told."""
        return replace(
            self,
            hub=hub,
            items=dict(self.items),
            _agreements=dict(self._agreements),
            _told_as=dict(self._told_as),
            _senders=dict(self._senders),
            _states=dict(self._states),
        )

    def prepare(self) -> None:
        """Everything up to the end of the reports."""
        for _ in self.steps():
            pass

    def steps(self) -> Iterator[str]:
        """The same, step by step: what was told, each time something was. The reports end it."""
        yield from self.opening()
        for report in self.scenario.reports:
            self.tell(report["id"])
            yield f"{report['by']}: {report['type']}"
        self.hub.settle()

    def opening(self) -> Iterator[str]:
        """Everything before the first report: who joins, and what is agreed."""
        for partner in self.scenario.partners:
            name = self.names.get(partner, partner.replace("-", " ").capitalize())
            self._as_lead("/sharing/v1/partners", {"partner": partner, "name": name})
            yield f"{name} joins"
        for index, agreement in enumerate(self.scenario.agreements):
            self._at(f"/agreements/{index}", partial(self._agree, agreement))
            yield f"{agreement['title']} is signed"
        self.hub.settle()

    def tell(self, report: str) -> None:
        """One report, by its id."""
        index, told = next((index, one) for index, one in enumerate(self.scenario.reports) if one["id"] == report)
        if self.as_it_happened:
            self.hub.move(max(self.hub.now(), instant(told["at"])))
        self._at(f"/reports/{index}", partial(self._post, told))

    def apply(self, at: str, rule: JSON) -> None:
        """One rule of a branch; recalls are acknowledged as a subscriber does."""
        self._at(at, partial(self._apply, rule))
        self.hub.settle()
        self._acknowledge()

    def see(self) -> Sight:
        """Read every partner's feed for every purpose."""
        blank = {item: dict.fromkeys(self.scenario.partners, Form.NONE.value) for item in self.items.values()}
        for_purpose = {purpose.value: {item: dict(row) for item, row in blank.items()} for purpose in Purpose}
        served: dict[str, bytes] = {}
        known = self.references()
        for partner in self.scenario.partners:
            for purpose in Purpose:
                body = self._feed(partner, purpose)
                served[partner] = served.get(partner, b"") + body
                for line in map(json.loads, body.splitlines()):
                    if line["kind"] == "disclosed":
                        item = known[line["record"]["record"]]
                        for_purpose[purpose.value][item][partner] = line["record"]["form"]
        return Sight(_most_generous(blank, for_purpose.values()), for_purpose, served)

    def _feed(self, partner: str, purpose: Purpose) -> bytes:
        body, query = b"", {"purpose": purpose.value, "limit": str(_PAGE)}
        while page := self.hub.ask("GET", "/sharing/v1/feed", f"{partner}/system", params=query).content:
            body += page
            lines = page.splitlines()
            if len(lines) < _PAGE:
                break
            query["after"] = json.loads(lines[-1])["cursor"]
        return body

    def references(self, partner: str | None = None) -> dict[str, str]:
        """Partners' own names for records -> the scenario's item, as a governance lead can look them up."""
        known: dict[str, str] = {}
        query = {"limit": str(_PAGE)} | ({"partner": partner} if partner else {})
        while True:
            page = self.hub.ask("GET", "/governance/v1/disclosures", LEAD, params=query).json()
            known |= {one["reference"]: self.items[one["item"]] for one in page["disclosures"] if one["reference"]}
            if page["next"] is None:
                return known
            query["after"] = page["next"]

    def _acknowledge(self) -> None:
        recalls = self.hub.ask("GET", "/governance/v1/recalls", LEAD).json()["recalls"]
        unanswered = {(one["recall"], one["partner"]) for one in recalls if one["acknowledged"] is None}
        for recall, partner in sorted(unanswered):
            self.hub.ask("POST", f"/sharing/v1/recalls/{recall}/ack", f"{partner}/system")
        if unanswered:
            self.hub.settle()

    def _at(self, pointer: str, tell: Callable[[], None]) -> None:
        try:
            tell()
        except Refused as refused:
            raise NotAScenario(pointer, f"the hub refused it ({refused})") from refused

    def _as_lead(self, path: str, body: JSON) -> None:
        self.hub.ask("POST", path, LEAD, json=body)

    def _apply(self, rule: JSON) -> None:
        match rule:
            case {"at": at}:
                self.hub.move(instant(at))
            case {"suspend": agreement}:
                self._rule(agreement, "suspension", _IN_FORCE, _SUSPENDED)
            case {"reinstate": agreement}:
                self._rule(agreement, "reinstatement", _SUSPENDED, _IN_FORCE)
            case {"terminate": agreement}:
                self._rule(agreement, "end", _IN_FORCE | _SUSPENDED, _ENDED)
            case {"amend": agreement, "with": patch}:
                self._amend(agreement, patch)
            case {"agree": agreement}:
                self._agree(agreement)
            case {"report": report}:
                self._post(report)
            case {"withdraw_report": report}:
                self._withdraw(report)

    def _rule(self, agreement: str, what: str, before: frozenset[str], after: frozenset[str]) -> None:
        """Change what an agreement is; a rule that would change nothing is no mistake, and nothing is said."""
        if self._states[agreement] <= before:
            self._as_lead(f"/sharing/v1/agreements/{self._told_as[agreement]}/{what}", {"reason": "rehearsal"})
            self._states[agreement] = after

    def _agree(self, agreement: JSON) -> None:
        self._propose(agreement, told_as(agreement["id"]))

    def _amend(self, agreement: str, patch: JSON) -> None:
        """Sign an agreement anew; one that was ended is not amended, so that its parties sign a successor."""
        amended, called = merged(self._agreements[agreement], patch), self._told_as[agreement]
        if self._states[agreement] == _ENDED:
            self._propose(amended, successor_of(called))
            return
        self._as_lead(f"/sharing/v1/agreements/{called}/amendments", agreement_of(amended | {"id": called}))
        self._sign(amended, called)

    def _propose(self, agreement: JSON, called: str) -> None:
        self._as_lead("/sharing/v1/agreements", agreement_of(agreement | {"id": called}))
        self._sign(agreement, called)

    def _sign(self, agreement: JSON, called: str) -> None:
        for party in dict.fromkeys(agreement["parties"]):
            self.hub.ask("POST", f"/sharing/v1/agreements/{called}/signatures", f"{party}/signatory", json={})
        self._as_lead(f"/sharing/v1/agreements/{called}/in-force", {})
        self._agreements[agreement["id"]], self._told_as[agreement["id"]] = agreement, called
        self._states[agreement["id"]] = _IN_FORCE

    def _post(self, report: JSON) -> None:
        now = self.hub.now()
        early = instant(report["at"]) > now
        if early:
            self.hub.move(instant(report["at"]))
        receipt = self._send(event_of(self.scenario, report, self.traced), report["by"])
        by_class = {item["class"]: item["id"] for item in report["items"]}
        self.items |= {one["item"]: by_class[one["class"]] for one in receipt["items"]}
        self._senders[report["id"]] = report["by"]
        if early:
            self.hub.move(now)

    def _withdraw(self, report: str) -> None:
        by = self._senders.pop(report, None)
        if by is None:
            return  # it was withdrawn before
        event = {
            "specversion": "1.0",
            "id": withdrawal_of(report),
            "source": f"urn:cairn:partner:{by}",
            "type": "cairn.report.withdrawn.v1",
            "time": self.hub.now().isoformat(),
            "data": {"report": told_as(report)},
        }
        self._send(event, by)

    def _send(self, event: JSON, by: str) -> JSON:
        receipt: JSON = self.hub.ask(
            "POST",
            "/intake/v1/events",
            f"{by}/system",
            content=json.dumps(event),
            headers={"content-type": "application/cloudevents+json"},
        ).json()
        if receipt["status"] not in ("accepted", "parked"):
            raise Refused(202, f"report {receipt['status']}")
        return receipt


NewPlayer = Callable[[], AbstractContextManager[Player]]
"""Gives a player that has told everything up to the end of the reports, on a hub of its own."""


def _most_generous(blank: Matrix, matrices: Iterable[Matrix]) -> Matrix:
    result = {item: dict(row) for item, row in blank.items()}
    for matrix in matrices:
        for item, row in matrix.items():
            for partner, form in row.items():
                result[item][partner] = max(result[item][partner], form, key=lambda one: Form(one).generosity)
    return result
