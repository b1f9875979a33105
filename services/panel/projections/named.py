"""The named: which of an agency's records name whom, by the references that the agency itself has for them.

Folded in the same transaction as the holdings. A pseudonym is no reference of the agency's: a record under one names
nobody here, so that nothing that is found by a name can join the two.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import ColumnElement, case, func, select
from sqlalchemy.orm import Session

from schemas.classes import Form, SubjectKind
from schemas.disclosures import OWN, Change, ItemDisclosed
from services.kernel.projecting import instant_of, instant_text
from services.kernel.store.gathered import gathered
from services.kernel.store.rows import Rows
from services.panel.domain.held import TIMED, kind_of
from services.panel.projections.tables import NAMED

_CHUNK = 500
_BESIDE = " "
_IDENTITY = "identity"
_IN_FULL = tuple(str(form) for form in TIMED)
_AS_IT_STANDS = ("name", "item", "purpose", "reference", "report", "by", "type", "section")


@dataclass(frozen=True)
class Mention:
    """One record that names somebody or something; times only where its form tells them."""

    name: str
    kind: SubjectKind
    item: str
    purpose: str
    form: Form
    reference: str
    report: str
    by: str
    type: str
    section: str
    occurred: datetime | None
    recorded: datetime | None


class Known(NamedTuple):
    """One young person whom an agency's records name, and what can be said without opening any of them."""

    name: str
    records: int
    latest: str | None
    """When the latest thing happened of which the agency is told the time, as text that sorts as time does."""


class Moment(NamedTuple):
    """One record of a type that tells when something happened to somebody; read by the thousand."""

    name: str
    item: str
    reference: str
    report: str
    type: str
    section: str
    occurred: str
    """As text that sorts as time does."""


class ToldOf(NamedTuple):
    """Who tells of somebody, and the item of one of these records: the first in an order that tells nothing."""

    by: tuple[str, ...]
    item: str


def note_named(named: Rows, disclosed: ItemDisclosed, change: Change) -> None:
    """Keep whom a record names, in place of what was kept of it before."""
    for row in named.having(disclosed.partner, disclosed.item):
        if row["purpose"] == str(change.purpose):
            named.remove(row)
    rendering = change.rendering
    if rendering is None or rendering.form is Form.PSEUDONYMISED:
        return
    timed = rendering.form in TIMED
    row = {
        "partner": disclosed.partner, "item": disclosed.item, "purpose": str(change.purpose),
        "form": str(rendering.form), "reference": rendering.reference, "report": disclosed.report,
        "by": disclosed.by, "type": disclosed.type, "section": disclosed.section,
        "occurred": instant_text(disclosed.occurred) if timed else None,
        "recorded": instant_text(disclosed.recorded) if timed else None,
    }  # fmt: skip
    for ref, name in rendering.about.items():
        kind = kind_of(ref)
        if kind is not None:
            named.put(row | {"name": name, "ref": ref, "kind": str(kind)})


def young_people_known(
    session: Session, partner: str, purpose: str, since: datetime | None = None, by: str | None = None
) -> list[Known]:
    """Every young person whom the agency's records for a purpose name, by their reference; only those of whom something
    is told since an instant, or by an agency, where these are given."""
    c = NAMED.c
    latest = func.max(c.occurred)
    query = (
        select(c.name, func.count().label("records"), latest.label("latest"))
        .where(c.partner == partner, c.purpose.in_((purpose, OWN)), c.kind == str(SubjectKind.YOUNG_PERSON))
        .group_by(c.name)
    )
    if since is not None:
        query = query.having(latest >= instant_text(since))
    if by is not None:
        query = query.having(func.max(case((c.by == by, 1), else_=0)) == 1)
    told = sorted(gathered(session, query))
    return [Known(name, int(records), latest or None) for name, records, latest in told]


def moments_of(
    session: Session,
    partner: str,
    purpose: str,
    section: str,
    types: Collection[str],
    since: datetime,
    names: Collection[str] | None = None,
) -> list[Moment]:
    """The records of a section and of these types that tell of young people since an instant, with their times; of
    these alone, where names are given."""
    c = NAMED.c
    asked = _told_since(partner, purpose, section, types, since)
    query = select(c.name, c.item, c.reference, c.report, c.type, c.section, c.occurred).where(*asked)
    if names is not None:
        query = query.where(c.name.in_(names))
    return list(map(Moment._make, gathered(session, query)))


def instants_of(
    session: Session, partner: str, purpose: str, section: str, types: Collection[str], since: datetime
) -> list[tuple[str, ...]]:
    """The same, and of each no more than whom it names, its type and when it was, as text: read by the ten thousand."""
    c = NAMED.c
    query = select(c.name, c.type, c.occurred).where(*_told_since(partner, purpose, section, types, since))
    return gathered(session, query)


