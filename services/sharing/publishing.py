"""Publishing: what sharing says on `hub.rules` when a partner joined, or something became of an agreement.

Drafts and signatures are not said: the rules are what governs, from the instant at which it does.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from eventsourcing.persistence import Notification

from schemas.agreements import Agreement as Document
from schemas.agreements import OnWithdrawal
from schemas.classes import Published
from schemas.envelope import Event
from schemas.rules import (
    AgreementEnded,
    AgreementInForce,
    AgreementReinstated,
    AgreementSuspended,
    PartnerJoined,
    PartyWithdrawn,
)
from services.kernel import topics
from services.kernel.log import Record
from services.sharing.domain.agreement import Agreement
from services.sharing.domain.partner import Partner

SOURCE = "urn:cairn:hub:sharing"


def _joined(recorded: Any, _: datetime) -> Published:
    return PartnerJoined(partner=recorded.partner, name=recorded.name, contact=recorded.contact)


def _in_force(recorded: Any, at: datetime) -> Published:
    document = Document.model_validate_json(recorded.document)
    return AgreementInForce(agreement=recorded.agreement, version=recorded.version, document=document, at=at)


def _suspended(recorded: Any, at: datetime) -> Published:
    return AgreementSuspended(agreement=recorded.agreement, at=at)


def _reinstated(recorded: Any, at: datetime) -> Published:
    return AgreementReinstated(agreement=recorded.agreement, at=at)


def _ended(recorded: Any, at: datetime) -> Published:
    return AgreementEnded(agreement=recorded.agreement, at=at)


def _party_withdrawn(recorded: Any, at: datetime) -> Published:
    on_withdrawal = OnWithdrawal(recorded.on_withdrawal)
    return PartyWithdrawn(agreement=recorded.agreement, partner=recorded.party, on_withdrawal=on_withdrawal, at=at)


_SAID: dict[type[Any], tuple[str, Callable[[Any, datetime], Published]]] = {
    Partner.Created: ("cairn.partner.joined.v1", _joined),
    Partner.Described: ("cairn.partner.joined.v1", _joined),  # type: ignore[attr-defined]
    Agreement.BroughtIntoForce: ("cairn.agreement.in-force.v1", _in_force),  # type: ignore[attr-defined]
    Agreement.Suspended: ("cairn.agreement.suspended.v1", _suspended),  # type: ignore[attr-defined]
    Agreement.Reinstated: ("cairn.agreement.reinstated.v1", _reinstated),  # type: ignore[attr-defined]
    Agreement.Ended: ("cairn.agreement.ended.v1", _ended),  # type: ignore[attr-defined]
    Agreement.PartyWithdrew: ("cairn.agreement.party-withdrawn.v1", _party_withdrawn),  # type: ignore[attr-defined]
}


def records(_: Notification, recorded: Any) -> Sequence[Record]:
    """What one recorded event of an agreement or a partner means in public: one rule, or nothing."""
    if type(recorded) not in _SAID:
        return ()
    kind, rule_in = _SAID[type(recorded)]
    at = datetime.fromisoformat(recorded.at)
    name = f"{recorded.originator_id}.{recorded.originator_version}"
    event = Event[Any](id=name, source=SOURCE, type=kind, time=at, recordedtime=at, data=rule_in(recorded, at))
    return (Record(topics.RULES, str(recorded.originator_id), name, event.model_dump_json(exclude_none=True).encode()),)
