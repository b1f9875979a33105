"""Who a young person is and where they belong: identity, identifiers, address, school."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated, ClassVar

from pydantic import Field, StringConstraints

from schemas.annotations import ChildQuote, Coded, Day, FreeText, Line
from schemas.classes import DataClass
from schemas.identifiers import Identifier, Postcode, Uprn
from schemas.reports.codes import Harm
from schemas.reports.sections import LocalName, Part, Section

Phone = Annotated[str, StringConstraints(pattern=r"^\+?[0-9][0-9 ]{6,18}[0-9]$")]


class IdentityPart(Part):
    """The names of one person."""

    given_name: Line | None = None
    family_name: Line | None = None
    known_as: Line | None = None
    """The name they use, and want to be used."""
    pronouns: Line | None = None
    phone: Phone | None = None


class Identity(Section):
    """Who the people of a report are."""

    DATA_CLASS: ClassVar[DataClass] = DataClass.IDENTITY

    description: FreeText | None = None
    """How to recognise them, and what matters to them."""
    language: Line | None = None
    interpreter_needed: Coded[bool] | None = None
    each: Mapping[LocalName, IdentityPart] = Field(default_factory=dict)


class IdentifiersPart(Part):
    """The numbers of one person, and where each is used."""

    numbers: tuple[Identifier, ...] = Field(default=(), max_length=20)


class Identifiers(Section):
    """By which numbers agencies know the people of a report."""

    DATA_CLASS: ClassVar[DataClass] = DataClass.IDENTIFIERS

    explanation: FreeText | None = None
    """How the numbers were checked, or which of them is in doubt."""
    each: Mapping[LocalName, IdentifiersPart] = Field(default_factory=dict)


class Placement(StrEnum):
    """What kind of place a young person lives in."""

    FAMILY_HOME = "family_home"
    KINSHIP_CARE = "kinship_care"
    FOSTER_CARE = "foster_care"
    CHILDRENS_HOUSE = "childrens_house"
    SECURE_CARE = "secure_care"
    SUPPORTED_ACCOMMODATION = "supported_accommodation"
    OTHER = "other"


class Address(Section):
    """Where somebody lives."""

    DATA_CLASS: ClassVar[DataClass] = DataClass.ADDRESS

    placement: Coded[Placement] | None = None
    lines: tuple[Line, ...] = Field(default=(), max_length=6)
    postcode: Postcode | None = None
    uprn: Uprn | None = None
    phone: Phone | None = None
    since: Coded[Day] | None = None
    arrangements: FreeText | None = None
    """Who is there, and how to make contact safely."""


class Attendance(StrEnum):
    """How much of school a young person reaches at present."""

    AS_USUAL = "as_usual"
    SOME_ABSENCE = "some_absence"
    OFTEN_ABSENT = "often_absent"
    PART_TIMETABLE = "part_timetable"
    NOT_ATTENDING = "not_attending"


class School(Section):
    """What school knows: attendance, change, and what worries its staff."""

    DATA_CLASS: ClassVar[DataClass] = DataClass.SCHOOL

    school: Line | None = None
    attendance: Coded[Attendance] | None = None
    harms: Coded[tuple[Harm, ...]] = ()
    trusted_adult_in_school: Coded[bool] | None = None
    concern: FreeText | None = None
    support_in_place: FreeText | None = None
    own_words: ChildQuote | None = None
