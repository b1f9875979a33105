"""The rules as they lie on `hub.rules`: partners, and what becomes of agreements.

Type names: `cairn.partner.joined.v1`, `cairn.agreement.in-force.v1`, `cairn.agreement.suspended.v1`,
`cairn.agreement.reinstated.v1`, `cairn.agreement.ended.v1`, `cairn.agreement.party-withdrawn.v1`.
"""

from datetime import datetime

from schemas.agreements import Agreement, OnWithdrawal
from schemas.classes import PartnerId, Published


class PartnerJoined(Published):
    """An agency can post and read from now on."""

    partner: PartnerId
    name: str
    """What people call it, such as `Children's house`."""
    contact: str = ""
    """Whom to ask, a role: shown where only the existence of an item may be known."""


class AgreementInForce(Published):
    """A version of an agreement, signed by every party, governs from this instant."""

    agreement: str
    version: int
    document: Agreement
    at: datetime


class AgreementSuspended(Published):
    """Sharing under an agreement stops until it is reinstated."""

    agreement: str
    at: datetime


class AgreementReinstated(Published):
    """A suspended agreement governs again."""

    agreement: str
    at: datetime


class AgreementEnded(Published):
    """An agreement was ended for good, before its date."""

    agreement: str
    at: datetime


class PartyWithdrawn(Published):
    """One party left an agreement; the others go on."""

    agreement: str
    partner: PartnerId
    on_withdrawal: OnWithdrawal
    at: datetime
