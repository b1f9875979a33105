"""A young person's page in words: who they are, what is happening, what was told and by whom, and who has looked."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import groupby
from typing import Any, Final

from schemas.classes import Form, Purpose, SubjectKind
from services.kernel.pages import Link, Option, short_ref
from services.kernel.pages.listing import Column, Filter, Order, Row
from services.kernel.pages.times import LONDON, clock_words, day_words, time_words
from services.kernel.pages.words import class_words, operation_words, purpose_words, spaced
from services.panel.domain.held import TIMED, Opened, kind_of
from services.panel.domain.missing_clocks import Clock, Clocks, Episode, timed
from services.panel.projections.looks import Look
from services.panel.web.practice.called import Callings
from services.panel.web.practice.chronology_page import unordered
from services.panel.web.practice.entries import Entry, Names, basis_words, entry_shown

COLUMNS: Final = (
    Column("occurred", "When", ("Oldest first", "Newest first"), descending_first=True),
    Column("recorded", "Told to the hub"),
    Column("what", "What"),
    Column("told_by", "Told by"),
    Column("form", "Form"),
    Column("basis", "Why your agency may see it"),
    Column("grade", "How sure its source is"),
    Column("text", "What was told"),
)
ORDER: Final = Order("occurred", descending=True)
_NO_DATE = "Told in general terms: when it happened is not part of what your agency is given."
_LOOKS_SHOWN = 20
_FIRST: Final = {"missing": 0, "voice_safety": 0, "decision": 0, "identity": 8, "address": 9, "identifiers": 9}


@dataclass(frozen=True)
class Fact:
    """One thing of the header strip."""

    label: str
    value: str


@dataclass(frozen=True)
class Alert:
    """What matters now. `seconds` where it goes on while the page is open."""

    words: str
    tone: str
    """`red` for somebody who is missing or something overdue, `yellow` for what is due."""
    since: datetime | None = None
    seconds: float | None = None
    go_on: Link | None = None


@dataclass(frozen=True)
class Section:
    """A missing episode, a day, or what has no date."""

    heading: str
    entries: Sequence[Entry]
    is_episode: bool = False
    note: str | None = None


@dataclass(frozen=True)
class Withheld:
    """A record of which the agency may know that it exists."""

    statement: str
    basis: str


@dataclass(frozen=True)
class Together:
    """Somebody or something that records name together with the young person."""

    words: str
    href: str | None
    kind: str
    """What they are, where their name does not say so."""
    how: Sequence[str]
    latest: datetime | None


@dataclass(frozen=True)
class LookShown:
    """One look of a colleague."""

    who: str
    at: datetime
    purpose: str
    what: str


@dataclass(frozen=True)
class Looks:
    """The latest looks, and how many there were before them."""

    shown: Sequence[LookShown]
    before: int


def alerts(
    episodes: Sequence[Episode], now: datetime, clocks: Clocks, read_for: Callable[[Purpose], str]
) -> list[Alert]:
    """What is happening now: missing, or a return discussion that is due. `read_for`: the page for a purpose."""
    if not episodes:
        return []
    latest = episodes[-1]
    if latest.told_for is not None:
        other = purpose_words(latest.told_for).lower()
        words = f"How this went on is told to your agency for {other}"
        return [Alert(words, "yellow", go_on=Link("Read it before you act", read_for(latest.told_for)))]
    if latest.is_open:
        since = latest.since or now
        return [Alert("Missing now", "red", since, (now - since).total_seconds())]
    stands = timed(latest, now, clocks)
    found = []
    if stands.offered in (Clock.OVERDUE, Clock.RUNNING) and stands.offered_due:
        found.append(_due("offer a return discussion", "offered", stands.offered, stands.offered_due))
    elif stands.completed in (Clock.OVERDUE, Clock.RUNNING) and stands.completed_due:
        found.append(_due("hold the return discussion", "held", stands.completed, stands.completed_due))
    return found


def _due(do: str, done: str, clock: Clock, due: datetime) -> Alert:
    if clock is Clock.OVERDUE:
        return Alert(f"Nobody has told your agency that a return discussion was {done}. Due {time_words(due)}", "red")
    return Alert(f"Time to {do}: by {time_words(due)}", "yellow")


def facts(name: str, records: Sequence[Opened], called: Callings, episodes: Sequence[Episode]) -> list[Fact]:
    """The header strip: only what records tell that the agency may read, the latest of each."""
    person = called.people.get(name)
    found: list[Fact | None] = []
    if person is not None:
        found.append(Fact("Full name", person.full_name) if person.full_name != person.words else None)
        found.append(Fact("Pronouns", person.pronouns) if person.pronouns else None)
    found.append(_latest("Lives in", "address", "placement", records, name))
    found.append(_latest("School", "school", "school", records, name))
    found.append(_latest("Lead professional", "decision", "lead_professional", records, name))
    if episodes and episodes[-1].found is not None:
        found.append(Fact("Last back from being missing", time_words(episodes[-1].found)))
    return [fact for fact in found if fact is not None]


def _latest(label: str, section: str, field: str, records: Sequence[Opened], name: str) -> Fact | None:
    """The latest thing that was told of somebody alone; what is about several might be about another."""
    told = [
        record
        for record in records
        if record.held.section == section
        and record.held.form in TIMED
        and list(record.held.rendering.about.values()) == [name]
        and record.content.get(field)
    ]
    if not told:
        return None
    value = str(max(told, key=_place).content[field])
    return Fact(label, spaced(value) if value.isidentifier() and value.islower() else value)


def sections(
    episodes: Sequence[Episode],
    own: Sequence[Opened],
    asked: Sequence[Opened],
    names: Names,
    called: Callings,
    newest_first: bool,
) -> list[Section]:
    """The timeline: each missing episode with all that was told of it, other records by day, then what has no date.
    `own` are all records about the young person, `asked` those of them that are asked for."""
    shown = [record for record in asked if record.held.form is not Form.EXISTENCE]
    of_episodes = _by_episode(own, shown, episodes)
    parts: list[tuple[datetime, Section]] = [
        (_stands_at(told, newest_first, episode.is_open), _episode_section(episode, told, names, called, newest_first))
        for episode, told in zip(episodes, of_episodes, strict=True)
        if told
    ]
    apart = {id(record) for told in of_episodes for record in told}
    rest = [record for record in shown if record.held.form in TIMED and id(record) not in apart]
    for day, grouped in groupby(sorted(rest, key=_place), key=_day):
        ordered = _ordered(list(grouped), newest_first)
        entries = [entry_shown(one, names, called.words) for one in ordered]
        parts.append(
            (_stands_at(ordered, newest_first, False), Section(day_words(datetime.fromisoformat(day)), entries))
        )
    parts.sort(key=lambda part: part[0], reverse=newest_first)
    undated = sorted((one for one in shown if one.held.form not in TIMED), key=unordered)
    last = Section("Without a date", [entry_shown(one, names, called.words) for one in undated], note=_NO_DATE)
    return [*(section for _, section in parts), *([last] if undated else [])]


def _by_episode(own: Sequence[Opened], shown: Sequence[Opened], episodes: Sequence[Episode]) -> list[list[Opened]]:
    """The records of each episode: those that tell a step of it, and whatever else came with the same reports."""
    reports = {record.held.rendering.reference: record.held.report for record in own}
    ids = [{reports[reference] for reference in episode.reports} for episode in episodes]
    return [[one for one in shown if one.held.form in TIMED and one.held.report in each] for each in ids]


def _episode_section(
    episode: Episode, told: Sequence[Opened], names: Names, called: Callings, newest_first: bool
) -> Section:
    ordered = _ordered(told, newest_first)
    return Section(_episode_words(episode), [entry_shown(one, names, called.words) for one in ordered], is_episode=True)


def _episode_words(episode: Episode) -> str:
    if episode.told_for is not None:
        return f"Missing from {time_words(episode.since)}" if episode.since else "Missing"
    if episode.found is None:
        return f"Missing since {time_words(episode.since)}" if episode.since else "Missing"
    if episode.since is None:
        return f"Back {time_words(episode.found)}; nobody says since when"
    same_day = day_words(episode.since) == day_words(episode.found)
    until = clock_words(episode.found) if same_day else time_words(episode.found)
    return f"Missing {time_words(episode.since)} to {until}"


def _stands_at(told: Sequence[Opened], newest_first: bool, goes_on: bool) -> datetime:
    """Where a part of the timeline stands: by its latest record, first of all if it goes on, or by its earliest."""
    times = [one.held.occurred for one in told]
    if not newest_first:
        return min(times)
    return datetime.max.replace(tzinfo=UTC) if goes_on else max(times)


def _day(record: Opened) -> str:
    return record.held.occurred.astimezone(LONDON).date().isoformat()


def _ordered(records: Sequence[Opened], newest_first: bool) -> list[Opened]:
    """By when things happened; the parts of one report keep their order either way."""
    placed = sorted(records, key=_place)
    return sorted(placed, key=lambda one: one.held.occurred, reverse=True) if newest_first else placed


def _place(record: Opened) -> tuple[str, str, int, str]:
    """By when it happened; of one report what tells how somebody is comes before who and where they are."""
    held = record.held
    return (held.occurred.isoformat(), held.report, _FIRST.get(held.section, 1), held.rendering.reference)


def withheld(records: Sequence[Opened], names: Names) -> list[Withheld]:
    """What exists and may be known to exist; of what else is withheld nothing is said, not even that there is none."""
    found = [record for record in records if record.held.form is Form.EXISTENCE]
    return [
        Withheld(
            entry_shown(one, names).statement or "",
            basis_words(one.held.form, one.held.agreements, names.agreements),
        )
        for one in sorted(found, key=unordered)
    ]


def together(name: str, records: Sequence[Opened], called: Callings, hrefs: Mapping[str, str]) -> list[Together]:
    """Whom and what records in full name together with the young person; a link is what was observed, and no label."""
    found: dict[str, list[Opened]] = {}
    kinds: dict[str, SubjectKind] = {}
    for record in records:
        if record.held.form in TIMED:
            for ref, other in record.held.rendering.about.items():
                kind = kind_of(ref)
                if other != name and kind is not None:
                    found.setdefault(other, []).append(record)
                    kinds[other] = kind
    shown = [
        Together(
            called.words(other),
            hrefs.get(other),
            _KINDS[kinds[other]] if called.is_named(other) else "",
            sorted({class_words(record.held.data_class) for record in told}),
            max(record.held.occurred for record in told),
        )
        for other, told in sorted(found.items())
    ]
    return sorted(shown, key=lambda one: (one.href is None, one.words))


_KINDS: Final[Mapping[SubjectKind, str]] = {
    SubjectKind.YOUNG_PERSON: "Young person",
    SubjectKind.ADULT: "Adult",
    SubjectKind.CONTEXT: "Place or group",
}


def looks_shown(looks: Sequence[Look]) -> Looks:
    """The latest looks of the agency's own practitioners."""
    ordered = sorted(looks, key=lambda one: (one.at, one.practitioner, one.operation, one.purpose, one.records))[::-1]
    shown = [
        LookShown(
            (one.practitioner.partition("/")[2] or one.practitioner).replace("-", " "),
            one.at,
            purpose_words(one.purpose),
            f"{operation_words(one.operation)}, {one.records} record{'' if one.records == 1 else 's'} of these",
        )
        for one in ordered[:_LOOKS_SHOWN]
    ]
    return Looks(shown, max(0, len(looks) - _LOOKS_SHOWN))


