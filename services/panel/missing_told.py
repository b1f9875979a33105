"""What an agency is told of missing episodes: from the records that tell of one in full, and from no other.

That somebody's name came with a report of a missing episode is not enough: an agency that isn't told how the episode
went on would go on looking for somebody who is home.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta
from types import MappingProxyType
from typing import Final

from sqlalchemy.orm import Session

from schemas.classes import DataClass, Purpose, SubjectKind
from services.kernel.projecting import instant_text
from services.panel.domain.episodes import STEPS, Step, Told, episodes_of, types_of
from services.panel.domain.held import TIMED, Opened, kind_of
from services.panel.domain.missing_clocks import Episode
from services.panel.projections.named import Moment, instants_for_others, instants_of, moments_of

_TELLS = {
    DataClass.MISSING.value: frozenset(Step),
    DataClass.VOICE_SAFETY.value: frozenset({Step.DECLINED, Step.COMPLETED}),
}
_ANY: Final = ""
"""Stands for the record that tells a step, where it is not asked which it is."""
EVER: Final = datetime.min.replace(tzinfo=UTC)
"""Since the beginning."""
_STATED_AS: Final = {Step.REPORTED: "since", Step.FOUND: "found"}


@dataclass(frozen=True)
class EpisodesTold:
    """Episodes of each young person, the earliest first, and which item each record is whose reference they give."""

    episodes: Mapping[str, Sequence[Episode]]
    items: Mapping[str, str]


def day_before(now: datetime, span: timedelta) -> datetime:
    """The beginning of the day that is so long ago: the same all day, so that an answer since then can be kept."""
    return datetime.combine((now - span).astimezone(UTC), time(), UTC)


def moments_told(
    session: Session, partner: str, purpose: Purpose, since: datetime, names: Collection[str] | None = None
) -> list[Moment]:
    """The steps of episodes that an agency is told of since an instant: all, or those of these people."""
    return [
        moment
        for section, steps in _TELLS.items()
        for moment in moments_of(session, partner, purpose, section, types_of(steps), since, names)
    ]


def episodes_told(session: Session, partner: str, purpose: Purpose, since: datetime) -> EpisodesTold:
    """The episodes that these steps make, for lists: with the references of the records that they are made of."""
    steps = moments_told(session, partner, purpose, since)
    episodes = episodes_of_all(session, partner, purpose, since, steps_told(steps))
    return EpisodesTold(episodes, {one.reference: one.item for one in steps})


def episodes_counted(session: Session, partner: str, purpose: Purpose, since: datetime) -> dict[str, list[Episode]]:
    """The same episodes, for figures: without the records that they are made of. A step that
    one report tells in two sections is told twice, which changes nothing but how often something was declined."""
    told: dict[str, list[Told]] = defaultdict(list)
    for section, steps in _TELLS.items():
        for name, type_name, occurred in instants_of(session, partner, purpose, section, types_of(steps), since):
            told[name].append((occurred, STEPS[type_name], _ANY))
    return episodes_of_all(session, partner, purpose, since, told)


def episodes_of_all(
    session: Session, partner: str, purpose: Purpose, since: datetime, told: Mapping[str, Sequence[Told]]
) -> dict[str, list[Episode]]:
    """Whatever these young people are told of, as episodes, the earliest first. Whoever is missing by it may be told
    to be found for another purpose: what an agency reports itself counts for each, how it went on only for those that
    an agreement names. To call somebody missing would be wrong then; where to read on is all that may be said."""
    found = {name: episodes_of(name, steps) for name, steps in sorted(told.items())}
    away = [name for name, own in found.items() if own[-1].is_open]
    for name, elsewhere in found_elsewhere(session, partner, purpose, since, away).items():
        found[name] = episodes_of(name, [*told[name], *elsewhere])
    return found


def found_elsewhere(
    session: Session, partner: str, purpose: Purpose, since: datetime, names: Sequence[str]
) -> dict[str, list[Told]]:
    """When the agency was told, for other purposes alone, that these young people were found."""
    told: dict[str, list[Told]] = defaultdict(list)
    types, section = types_of({Step.FOUND}), DataClass.MISSING.value
    for name, at, other in instants_for_others(session, partner, purpose, section, types, since, names):
        told[name].append((at, Step.FOUND_ELSEWHERE, other))
    return told


def steps_told(moments: Sequence[Moment]) -> dict[str, list[Told]]:
    """Reference of each young person -> the steps that they are told of, each once."""
    first: dict[str, dict[tuple[str, Step], Moment]] = defaultdict(dict)
    for moment in moments:
        step, steps = (moment.report, STEPS[moment.type]), first[moment.name]
        known = steps.setdefault(step, moment)
        if known is not moment and (moment.section, moment.item) < (known.section, known.item):
            steps[step] = moment
    return {
        name: [(one.occurred, step, one.reference) for (_, step), one in own.items()] for name, own in first.items()
    }


def items_behind(session: Session, partner: str, purpose: Purpose, since: datetime, names: Collection[str]) -> set[str]:
    """Of each of these young people, the record that the latest of their episodes since an instant began with."""
    steps = moments_told(session, partner, purpose, since, names)
    episodes = episodes_of_all(session, partner, purpose, since, steps_told(steps))
    first = {own[-1].reports[0] for own in episodes.values()}
    return {one.item for one in steps if one.reference in first}


def episodes_opened(
    records: Iterable[Opened], elsewhere: Mapping[str, Sequence[Told]] = MappingProxyType({})
) -> dict[str, list[Episode]]:
    """The same episodes from the records themselves, with the instants that they state: a child is found before anybody
    writes it down. Which report tells of which episode is told by when they were made, here as there."""
    told: dict[str, dict[tuple[str, Step], Told]] = defaultdict(dict)
    stated: dict[Step, dict[str, datetime]] = defaultdict(dict)
    for record in sorted(records, key=lambda one: (one.held.section, one.held.item)):
        held, reference = record.held, record.held.rendering.reference
        step = _step(held.type, held.section) if held.form in TIMED else None
        if step is None:
            continue
        if (instant := record.content.get(_STATED_AS.get(step, ""))) is not None:
            stated[step][reference] = datetime.fromisoformat(instant)
        for ref, name in held.rendering.about.items():
            if kind_of(ref) is SubjectKind.YOUNG_PERSON:
                told[name].setdefault((held.report, step), (instant_text(held.occurred), step, reference))
    return {
        name: [_as_stated(one, stated) for one in episodes_of(name, [*steps.values(), *elsewhere.get(name, ())])]
        for name, steps in sorted(told.items())
    }


def _as_stated(episode: Episode, stated: Mapping[Step, Mapping[str, datetime]]) -> Episode:
    since, found = (
        next((stated[step][one] for one in episode.reports if one in stated.get(step, ())), otherwise)
        for step, otherwise in ((Step.REPORTED, episode.since), (Step.FOUND, episode.found))
    )
    return replace(episode, since=since, found=found)


def _step(type_name: str, section: str) -> Step | None:
    step = STEPS.get(type_name)
    return step if step in _TELLS.get(section, ()) else None
