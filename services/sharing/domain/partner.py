"""A partner: an agency that has joined the hub, and can post and read from then on."""

from uuid import NAMESPACE_URL, UUID, uuid5

from eventsourcing.domain import Aggregate, event

from schemas.rules import PartnerJoined


class UnknownPartner(Exception):
    """Some parties of an agreement have not joined the hub; `places` is where its list of parties has them."""

    def __init__(self, places: tuple[int, ...]) -> None:
        super().__init__()
        self.places = places


class Partner(Aggregate):
    """One agency."""

    TOPIC = "partner"

    @staticmethod
    def create_id(partner: str) -> UUID:
        return uuid5(NAMESPACE_URL, f"urn:cairn:partner:{partner}")

    @event("Created", topic="partner.joined")
    def __init__(self, partner: str, name: str, contact: str, by: str, at: str) -> None:
        """`name` is what people call it, `contact` a role to ask, `by` who let it join, `at` an ISO 8601 instant."""
        self.partner = partner
        self.name = name
        self.contact = contact
        self.by = by
        self.joined = at

    def describe(self, name: str, contact: str, by: str, at: str) -> None:
        """Give it another name or contact; harmless to repeat."""
        if (name, contact) != (self.name, self.contact):
            self._described(self.partner, name, contact, by, at)

    @event("Described", topic="partner.described")
    def _described(self, partner: str, name: str, contact: str, by: str, at: str) -> None:  # noqa: ARG002 - for the relay
        self.name = name
        self.contact = contact

    def as_joined(self) -> PartnerJoined:
        """The partner in the published language."""
        return PartnerJoined(partner=self.partner, name=self.name, contact=self.contact)
