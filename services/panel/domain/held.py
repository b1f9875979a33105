"""What an agency holds of an item for a purpose, sealed as it came in the agency's feed."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from schemas.classes import Form, SubjectKind
from schemas.disclosures import Rendering
from services.panel.domain.local_time import LONDON

TIMED: Final = frozenset({Form.OWN, Form.FULL})
"""The forms that tell when something happened, and when the hub was told."""
_KINDS = {"s": SubjectKind.YOUNG_PERSON, "a": SubjectKind.ADULT, "c": SubjectKind.CONTEXT}


def kind_of(ref: str) -> SubjectKind | None:
    """Whom or what a ref of the hub stands for, or None where it does not say."""
    return _KINDS.get(ref.partition("-")[0])


def day_told(form: Form, occurred: datetime) -> date | None:
    """The day in London; under a pseudonym, the day of the feed's own calendar; None where a form tells no day."""
    if form in TIMED:
        return occurred.astimezone(LONDON).date()
    return occurred.date() if form is Form.PSEUDONYMISED else None


@dataclass(frozen=True)
class Held:
    """A live record of one agency; `purpose` is `own` for what it reported itself."""

    partner: str
    item: str
    purpose: str
    agreements: tuple[str, ...]
    report: str
    by: str
    type: str
    section: str
    data_class: str
    subjects: tuple[str, ...]
    occurred: datetime
    recorded: datetime
    rendering: Rendering
    revision: str

    @property
    def form(self) -> Form:
        """In which form the agency has it."""
        return self.rendering.form


@dataclass(frozen=True)
class Opened:
    """A held record with its content; `erased` where a key was destroyed that was needed for some of it."""

    held: Held
    content: dict[str, Any]
    each: dict[str, dict[str, Any]]
    """The agency's own name, or pseudonym, of a subject -> what is about that one alone."""
    erased: bool = False


def in_order_told(record: Opened) -> tuple[str, str]:
    """By when it happened, where the form tells it; the rest comes last, in an order that tells nothing."""
    held = record.held
    return (held.occurred.isoformat() if held.form in TIMED else "9999", held.rendering.reference)
