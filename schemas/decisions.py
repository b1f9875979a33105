"""Labels and answers: everything a rule may depend on, and what the rules say to it.

The policy engine is asked about labels, never about content or people. Decisions lie on
`hub.decisions` whether they share or refuse.
"""

from datetime import datetime
from enum import StrEnum

from schemas.classes import DataClass, Existence, Form, PartnerId, Published, Purpose


class ItemState(StrEnum):
    """Whether an item still stands."""

    CURRENT = "current"
    WITHDRAWN = "withdrawn"
    SUPERSEDED = "superseded"


class ContextStanding(StrEnum):
    """Whether enough young people and reports stand behind a context for it to be generalised."""

    ENOUGH = "enough"
    TOO_FEW = "too_few"
    NOT_A_CONTEXT = "not_a_context"


class Window(StrEnum):
    """Whether partners may read an item at this instant, as far as its originator limits it to a time."""

    OPEN = "open"
    CLOSED = "closed"


class Label(Published):
    """Everything about an item that a rule may depend on. Two items with one label are decided alike."""

    source: PartnerId
    data_class: str
    handling: str = "P"
    existence: Existence = Existence.SILENT
    state: ItemState = ItemState.CURRENT
    context: ContextStanding = ContextStanding.NOT_A_CONTEXT
    restrictions: tuple[str, ...] = ()
    """Codes of restrictions on any subject, sorted: `restriction`, `objection`, `consent_withdrawn`, `expectation`."""
    withheld_from: tuple[PartnerId, ...] = ()
    """Partners named by a non-disclosure condition on any subject, sorted."""
    addressed_to: tuple[PartnerId, ...] = ()
    """The only partners for whom its originator means it, sorted; without any, it is meant for all."""
    window: Window = Window.OPEN
    era: int = 0
    """How many times, before the item was recorded, its source had withdrawn from an agreement."""


class Decision(Published):
    """The form a partner may have, why, and under which agreements."""

    form: Form
    reasons: tuple[str, ...]
    agreements: tuple[str, ...] = ()


class Answer(Published):
    """What the rules say to one label: a decision for everybody, and the exceptions to it."""

    otherwise: Decision
    cells: dict[PartnerId, dict[Purpose, Decision]]


class LabelAnswered(Published):
    """A label was decided under a revision of the rules."""

    label_key: str
    label: Label
    answer: Answer
    revision: str
    decided: datetime


class ItemLabelled(Published):
    """An item was given a label, its first or another."""

    item: str
    report: str
    by: PartnerId
    type: str
    section: str
    data_class: DataClass
    about: tuple[str, ...]
    occurred: datetime
    recorded: datetime
    label_key: str
    labelled: datetime
