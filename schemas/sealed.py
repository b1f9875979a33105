"""What intake puts on the log: reports whose personal content is sealed, and what they add to a context.

Refs are opaque: nobody can tell a young person from one. What is written here in clear is what a rule
may depend on; all else is ciphertext.
"""

from datetime import datetime
from enum import StrEnum
from typing import Literal

from pydantic import Field

from schemas.classes import Assessed, DataClass, Handling, PartnerId, Published, SubjectKind


class Sealed(Published):
    """Content that only the holder of a key of one of its subjects can open (format 1, for ever).

    All values are unpadded base64url. `keys` holds the content key wrapped once for each subject.
    """

    v: Literal[1] = 1
    alg: Literal["A256GCM"] = "A256GCM"
    keys: dict[str, str]
    nonce: str
    commitment: str
    text: str


class SealedSubject(Published):
    """A person or context that a report names, by opaque ref."""

    ref: str
    kind: SubjectKind
    born: Sealed | None = None
    """The date of birth, ISO 8601, sealed; where the reporting agency gave one."""
    marks: tuple[str, ...] = ()
    """Keyed hashes of the identifiers that the reporting agency gave."""


class SealedItem(Published):
    """One item: what every subject of it shares, and a part for each subject that has one."""

    item: str
    section: str
    data_class: DataClass
    about: tuple[str, ...]
    """Refs of its subjects, in the order the sender named them."""
    handling: Handling = Handling()
    shared: Sealed
    parts: dict[str, Sealed] = Field(default_factory=dict)


class CorrectionKind(StrEnum):
    """What a later report does to an earlier one."""

    WITHDRAWN = "withdrawn"
    AMENDED = "amended"
    REGRADED = "regraded"


class Correction(Published):
    """A change to an earlier report of the same agency."""

    report: str
    """The hub's ref of the earlier report."""
    kind: CorrectionKind
    section: str | None = None
    """The one section that is regraded; without it, every section."""
    handling: Handling | None = None


class SealedReport(Published):
    """A report as it lies on `hub.reports`; `sequence` counts the reports of its agency from 1."""

    report: str
    by: PartnerId
    type: str
    occurred: datetime
    recorded: datetime
    sequence: int = Field(ge=1)
    subjects: tuple[SealedSubject, ...]
    contexts: tuple[str, ...] = ()
    items: tuple[SealedItem, ...] = ()
    corrects: Correction | None = None
    assesses: Assessed | None = None


class Contribution(Published):
    """What a report adds to a context, without content, as it lies on `hub.contexts`."""

    context: str
    report: str
    young_people: tuple[SealedSubject, ...]
    """Every young person the report names, those who were only there included."""
    withdrawn: bool = False
    """The report is withdrawn, or no longer about this context."""
    revision: int = 0
    """How many corrections the report has had; what an earlier one says is overtaken, in whatever order it is heard."""
