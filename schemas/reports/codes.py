"""The code lists that several sections share.

A code says what was seen or done, never what somebody is. Lists are closed within a version of a type; words for
what they leave out go into free text.
"""

from enum import StrEnum


class Harm(StrEnum):
    """Kinds of harm outside the home, from the published guidance on panels."""

    SEXUAL_EXPLOITATION = "sexual_exploitation"
    CRIMINAL_EXPLOITATION = "criminal_exploitation"
    PEER_ON_PEER_ABUSE = "peer_on_peer_abuse"
    SERIOUS_YOUTH_VIOLENCE = "serious_youth_violence"
    TEENAGE_RELATIONSHIP_ABUSE = "teenage_relationship_abuse"
    SUBSTANCES = "substances"
    ANTI_SOCIAL_BEHAVIOUR = "anti_social_behaviour"
    SELF_HARM = "self_harm"
    RADICALISATION = "radicalisation"
    ONLINE = "online"
    NOT_KNOWN = "not_known"


class Agency(StrEnum):
    """Kinds of agency, as codes that name nobody."""

    SOCIAL_WORK = "social_work"
    POLICE = "police"
    HEALTH = "health"
    EDUCATION = "education"
    RESIDENTIAL_CARE = "residential_care"
    THIRD_SECTOR = "third_sector"
    YOUTH_WORK = "youth_work"
    REPORTER = "reporter"
    OTHER = "other"
