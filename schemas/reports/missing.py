"""What is known of a missing episode, from the first report to its closing and the return discussion.

We keep when it happened, not only when we were told: the lag is a risk signal. A risk level belongs to a scheme and
is never translated in silence from one scheme into another.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import ClassVar, Final, Literal, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from schemas.annotations import ChildQuote, Coded, FreeText, Generalised, Instant, Line
from schemas.classes import DataClass
from schemas.reports.codes import Agency
from schemas.reports.sections import LocalName, Part, Section


class MissingStatus(StrEnum):
    """How matters stand at the time of the report."""

    MISSING = "missing"
    FOUND_SAFE = "found_safe"
    FOUND_NEEDS_CARE = "found_needs_care"


class RiskScheme(StrEnum):
    """Whose levels of risk are used."""

    SCOTLAND = "scotland"
    ENGLAND_WALES = "england_wales"
    CARE_PILOT = "care_pilot"


class RiskLevel(StrEnum):
    """How urgent the search is; which levels there are depends on the scheme."""

    ABSENT = "absent"
    NO_APPARENT_RISK = "no_apparent_risk"
    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"


LEVELS: Final[Mapping[RiskScheme, frozenset[RiskLevel]]] = {
    RiskScheme.SCOTLAND: frozenset({RiskLevel.LOW, RiskLevel.MEDIUM, RiskLevel.HIGH}),
    RiskScheme.ENGLAND_WALES: frozenset(set(RiskLevel) - {RiskLevel.ABSENT}),
    RiskScheme.CARE_PILOT: frozenset(set(RiskLevel) - {RiskLevel.NO_APPARENT_RISK}),
}


class ReturnDiscussion(StrEnum):
    """How far the return discussion has come: to be arranged within 72 hours and completed within a week."""

    OFFERED = "offered"
    DECLINED = "declined"
    ARRANGED = "arranged"
    COMPLETED = "completed"


class MissingPart(Part):
    """What would help to find one person."""

    clothing: FreeText | None = None
    carrying: FreeText | None = None
    medicine: FreeText | None = None


class Missing(Section):
    """The facts of a missing episode."""

    DATA_CLASS: ClassVar[DataClass] = DataClass.MISSING

    status: Generalised[MissingStatus]
    circumstances: FreeText | None = None
    """What happened before, during or after, as far as it is known."""
    reference: Line | None = None
    """The police reference of the episode."""
    since: Coded[Instant] | None = None
    """When the young person was last known to be safe."""
    last_seen_at: Line | None = None
    reported_by: Coded[Agency] | None = None
    earlier_episodes_in_30_days: Coded[int] | None = Field(default=None, ge=0, le=200)
    risk_scheme: Coded[RiskScheme] | None = None
    risk_level: Coded[RiskLevel] | None = None
    carer_risk_level: Coded[RiskLevel] | None = None
    """The level in the view of whoever cares for the young person, who assesses it with the police."""
    risk_levels_agreed: Coded[bool] | None = None
    risk_reasons: FreeText | None = None
    seen: Coded[Instant] | None = None
    seen_at: Line | None = None
    sighting_confirmed: Coded[bool] | None = None
    found: Coded[Instant] | None = None
    found_at: Line | None = None
    found_by: Coded[Agency] | None = None
    medical_care_needed: Coded[bool] | None = None
    return_discussion: Coded[ReturnDiscussion] | None = None
    return_discussion_by: Coded[Agency] | None = None
    return_discussion_due: Coded[Instant] | None = None
    choice_of_person_offered: Coded[bool] | None = None
    own_words: ChildQuote | None = None
    each: Mapping[LocalName, MissingPart] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _names_levels_of_its_scheme(self) -> Self:
        levels = {self.risk_level, self.carer_risk_level} - {None}
        if levels and self.risk_scheme is None:
            raise PydanticCustomError("risk_scheme_missing", "a risk level needs the scheme that it belongs to")
        if self.risk_scheme is not None and not levels <= LEVELS[self.risk_scheme]:
            raise PydanticCustomError("risk_level_of_another_scheme", "the scheme has no such risk level")
        return self


class MissingReported(Missing):
    """The facts when an episode begins."""

    status: Generalised[Literal[MissingStatus.MISSING]]
    since: Coded[Instant]


class MissingRiskAssessed(Missing):
    """The facts as assessed: by the police, with whoever cares for the young person."""

    risk_scheme: Coded[RiskScheme]
    risk_level: Coded[RiskLevel]


class MissingSighting(Missing):
    """The facts of a sighting."""

    seen: Coded[Instant]


class MissingLocated(Missing):
    """The facts when a young person is found."""

    status: Generalised[Literal[MissingStatus.FOUND_SAFE, MissingStatus.FOUND_NEEDS_CARE]]
    found: Coded[Instant]


class MissingWithDiscussion(Missing):
    """The facts of a return discussion, as far as it has come."""

    return_discussion: Coded[ReturnDiscussion]


class Companionship(StrEnum):
    """Who was with a young person while they were missing."""

    ALONE = "alone"
    WITH_YOUNG_PEOPLE = "with_young_people"
    WITH_ADULTS = "with_adults"
    WITH_BOTH = "with_both"
    NOT_KNOWN = "not_known"


class MissingCompanions(Section):
    """With whom somebody was while missing."""

    DATA_CLASS: ClassVar[DataClass] = DataClass.MISSING_COMPANIONS

    company: Coded[Companionship] | None = None
    young_people: Coded[int] | None = Field(default=None, ge=0, le=200)
    adults: Coded[int] | None = Field(default=None, ge=0, le=200)
    description: FreeText | None = None
