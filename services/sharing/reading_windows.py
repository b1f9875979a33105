"""Reading windows: at which instants items that partners may read for a time begin and cease to be readable.

The pipeline's own memory, in the tables of its store.
"""

from collections.abc import Mapping
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from schemas.classes import ReadingWindow
from services.kernel.projecting import instant_of, instant_text

metadata = sa.MetaData()

_turns = sa.Table(
    "reading_window_turns",
    metadata,
    sa.Column("item", sa.String(40), primary_key=True),
    sa.Column("at", sa.String(32), primary_key=True, index=True),
)


def keep(session: Session, windows: Mapping[str, ReadingWindow]) -> None:
    """Item -> its reading window."""
    rows = [{"item": item, "at": instant_text(at)} for item, window in windows.items() for at in window.turns()]
    if rows:
        session.execute(_turns.insert(), rows)


def change(session: Session, item: str, window: ReadingWindow | None) -> None:
    """An item has another reading window, or none any more."""
    session.execute(_turns.delete().where(_turns.c.item == item))
    keep(session, {item: window} if window else {})


def turned(session: Session, one: datetime | None, other: datetime) -> list[str]:
    """The items whose window opened or closed between two instants, in whichever order; None is before all of them."""
    after, until = sorted((instant_text(one) if one is not None else "", instant_text(other)))
    c = _turns.c
    return list(session.scalars(sa.select(c.item).where(c.at > after, c.at <= until).distinct().order_by(c.item)))


def nearest(session: Session, now: datetime) -> list[datetime]:
    """The last instant up to now at which a window opened or closed, and the next at which one will, if any."""
    at, text = _turns.c.at, instant_text(now)
    last = session.scalar(sa.select(sa.func.max(at)).where(at <= text))
    following = session.scalar(sa.select(sa.func.min(at)).where(at > text))
    return [instant_of(one) for one in (last, following) if one is not None]
