"""The words every agency shares: data classes, forms, purposes, handling codes.

An agreement grants a data class to a partner in a form, for a purpose; a report carries items of a
class with a handling code. These lists are closed: a word that is not here means no.
"""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Final, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from schemas.annotations import Instant


class Published(BaseModel):
    """Anything that crosses a boundary: frozen, strict, and refusing what it does not know."""

    model_config = ConfigDict(
        frozen=True, strict=True, extra="forbid", hide_input_in_errors=True, use_attribute_docstrings=True
    )


PartnerId = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]*$", max_length=63)]
"""An agency's name in the hub, such as `social-work`."""


class DataClass(StrEnum):
    """What kind of fact an item is; the unit in which agreements grant."""

    IDENTITY = "identity"
    IDENTIFIERS = "identifiers"
    ADDRESS = "address"
    SCHOOL = "school"
    MISSING = "missing"
    MISSING_COMPANIONS = "missing_companions"
    VOICE_SAFETY = "voice_safety"
    VOICE_PRIVATE = "voice_private"
    INTELLIGENCE_SUBMISSION = "intelligence_submission"
    INTELLIGENCE_SANITISED = "intelligence_sanitised"
    INTELLIGENCE_SOURCE = "intelligence_source"
    HEALTH_SUMMARY = "health_summary"
    HEALTH_SENSITIVE = "health_sensitive"
    PEER_LINKS = "peer_links"
    CONTEXT = "context"
    OFFENCE = "offence"
    ADULT_OF_CONCERN = "adult_of_concern"
    DECISION = "decision"
    ACTION = "action"


NEVER_GRANTED = frozenset({DataClass.VOICE_PRIVATE, DataClass.HEALTH_SENSITIVE, DataClass.INTELLIGENCE_SOURCE})
"""Classes that no agreement can grant."""

GENERALISABLE = frozenset({DataClass.MISSING, DataClass.DECISION, DataClass.CONTEXT})
"""Classes that have a generalised rendering."""


class Form(StrEnum):
    """In which form a partner may have an item, from nothing to its own copy."""

    NONE = "none"
    EXISTENCE = "existence"
    GENERALISED = "generalised"
    PSEUDONYMISED = "pseudonymised"
    FULL = "full"
    OWN = "own"

    @property
    def generosity(self) -> int:
        """0 for none, rising to 5 for own: a larger number tells the partner more."""
        return _GENEROSITY[self]


_GENEROSITY: Final = {form: number for number, form in enumerate(Form)}


GRANTABLE = frozenset({Form.FULL, Form.PSEUDONYMISED, Form.GENERALISED})
"""Forms that an agreement may grant."""


class Purpose(StrEnum):
    """What an agreement is for, and what every read must state."""

    CHILD_PROTECTION = "child_protection"
    MISSING = "missing"
    CONTEXT = "context"
    ADULT_PROTECTION = "adult_protection"


class HandlingCode(StrEnum):
    """3x5x2 handling: P, lawful sharing permitted; C, permitted with conditions."""

    PERMITTED = "P"
    CONDITIONS = "C"


class Existence(StrEnum):
    """Whether a partner may be told that an item under conditions exists."""

    DISCLOSABLE = "disclosable"
    SILENT = "silent"


class ActionCode(StrEnum):
    """3x5x2 action codes, under handling C only."""

    A1 = "A1"
    A2 = "A2"
    A3 = "A3"


class SanitisationCode(StrEnum):
    """3x5x2 sanitisation codes, under handling C only."""

    S1 = "S1"
    S2 = "S2"


class ReadingWindow(Published):
    """When partners may read an item: for opens <= t < closes. Whoever reported it may read it always."""

    opens: Instant | None = None
    """Without it, at once."""
    closes: Instant | None = None
    """Without it, for good."""

    @model_validator(mode="after")
    def _lasts(self) -> Self:
        if self.opens is None and self.closes is None:
            raise ValueError("a reading window says when it opens, when it closes, or both")
        if self.opens is not None and self.closes is not None and self.closes <= self.opens:
            raise ValueError("a reading window closes after it opens")
        return self

    def turns(self) -> tuple[datetime, ...]:
        """The instants at which it opens and closes, as far as it says them."""
        return tuple(instant for instant in (self.opens, self.closes) if instant is not None)

    def is_open(self, now: datetime) -> bool:
        """Whether partners may read at this instant."""
        return (self.opens is None or self.opens <= now) and (self.closes is None or now < self.closes)


class Handling(Published):
    """How an item may be passed on. Without one, an item is handled as P."""

    code: HandlingCode = HandlingCode.PERMITTED
    existence: Existence = Existence.SILENT
    action: ActionCode | None = None
    sanitisation: SanitisationCode | None = None
    addressed_to: Annotated[tuple[PartnerId, ...], Field(max_length=32)] = ()
    """Partners for whom it is meant: nobody else is given it, whatever is agreed, nor they more than is. Without any,
    agreements alone decide."""
    reading_window: ReadingWindow | None = None
    """Outside it nobody else is given it, whatever is agreed, and whoever had it is asked to remove it. Without one,
    agreements alone decide."""

    @model_validator(mode="after")
    def _codes_are_conditions(self) -> Self:
        if self.code is not HandlingCode.CONDITIONS and (self.action or self.sanitisation):
            raise ValueError("action and sanitisation codes go with handling code C only")
        return self


class SubjectKind(StrEnum):
    """Whom or what an item is about."""

    YOUNG_PERSON = "young_person"
    ADULT = "adult"
    CONTEXT = "context"


class Outcome(StrEnum):
    """What became of intelligence that an agency submitted."""

    USED = "used"
    NOT_USED = "not_used"


class Assessed(Published):
    """Intelligence was assessed: which record, by the assessing agency's own name for it, and whether it was used."""

    record: Annotated[str, StringConstraints(pattern=r"^n-[a-z2-7]{26}$")]
    outcome: Outcome