def filters(records: Sequence[Opened], names: Names, by: str, what: str) -> list[Filter]:
    """What the timeline can be narrowed by: whatever its own records offer."""
    agencies = sorted({record.held.by for record in records}, key=lambda one: names.agencies.get(one, one))
    classes = sorted({record.held.data_class for record in records}, key=class_words)
    return [
        Filter(
            "from", "Told by",
            [Option("", "Every agency"), *(Option(one, names.agencies.get(one, one)) for one in agencies)], by,
        ),
        Filter(
            "what", "What it is",
            [Option("", "Everything"), *(Option(one, class_words(one)) for one in classes)], what,
        ),
    ]  # fmt: skip


def timeline_rows(records: Sequence[Opened], names: Names, called: Callings, newest_first: bool) -> list[Row]:
    """The timeline as data, in the order of the page's; a time stands only where the form of a record tells one."""
    dated = _ordered([one for one in records if one.held.form in TIMED], newest_first)
    undated = sorted((one for one in records if one.held.form not in TIMED), key=unordered)
    return [_row(one, entry_shown(one, names, called.words), names) for one in (*dated, *undated)]


def _row(record: Opened, entry: Entry, names: Names) -> Row:
    held = record.held
    said: dict[str, Any] = {
        "occurred": held.occurred.isoformat() if held.form in TIMED else None,
        "recorded": held.recorded.isoformat() if held.form in TIMED else None,
        "what": entry.title,
        "told_by": names.agencies.get(held.by, held.by),
        "form": str(held.form),
        "basis": entry.basis,
        "grade": entry.grade,
        "text": _text(entry),
    }
    return Row(held.rendering.reference, (), said)


def _text(entry: Entry) -> str:
    parts = [entry.statement] if entry.statement else []
    parts += [f"{field.label}: {field.value}" for field in entry.fields]
    parts += [f"{each.who}: {field.label}: {field.value}" for each in entry.each for field in each.fields]
    return "\n".join(parts)


def heading(name: str, called: Callings) -> str:
    """What the page calls the young person."""
    return called.words(name) if name in called.people else f"Young person {short_ref(name)}"
