"""The release of a record: the JSON that a partner reads, opened at the last moment and built field by field.

What each form shows is listed here; a row is never written out as it is, so that nothing slips through.
"""

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Any

from pydantic import WithJsonSchema
from sqlalchemy import Row

from schemas.access import Seen
from schemas.binding import SHARED, bound
from schemas.classes import Form
from schemas.disclosures import Rendering
from schemas.sealed import Sealed
from services.kernel.keys import KeyDestroyed, Keys
from services.kernel.projecting import instant_of
from services.sharing.projections.record_tables import RECALLED

ShownInstant = Annotated[str, WithJsonSchema({"type": "string", "format": "date-time"})]
"""An instant as it is written in answers."""

_OWN_WORDS = frozenset({Form.OWN, Form.FULL})


@dataclass(frozen=True)
class Released:
    """One line of what a partner reads, and what of it is to be on the access log."""

    line: dict[str, Any]
    seen: tuple[Seen, ...]


def release(row: "Row[Any]", purpose: str, keys: Keys) -> Released:
    """The line `{"kind", ...}` of a row, without its cursor. Raises NotAuthentic, KeysUnavailable."""
    if row.state == RECALLED:
        return Released({"kind": RECALLED, "record": row.reference, "recall": row.recall}, ())
    rendering = Rendering.model_validate_json(row.rendering)
    shown = _content(row, rendering, keys)
    if rendering.form in _OWN_WORDS:
        record = _in_own_words(row, rendering, purpose) | shown
    elif rendering.form is Form.EXISTENCE:
        record = _heading(row, rendering, purpose) | {"about": list(rendering.about.values())}
        record |= shown["content"] or {"held_by": row.by, "ask": None}
    else:
        record = _rendered(row, rendering, purpose) | shown
    return Released({"kind": "disclosed", "record": record}, (_seen(row, rendering),))


def _heading(row: "Row[Any]", rendering: Rendering, purpose: str) -> dict[str, Any]:
    return {
        "record": row.reference,
        "form": rendering.form.value,
        "class": row.data_class,
        "purpose": purpose,
        "agreements": json.loads(row.agreements),
    }


def _in_own_words(row: "Row[Any]", rendering: Rendering, purpose: str) -> dict[str, Any]:
    """Forms own and full: as it was reported."""
    return (
        _heading(row, rendering, purpose)
        | {
            "from": row.by,
            "type": row.type,
            "section": row.section,
            "occurred": shown_instant(instant_of(row.occurred)),
            "recorded": shown_instant(instant_of(row.recorded)),
            "about": list(rendering.about.values()),
            "adults_left_out": rendering.adults_left_out,
        }
        | ({"feedback": rendering.feedback.value} if rendering.feedback else {})
    )


def _rendered(row: "Row[Any]", rendering: Rendering, purpose: str) -> dict[str, Any]:
    """Forms pseudonymised and generalised: no times but the day, and that only where the form tells it."""
    record = _heading(row, rendering, purpose) | {"from": row.by}
    if rendering.form is Form.PSEUDONYMISED:
        record |= {"occurred": row.shown_from[:10], "adults_left_out": rendering.adults_left_out}
    return record | {"about": list(rendering.about.values())}


def _content(row: "Row[Any]", rendering: Rendering, keys: Keys) -> dict[str, Any]:
    """`content` and `each`, and `erased` where keys were destroyed: true for all of it, or how many parts."""
    if rendering.form not in _OWN_WORDS:
        content = _opened(row, rendering.shared, f"rendered:{rendering.reference}", keys)
        each = content.pop("each", {}) if content is not None else {}
        return {"content": content, "each": each} | ({"erased": True} if content is None else {})
    content = _opened(row, rendering.shared, SHARED, keys)
    named = [(name, rendering.parts[ref], ref) for ref, name in rendering.about.items() if ref in rendering.parts]
    parts = {name: _opened(row, sealed, ref, keys) for name, sealed, ref in named}
    each = {name: part for name, part in parts.items() if part is not None}
    erased = True if content is None else len(parts) - len(each)
    return {"content": content, "each": each} | ({"erased": erased} if erased else {})


def _opened(row: "Row[Any]", sealed: Sealed | None, part: str, keys: Keys) -> dict[str, Any] | None:
    if sealed is None:
        return None
    facts = bound(
        report=row.report, type=row.type, item=row.item, section=row.section, data_class=row.data_class, part=part
    )
    try:
        opened: dict[str, Any] = json.loads(keys.open(sealed, facts))
    except KeyDestroyed:
        return None
    return opened


def _seen(row: "Row[Any]", rendering: Rendering) -> Seen:
    """What the audit keeps: whom it was shown to be about, or, where it names nobody, whom the item is about."""
    subjects = tuple(json.loads(row.subjects))
    return Seen(
        item=row.item,
        reference=row.reference,
        subjects=tuple(ref for ref in subjects if ref in rendering.about) or subjects,
        form=rendering.form,
        agreements=tuple(json.loads(row.agreements)),
        revision=row.revision,
    )


def shown_instant(instant: datetime) -> str:
    """ISO 8601 in UTC, with as many decimals as it has, such as `2026-04-16T21:40:00Z`."""
    return instant.astimezone(UTC).isoformat().replace("+00:00", "Z")