def instants_for_others(
    session: Session,
    partner: str,
    purpose: str,
    section: str,
    types: Collection[str],
    since: datetime,
    names: Sequence[str],
) -> list[tuple[str, ...]]:
    """Of these young people, the records of these types since an instant that the agency holds for other purposes:
    whom each names, when it was, and the purpose, as text."""
    c = NAMED.c
    asked = (c.partner == partner, c.section == section, c.type.in_(types), c.occurred >= instant_text(since))
    found: list[tuple[str, ...]] = []
    for start in range(0, len(names), _CHUNK):
        some = (c.name.in_(names[start : start + _CHUNK]), c.purpose.not_in((purpose, OWN)))
        found += gathered(session, select(c.name, c.occurred, c.purpose).where(*asked, *some))
    return found


def _told_since(
    partner: str, purpose: str, section: str, types: Collection[str], since: datetime
) -> Sequence[ColumnElement[bool]]:
    c = NAMED.c
    return (
        c.partner == partner,
        c.type.in_(types),
        c.occurred >= instant_text(since),
        c.purpose.in_((purpose, OWN)),
        c.kind == str(SubjectKind.YOUNG_PERSON),
        c.section == section,
    )


def mentions_of(session: Session, partner: str, purpose: str, names: Sequence[str]) -> list[Mention]:
    """The records for a purpose that name any of these, in no order that tells anything."""
    c = NAMED.c
    found: list[Mention] = []
    for start in range(0, len(names), _CHUNK):
        found += _mentions(session, partner, purpose, c.name.in_(names[start : start + _CHUNK]))
    return found


def identities_of(session: Session, partner: str, purpose: str, names: Iterable[str]) -> set[str]:
    """Of each of these, the item of the latest record that may say what they are called."""
    c = NAMED.c
    latest = func.max(c.occurred + _BESIDE + c.reference + _BESIDE + c.item)
    asked = (c.partner == partner, c.purpose.in_((purpose, OWN)), c.section == _IDENTITY, c.form.in_(_IN_FULL))
    wanted = sorted(names)
    found: set[str] = set()
    for start in range(0, len(wanted), _CHUNK):
        some = c.name.in_(wanted[start : start + _CHUNK])
        told = session.execute(select(latest).where(*asked, some).group_by(c.name)).scalars()
        found |= {one.rpartition(_BESIDE)[2] for one in told}
    return found


def told_of(session: Session, partner: str, purpose: str, names: Sequence[str]) -> dict[str, ToldOf]:
    """Name -> who tells of the young people whom these names stand for."""
    c = NAMED.c
    record = func.min(c.reference + _BESIDE + c.item)
    found: dict[str, tuple[tuple[str, ...], str]] = {}
    for start in range(0, len(names), _CHUNK):
        asked = (c.name.in_(names[start : start + _CHUNK]), c.kind == str(SubjectKind.YOUNG_PERSON))
        held = (c.partner == partner, c.purpose.in_((purpose, OWN)))
        for name, by, first in session.execute(
            select(c.name, c.by, record).where(*held, *asked).group_by(c.name, c.by)
        ):
            known, before = found.get(name, ((), first))
            found[name] = ((*known, by), min(before, first))
    return {name: ToldOf(by, first.partition(_BESIDE)[2]) for name, (by, first) in found.items()}


def mentions_in(session: Session, partner: str, purpose: str, items: Sequence[str]) -> list[Mention]:
    """Everybody and everything that these records name."""
    c = NAMED.c
    found: list[Mention] = []
    for start in range(0, len(items), _CHUNK):
        found += _mentions(session, partner, purpose, c.item.in_(items[start : start + _CHUNK]))
    return found


def mentions_by_type(
    session: Session, partner: str, purpose: str, types: Sequence[str], since: datetime | None = None
) -> list[Mention]:
    """The records of these types that name somebody, from an instant on where one is given."""
    c = NAMED.c
    asked: list[ColumnElement[bool]] = [c.type.in_(types)]
    if since is not None:
        asked.append(c.occurred >= instant_text(since))
    return _mentions(session, partner, purpose, *asked)


def _mentions(session: Session, partner: str, purpose: str, *asked: ColumnElement[bool]) -> list[Mention]:
    c = NAMED.c
    columns = (c.kind, c.form, c.occurred, c.recorded, *(c[name] for name in _AS_IT_STANDS))
    query = select(*columns).where(c.partner == partner, c.purpose.in_((purpose, OWN)), *asked)
    return [_mention(*row) for row in gathered(session, query)]


def _mention(kind: str, form: str, occurred: str, recorded: str, *as_it_stands: str) -> Mention:
    return Mention(
        kind=SubjectKind(kind),
        form=Form(form),
        occurred=instant_of(occurred) if occurred else None,
        recorded=instant_of(recorded) if recorded else None,
        **dict(zip(_AS_IT_STANDS, as_it_stands, strict=True)),
    )
