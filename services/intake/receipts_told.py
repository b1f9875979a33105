"""Receipts as they are told: what an agency is answered about what it sent, for those who follow the description."""

from typing import Annotated

from pydantic import Field, WithJsonSchema

from schemas.classes import DataClass, Published
from services.intake.domain.submission import Status

Recorded = Annotated[str, WithJsonSchema({"type": "string", "format": "date-time"})]


class ItemTaken(Published):
    """One item of a report that was taken in."""

    item: str
    section: str
    """The section of the report that it is."""
    data_class: DataClass = Field(alias="class")


class PromptGiven(Published):
    """A word to the writer about a term that blames a child; it never holds a report up, and never repeats it."""

    pointer: str
    """The field, as a JSON Pointer."""
    code: str
    prompt: str
    """Why, and what to write instead."""
    start: int
    """Where in the field it begins, in Unicode code points."""
    end: int


class ReasonTold(Published):
    """Why something is kept in quarantine: where, and a code; never the value."""

    pointer: str
    code: str


class Receipt(Published):
    """What became of an event; the same whether those whom it is about were known or not."""

    receipt: str
    status: Status
    position: str | None
    """What to give as `at_least`, to read what holds this report; null in quarantine."""
    report: str
    items: tuple[ItemTaken, ...]
    reasons: tuple[ReasonTold, ...] = Field(default=(), exclude_if=lambda reasons: not reasons)
    """Stated in quarantine."""
    prompts: tuple[PromptGiven, ...]


class Waiting(Published):
    """Something that is kept in quarantine, or waits for the report that it corrects."""

    receipt: str
    status: Status
    received: Recorded
    reasons: tuple[ReasonTold, ...]


class WaitingPage(Published):
    """What waits, in order of arrival."""

    items: tuple[Waiting, ...]
    next: str | None
    """What to give as `after` for more; null at the end."""


class IntakeCurrency(Published):
    """How much that was accepted is not yet on the log."""

    waiting: int
