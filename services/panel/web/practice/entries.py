"""A record as the practice room shows it: what it is, when, who told it, how sure they are, and why it may be seen."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from schemas.classes import Form
from services.kernel.pages import short_ref
from services.kernel.pages.times import clock_words, day_words, time_words
from services.kernel.pages.words import class_words, spaced, type_words
from services.panel.domain.held import TIMED, Opened
from services.panel.web.practice.fields import Field, gist_of, shown_fields

_LATE_SECONDS = 3600
_SOURCES = {"1": "reliable source", "2": "untested source", "3": "source not reliable"}
_ASSESSMENTS = {
    "A": "known directly",
    "B": "known indirectly, but corroborated",
    "C": "known indirectly",
    "D": "not known how",
    "E": "suspected to be false",
}


class Names(Protocol):
    """What people call agencies and agreements."""

    @property
    def agencies(self) -> Mapping[str, str]: ...

    @property
    def agreements(self) -> Mapping[str, str]: ...


@dataclass(frozen=True)
class EachShown:
    """What is about one person alone."""

    who: str
    fields: Sequence[Field]


@dataclass(frozen=True)
class Entry:
    """One record, in words."""

    title: str
    form: Form
    clock: str | None
    day: str | None
    origin: str
    late: str | None
    basis: str
    grade: str | None
    statement: str | None
    gist: Field | None
    about: Sequence[str]
    about_label: str
    adults_left_out: int
    fields: Sequence[Field]
    each: Sequence[EachShown]
    erased: bool


def entry_shown(record: Opened, names: Names, name: Callable[[str], str] = short_ref) -> Entry:
    """A record in words; `name` says what people call those whom it names by the agency's own references."""
    held = record.held
    source = names.agencies.get(held.by, spaced(held.by))
    timed = held.form in TIMED
    content, statement = _statement(record, source)
    grade = grade_words(content)
    pseudonyms = held.form is Form.PSEUDONYMISED
    called = short_ref if pseudonyms else name
    return Entry(
        title=class_words(held.data_class),
        form=held.form,
        clock=clock_words(held.occurred) if timed else None,
        day=day_words(held.occurred).rpartition(" ")[0] if timed else None,
        origin=f"{type_words(held.type)}, {source}" if timed else source,
        late=_late(held.occurred, held.recorded) if timed else None,
        basis=basis_words(held.form, held.agreements, names.agreements),
        grade=grade,
        statement=statement,
        gist=gist_of(held.type, held.section, content),
        about=[called(one) for one in held.rendering.about.values()],
        about_label=_about_label(held.form, len(held.rendering.about)),
        adults_left_out=held.rendering.adults_left_out,
        fields=shown_fields(held.type, held.section, _without_grade(content) if grade else content),
        each=[
            EachShown(called(one), fields)
            for one, part in record.each.items()
            if (fields := shown_fields(held.type, held.section, part))
        ],
        erased=record.erased,
    )


def basis_words(form: Form, agreements: Sequence[str], titles: Mapping[str, str]) -> str:
    """Why the agency may see a record."""
    if form is Form.OWN:
        return "Your agency's own report"
    named = [f"{titles[agreement]} ({agreement})" if agreement in titles else agreement for agreement in agreements]
    return f"Under {' and '.join(named)}" if named else ""


def grade_words(content: Mapping[str, Any]) -> str | None:
    """How far the source itself relies on it, in the source's own scheme and then in words."""
    grading = content.get("grading")
    if not isinstance(grading, Mapping):
        return None
    if grading.get("scheme") == "5x5x5":
        return f"Graded {grading.get('source')}{grading.get('information')}{grading.get('handling')} (5x5x5)"
    source, assessment = str(grading.get("source", "")), str(grading.get("assessment", ""))
    words = [word for word in (_SOURCES.get(source), _ASSESSMENTS.get(assessment)) if word]
    return f"Graded {source}{assessment} (3x5x2): {', '.join(words)}"


def _without_grade(content: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in content.items() if name != "grading"}


def _about_label(form: Form, count: int) -> str:
    if form is not Form.PSEUDONYMISED:
        return "About"
    return "Pseudonyms" if count > 1 else "Pseudonym"


def _statement(record: Opened, source: str) -> tuple[Mapping[str, Any], str | None]:
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
