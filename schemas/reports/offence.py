"""An offence with which somebody is charged."""

from enum import StrEnum
from typing import ClassVar

from schemas.annotations import Coded, Day, FreeText, Line
from schemas.classes import DataClass
from schemas.reports.sections import Section


class OffenceKind(StrEnum):
    """What sort of offence."""

    VIOLENCE = "violence"
    WEAPON = "weapon"
    SEXUAL = "sexual"
    DRUGS = "drugs"
    DISHONESTY = "dishonesty"
    ROAD_TRAFFIC = "road_traffic"
    PUBLIC_ORDER = "public_order"
    OTHER = "other"


class Offence(Section):
    """A charge. It is not a finding, and whoever is charged may also have been harmed."""

    DATA_CLASS: ClassVar[DataClass] = DataClass.OFFENCE

    kind: Coded[OffenceKind] | None = None
    charged_on: Coded[Day] | None = None
    reference: Line | None = None
    referred_to_reporter: Coded[bool] | None = None
    may_have_been_exploited: Coded[bool] | None = None
    circumstances: FreeText | None = None
