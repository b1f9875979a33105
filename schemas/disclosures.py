"""The disclosure feed of one partner: what it was given, what was recalled, and how current the feed is.

Lies on `hub.disclosures.<partner>`. A partner's projection is built from these records and from nothing else.
`sequence` counts the records of one partner within one partition, from 1 and without gaps.
"""

from datetime import datetime
from typing import Literal

from pydantic import Field

from schemas.classes import DataClass, Form, Outcome, PartnerId, Published, Purpose
from schemas.sealed import Sealed

OWN = "own"
"""Stands in the place of a purpose for the originator's copy, which every purpose may read."""


class Rendering(Published):
    """What a partner holds of an item in one form; content stays sealed until it is read.

    In forms own and full, `shared` and `parts` are the sealed bytes that intake made. In the other
    forms `shared` was rendered from structured fields, and there are no parts.
    """

    reference: str
    """The partner's own name for this record: differs by partner and by form."""
    form: Form
    about: dict[str, str]
    """Ref of each subject shown -> the partner's own name for it, or its pseudonym."""
    adults_left_out: int = 0
    """How many subjects are left out because they are adults."""
    feedback: Outcome | None = None
    """For the originator's copy of intelligence: what became of it."""
    marks: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    """For the originator's copy: subject ref -> keyed hashes of the identifiers it gave."""
    shared: Sealed | None = None
    parts: dict[str, Sealed] = Field(default_factory=dict)


class Change(Published):
    """What one purpose may now have of an item."""

    purpose: Purpose | Literal["own"]
    form: Form
    reasons: tuple[str, ...]
    agreements: tuple[str, ...] = ()
    rendering: Rendering | None = None
    """None where the form is none: the record is recalled."""
    recall: str | None = None
    """Id of the recall, where the partner had more than it may now have."""


class ItemDisclosed(Published):
    """An item was disclosed to this partner, its basis changed, or it was recalled, purpose by purpose."""

    partner: PartnerId
    sequence: int
    item: str
    report: str
    by: PartnerId
    type: str
    section: str
    data_class: DataClass
    subjects: tuple[str, ...]
    """Refs of all subjects, for opening what was sealed and for the audit."""
    occurred: datetime
    recorded: datetime
    changes: tuple[Change, ...]
    revision: str
    decided: datetime


class ReportReflected(Published):
    """The source's own report of this number is in its feed (what `at_least` waits for)."""

    partner: PartnerId
    sequence: int
    report: str
    report_sequence: int


class FeedCurrent(Published):
    """Everything the rules say, up to a position on `hub.rules` and within a span of time, is in the feed."""

    partner: PartnerId
    sequence: int
    rules_position: int
    revision: str
    valid_from: datetime | None
    valid_until: datetime | None


class RecallAcknowledged(Published):
    """A partner says that it has removed what was recalled. Lies on `hub.recalls`."""

    partner: PartnerId
    recall: str
    by: str
    acknowledged: datetime
