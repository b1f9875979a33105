"""Intelligence: what an agency submits, what the police publish, and what would show where it came from.

Graded 3x5x2. An item graded in the older 5x5x5 keeps its own scheme: the two write letters and digits in opposite
order, so none is ever read as the other, and its handling must be stated afresh.
"""

from enum import StrEnum
from typing import Annotated, ClassVar, Literal, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from schemas.annotations import Coded, Day, FreeText, Line
from schemas.classes import DataClass, Published
from schemas.reports.codes import Harm
from schemas.reports.sections import Section


class SourceEvaluation(StrEnum):
    """3x5x2: 1 reliable, 2 untested, 3 not reliable."""

    RELIABLE = "1"
    UNTESTED = "2"
    NOT_RELIABLE = "3"


class IntelligenceAssessment(StrEnum):
    """3x5x2: how the source knows."""

    KNOWN_DIRECTLY = "A"
    KNOWN_INDIRECTLY_CORROBORATED = "B"
    KNOWN_INDIRECTLY = "C"
    NOT_KNOWN = "D"
    SUSPECTED_FALSE = "E"


class Grading3x5x2(Published):
    """A grading in the present scheme; its handling code is the section's."""

    scheme: Literal["3x5x2"] = "3x5x2"
    source: SourceEvaluation
    assessment: IntelligenceAssessment


class Grading5x5x5(Published):
    """A grading in the older scheme, kept as it was written."""

    scheme: Literal["5x5x5"]
    source: Literal["A", "B", "C", "D", "E"]
    information: Literal["1", "2", "3", "4", "5"]
    handling: Literal["1", "2", "3", "4", "5"]


Grading = Annotated[Grading3x5x2 | Grading5x5x5, Field(discriminator="scheme")]
"""How far a piece of intelligence can be relied on. It is an opinion, and can be revised."""


class IntelligenceSubmission(Section):
    """What somebody noticed and passes to the police: not a referral, and not yet assessed."""

    DATA_CLASS: ClassVar[DataClass] = DataClass.INTELLIGENCE_SUBMISSION

    observed: FreeText | None = None
    """Who, where, when, vehicles, nicknames: what was seen or heard, and by what road."""
    observed_on: Coded[Day] | None = None
    harms: Coded[tuple[Harm, ...]] = ()
    suspected_false: Coded[bool] | None = None
    others_aware: FreeText | None = None
    carers_aware: Coded[bool] | None = None


class IntelligenceSanitised(Section):
    """Intelligence as the police pass it on, with nothing in it that would show its source."""

    DATA_CLASS: ClassVar[DataClass] = DataClass.INTELLIGENCE_SANITISED

    text: FreeText | None = None
    number: Line | None = None
    grading: Coded[Grading] | None = None
    information_date: Coded[Day] | None = None
    """The date of the intelligence, which is not that of the report."""
    harms: Coded[tuple[Harm, ...]] = ()
    conditions: FreeText | None = None
    """What handling code C asks of whoever has it."""

    @model_validator(mode="after")
    def _states_the_handling_of_an_older_grading(self) -> Self:
        if isinstance(self.grading, Grading5x5x5) and "handling" not in self.model_fields_set:
            raise PydanticCustomError(
                "handling_not_stated", "a 5x5x5 grading is not turned into a handling code: state `handling`"
            )
        return self


class IntelligenceSource(Section):
    """Where intelligence came from: for the originator alone."""

    DATA_CLASS: ClassVar[DataClass] = DataClass.INTELLIGENCE_SOURCE

    provenance: FreeText | None = None
    source_reference: Line | None = None
    """The reference of the source record, never a name."""
    grading: Coded[Grading] | None = None
    public_interest_immunity: Coded[bool] | None = None
