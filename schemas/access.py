"""An access, on `hub.access`: who read what, when, for which purpose and under which agreement.

Written before the first byte is released. Holds opaque refs only: the trace of a read is itself sensitive.
"""

from datetime import datetime

from schemas.classes import Form, PartnerId, Published, Purpose


class Seen(Published):
    """One item that an access released."""

    item: str
    reference: str
    subjects: tuple[str, ...]
    form: Form
    agreements: tuple[str, ...]
    revision: str


class AccessRecorded(Published):
    """One read, whether it released anything or not."""

    access: str
    at: datetime
    practitioner: str
    partner: PartnerId
    operation: str
    """What was asked, such as `records.list`; never with its arguments."""
    purpose: Purpose | None
    """None where metadata alone was read, as by a governance lead."""
    seen: tuple[Seen, ...] = ()
