"""A young person's timeline: each missing episode with all that was told of it, other days, and what has no date."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import groupby
from typing import Any, Final

from schemas.classes import Form
from services.kernel.pages import Option
from services.kernel.pages.listing import Column, Filter, Order, Row
from services.kernel.pages.times import LONDON, clock_words, day_words, time_words
from services.kernel.pages.words import class_words
from services.panel.domain.held import TIMED, Opened
from services.panel.domain.missing_clocks import Episode
from services.panel.web.practice.called import Callings
from services.panel.web.practice.chronology_page import unordered
from services.panel.web.practice.entries import Entry, Names, entry_shown

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
_NO_DATE: Final = "Told in general terms: when it happened is not part of what your agency is given."
_FIRST: Final = {"missing": 0, "voice_safety": 0, "decision": 0, "identity": 8, "address": 9, "identifiers": 9}


@dataclass(frozen=True)
class Section:
    """A missing episode, a day, or what has no date."""

    heading: str
    entries: Sequence[Entry]
    is_episode: bool = False
    note: str | None = None


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
    for day, grouped in groupby(sorted(rest, key=place), key=_day):
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
    placed = sorted(records, key=place)
    return sorted(placed, key=lambda one: one.held.occurred, reverse=True) if newest_first else placed


def place(record: Opened) -> tuple[str, str, int, str]:
    """By when it happened; of one report what tells how somebody is comes before who and where they are."""
    held = record.held
    return (held.occurred.isoformat(), held.report, _FIRST.get(held.section, 1), held.rendering.reference)


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
