"""Missing episodes as the outsides of records tell them, for lists and figures that open none.

When a report says that a young person was found can differ from when it was made; to the day, which is what figures
count by, the outside is near enough. What is due to the hour is told by the records themselves: see `missing_clocks`.
"""

from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Final, NamedTuple

from services.panel.domain.missing_clocks import Episode


class Step(StrEnum):
    """What an agency can be told of an episode, in the order in which such things happen."""

    REPORTED = "reported"
    ASSESSED = "assessed"
    SIGHTED = "sighted"
    FOUND = "found"
    OFFERED = "offered"
    DECLINED = "declined"
    COMPLETED = "completed"


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
_ORDER = {step: number for number, step in enumerate(Step)}


def types_of(steps: Container[Step]) -> tuple[str, ...]:
    """The types of the reports that tell these steps."""
    return tuple(name for name, told in STEPS.items() if told in steps)


class Told(NamedTuple):
    """One step of an episode, as one report tells it. `reference` is that of the record that says so."""

    step: Step
    at: datetime
    reference: str


@dataclass
class _GoingOn:
    """An episode as far as it was told; figures of a year are made of tens of thousands of steps."""

    since: datetime | None
    found: datetime | None = None
    offered: datetime | None = None
    declined: list[datetime] = field(default_factory=list)
    completed: datetime | None = None
    reports: list[str] = field(default_factory=list)

    def tell(self, step: Step, at: datetime) -> None:
        """The next step."""
        if step in _SEARCHING:
            return
        self.found = self.found or at  # nobody speaks with somebody who is still away
        if step is Step.FOUND:
            return
        self.offered = self.offered or at
        if step is Step.DECLINED:
            self.declined.append(at)
        elif step is Step.COMPLETED:
            self.completed = self.completed or at


def episodes_of(young_person: str, told: Sequence[Told]) -> list[Episode]:
    """The episodes of one young person, the earliest first; a new one begins when somebody who was back is reported."""
    made: list[_GoingOn] = []
    for step, at, reference in sorted(told, key=lambda each: (each.at, _ORDER[each.step], each.reference)):
        searching = step in _SEARCHING
        if not made or (searching and made[-1].found is not None):
            made.append(_GoingOn(at if searching else None))
        made[-1].tell(step, at)
        made[-1].reports.append(reference)
    return [
        Episode(young_person, one.since, one.found, one.offered, tuple(one.declined), one.completed, tuple(one.reports))
        for one in made
    ]
