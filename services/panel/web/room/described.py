"""Contexts that nobody has named yet, as the panel's own records describe them: `Bus station, stance 3`.

Of each the few latest records are opened, so that a long board stays cheap; the one that is shown is traced.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Final

from sqlalchemy.orm import Session

from services.panel.application.context_views import ContextLine, ContextView
from services.panel.domain.context_terms import State
from services.panel.domain.held import TIMED, Held, Opened
from services.panel.projections.holdings import held_of
from services.panel.projections.placed import items_placed
from services.panel.projections.subjects import names_of
from services.panel.web.practice.called import place_words
from services.panel.web.room.context_page import title_of
from services.panel.web.room.setting import PanelRoom, Visit

OPERATION: Final = "panel.contexts-described"
_OPENED_FOR_EACH: Final = 3


def proposals_described(setting: PanelRoom, visit: Visit, lines: Iterable[ContextLine]) -> dict[str, str]:
    """Case -> what it is like, for proposals of which a record that the visitor may read for this purpose says so.

    Raises Problem, as every reading of records does.
    """
    proposed = [line for line in lines if line.state == State.PROPOSED]
    return _described(setting, visit, {context: line.ref for line in proposed for context in line.contexts})


def title_described(setting: PanelRoom, visit: Visit, case: ContextView) -> str:
    """What a case is called; before anybody named it, what it is like. Raises Problem."""
    cases = {} if case.name else dict.fromkeys(case.contexts, case.ref)
    return title_of(case.name or _described(setting, visit, cases).get(case.ref, ""), case.kind)


def _described(setting: PanelRoom, visit: Visit, cases: Mapping[str, str]) -> dict[str, str]:
    """Case -> what it is like; `cases` is by the refs of their contexts."""
    if not cases:
        return {}

    def find(session: Session, _: datetime) -> tuple[dict[str, str], list[Held]]:
        partner, purpose = visit.who.partner, visit.purpose
        names = {name: cases[context] for context, name in names_of(session, partner, cases).items()}
        items = items_placed(session, partner, purpose, sorted(names), None, None, _OPENED_FOR_EACH)
        return names, held_of(session, partner, purpose, items)

    def shown(names: dict[str, str], records: Sequence[Opened]) -> list[Opened]:
        return list({record.held.item: record for record in _telling(names, records).values()}.values())

    current = setting.room.reading.look(visit.who, visit.purpose, OPERATION, find, shown)
    told = _telling(current.found, current.records)
    return {current.found[name]: place_words(record.content) or "" for name, record in told.items()}


def _telling(names: Collection[str], records: Sequence[Opened]) -> dict[str, Opened]:
    """The latest record of each of these that says what sort of place it is."""
    found: dict[str, Opened] = {}
    for record in sorted(records, key=lambda one: (one.held.occurred, one.held.rendering.reference)):
        if record.held.form in TIMED and place_words(record.content):
            found |= {name: record for name in record.held.rendering.about.values() if name in names}
    return found
