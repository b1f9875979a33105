"""The words of a context case: its states, how it is assessed and weighed, and by what its change is seen."""

from enum import StrEnum

from services.panel.domain.refusing import Refused, Sort


class State(StrEnum):
    """What the case does now."""

    PROPOSED = "proposed"
    OPEN = "open"
    CLOSED = "closed"
    DISMISSED = "dismissed"
    CONVERTED = "converted"
    """It turned out to be a home: what is known there belongs to those who live in it."""


class HandledAs(StrEnum):
    """As what its information is handled."""

    CONTEXT = "context"
    PEER_LINKS = "peer_links"
    """The name of an online space is its members' personal data: it is a matter of peers."""
    PEOPLE = "people"


class Side(StrEnum):
    """The sides of the triangle by which a context is assessed."""

    YOUNG_PEOPLE = "young_people"
    GUARDIANSHIP = "guardianship"
    RESOURCES = "resources"


class Weighed(StrEnum):
    """What may have to change first."""

    HOME = "home"
    PEERS = "peers"
    SCHOOL = "school"
    LOCATION = "location"
    ONLINE = "online"


class Measure(StrEnum):
    """How change is seen. Those of CONTEXTUAL tell of the context; how many reports come in does not."""

    INCIDENTS_PER_WEEK = "incidents_per_week"
    FELT_SAFETY = "felt_safety"
    GUARDIAN_PRESENCE = "guardian_presence"
    ENVIRONMENT_REPAIRED = "environment_repaired"
    SOMEWHERE_TO_GO = "somewhere_to_go"
    REFERRALS = "referrals"


CONTEXTUAL = frozenset(Measure) - {Measure.REFERRALS}
WEIGHT_MAX = 5


class NotProposed(Refused):
    """Only what is proposed can be confirmed or dismissed."""

    code = "context_not_proposed"
    title = "The context is not waiting to be confirmed"
    detail = "It was confirmed or dismissed before."


class NotOpen(Refused):
    """The case is not open."""

    code = "context_not_open"
    title = "The context is not an open case"
    detail = "A person confirms a proposed context first."


class NotAContext(Refused):
    """It is a matter of peers, or somebody's home: it is not told of as a context."""

    code = "not_a_context"
    title = "This is not told of as a context"
    detail = "What is known here is personal: share it as a matter of peers, or of the people who live there."


class OfAnotherCase(Refused):
    """The context belongs to another case, which a person has confirmed."""

    code = "context_of_another_case"
    title = "One of these contexts has a case of its own"
    detail = "Close or convert one of the two cases first: a context belongs to one."


class NoContextualOutcome(Refused):
    """Nothing tells that the context became safer; that nobody was referred does not."""

    sort = Sort.CONTENT
    code = "outcome_missing"
    title = "No outcome of the context is recorded"
    detail = "Record a measure before and after: incidents, felt safety, guardians or the surroundings; not referrals."


class WeightOutOfRange(Refused):
    """Weights go from 0 to 5, one for each context."""

    sort = Sort.CONTENT
    code = "weight_out_of_range"
    title = "A weight is missing or out of range"
    detail = "Give each of home, peers, school, location and online a weight from 0 to 5."
