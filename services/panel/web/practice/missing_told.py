"""What an agency is told of missing episodes: from the records that tell of one in full, and from no other.

That somebody's name came with a report of a missing episode is not enough: an agency that isn't told how the episode
went on would go on looking for somebody who is home.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from schemas.classes import DataClass, Purpose, SubjectKind
from services.panel.domain.episodes import STEPS, Step, Told, episodes_of
from services.panel.domain.held import TIMED, Opened, kind_of
from services.panel.domain.missing_clocks import Episode
from services.panel.projections.named import Moment, moments_of

_TELLS = {
    DataClass.MISSING.value: frozenset(Step),
    DataClass.VOICE_SAFETY.value: frozenset({Step.DECLINED, Step.COMPLETED}),
}


def moments_told(session: Session, partner: str, purpose: Purpose, since: datetime) -> list[Moment]:
    """The steps of episodes that an agency is told of since an instant."""
    told = moments_of(session, partner, purpose, tuple(STEPS), tuple(_TELLS), since)
    return [one for one in told if _step(one.type, one.section) is not None]


def episodes_told(moments: Sequence[Moment]) -> dict[str, list[Episode]]:
    """Reference of each young person -> their episodes, the earliest first."""
    told: dict[str, dict[tuple[str, Step], Told]] = defaultdict(dict)
    for moment in sorted(moments, key=lambda one: (one.section, one.item)):
        step = STEPS[moment.type]
        told[moment.name].setdefault((moment.report, step), Told(step, moment.occurred, moment.reference))
    return {name: episodes_of(name, list(steps.values())) for name, steps in sorted(told.items())}


def episodes_opened(records: Iterable[Opened]) -> dict[str, list[Episode]]:
    """The same from the records themselves, with the instants that they state: a child is found before anybody writes
    it down."""
    told: dict[str, dict[tuple[str, Step], Told]] = defaultdict(dict)
    for record in sorted(records, key=lambda one: (one.held.section, one.held.item)):
        held = record.held
        step = _step(held.type, held.section) if held.form in TIMED else None
        for ref, name in held.rendering.about.items():
            if step is not None and kind_of(ref) is SubjectKind.YOUNG_PERSON:
                one = Told(step, _stated(record, step), held.rendering.reference)
                told[name].setdefault((held.report, step), one)
    return {name: episodes_of(name, list(steps.values())) for name, steps in sorted(told.items())}


def _step(type_name: str, section: str) -> Step | None:
    step = STEPS.get(type_name)
    return step if step in _TELLS.get(section, ()) else None


def _stated(record: Opened, step: Step) -> datetime:
    stated = record.content.get({Step.REPORTED: "since", Step.FOUND: "found"}.get(step, ""))
    return datetime.fromisoformat(stated) if isinstance(stated, str) else record.held.occurred
