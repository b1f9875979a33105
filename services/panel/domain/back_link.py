"""A back-link: from a young person to the plan for a context, for the eyes of their lead professional alone.

The context's own case names nobody. Who is affected is said here by a person, one young person at a time, and never
follows from a report.
"""

from uuid import NAMESPACE_URL, UUID, uuid5

from eventsourcing.domain import Aggregate, event

from services.panel.domain.refusing import Over, Refused, Sort


class NoPlan(Refused):
    """There is nothing yet that a lead professional could be told of."""

    code = "no_plan"
    title = "This context has no plan yet"
    detail = "Agree a step of the plan first; then a lead professional can be told that there is one."


class LeadUnknown(Refused):
    """Nobody by this name can be somebody of an agency of the hub."""

    sort = Sort.CONTENT
    code = "lead_unknown"
    title = "The lead professional is not of an agency of this hub"
    detail = "Name them as they sign in: their agency, and their name there."


class BackLink(Aggregate):
    """One young person and one case; `lead` is the practitioner who is told. Refs are opaque, instants ISO 8601."""

    TOPIC = "back-link"

    @staticmethod
    def create_id(ref: str) -> UUID:
        return uuid5(NAMESPACE_URL, f"urn:cairn:panel:back-link:{ref}")

    @event("Created", topic="back-link.told")
    def __init__(self, ref: str, case: str, subject: str, lead: str, by: str, at: str) -> None:
        self.ref, self.case, self.subject = ref, case, subject
        self.lead, self.by, self.at = lead, by, at
        self.stands = True

    def tell(self, lead: str, by: str, at: str) -> None:
        """Somebody else leads now, or it was taken back by mistake; whoever led before is shown it no more."""
        if not self.stands or lead != self.lead:
            self._told_again(lead, by, at)

    @event("ToldAgain", topic="back-link.told-again")
    def _told_again(self, lead: str, by: str, at: str) -> None:
        self.lead, self.by, self.at = lead, by, at
        self.stands = True

    def take_back(self, by: str, at: str) -> None:
        """The plan does not concern this young person, or nobody leads any more. Raises Over."""
        if not self.stands:
            raise Over
        self._taken_back(by, at)

    @event("TakenBack", topic="back-link.taken-back")
    def _taken_back(self, by: str, at: str) -> None:
        self.stands = False
        self.by, self.at = by, at
