"""Opening what was disclosed: at the last moment, and only what the agency's own rendering names."""

import json
from typing import Any

from schemas.binding import SHARED, bound
from schemas.classes import Form
from schemas.sealed import Sealed
from services.kernel.keys import KeyDestroyed, Keys
from services.panel.domain.held import Held, Opened

_AS_SEALED_AT_INTAKE = frozenset({Form.OWN, Form.FULL})


def opened(held: Held, keys: Keys) -> Opened:
    """The record with its content. Raises NotAuthentic, KeysUnavailable."""
    rendering = held.rendering
    if held.form not in _AS_SEALED_AT_INTAKE:
        content = _content(held, rendering.shared, f"rendered:{rendering.reference}", keys)
        each = content.pop("each", {}) if content is not None else {}
        return Opened(held, content or {}, each, erased=content is None)
    content = _content(held, rendering.shared, SHARED, keys)
    each = {}
    erased = content is None
    for subject, name in rendering.about.items():
        if subject in rendering.parts:
            part = _content(held, rendering.parts[subject], subject, keys)
            erased = erased or part is None
            each[name] = part or {}
    return Opened(held, content or {}, {name: part for name, part in each.items() if part}, erased)


def _content(held: Held, sealed: Sealed | None, part: str, keys: Keys) -> dict[str, Any] | None:
    """What was sealed, or None where its key was destroyed."""
    if sealed is None:
        return None
    facts = bound(
        report=held.report,
        type=held.type,
        item=held.item,
        section=held.section,
        data_class=held.data_class,
        part=part,
    )
    try:
        content: dict[str, Any] = json.loads(keys.open(sealed, facts))
    except KeyDestroyed:
        return None
    return content
