"""Reading the envelope of a record: its type alone, before its data is understood."""

import json

from services.kernel.log import Entry


def published_type(entry: Entry) -> str:
    """The published type of the record, such as `cairn.label.answered.v1`; empty where it says none."""
    event = json.loads(entry.value)
    kind = event.get("type") if isinstance(event, dict) else None
    return kind if isinstance(kind, str) else ""
