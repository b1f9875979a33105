"""What lies in one agency's holdings that names contexts, or is of some types: found without reading any content.

Only a record in full, or the agency's own, tells whom and what it is about; what the hub knows beside it is left out.
"""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from schemas.classes import SubjectKind
from services.kernel.store.gathered import gathered
from services.panel.domain.held import TIMED
from services.panel.projections.tables import HELD, NAMED

_IN_FULL = sorted(map(str, TIMED))


@dataclass(frozen=True)
class Arrived:
    """One record, by what can be told of it without opening it."""

    item: str
    report: str
    by: str
    type: str
    data_class: str
    subjects: tuple[str, ...]
    """The hub's refs of whom and what it names to the agency."""


@dataclass(frozen=True)
class ContextNamed:
    """One record that names a context to the agency; `context` is the hub's ref."""

    context: str
    partner: str
    item: str
    report: str
    by: str


def arrived(session: Session, partner: str, types: Sequence[str]) -> list[Arrived]:
    """The agency's records of these types, once each."""
    c, n = HELD.c, NAMED.c
    named: defaultdict[str, list[str]] = defaultdict(list)
    asked = (n.partner == partner, n.type.in_(types), n.form.in_(_IN_FULL))
    for item, ref in session.execute(select(n.item, n.ref).where(*asked).distinct().order_by(n.item, n.ref)):
        named[item].append(ref)
    query = select(c.item, c.report, c.by, c.type, c.data_class).where(c.partner == partner, c.type.in_(types))
    return [
        Arrived(row.item, row.report, row.by, row.type, row.data_class, tuple(named[row.item]))
        for row in session.execute(query.distinct())
    ]


def contexts_named(session: Session, partner: str) -> list[ContextNamed]:
    """The agency's records that name a context, once for each that they name."""
    n = NAMED.c
    asked = (n.partner == partner, n.kind == str(SubjectKind.CONTEXT), n.form.in_(_IN_FULL))
    query = select(n.ref, n.partner, n.item, n.report, n.by).where(*asked).distinct()
    return [ContextNamed(*row) for row in gathered(session, query)]


def records_naming(session: Session, partner: str, contexts: Collection[str]) -> dict[str, set[str]]:
    """Each of these contexts that the agency's records name -> those records."""
    n = NAMED.c
    asked = (n.partner == partner, n.ref.in_(sorted(contexts)), n.form.in_(_IN_FULL))
    found: defaultdict[str, set[str]] = defaultdict(set)
    for context, item in gathered(session, select(n.ref, n.item).where(*asked)):
        found[context].add(item)
    return found
