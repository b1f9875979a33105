"""The chronology as a page shows it: by day, then what has no date, and in an order that tells no more than it may."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from schemas.classes import Form
from services.kernel.pages import short_ref
from services.kernel.pages.times import LONDON, clock_words, day_words, time_words
from services.kernel.pages.words import class_words, spaced, type_words
from services.panel.domain.held import Opened
from services.panel.reading import Chronology
from services.panel.web.fields import Field, shown_fields

_TIMED = frozenset({Form.OWN, Form.FULL})
_LATE_SECONDS = 3600
_NO_DATE = "Told in general terms, or only that it exists: when it happened is not part of what your agency is given."


@dataclass(frozen=True)
class EachShown:
    """What is about one person alone."""

    who: str
    fields: Sequence[Field]


@dataclass(frozen=True)
class Entry:
    """One record of the chronology, in words."""

    title: str
    form: Form
    clock: str | None
    origin: str
    late: str | None
    basis: str
    statement: str | None
    about: Sequence[str]
    about_label: str
    adults_left_out: int
    fields: Sequence[Field]
    each: Sequence[EachShown]
    erased: bool


@dataclass(frozen=True)
class Day:
    """The records of a day, or those that have none."""

    heading: str
    entries: Sequence[Entry]
    note: str | None = None


def chronology_days(chronology: Chronology) -> list[Day]:
    """The records by day, the earliest first; what may not tell when it happened comes last, in no telling order."""
    dated = sorted((one for one in chronology.records if _day(one) is not None), key=_place)
    undated = sorted((one for one in chronology.records if _day(one) is None), key=_unordered)
    days = [
        Day(day_words(datetime.fromisoformat(day)), [_entry(one, chronology) for one in records])
        for day, records in groupby(dated, key=lambda one: _day(one) or "")
    ]
    if undated:
        days.append(Day("Without a date", [_entry(one, chronology) for one in undated], _NO_DATE))
    return days


def _day(record: Opened) -> str | None:
    """The day in London, for the forms that tell one; under a pseudonym, the day of the feed's own UTC calendar."""
    if record.held.form in _TIMED:
        return record.held.occurred.astimezone(LONDON).date().isoformat()
    return record.held.occurred.date().isoformat() if record.held.form is Form.PSEUDONYMISED else None


def _place(record: Opened) -> tuple[str, int, str, str, str]:
    """Day, then time where the form tells it; what has only a day follows, by its reference, which tells nothing."""
    held = record.held
    if held.form in _TIMED:
        return (_day(record) or "", 0, held.occurred.isoformat(), held.report, held.rendering.reference)
    return (_day(record) or "", 1, "", "", held.rendering.reference)


def _unordered(record: Opened) -> tuple[str, str]:
    return (record.held.form, record.held.rendering.reference)


def _entry(record: Opened, chronology: Chronology) -> Entry:
    held = record.held
    source = chronology.agencies.get(held.by, spaced(held.by))
    timed = held.form in _TIMED
    content, statement = _statement(record, source)
    return Entry(
        title=class_words(held.data_class),
        form=held.form,
        clock=clock_words(held.occurred) if timed else None,
        origin=f"{type_words(held.type)}, {source}" if timed else source,
        late=_late(held.occurred, held.recorded) if timed else None,
        basis=_basis(held.form, held.agreements, chronology.agreements),
        statement=statement,
        about=[short_ref(name) for name in held.rendering.about.values()],
        about_label=_about_label(held.form, len(held.rendering.about)),
        adults_left_out=held.rendering.adults_left_out,
        fields=shown_fields(held.type, held.section, content),
        each=[
            EachShown(short_ref(name), fields)
            for name, part in record.each.items()
            if (fields := shown_fields(held.type, held.section, part))
        ],
        erased=record.erased,
    )


def _about_label(form: Form, count: int) -> str:
    if form is not Form.PSEUDONYMISED:
        return "About"
    return "Pseudonyms" if count > 1 else "Pseudonym"


def _statement(record: Opened, source: str) -> tuple[Mapping[str, object], str | None]:
    """The one sentence of a form that has one, and the fields that are left to list."""
    content = dict(record.content)
    if record.held.form is Form.EXISTENCE:
        ask = content.pop("ask", None)
        content.pop("held_by", None)
        return {}, f"{source} holds something here. To know more, ask: {ask or source}."
    if record.held.form is Form.GENERALISED:
        for name in ("status", "summary"):
            if name in content:
                words = str(content.pop(name))
                return content, f"{words[:1].upper()}{words[1:]}."
    return content, None


def _late(occurred: datetime, recorded: datetime) -> str | None:
    if (recorded - occurred).total_seconds() < _LATE_SECONDS:
        return None
    return f"Told to the hub {time_words(recorded)}"


def _basis(form: Form, agreements: Sequence[str], titles: Mapping[str, str]) -> str:
    if form is Form.OWN:
        return "Your agency's own report"
    named = [f"{titles[agreement]} ({agreement})" if agreement in titles else agreement for agreement in agreements]
    return f"Under {' and '.join(named)}" if named else ""
