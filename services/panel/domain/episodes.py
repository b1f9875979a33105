"""Missing episodes as the outsides of records tell them, for lists and figures that open none.

When a report says that a young person was found can differ from when it was made; to the day, which is what figures
count by, the outside is near enough. What is due to the hour is told by the records themselves: see `missing_clocks`.
"""

from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import IntEnum, auto
from types import MappingProxyType
from typing import Final

from schemas.classes import Purpose
from services.panel.domain.missing_clocks import Episode


class Step(IntEnum):
    """What an agency can be told of an episode, in the order in which such things happen."""

    REPORTED = auto()
    ASSESSED = auto()
    SIGHTED = auto()
    FOUND_ELSEWHERE = auto()
    """Found, as the agency is told for another purpose alone: for this one it is known to be over, and no more."""
    FOUND = auto()
    OFFERED = auto()
    DECLINED = auto()
    COMPLETED = auto()


STEPS: Final[Mapping[str, Step]] = MappingProxyType(
    {
        "cairn.missing-episode.reported.v1": Step.REPORTED,
        "cairn.missing-episode.risk-assessed.v1": Step.ASSESSED,
        "cairn.missing-episode.sighting.v1": Step.SIGHTED,
        "cairn.missing-episode.located.v1": Step.FOUND,
        "cairn.missing-episode.closed.v1": Step.FOUND,
        "cairn.return-discussion.offered.v1": Step.OFFERED,
        "cairn.return-discussion.arranged.v1": Step.OFFERED,
        "cairn.return-discussion.declined.v1": Step.DECLINED,
        "cairn.return-discussion.completed.v1": Step.COMPLETED,
    }
)
"""Report type -> the step that it tells."""
_SEARCHING = frozenset({Step.REPORTED, Step.ASSESSED, Step.SIGHTED})
_FOUND_ELSEWHERE, _FOUND, _DECLINED, _COMPLETED = Step.FOUND_ELSEWHERE, Step.FOUND, Step.DECLINED, Step.COMPLETED


def types_of(steps: Container[Step]) -> tuple[str, ...]:
    """The types of the reports that tell these steps."""
    return tuple(name for name, told in STEPS.items() if told in steps)


Told = tuple[str, Step, str]
"""One step of an episode: when, as ISO 8601 text that sorts as time does; which; and the reference of the record that
says so, or nothing; of what is told elsewhere, the purpose. Figures of a year are made of tens of thousands of them,
and a plain tuple is made soonest."""


@dataclass(slots=True)
class _GoingOn:
    """An episode as far as it was told."""

    since: str | None
    found: str | None = None
    offered: str | None = None
    declined: list[str] = field(default_factory=list)
    completed: str | None = None
    reports: list[str] = field(default_factory=list)
    elsewhere: str | None = None

    @property
    def is_over(self) -> bool:
        """Whether the young person is back, by whatever the agency is told."""
        return self.found is not None or self.elsewhere is not None

    def tell(self, step: Step, at: str) -> None:
        """The next step, when somebody is back."""
        self.found = self.found or at  # nobody speaks with somebody who is still away
        if step is _FOUND:
            return
        self.offered = self.offered or at
        if step is _DECLINED:
            self.declined.append(at)
        elif step is _COMPLETED:
            self.completed = self.completed or at

    def of(self, young_person: str) -> Episode:
        """The episode."""
        since, found, offered, completed = map(_instant, (self.since, self.found, self.offered, self.completed))
        declined = tuple(map(datetime.fromisoformat, self.declined))
        told_for = Purpose(self.elsewhere) if self.elsewhere is not None and found is None else None
        return Episode(young_person, since, found, offered, declined, completed, tuple(self.reports), told_for)


def _instant(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text is not None else None


def episodes_of(young_person: str, told: Iterable[Told]) -> list[Episode]:
    """The episodes of one young person, the earliest first; a new one begins when somebody who was back is reported."""
    made: list[_GoingOn] = []
    for at, step, reference in sorted(told):
        if step is _FOUND_ELSEWHERE:
            if made:
                made[-1].elsewhere = reference
            continue
        searching = step in _SEARCHING
        if not made or (searching and made[-1].is_over):
            made.append(_GoingOn(at if searching else None))
        going = made[-1]
        if not searching:
            going.tell(step, at)
        going.reports.append(reference)
    return [one.of(young_person) for one in made]
