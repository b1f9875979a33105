"""Drafts: reports that a practitioner began and has not sent, sealed, for one practitioner's eyes and for seven days.

Each draft is sealed under a key of its own, which is destroyed with it. It is no record about anybody: nobody else
reads it, and nothing follows from it until it is sent.
"""

import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Column, Index, Integer, MetaData, String, Table, Text, delete, func, insert, select, update

from schemas.sealed import Sealed
from services.kernel.clock import Clock
from services.kernel.http.problems import Problem
from services.kernel.identity import Caller
from services.kernel.keys import KeyDestroyed, Keys, KeysUnavailable, NotAuthentic
from services.kernel.projecting import instant_of, instant_text
from services.kernel.store import Store, StoreUnavailable

KEPT_DAYS: Final = 7
DRAFTS_MAX: Final = 20
"""How many reports that were not sent one practitioner may have at a time."""

_TABLES = MetaData()
_DRAFTS = Table(
    "panel_drafts",
    _TABLES,
    Column("draft", String(40), primary_key=True),
    Column("practitioner", String(200), nullable=False),
    Column("saved", String(32), nullable=False),
    Column("expires", String(32), nullable=False),
    Column("sent", Integer, nullable=False),
    Column("sealed", Text, nullable=False),
)
"""`sealed` is empty once the draft is gone and its key is still to be destroyed."""
Index("panel_drafts_of", _DRAFTS.c.practitioner)


@dataclass(frozen=True)
class Draft:
    """A draft as it was kept."""

    draft: str
    saved: datetime
    expires: datetime
    content: dict[str, Any]


class Drafts:
    """Keeps drafts. Safe to call from several threads."""

    def __init__(self, store: Store, keys: Keys, clock: Clock) -> None:
        self._store, self._keys, self._clock = store, keys, clock
        store.create_tables(_TABLES)

    def begin(self, who: Caller, content: Mapping[str, Any], sent: bool = False) -> str:
        """Keep a new draft, or what remains of a report that was sent without one, and give its name.

        Raises Problem: 409 `too_many_drafts`, 503 `draft_not_kept`.
        """
        self.forget_expired()
        if not sent and self._unsent(who) >= DRAFTS_MAX:
            raise Problem(
                409,
                "too_many_drafts",
                "You have too many reports that were not sent",
                f"Send or delete some first: {DRAFTS_MAX} can be kept at a time.",
            )
        draft = f"d-{secrets.token_hex(16)}"
        row = {"draft": draft, "practitioner": who.practitioner, "sent": int(sent), **self._row(who, draft, content)}
        try:
            with self._store.transaction() as session:
                session.execute(insert(_DRAFTS).values(**row))
        except StoreUnavailable as error:
            raise _not_now() from error
        return draft

    def of(self, who: Caller) -> list[Draft]:
        """The practitioner's own drafts, the last saved first. Raises the 503 problem `draft_not_kept`."""
        c = _DRAFTS.c
        mine = select(_DRAFTS).where(c.practitioner == who.practitioner, c.expires > instant_text(self._clock.now()))
        try:
            with self._store.reading() as session:
                rows = session.execute(mine.order_by(c.saved.desc(), c.draft)).all()
        except StoreUnavailable as error:
            raise _not_now() from error
        return [found for row in rows if (found := self._opened(row)) is not None]

    def get(self, who: Caller, draft: str) -> Draft:
        """One of the practitioner's own drafts. Raises Problem: the same 404 `draft_unknown` for one of somebody
        else's, one that has run out and one that never was; 503 `draft_not_kept`."""
        c = _DRAFTS.c
        one = select(_DRAFTS).where(
            c.draft == draft, c.practitioner == who.practitioner, c.expires > instant_text(self._clock.now())
        )
        try:
            with self._store.reading() as session:
                row = session.execute(one).first()
        except StoreUnavailable as error:
            raise _not_now() from error
        found = self._opened(row) if row is not None else None
        if found is None:
            raise Problem(
                404,
                "draft_unknown",
                "This report is not here",
                f"It was sent or deleted, or was not sent within {KEPT_DAYS} days. Begin a new one.",
            )
        return found

    def save(self, who: Caller, draft: str, content: Mapping[str, Any], sent: bool = False) -> None:
        """Keep this in place of what was kept, for another seven days; once sent, it is what remains of the report.

        Raises the 503 problem `draft_not_kept`.
        """
        c = _DRAFTS.c
        here = (c.draft == draft, c.practitioner == who.practitioner)
        try:
            with self._store.transaction() as session:
                session.execute(update(_DRAFTS).where(*here).values(sent=int(sent), **self._row(who, draft, content)))
        except StoreUnavailable as error:
            raise _not_now() from error

    def delete(self, who: Caller, draft: str) -> None:
        """Take the draft away for ever; harmless to repeat. Raises the 503 problem `draft_not_kept`."""
        self._empty(_DRAFTS.c.draft == draft, _DRAFTS.c.practitioner == who.practitioner)

    def forget_expired(self) -> None:
        """Take away what was not sent in time, whosever it is. Raises the 503 problem `draft_not_kept`."""
        self._empty(_DRAFTS.c.expires <= instant_text(self._clock.now()))

    def _unsent(self, who: Caller) -> int:
        c = _DRAFTS.c
        counted = select(func.count()).where(c.practitioner == who.practitioner, c.sent == 0)
        try:
            with self._store.reading() as session:
                return session.execute(counted).scalar_one()
        except StoreUnavailable as error:
            raise _not_now() from error

    def _empty(self, *which: Any) -> None:
        """Overwrite first, then destroy the keys, then forget: a stop in between leaves work for the next time."""
        c = _DRAFTS.c
        try:
            with self._store.transaction() as session:
                session.execute(update(_DRAFTS).where(*which).values(sealed="", practitioner="", expires=""))
                gone = session.execute(select(c.draft).where(c.sealed == "")).scalars().all()
            for draft in gone:
                self._keys.shred(f"draft:{draft}")
                with self._store.transaction() as session:
                    session.execute(delete(_DRAFTS).where(c.draft == draft))
        except StoreUnavailable as error:
            raise _not_now() from error
        except KeysUnavailable:
            return  # the content is gone already, and the next call destroys the key

    def _row(self, who: Caller, draft: str, content: Mapping[str, Any]) -> dict[str, str]:
        now = self._clock.now()
        text = json.dumps(content, separators=(",", ":")).encode()
        try:
            sealed = self._keys.seal(text, [f"draft:{draft}"], _bound(who.practitioner, draft))
        except (KeyDestroyed, KeysUnavailable) as error:
            raise _not_now() from error
        return {
            "saved": instant_text(now),
            "expires": instant_text(now + timedelta(days=KEPT_DAYS)),
            "sealed": sealed.model_dump_json(),
        }

    def _opened(self, row: Any) -> Draft | None:
        try:
            text = self._keys.open(Sealed.model_validate_json(row.sealed), _bound(row.practitioner, row.draft))
        except (KeyDestroyed, NotAuthentic):
            return None
        except KeysUnavailable as error:
            raise _not_now() from error
        return Draft(row.draft, instant_of(row.saved), instant_of(row.expires), json.loads(text))


def _bound(practitioner: str, draft: str) -> dict[str, str]:
    return {"draft": draft, "practitioner": practitioner}


def _not_now() -> Problem:
    return Problem(
        503,
        "draft_not_kept",
        "What you wrote could not be kept",
        "Nothing was lost on this page: go back, and send it again shortly.",
        headers={"Retry-After": "5"},
    )
