"""Links between young people, and adults around them about whom there is concern.

A link is an observation with a source and an end date, never a label: being seen together is not belonging.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import ClassVar

from pydantic import Field

from schemas.annotations import Coded, Day, FreeText, Line
from schemas.classes import DataClass
from schemas.reports.codes import Agency, Harm
from schemas.reports.intelligence import Grading
from schemas.reports.sections import LocalName, Part, Section


class LinkKind(StrEnum):
    """How young people know one another."""

    FRIENDS = "friends"
    SAME_SCHOOL = "same_school"
    SAME_HOUSE = "same_house"
    FAMILY = "family"
    SEEN_TOGETHER = "seen_together"
    ONLINE = "online"
    CONFLICT = "conflict"


class PeerPart(Part):
    """What is known of one young person within the group."""

    strengths: FreeText | None = None
    safe_people: FreeText | None = None


class PeerLinks(Section):
    """That young people know one another, how that was observed, and until when it may be taken to hold."""

    DATA_CLASS: ClassVar[DataClass] = DataClass.PEER_LINKS

    kind: Coded[LinkKind] | None = None
    observed_on: Coded[Day] | None = None
    holds_until: Coded[Day] | None = None
    observed_by: Coded[Agency] | None = None
    grading: Coded[Grading] | None = None
    young_people: Coded[int] | None = Field(default=None, ge=0, le=200)
    """How many there are, those who are not named included."""
    harms: Coded[tuple[Harm, ...]] = ()
    description: FreeText | None = None
    strengths: FreeText | None = None
    each: Mapping[LocalName, PeerPart] = Field(default_factory=dict)


class AdultPart(Part):
    """What is known of one adult."""

    name: Line | None = None
    nickname: Line | None = None
    vehicle: Line | None = None
    appearance: FreeText | None = None


class AdultOfConcern(Section):
    """An adult who is, or may be, harming young people; kept apart from what is said about the young people."""

    DATA_CLASS: ClassVar[DataClass] = DataClass.ADULT_OF_CONCERN

    harms: Coded[tuple[Harm, ...]] = ()
    observed_on: Coded[Day] | None = None
    works_with_children: Coded[bool] | None = None
    grading: Coded[Grading] | None = None
    concern: FreeText | None = None
    disruption: FreeText | None = None
    """What is being done, and what must not be done before the police agree."""
    each: Mapping[LocalName, AdultPart] = Field(default_factory=dict)
