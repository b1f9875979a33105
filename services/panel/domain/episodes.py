"""Missing episodes as the outsides of records tell them, for lists and figures that open none.

When a report says that a young person was found can differ from when it was made; to the day, which is what figures
count by, the outside is near enough. What is due to the hour is told by the records themselves: see `missing_clocks`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Final

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


@dataclass(frozen=True)
class Told:
    """One step of an episode, as one report tells it. `reference` is that of the record that says so."""

    step: Step
    at: datetime
    reference: str


def episodes_of(young_person: str, told: Sequence[Told]) -> list[Episode]:
    """The episodes of one young person, the earliest first; a new one begins when somebody who was back is reported."""
    made: list[Episode] = []
    for one in sorted(told, key=lambda each: (each.at, _ORDER[each.step], each.reference)):
        if not made or (one.step in _SEARCHING and not made[-1].is_open):
            made.append(Episode(young_person, one.at if one.step in _SEARCHING else None))
        made[-1] = replace(_moved_on(made[-1], one), reports=(*made[-1].reports, one.reference))
    return made


def _moved_on(episode: Episode, told: Told) -> Episode:
    if told.step in _SEARCHING:
        return episode
    back = replace(episode, found=episode.found or told.at)  # nobody speaks with somebody who is still away
    if told.step is Step.FOUND:
        return back
    offered = replace(back, offered=back.offered or told.at)
    if told.step is Step.DECLINED:
        return replace(offered, declined=(*offered.declined, told.at))
    return replace(offered, completed=offered.completed or told.at) if told.step is Step.COMPLETED else offered
