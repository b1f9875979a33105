"""The rules in force: what partners and agreements on `hub.rules` add up to.

A pure fold. It compiles agreements to the index that policies read, and tells between which instants
nothing changes by the mere passing of time.
"""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from schemas.agreements import Agreement, OnWithdrawal
from schemas.classes import DataClass, Form
from schemas.envelope import Event
from schemas.rules import (
    AgreementEnded,
    AgreementInForce,
    AgreementReinstated,
    AgreementSuspended,
    PartnerJoined,
    PartyWithdrawn,
)

Rule = PartnerJoined | AgreementInForce | AgreementSuspended | AgreementReinstated | AgreementEnded | PartyWithdrawn

_RULE_EVENTS: dict[str, Any] = {
    "cairn.partner.joined.v1": Event[PartnerJoined],
    "cairn.agreement.in-force.v1": Event[AgreementInForce],
    "cairn.agreement.suspended.v1": Event[AgreementSuspended],
    "cairn.agreement.reinstated.v1": Event[AgreementReinstated],
    "cairn.agreement.ended.v1": Event[AgreementEnded],
    "cairn.agreement.party-withdrawn.v1": Event[PartyWithdrawn],
}

Grants = dict[str, dict[str, list[dict[str, Any]]]]
"""Source -> data class -> grants, in the form that `services.kernel.policy` describes."""


def rule_of(event: bytes) -> Rule:
    """The rule that an event on `hub.rules` states. Raises KeyError for a type that is no rule, ValidationError."""
    rule: Rule = _RULE_EVENTS[json.loads(event)["type"]].model_validate_json(event).data
    return rule


def microseconds(instant: datetime) -> int:
    """Microseconds since 1970, UTC."""
    since = instant.astimezone(UTC) - datetime(1970, 1, 1, tzinfo=UTC)
    return (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds


@dataclass
class Governing:
    """One agreement as it stands: the version in force, and who has left it."""

    document: Agreement
    version: int
    suspended: bool = False
    ended: bool = False
    left: dict[str, tuple[OnWithdrawal, int]] = field(default_factory=dict)
    """Party -> whether others keep what it had shared, and the first era that they do not keep."""


class Rules:
    """The fold of everything on `hub.rules` up to a position."""

    def __init__(self) -> None:
        self.partners: dict[str, PartnerJoined] = {}
        self.agreements: dict[str, Governing] = {}
        self._withdrawals: dict[str, list[datetime]] = {}

    def apply(self, rule: Rule) -> None:
        """Take one rule, in the order of the log."""
        match rule:
            case PartnerJoined():
                self.partners[rule.partner] = rule
            case AgreementInForce():
                self.agreements[rule.agreement] = Governing(rule.document, rule.version)
            case AgreementSuspended():
                self.agreements[rule.agreement].suspended = True
            case AgreementReinstated():
                self.agreements[rule.agreement].suspended = False
            case AgreementEnded():
                self.agreements[rule.agreement].ended = True
            case PartyWithdrawn():
                marks = self._withdrawals.setdefault(rule.partner, [])
                marks.append(rule.at)
                self.agreements[rule.agreement].left[rule.partner] = (rule.on_withdrawal, len(marks))

    def era(self, source: str, recorded: datetime) -> int:
        """How many times the source had left an agreement when an item was recorded."""
        return sum(1 for mark in self._withdrawals.get(source, ()) if mark <= recorded)

    def grants(self) -> Grants:
        """The index that policies read: only between parties, never what is suspended or ended."""
        index: Grants = {}
        for name in sorted(self.agreements):
            governing = self.agreements[name]
            if governing.suspended or governing.ended:
                continue
            for source, before_era in _sources(governing):
                for grant in _granted(governing, source, before_era):
                    index.setdefault(source, {}).setdefault(grant.pop("class"), []).append(grant)
        return index

    def granted_form(self, agreement: str, partner: str, data_class: DataClass) -> Form:
        """What this agreement grants this partner for a class, before any other rule."""
        governing = self.agreements.get(agreement)
        if governing is None:
            return Form.NONE
        return governing.document.grants.get(partner, {}).get(data_class, Form.NONE)

    def boundaries(self) -> Iterable[datetime]:
        """The instants at which an agreement starts or ends by itself."""
        for governing in self.agreements.values():
            yield governing.document.starts
            yield governing.document.ends

    def contact(self, partner: str) -> str:
        """Whom to ask at a partner: its contact, or its name."""
        joined = self.partners.get(partner)
        return (joined.contact or joined.name) if joined else partner


def _sources(governing: Governing) -> Iterable[tuple[str, int | None]]:
    for party in dict.fromkeys(governing.document.parties):
        if party not in governing.left:
            yield party, None
        elif governing.left[party][0] is OnWithdrawal.RETAIN:
            yield party, governing.left[party][1]


def _granted(governing: Governing, source: str, before_era: int | None) -> Iterable[dict[str, Any]]:
    document = governing.document
    for partner, classes in sorted(document.grants.items()):
        if partner == source or partner in governing.left or partner not in document.parties:
            continue
        for data_class, form in sorted(classes.items()):
            yield {
                "class": data_class.value,
                "agreement": document.id,
                "purpose": document.purpose.value,
                "to": partner,
                "form": form.value,
                "starts": microseconds(document.starts),
                "ends": microseconds(document.ends),
                "before_era": before_era,
            }


def span(boundaries: Iterable[datetime], now: datetime) -> tuple[datetime | None, datetime | None]:
    """The instants (from, until) around now between which no boundary lies: from <= now < until."""
    valid_from: datetime | None = None
    valid_until: datetime | None = None
    for boundary in boundaries:
        if boundary <= now:
            valid_from = boundary if valid_from is None else max(valid_from, boundary)
        else:
            valid_until = boundary if valid_until is None else min(valid_until, boundary)
    return valid_from, valid_until


def revision(policies: str, grants: Grants, valid_from: datetime | None) -> str:
    """Names a state of the rules: 16 hexadecimal digits over the policies' own name, the index and the span it is
    decided in."""
    since = valid_from and microseconds(valid_from)
    text = json.dumps([policies, grants, since], sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()[:16]
