"""Subjects as an agency names them: from its own references to the hub's refs, and back, through what it holds."""

import json
from collections.abc import Iterable, Sequence

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from services.panel.domain.held import TIMED
from services.panel.projections.tables import HELD, NAMED

_CHUNK = 200


def refs_of(session: Session, partner: str, names: Sequence[str]) -> dict[str, str]:
    """The agency's own reference -> the hub's ref, for those of these that its records name."""
    found: dict[str, str] = {}
    for start in range(0, len(names), _CHUNK):
        some = names[start : start + _CHUNK]
        query = (
            select(NAMED.c.name, HELD.c.rendering)
            .join(HELD, (HELD.c.partner == NAMED.c.partner) & (HELD.c.item == NAMED.c.item))
            .where(NAMED.c.partner == partner, HELD.c.purpose == NAMED.c.purpose, NAMED.c.name.in_(some))
        )
        for name, rendering in session.execute(query):
            found |= {told: ref for ref, told in json.loads(rendering)["about"].items() if told == name}
    return found


def names_of(session: Session, partner: str, refs: Iterable[str]) -> dict[str, str]:
    """The hub's ref -> the agency's own reference, for those of these that its records name in full.

    A pseudonym is no reference: joining the two is just what it is to prevent.
    """
    found: dict[str, str] = {}
    wanted = list(dict.fromkeys(refs))
    for start in range(0, len(wanted), _CHUNK):
        some = wanted[start : start + _CHUNK]
        naming = or_(*(HELD.c.subjects.contains(f'"{ref}"', autoescape=True) for ref in some))
        for (rendering,) in session.execute(select(HELD.c.rendering).where(HELD.c.partner == partner, naming)):
            told = json.loads(rendering)
            if told["form"] in TIMED:
                found |= {ref: name for ref, name in told["about"].items() if ref in some}
    return found
