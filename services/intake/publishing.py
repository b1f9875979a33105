"""Publishing: what intake says on the log about a submission that was accepted, or released from parking.

A report goes to `hub.reports`; what it adds to a context, without content, to `hub.contexts`. Contributions go
first, so that a report is never labelled before the context it changes.
"""

import json
from collections.abc import Sequence
from typing import Any

from eventsourcing.persistence import Notification

from schemas.binding import token
from schemas.envelope import Event
from schemas.sealed import Contribution, SealedReport
from services.intake.domain.submission import Status
from services.kernel import topics
from services.kernel.keys import Keys
from services.kernel.log import Record

SOURCE = "urn:cairn:hub:intake"
REPORT_SEALED = "cairn.report.sealed.v1"
CONTEXT_CONTRIBUTED = "cairn.context.contributed.v1"

_ReportSealed = Event[SealedReport]
_ContextContributed = Event[Contribution]


def written(keys: Keys, report: SealedReport, correlation: Any, causation: Any) -> str:
    """A sealed report as the JSON of its event. What a sender wrote to correlate by is said as keyed hashes alone."""
    return _ReportSealed(
        id=report.report,
        source=SOURCE,
        type=REPORT_SEALED,
        time=report.occurred,
        recordedtime=report.recorded,
        correlationid=_hashed(keys, correlation),
        causationid=_hashed(keys, causation),
        data=report,
    ).model_dump_json(exclude_none=True)


def written_again(text: str, report: SealedReport) -> str:
    """The same event with the report as it is now known to be."""
    return read(text).model_copy(update={"data": report}).model_dump_json(exclude_none=True)


def read(text: str) -> Event[SealedReport]:
    """The event that `written` wrote."""
    return _ReportSealed.model_validate_json(text)


def contributed(report: SealedReport, contributions: Sequence[Contribution]) -> str:
    """What a report changes of contexts, as JSON: a list of events, to be read by `records`."""
    events = [
        _ContextContributed(
            id=f"{report.report}.{one.context}",
            source=SOURCE,
            type=CONTEXT_CONTRIBUTED,
            time=report.occurred,
            recordedtime=report.recorded,
            data=one,
        )
        for one in contributions
    ]
    return json.dumps([[one.data.context, one.id, one.model_dump_json(exclude_none=True)] for one in events])


def records(_: Notification, recorded: Any) -> Sequence[Record]:
    """What one recorded event of a submission means in public."""
    match recorded.TOPIC:
        case "submission.received" if recorded.status == Status.ACCEPTED:
            return _said(recorded)
        case "submission.released":
            return _said(recorded)
    return ()


def _said(recorded: Any) -> Sequence[Record]:
    said = [Record(topics.CONTEXTS, key, name, text.encode()) for key, name, text in json.loads(recorded.contributions)]
    return (*said, Record(topics.REPORTS, recorded.key, recorded.report, recorded.sealed.encode()))


def _hashed(keys: Keys, value: Any) -> str | None:
    return token("x", keys.mac("correlation", value)) if isinstance(value, str) else None
