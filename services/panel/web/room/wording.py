"""The words in which the panel room says its closed lists, its people and its days."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from schemas.reports.context import ContextKind
from services.kernel.pages.times import day_words, time_words
from services.kernel.pages.words import spaced
from services.panel.domain.context_terms import Measure, Side, State, Weighed
from services.panel.domain.meeting_terms import (
    Destination,
    ItemKind,
    ItemState,
    Membership,
    PanelOutcome,
    Part,
    Stage,
)
from services.panel.domain.panel_referral import About, Standing
from services.panel.domain.prompts import Given

KINDS: Mapping[str, str] = {
    ContextKind.PLACE: "Place",
    ContextKind.SCHOOL: "School",
    ContextKind.PEER_GROUP: "Group of friends",
    ContextKind.ONLINE_SPACE: "Online space",
}
STATES: Mapping[str, str] = {
    State.PROPOSED: "Proposed",
    State.OPEN: "Open",
    State.CLOSED: "Closed",
    State.DISMISSED: "Dismissed",
    State.CONVERTED: "A home",
}
WEIGHED: Mapping[str, str] = {
    Weighed.HOME: "Home",
    Weighed.PEERS: "Friends and peers",
    Weighed.SCHOOL: "School",
    Weighed.LOCATION: "Places",
    Weighed.ONLINE: "Online",
}
SIDES: Mapping[str, str] = {
    Side.YOUNG_PEOPLE: "Young people",
    Side.GUARDIANSHIP: "Adults who look out",
    Side.RESOURCES: "What the place offers",
}
MEASURES: Mapping[str, str] = {
    Measure.INCIDENTS_PER_WEEK: "Incidents in a week",
    Measure.FELT_SAFETY: "How safe young people feel there",
    Measure.GUARDIAN_PRESENCE: "Adults who look out are there",
    Measure.ENVIRONMENT_REPAIRED: "The surroundings are mended",
    Measure.SOMEWHERE_TO_GO: "There is somewhere to go",
    Measure.REFERRALS: "Referrals",
}
ABOUT: Mapping[str, str] = {
    About.CHILD: "A young person",
    About.GROUP: "A group of young people",
    About.PLACE: "A place",
    About.SCHOOL: "A school",
    About.ONLINE_SPACE: "An online space",
}
STANDINGS: Mapping[str, str] = {
    Standing.RECEIVED: "Received",
    Standing.ON_AGENDA: "On an agenda",
    Standing.RETURNED: "Returned with a question",
    Standing.DECIDED: "Decided",
}
STAGES: Mapping[str, str] = {
    Stage.PLANNED: "Being planned",
    Stage.AGENDA_SENT: "Agenda sent",
    Stage.HELD: "Going on now",
    Stage.CLOSED: "Closed",
    Stage.MINUTED: "Minutes sent",
}
PARTS: Mapping[str, str] = {
    Part.CHAIR: "Chair",
    Part.DEPUTY: "Deputy chair",
    Part.COORDINATOR: "Co-ordinator",
    Part.MINUTE_TAKER: "Minute-taker",
}
MEMBERSHIPS: Mapping[str, str] = {
    Membership.CORE: "Core member: all items",
    Membership.INVITED: "Invited to some items",
    Membership.PRESENTER: "Presents some items",
}
ITEM_KINDS: Mapping[str, str] = {
    ItemKind.CONTEXT: "A context",
    ItemKind.REFERRAL: "A referral",
    ItemKind.REVIEW: "A review",
    ItemKind.MISSING: "Missing episodes",
    ItemKind.MATTER: "Another matter",
}
ITEM_STATES: Mapping[str, str] = {
    ItemState.PLANNED: "Not heard yet",
    ItemState.HEARD: "Being heard",
    ItemState.DECIDED: "Decided",
    ItemState.CARRIED_OVER: "Carried over",
}
OUTCOMES: Mapping[str, str] = {
    PanelOutcome.ACCEPT: "Accept: the panel takes it on",
    PanelOutcome.RETURN: "Return it, and ask the referrer for more",
    PanelOutcome.REDIRECT: "Redirect it to where it belongs",
    PanelOutcome.OPEN_CONTEXT_ASSESSMENT: "Open an assessment of a context",
    PanelOutcome.JOINT_INTERVENTION: "Act together",
    PanelOutcome.NO_FURTHER_ACTION: "No further action",
    PanelOutcome.ESCALATE: "Escalate it",
}
OUTCOMES_IN_SHORT: Mapping[str, str] = {code: words.partition(":")[0] for code, words in OUTCOMES.items()}
DESTINATIONS: Mapping[str, str] = {
    Destination.IRD: "Inter-agency referral discussion",
    Destination.PLANNING_MEETING: "Child protection planning meeting",
    Destination.EARLY_HELP: "Early help",
    Destination.ADULT_PROTECTION: "Adult protection",
    Destination.SINGLE_AGENCY: "One agency alone",
    Destination.NAMED_PERSON: "The named person",
    Destination.COMMITTEE: "Child protection committee",
}
GIVEN: Mapping[str, str] = {
    Given.YES: "Yes",
    Given.NO: "No",
    Given.NOT_APPLICABLE: "Does not apply",
    Given.SKIPPED: "Skip, and say why",
}
HAPPENED: Mapping[str, str] = {
    "proposed": "Proposed",
    "evidence_added": "Another report named it",
    "confirmed": "Confirmed as one context",
    "dismissed": "Dismissed",
    "joined": "Joined with another",
    "noted": "Noted",
    "guardian_observed": "An adult who looks out",
    "assessed": "Assessed",
    "weighed": "Weighed",
    "step_planned": "Step agreed",
    "reviewed": "Reviewed",
    "outcome_recorded": "Outcome recorded",
    "closed": "Closed",
    "converted": "Found to be a home",
    "received": "Received",
    "prompts_answered": "Questions of quality answered",
    "put_on_agenda": "Put on an agenda",
    "carried_over": "Carried over to another meeting",
    "returned": "Returned with a question",
    "sent_in_again": "Sent in again",
    "decided": "Decided",
}


@dataclass(frozen=True)
class Called:
    """What people call agencies and their people."""

    agencies: Mapping[str, str]

    def agency(self, partner: str) -> str:
        """An agency, such as `The panel`."""
        return self.agencies.get(partner, spaced(partner))

    def person(self, practitioner: str) -> str:
        """Somebody, such as `Chair, The panel`; what the hub did by itself was done by nobody."""
        partner, _, name = practitioner.partition("/")
        if not name or name == "system":
            return self.agency(partner) if name else "The hub"
        return f"{spaced(name)}, {self.agency(partner)}"

    def persons(self, practitioners: list[str]) -> str:
        """Several of them."""
        return "; ".join(self.person(one) for one in practitioners)


def codes(words: Mapping[str, str], *only: StrEnum) -> tuple[tuple[str, str], ...]:
    """The options of a closed list, all or only these, as questions have them."""
    return tuple((str(code), said) for code, said in words.items() if not only or code in only)


def day_of(day: str) -> str:
    """A day as people read it; an empty one stays empty."""
    return day_words(date.fromisoformat(day[:10])) if day else ""


def time_of(instant: str) -> str:
    """An instant as people read it; a day alone as a day."""
    return time_words(datetime.fromisoformat(instant)) if len(instant) > 10 else day_of(instant)
