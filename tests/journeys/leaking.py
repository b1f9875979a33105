"""Leaking: what a planted leak is, and what it is made with."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from sqlalchemy import Select, func, select

from tests.journeys.watched_hub import WatchedHub

Patch = pytest.MonkeyPatch


@dataclass(frozen=True)
class Leak:
    """One leak, and the seed of worlds that is known to show it, or None for those where much is decided at once."""

    plant: Callable[[Patch], None]
    seed: int | None

    @property
    def name(self) -> str:
        return self.plant.__name__.strip("_").replace("_", " ")


def around(patch: Patch, where: Any, name: str, leaking: Callable[..., Any]) -> None:
    """Put `leaking` in the place of a function; it is given that function first."""
    sound = getattr(where, name)
    patch.setattr(where, name, lambda *given, **named: leaking(sound, *given, **named))


class WholeHub:
    """All of the hub that is asked at the moment, for a leak to tell of."""

    def __init__(self, patch: Patch) -> None:
        self._asked: list[WatchedHub] = []
        for name in ("send", "stream", "_tell"):
            around(patch, WatchedHub, name, self._note)

    def _note(self, sound: Callable[..., Any], watched: WatchedHub, *given: Any, **named: Any) -> Any:
        self._asked[:] = [watched]
        return sound(watched, *given, **named)

    def said(self, topic: str) -> int:
        """How much is on a topic of the log."""
        log = self._asked[0].hub.log
        return sum(log.end(topic, partition) + 1 for partition in range(log.partitions(topic)))

    def all(self, wanted: Select[Any]) -> list[Any]:
        """The rows of this, whosever they are."""
        with self._asked[0].records.reading() as session:
            return list(session.execute(wanted))

    def count(self, table: Any, **where: Any) -> int:
        """How many rows there are, whosever they are."""
        return int(self.all(select(func.count()).select_from(table).filter_by(**where))[0][0])
