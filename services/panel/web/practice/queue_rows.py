"""The rows of a queue: who is missing, what is due after a return, what was referred, and what the panel asks."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from schemas.classes import SubjectKind
from services.kernel.pages.listing import Row
from services.kernel.pages.times import LONDON, elapsed_words, time_words
from services.kernel.pages.words import class_words, spaced, type_words
from services.panel.application.actions import ActionView
from services.panel.domain.held import Opened, kind_of
from services.panel.domain.missing_clocks import Clock, Clocks, Episode, timed
from services.panel.web.practice.entries import Names
from services.panel.web.practice.fields import Field, gist_of
from services.panel.web.practice.queue_waiting import Kind, Waiting, key_of
from services.panel.web.progress import PROGRESSES

_HOUR: Final = 3600
_WEIGHT: Final = {
    "decision": 0,
    "school": 1,
    "health_summary": 1,
    "adult_of_concern": 1,
    "voice_safety": 2,
    "peer_links": 3,
}


@dataclass(frozen=True)
class Person:
    """Somebody whom a row is about, and where their page is."""

    words: str
    href: str | None


@dataclass(frozen=True)
class QueueRow:
    """One row. `key` stands for it in the page's question for news, and tells nothing."""

    key: str
    kind: Kind
    people: Sequence[Person]
    state: str
    tone: str = "grey"
    """`red`, `yellow` or `grey`."""
    title: str = ""
    since: datetime | None = None
    seconds: float | None = None
    """How long it has lasted, where it goes on while the page is open."""
    due: datetime | None = None
    due_day: date | None = None
    left: str | None = None
    told_by: str = ""
    gist: Field | None = None
    notes: Sequence[str] = ()
    urgency: tuple[float, ...] = ()

    def row(self) -> Row:
        """The row as data."""
        return Row(
            self.key,
            (),
            {
                "kind": str(self.kind),
                "who": ", ".join(person.words for person in self.people),
                "state": self.title or self.state,
                "since": self.since.isoformat() if self.since else None,
                "due": due.isoformat() if (due := self.due or self.due_day) else None,
                "told_by": self.told_by,
                "words": self.gist.value if self.gist else None,
            },
        )


def missing_rows(
    episodes: Sequence[Episode],
    told: Mapping[str, Sequence[Opened]],
    names: Names,
    person: Callable[[str], Person],
    now: datetime,
    shown: Mapping[str, Waiting],
) -> list[QueueRow]:
    """Everybody who is missing, the longest first; `told` is what was told of each."""
    rows = []
    for episode in episodes:
        since = episode.since or now
        records = sorted(told.get(episode.young_person, ()), key=lambda one: one.held.occurred)
        rows.append(
            QueueRow(
                key=shown[episode.young_person].key,
                kind=Kind.MISSING,
                people=[person(episode.young_person)],
                state="Missing",
                tone="red",
                since=since,
                seconds=(now - since).total_seconds(),
                told_by=_agencies(records, names),
                gist=_latest_words(records),
                notes=_missing_notes(records, shown[episode.young_person].often),
                urgency=(-(now - since).total_seconds(),),
            )
        )
    return rows


def _missing_notes(records: Sequence[Opened], times: int) -> list[str]:
    notes = []
    level = _last(records, "risk_level")
    if level:
        notes.append(f"{spaced(level)} risk")
    carer = _last(records, "carer_risk_level")
    if carer and carer != level:
        notes.append(f"{spaced(carer)} risk in the view of their carers")
    if times > 1:
        notes.append(f"{_ordinal(times)} time in 30 days")
    seen = _last(records, "seen")
    if seen:
        notes.append(f"Perhaps seen {time_words(datetime.fromisoformat(seen))}")
    return notes


def _last(records: Sequence[Opened], field: str) -> str | None:
    return next((str(one.content[field]) for one in reversed(records) if one.content.get(field)), None)


def _latest_words(records: Sequence[Opened]) -> Field | None:
    for record in reversed(records):
        if gist := gist_of(record.held.type, record.held.section, record.content):
            return gist
    return None


def _agencies(records: Sequence[Opened], names: Names) -> str:
    return ", ".join(sorted({names.agencies.get(one.held.by, one.held.by) for one in records}))


