"""Identity: who is calling, for which agency, in which roles."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from starlette.requests import HTTPConnection


class Role(StrEnum):
    """What a caller may do, besides reading what its agency may have."""

    SYSTEM = "system"
    """An agency's own computer system, which posts and subscribes."""
    PRACTITIONER = "practitioner"
    SIGNATORY = "signatory"
    """May sign agreements for its agency, and withdraw from them."""
    GOVERNANCE = "governance"
    """Keeps agreements and partners, and reads who saw what; sees metadata, not content."""


@dataclass(frozen=True)
class Caller:
    """Who is calling. `practitioner` is an opaque reference, such as `police/officer-17`."""

    practitioner: str
    partner: str
    roles: frozenset[Role]

    def may(self, role: Role) -> bool:
        """Whether the caller has this role."""
        return role in self.roles


class NotIdentified(Exception):
    """The caller could not be identified; the reason is never told apart to the caller."""


class Identity(Protocol):
    """Identifies the caller of a request."""

    challenge: str
    """What a refusal says in `WWW-Authenticate`."""

    def identify(self, connection: HTTPConnection) -> Caller:
        """Raises NotIdentified."""
        ...
