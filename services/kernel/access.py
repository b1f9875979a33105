"""The access gate: content is released only once the trace of its being read is on the log.

A read handler builds what it would say and returns it through `release`, so that there is no way out past the trace.
"""

import uuid
from collections.abc import Sequence
from typing import TypeVar

from schemas.access import AccessRecorded, Seen
from schemas.classes import Purpose
from schemas.envelope import Event
from services.kernel.clock import Clock
from services.kernel.http.problems import Problem
from services.kernel.identity import Caller
from services.kernel.log import Log, LogUnavailable, Record
from services.kernel.topics import ACCESS

TYPE = "cairn.access.recorded.v1"
_RETRY_SECONDS = 5
_SEEN_MAX = 500
"""Items in one trace, which must stay within what the log takes as one record."""
_Content = TypeVar("_Content")


class AccessGate:
    """Records each access on `hub.access`, durably, before anything is released."""

    def __init__(self, log: Log, clock: Clock, service: str = "access") -> None:
        self._log = log
        self._clock = clock
        self._source = f"urn:cairn:hub:{service}"

    def release(
        self, caller: Caller, operation: str, purpose: Purpose | None, seen: Sequence[Seen], content: _Content
    ) -> _Content:
        """The content, once the access is durable. `operation` is a name such as `records.list`, never an argument.

        An access that finds nothing is recorded as well. Raises the 503 problem `access_not_recorded`.
        """
        self.record(caller, operation, purpose, seen)
        return content

    def record(self, caller: Caller, operation: str, purpose: Purpose | None, seen: Sequence[Seen]) -> None:
        """Record one access, in several traces where it saw very much. Raises the 503 problem `access_not_recorded`."""
        pages = [seen[n : n + _SEEN_MAX] for n in range(0, len(seen), _SEEN_MAX)] or [()]
        records = [self._trace(caller, operation, purpose, page) for page in pages]
        try:
            self._log.append(records)
        except LogUnavailable:
            raise Problem(
                503,
                "access_not_recorded",
                "The access could not be recorded, so nothing was read",
                "Try again shortly.",
                headers={"Retry-After": str(_RETRY_SECONDS)},
            ) from None

    def _trace(self, caller: Caller, operation: str, purpose: Purpose | None, seen: Sequence[Seen]) -> Record:
        now = self._clock.now()
        access = uuid.uuid4().hex
        event = Event[AccessRecorded](
            id=access,
            source=self._source,
            type=TYPE,
            time=now,
            recordedtime=now,
            data=AccessRecorded(
                access=access,
                at=now,
                practitioner=caller.practitioner,
                partner=caller.partner,
                operation=operation,
                purpose=purpose,
                seen=tuple(seen),
            ),
        )
        return Record(ACCESS, caller.partner, access, event.model_dump_json().encode())


def stated_purpose(value: str | None) -> Purpose:
    """The purpose that a read states. Raises problems `purpose_missing` (400) and `purpose_unknown` (422)."""
    known = ", ".join(Purpose)
    if not value:
        raise Problem(400, "purpose_missing", "No purpose was stated", f"State one of these purposes: {known}.")
    try:
        return Purpose(value)
    except ValueError:
        raise Problem(
            422, "purpose_unknown", "The stated purpose is not known", f"State one of these purposes: {known}."
        ) from None
