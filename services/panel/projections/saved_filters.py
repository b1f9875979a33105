"""The saved filters of each practitioner: which list, and the codes that narrow it, and nothing about anybody."""

from sqlalchemy import delete, func, insert, select
from sqlalchemy.orm import Session

from services.panel.projections.tables import SAVED_FILTERS

KEPT_MAX = 20
"""Filters of one practitioner for one list."""


def saved_by(session: Session, practitioner: str, path: str) -> list[str]:
    """The queries that a practitioner keeps for a list."""
    c = SAVED_FILTERS.c
    query = select(c.query).where(c.practitioner == practitioner, c.path == path).order_by(c.query)
    return list(session.execute(query).scalars())


def keep(session: Session, practitioner: str, path: str, query: str) -> bool:
    """Keep one; False where the practitioner keeps as many as one may."""
    c = SAVED_FILTERS.c
    here = (c.practitioner == practitioner, c.path == path)
    forget(session, practitioner, path, query)
    if session.execute(select(func.count()).select_from(SAVED_FILTERS).where(*here)).scalar_one() >= KEPT_MAX:
        return False
    session.execute(insert(SAVED_FILTERS).values(practitioner=practitioner, path=path, query=query))
    return True


def forget(session: Session, practitioner: str, path: str, query: str) -> None:
    """Keep it no longer."""
    c = SAVED_FILTERS.c
    session.execute(delete(SAVED_FILTERS).where(c.practitioner == practitioner, c.path == path, c.query == query))
