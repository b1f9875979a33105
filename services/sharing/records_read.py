"""Records as partners read them: what each form shows, for those who follow the hub's description of its answers.

`release` builds them field by field, and a record's content is whatever its report's section holds in this form.
"""

from datetime import date, datetime
from typing import Annotated, Any, Literal

from pydantic import Field, RootModel

from schemas.classes import DataClass, Form, Outcome, PartnerId, Published, Purpose

Content = dict[str, Any]
"""A section of a report, as the schema of the report's type has it, or what is left of it in another form."""


def _where_it_is_said() -> Any:
    """A field that is left out where there is nothing to say."""
    return Field(default=None, exclude_if=lambda value: value is None)


class RecordHeading(Published):
    """What is told of every record."""

    record: str
    """Your agency's own name for this record in this form."""
    data_class: DataClass = Field(alias="class")
    purpose: Purpose
    agreements: tuple[str, ...]
    """The agreements by which your agency has it; none for what it reported itself."""
    about: tuple[str, ...]
    """Your agency's own names, or pseudonyms, of those whom it is about."""


class RecordInFull(RecordHeading):
    """A record as it was reported: your agency's own, or one that it has in full."""

    form: Literal[Form.OWN, Form.FULL]
    by: PartnerId = Field(alias="from")
    """The agency that reported it."""
    type: str
    """The type of the report, such as `cairn.missing-episode.reported.v1`."""
    section: str
    """Which section of the report it is."""
    occurred: datetime
    recorded: datetime
    """When the hub was told."""
    adults_left_out: int
    """How many of those whom it is about are left out because they are adults."""
    feedback: Outcome = _where_it_is_said()
    """Of your agency's own intelligence: what became of it."""
    content: Content | None
    """The section, without what is about one person alone; null where it was erased."""
    each: dict[str, Content]
    """Name of somebody whom it is about -> what is about them alone."""
    erased: Literal[True] | int = _where_it_is_said()
    """Stated where something was erased: true where all of it was, else how many entries of `each`."""


class RecordRendered(RecordHeading):
    """A record made from structured fields alone: no words of anybody, and no times."""

    by: PartnerId = Field(alias="from")
    content: Content | None
    """What this form shows; null where it was erased."""
    each: dict[str, Content]
    """Pseudonym of somebody whom it is about -> what this form shows of them alone."""
    erased: Literal[True] = _where_it_is_said()
    """Stated where it was erased."""


class RecordPseudonymised(RecordRendered):
    """A record whose people have pseudonyms, for this agency and purpose alone."""

    form: Literal[Form.PSEUDONYMISED]
    occurred: date
    adults_left_out: int
    """How many of those whom it is about are left out because they are adults."""


class RecordGeneralised(RecordRendered):
    """A record in general terms."""

    form: Literal[Form.GENERALISED]


class RecordExists(RecordHeading):
    """That there is a record, and whom to ask for it."""

    form: Literal[Form.EXISTENCE]
    held_by: PartnerId
    ask: str | None
    """A role or an office at the agency that holds it; null where that was erased."""


Shown = Annotated[RecordInFull | RecordPseudonymised | RecordGeneralised | RecordExists, Field(discriminator="form")]


class RecordRead(RootModel[Shown]):
    """A record in the form in which your agency has it."""


class RecordPage(Published):
    """Records in the order of your agency's feed."""

    records: tuple[RecordRead, ...]
    next: str | None
    """What to give as `after` for more; null at the end."""


class Timeline(Published):
    """Records about one young person, by when they happened."""

    subject: str
    """The name that was asked for."""
    records: tuple[RecordRead, ...]
    next: str | None
    """What to give as `after` for more; null at the end."""


class LineDisclosed(Published):
    """A record that your agency has been given; one of the same name that it had before is replaced."""

    kind: Literal["disclosed"]
    cursor: str
    """What to give as `after` to go on behind this line."""
    record: RecordRead


class LineRecalled(Published):
    """A record that your agency must remove."""

    kind: Literal["recalled"]
    cursor: str
    """What to give as `after` to go on behind this line."""
    record: str
    """The name of the record."""
    recall: str
    """The recall, to be acknowledged."""


class FeedLine(RootModel[Annotated[LineDisclosed | LineRecalled, Field(discriminator="kind")]]):
    """A line of your agency's feed."""
