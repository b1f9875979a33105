"""Unchanged: what was made of an agency's holdings, made again only when its feed has changed them since.

What changed them last is read in the same view as the rows, so an answer that is given again is the one that would be
made now. A recall is in the feed like everything else: it makes its answer anew. What the feed says to everybody, such
as that rules have changed, does not: how long a page takes tells nothing of what others agree.
"""

from collections.abc import Callable
from threading import Lock
from typing import Final, Generic, TypeVar, TypeVarTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.panel.projections.tables import FEEDS

KEPT_MAX: Final = 16
"""How many answers are kept; that of a year of missing episodes in a large town is some 2 MB."""
_Made = TypeVar("_Made")
_Asked = TypeVarTuple("_Asked")
_Reached = frozenset[tuple[int, int]]


class Unchanged(Generic[_Made, *_Asked]):
    """What `make` makes of what a partner holds, for a purpose, say, since an instant; nobody may change what is given.

    What is asked, and nothing else but the holdings, decides the answer; it must be hashable.
    """

    def __init__(self, make: Callable[[Session, str, *_Asked], _Made]) -> None:
        self._make = make
        self._kept: dict[tuple[str, *_Asked], tuple[_Reached, _Made]] = {}
        self._lock = Lock()

    def __call__(self, session: Session, partner: str, *what: *_Asked) -> _Made:
        """The answer, as the view of this session has it."""
        asked, reached = (partner, *what), _reached(session, partner)
        with self._lock:
            kept = self._kept.pop(asked, None)
            if kept is not None:
                self._kept[asked] = kept  # the one asked for last is forgotten last
        if kept is not None and kept[0] == reached:
            return kept[1]
        made = self._make(session, partner, *what)
        with self._lock:
            self._kept.pop(asked, None)
            self._kept[asked] = (reached, made)
            if len(self._kept) > KEPT_MAX:
                del self._kept[next(iter(self._kept))]
        return made


def _reached(session: Session, partner: str) -> _Reached:
    """(partition, the last of its records that changed something) of each partition of a feed."""
    c = FEEDS.c
    return frozenset(session.execute(select(c.partition, c.disclosed).where(c.partner == partner)).tuples())