def _ordinal(number: int) -> str:
    ending = "th" if 10 < number % 100 < 20 else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"


def discussion_rows(
    episodes: Sequence[Episode],
    told: Mapping[str, Sequence[Opened]],
    names: Names,
    person: Callable[[str], Person],
    now: datetime,
    shown: Mapping[str, Waiting],
    clocks: Clocks,
) -> list[QueueRow]:
    """What is due after a return: first that a discussion is offered, then that it took place; the most late first."""
    rows = []
    for episode in episodes:
        stands = timed(episode, now, clocks)
        offered = stands.offered in (Clock.MET, Clock.MET_LATE)
        clock, due = (stands.completed, stands.completed_due) if offered else (stands.offered, stands.offered_due)
        if clock not in (Clock.RUNNING, Clock.OVERDUE) or due is None or episode.found is None:
            continue
        late, seconds = clock is Clock.OVERDUE, (due - now).total_seconds()
        rows.append(
            QueueRow(
                key=shown[episode.young_person].key,
                kind=Kind.DISCUSSION,
                people=[person(episode.young_person)],
                state="Overdue" if late else "Due",
                tone="red" if late else ("yellow" if seconds < 24 * _HOUR else "grey"),
                title=_discussion_words(episode, offered),
                since=episode.found,
                due=due,
                left=f"{elapsed_words(abs(seconds))} {'late' if late else 'left'}",
                told_by=_agencies(told.get(episode.young_person, ()), names),
                urgency=(seconds,),
            )
        )
    return rows


def _discussion_words(episode: Episode, offered: bool) -> str:
    if not offered:
        return "Return discussion to be offered"
    if episode.declined:
        return "Return discussion declined; to be offered again"
    return "Return discussion offered; to be held"


def referral_rows(
    reports: Mapping[str, Sequence[Opened]],
    names: Names,
    person: Callable[[str], Person],
    shown: Mapping[str, Waiting],
) -> list[QueueRow]:
    """What other agencies referred, one row for each report, what was told last first."""
    rows = []
    for report, records in reports.items():
        first = min(records, key=lambda one: (_WEIGHT.get(one.held.section, 5), one.held.rendering.reference))
        people = sorted({name for record in records for name in _young_people(record)})
        held = first.held
        rows.append(
            QueueRow(
                key=shown[report].key,
                kind=Kind.REFERRAL,
                people=[person(name) for name in people],
                state=type_words(held.type),
                title=type_words(held.type),
                since=held.recorded,
                told_by=names.agencies.get(held.by, held.by),
                gist=gist_of(held.type, held.section, first.content),
                notes=sorted({class_words(record.held.data_class) for record in records}),
                urgency=(-held.recorded.timestamp(),),
            )
        )
    return rows


def task_rows(actions: Iterable[ActionView], now: datetime) -> list[QueueRow]:
    """What the panel asks of the agency, in the words written for it; the most late first."""
    rows = []
    for one in actions:
        days = (date.fromisoformat(one.due) - now.astimezone(LONDON).date()).days
        count = f"{abs(days)} day{'' if abs(days) == 1 else 's'}"
        rows.append(
            QueueRow(
                key=key_of(Kind.TASK, one.ref, one.progress),
                kind=Kind.TASK,
                people=[],
                state="Overdue" if days < 0 else PROGRESSES[one.progress],
                tone="red" if days < 0 else ("yellow" if days <= 2 else "grey"),
                title=one.text,
                due_day=date.fromisoformat(one.due),
                left=f"{count} late" if days < 0 else (f"{count} left" if days else "Today"),
                told_by="The panel",
                notes=[PROGRESSES[one.progress]],
                urgency=(days,),
            )
        )
    return rows


def _young_people(record: Opened) -> list[str]:
    about = record.held.rendering.about
    return [name for ref, name in about.items() if kind_of(ref) is SubjectKind.YOUNG_PERSON]


def in_order(rows: Sequence[QueueRow]) -> list[QueueRow]:
    """By kind, and within a kind the most pressing first."""
    kinds = list(Kind)
    return sorted(rows, key=lambda row: (kinds.index(row.kind), row.urgency, row.key))
