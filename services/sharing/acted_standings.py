"""Acted standings: how each context stood when the items about it were last acted on; a restart goes on from there.

The pipeline's own memory, in the tables of its store.
"""

from collections.abc import Mapping

import sqlalchemy as sa
from sqlalchemy.orm import Session

from schemas.decisions import ContextStanding

metadata = sa.MetaData()

_standings = sa.Table(
    "acted_standings",
    metadata,
    sa.Column("context", sa.String(40), primary_key=True),
    sa.Column("standing", sa.String(20), nullable=False),
)

_FORGET = _standings.delete().where(_standings.c.context == sa.bindparam("of"))


def kept(session: Session) -> dict[str, ContextStanding]:
    """Context -> how it stood then."""
    rows = session.execute(sa.select(_standings.c.context, _standings.c.standing))
    return {context: ContextStanding(standing) for context, standing in rows}


def keep(session: Session, moved: Mapping[str, ContextStanding]) -> None:
    """These contexts stand so by what is done in the session's transaction."""
    if moved:
        session.execute(_FORGET, [{"of": context} for context in moved])
        rows = [{"context": context, "standing": standing.value} for context, standing in moved.items()]
        session.execute(_standings.insert(), rows)
