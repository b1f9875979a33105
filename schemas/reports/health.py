"""What health staff say after an attendance: what others need for safety, and what stays with health."""

from enum import StrEnum
from typing import ClassVar

from schemas.annotations import ChildQuote, Coded, FreeText, Instant
from schemas.classes import DataClass
from schemas.reports.codes import Harm
from schemas.reports.sections import Section


class CareSetting(StrEnum):
    """Where somebody was seen."""

    EMERGENCY_DEPARTMENT = "emergency_department"
    MINOR_INJURIES = "minor_injuries"
    GENERAL_PRACTICE = "general_practice"
    SCHOOL_NURSING = "school_nursing"
    SEXUAL_HEALTH = "sexual_health"
    MENTAL_HEALTH = "mental_health"
    AMBULANCE = "ambulance"
    PHARMACY = "pharmacy"
    OTHER = "other"


class HealthSummary(Section):
    """What another agency needs to know of somebody's health to keep them safe."""

    DATA_CLASS: ClassVar[DataClass] = DataClass.HEALTH_SUMMARY

    attended: Coded[Instant] | None = None
    setting: Coded[CareSetting] | None = None
    injury: Coded[bool] | None = None
    follow_up_planned: Coded[bool] | None = None
    harms: Coded[tuple[Harm, ...]] = ()
    summary: FreeText | None = None
    allergies_and_medicines: FreeText | None = None


class HealthSensitive(Section):
    """What stays between somebody and those who treat them."""

    DATA_CLASS: ClassVar[DataClass] = DataClass.HEALTH_SENSITIVE

    detail: FreeText | None = None
    own_words: ChildQuote | None = None
