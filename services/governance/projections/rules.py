"""The register: partners and agreements as the rules tell them, with every version there ever was."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from schemas.agreements import Agreement
from schemas.envelope import Event
from schemas.rules import (
    AgreementEnded,
    AgreementInForce,
    AgreementReinstated,
    AgreementSuspended,
    PartnerJoined,
    PartyWithdrawn,
)
from services.governance.projections.tables import CHANGES, PARTNERS, VERSIONS, Account, keep_once
from services.kernel import topics
from services.kernel.log import Entry
from services.kernel.projecting import Told, instant_of, instant_text, said_in

_Change = AgreementSuspended | AgreementReinstated | AgreementEnded | PartyWithdrawn
_KINDS: dict[type[_Change], str] = {
    AgreementSuspended: "suspended",
    AgreementReinstated: "reinstated",
    AgreementEnded: "ended",
    PartyWithdrawn: "party_withdrawn",
}
_RULES: dict[str, type[Event[Any]]] = {
    "cairn.partner.joined.v1": Event[PartnerJoined],
    "cairn.agreement.in-force.v1": Event[AgreementInForce],
    "cairn.agreement.suspended.v1": Event[AgreementSuspended],
    "cairn.agreement.reinstated.v1": Event[AgreementReinstated],
    "cairn.agreement.ended.v1": Event[AgreementEnded],
    "cairn.agreement.party-withdrawn.v1": Event[PartyWithdrawn],
}


class RulesProjection(Account):
    """Folds `hub.rules` into partners, versions of agreements, and what became of them."""

    name = "governance.rules"

    def topics(self, session: Session) -> Sequence[str]:  # noqa: ARG002 - always the same topic
        return [topics.RULES]

    def read(self, entry: Entry) -> Any:
        return said_in(entry, _RULES)

    def fold(self, session: Session, told: Sequence[Told]) -> None:
        for entry, said in told:
            match said:
                case PartnerJoined():
                    _join(session, said, entry.position)
                case AgreementInForce():
                    _keep_version(session, said, entry)
                case _:
                    _keep_change(session, said, entry)


def _join(session: Session, joined: PartnerJoined, position: int) -> None:
    session.execute(delete(PARTNERS).where(PARTNERS.c.partner == joined.partner))
    row = {"partner": joined.partner, "name": joined.name, "contact": joined.contact, "position": position}
    session.execute(insert(PARTNERS), row)


def _keep_version(session: Session, version: AgreementInForce, entry: Entry) -> None:
    row = {
        "record": entry.id, "agreement": version.agreement, "version": version.version, "at": instant_text(version.at),
        "position": entry.position, "document": version.document.model_dump_json(),
    }  # fmt: skip
    keep_once(session, VERSIONS, [row])


def _keep_change(session: Session, change: _Change, entry: Entry) -> None:
    row = {
        "record": entry.id, "agreement": change.agreement, "kind": _KINDS[type(change)],
        "partner": change.partner if isinstance(change, PartyWithdrawn) else None,
        "at": instant_text(change.at), "position": entry.position,
    }  # fmt: skip
    keep_once(session, CHANGES, [row])


@dataclass(frozen=True)
class Partner:
    """An agency and what people call it."""

    partner: str
    name: str
    contact: str


@dataclass(frozen=True)
class Version:
    """One version of an agreement, in force from `since`."""

    agreement: str
    version: int
    since: datetime
    document: Agreement


@dataclass(frozen=True)
class Standing:
    """An agreement as it stands at an instant. `state`: not_begun, in_force, suspended, ended or expired."""

    version: Version
    state: str
    state_since: datetime
    withdrawn: tuple[str, ...]
    earlier: tuple[Version, ...]


def partners(session: Session) -> list[Partner]:
    """Every partner, in the order in which they joined."""
    rows = session.execute(select(PARTNERS).order_by(PARTNERS.c.position))
    return [Partner(row.partner, row.name or row.partner, row.contact) for row in rows]


def versions(session: Session, agreement: str | None = None) -> list[Version]:
    """Every version, oldest first, of one agreement or of all."""
    query = select(VERSIONS).order_by(VERSIONS.c.agreement, VERSIONS.c.at, VERSIONS.c.position)
    if agreement is not None:
        query = query.where(VERSIONS.c.agreement == agreement)
    return [
        Version(row.agreement, row.version, instant_of(row.at), Agreement.model_validate_json(row.document))
        for row in session.execute(query)
    ]


def in_force_at(known: Sequence[Version], agreement: str, at: datetime) -> Version | None:
    """The version of an agreement that governed at an instant, of those known."""
    before = [version for version in known if version.agreement == agreement and version.since <= at]
    return before[-1] if before else None


def standings(session: Session, at: datetime) -> list[Standing]:
    """Every agreement that had a version by then, as it stood at that instant."""
    known = versions(session)
    found = []
    for agreement in dict.fromkeys(version.agreement for version in known):
        version = in_force_at(known, agreement, at)
        if version is not None:
            earlier = [one for one in known if one.agreement == agreement and one.version < version.version]
            found.append(_standing(session, version, tuple(earlier), at))
    return found


def _standing(session: Session, version: Version, earlier: tuple[Version, ...], at: datetime) -> Standing:
    changes = session.execute(
        select(CHANGES)
        .where(CHANGES.c.agreement == version.agreement, CHANGES.c.at <= instant_text(at))
        .order_by(CHANGES.c.position)
    ).all()
    withdrawn = tuple(row.partner for row in changes if row.kind == "party_withdrawn")
    stated = [row for row in changes if row.kind in ("suspended", "reinstated", "ended")]
    last = stated[-1] if stated else None
    document = version.document
    if last is not None and last.kind in ("suspended", "ended"):
        return Standing(version, last.kind, instant_of(last.at), withdrawn, earlier)
    if at < document.starts:
        return Standing(version, "not_begun", document.starts, withdrawn, earlier)
    if at >= document.ends:
        return Standing(version, "expired", document.ends, withdrawn, earlier)
    return Standing(version, "in_force", max(version.since, document.starts), withdrawn, earlier)
