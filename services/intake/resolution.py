"""Resolution: from the identifiers that agencies use to the opaque refs that the hub uses.

An identifier in common is the same person; none in common is another, until a person says otherwise. The index holds
keyed hashes and refs alone. Names and dates of birth are never matched on.
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Column, MetaData, String, Table, bindparam, insert, select
from sqlalchemy.orm import Session

from schemas.binding import token
from schemas.classes import SubjectKind
from services.kernel.keys import Keys

tables = MetaData()

_identifiers = Table(
    "identifiers",
    tables,
    Column("mark", String(90), primary_key=True),
    Column("ref", String(40), nullable=False),
)
_reviews = Table(
    "identity_reviews",
    tables,
    Column("kept", String(40), primary_key=True),
    Column("other", String(40), primary_key=True),
    Column("report", String(40), nullable=False),
    Column("noted", String(40), nullable=False),
)

_MARKS_AT_ONCE = 500
_PREFIX = {SubjectKind.YOUNG_PERSON: "s", SubjectKind.ADULT: "a"}
_KEY = {SubjectKind.YOUNG_PERSON: "subject", SubjectKind.ADULT: "adult"}

_KNOWN_BY = select(_identifiers.c.mark, _identifiers.c.ref).where(
    _identifiers.c.mark.in_(bindparam("marks", expanding=True))
)
_LEARN = insert(_identifiers)


@dataclass(frozen=True)
class Review:
    """Two people whom a report calls by one set of identifiers; a person must decide whether they are one."""

    kept: str
    other: str
    report: str


def mark_of(keys: Keys, identifier: str) -> str:
    """The keyed hash under which an identifier, written `system|value`, is known: 64 hexadecimal digits."""
    return keys.mac("identifier", identifier).hex()


def context_ref(keys: Keys, *, uprn: str | None, reference: str | None, name: str | None) -> str:
    """The ref of a context, from the strongest of what it is called by.

    A name counts by its letters, digits and spaces alone: the same name is the same context.
    """
    if uprn is not None:
        return token("c", keys.mac("context", f"uprn|{uprn}"))
    if reference is not None:
        return token("c", keys.mac("context", f"reference|{reference}"))
    return token("c", keys.mac("context", f"name|{normalised_name(name or '')}"))


def normalised_name(name: str) -> str:
    """A name without regard to case, accents' encoding, or how its words are set apart."""
    return re.sub(r"[\W_]+", " ", unicodedata.normalize("NFKC", name).casefold()).strip()


class People:
    """Who is who, within one transaction: looks all identifiers up at once, and keeps what it learns."""

    def __init__(self, session: Session, keys: Keys) -> None:
        self._session = session
        self._keys = keys
        self._known: dict[str, str] = {}
        self._looked_up: set[str] = set()

    def look_up(self, identifiers: Iterable[tuple[SubjectKind, str]]) -> None:
        """Fetch what is known of these identifiers, in few statements."""
        wanted = {self._index_key(kind, mark_of(self._keys, one)) for kind, one in identifiers} - self._looked_up
        ordered = sorted(wanted)
        for start in range(0, len(ordered), _MARKS_AT_ONCE):
            some = ordered[start : start + _MARKS_AT_ONCE]
            rows = self._session.execute(_KNOWN_BY, {"marks": some})
            self._known.update((row.mark, row.ref) for row in rows)
        self._looked_up |= wanted

    def resolve(
        self, kind: SubjectKind, identifiers: Sequence[str], nameless: str, report: str, now: datetime
    ) -> tuple[str, tuple[str, ...]]:
        """The ref of a person and the marks of the identifiers given.

        `nameless` stands for the person within the report where no identifier is given.
        """
        if not identifiers:
            return self._nameless(kind, nameless, report), ()
        self.look_up((kind, one) for one in identifiers)
        marks = tuple(mark_of(self._keys, one) for one in identifiers)
        index_keys = [self._index_key(kind, mark) for mark in marks]
        known = list(dict.fromkeys(self._known[key] for key in index_keys if key in self._known))
        ref = known[0] if known else token(_PREFIX[kind], self._keys.mac(_KEY[kind], identifiers[0]))
        for other in known[1:]:
            self._leave_to_a_person(Review(ref, other, report), now)
        self._learn(dict.fromkeys(key for key in index_keys if key not in self._known), ref)
        return ref, marks

    def set_apart(self, kind: SubjectKind, nameless: str, other: str, report: str, now: datetime) -> str:
        """A ref of their own for somebody whom one report tells apart from another with the same identifiers."""
        ref = self._nameless(kind, nameless, report)
        self._leave_to_a_person(Review(other, ref, report), now)
        return ref

    def _nameless(self, kind: SubjectKind, nameless: str, report: str) -> str:
        return token(_PREFIX[kind], self._keys.mac(_KEY[kind], f"nameless\n{report}\n{nameless}"))

    def _learn(self, index_keys: Iterable[str], ref: str) -> None:
        rows = [{"mark": key, "ref": ref} for key in index_keys]
        if rows:
            self._session.execute(_LEARN, rows)
            self._known.update((row["mark"], ref) for row in rows)

    def _leave_to_a_person(self, review: Review, now: datetime) -> None:
        c = _reviews.c
        noted = self._session.execute(select(c.kept).where(c.kept == review.kept, c.other == review.other)).first()
        if noted is None:
            self._session.execute(
                insert(_reviews),
                [{"kept": review.kept, "other": review.other, "report": review.report, "noted": now.isoformat()}],
            )

    @staticmethod
    def _index_key(kind: SubjectKind, mark: str) -> str:
        return f"{_PREFIX[kind]}:{mark}"


def reviews(session: Session) -> list[Review]:
    """What waits for a person's decision, oldest first."""
    c = _reviews.c
    rows = session.execute(select(c.kept, c.other, c.report).order_by(c.noted, c.kept, c.other))
    return [Review(row.kept, row.other, row.report) for row in rows]
