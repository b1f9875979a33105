"""The fields of a record in words: readable labels, times as people read them, and free text just as it was written."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from schemas.reports import fields_annotated
from schemas.reports.reading import part_model, section_model
from services.kernel.pages.times import day_words, time_words
from services.kernel.pages.words import spaced

_INSTANT = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_HOURS = re.compile(r"\d{2}:\d{2}-\d{2}:\d{2}")
_IDENTIFIER = re.compile(r"([a-z][a-z0-9-]{0,31})\|(.+)")
_CODE = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")
_LABELS = {
    "own_words": "In their own words",
    "young_persons_view": "In their own words",
    "uprn": "Property number (UPRN)",
    "location_band": "Where",
    "time_band": "Time of day",
    "ask": "What would help",
}


@dataclass(frozen=True)
class Field:
    """One field: its label, and its value as text; `quote` where it is what a young person said."""

    label: str
    value: str
    quote: bool = False


def shown_fields(type_name: str, section: str, content: Mapping[str, Any]) -> list[Field]:
    """Every field that has a value, in the order in which the report type declares them."""
    quotes = _annotated(type_name, section, "x-child-quote")
    written = _annotated(type_name, section, "x-free-text") | quotes
    return [
        Field(_LABELS.get(name, spaced(name)), _words(value, name in written), name in quotes)
        for name, value in sorted(content.items(), key=_declared(type_name, section))
        if value not in (None, "", [], {})
    ]


def gist_of(type_name: str, section: str, content: Mapping[str, Any]) -> Field | None:
    """The one field that tells most: what a young person said, or else the first that somebody wrote in their words."""
    quotes = _annotated(type_name, section, "x-child-quote")
    written = _annotated(type_name, section, "x-free-text")
    told = [name for name, value in sorted(content.items(), key=_declared(type_name, section)) if value]
    for chosen in (quotes, written):
        for name in told:
            if name in chosen and isinstance(content[name], str):
                return Field(_LABELS.get(name, spaced(name)), str(content[name]), name in quotes)
    return None


def _annotated(type_name: str, section: str, annotation: str) -> frozenset[str]:
    try:
        return fields_annotated(type_name, section, annotation)
    except LookupError:
        return frozenset()


def _declared(type_name: str, section: str) -> Callable[[tuple[str, Any]], int]:
    """Sorts fields as the type declares them; what it does not know keeps its place, at the end."""
    try:
        model = section_model(type_name, section)
    except LookupError:
        return lambda _: 0
    names = [*model.model_fields, *part_model(model).model_fields]
    return lambda field: names.index(field[0]) if field[0] in names else len(names)


def _words(value: Any, as_written: bool) -> str:
    match value:
        case bool():
            return "Yes" if value else "No"
        case str() if not as_written:
            return _word(value)
        case dict():
            parts = [f"{spaced(name).lower()} {_words(each, as_written)}" for name, each in value.items()]
            return _capital(", ".join(parts))
        case list():
            return _list(value, as_written)
    return str(value)


def _list(values: Sequence[Any], as_written: bool) -> str:
    coded = all(isinstance(value, str) and _CODE.fullmatch(value) for value in values)
    separator = ", " if coded else "\n"
    words = [_words(value, as_written) for value in values]
    return separator.join([words[0], *(word[:1].lower() + word[1:] for word in words[1:])] if coded else words)


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]


def _word(text: str) -> str:
    """A code as words, a time as people read it, an identifier with its system in front, anything else as it is."""
    try:
        if _INSTANT.match(text):
            return time_words(datetime.fromisoformat(text))
        if _DAY.fullmatch(text):
            return day_words(date.fromisoformat(text))
    except ValueError:
        return text
    if _HOURS.fullmatch(text):
        return hours_words(text)
    if identifier := _IDENTIFIER.fullmatch(text):
        return f"{identifier[1].upper()} {identifier[2]}"
    return spaced(text) if _CODE.fullmatch(text) else text


def hours_words(hours: str) -> str:
    """A span of hours as people write it: `15:30-17:30` with a dash."""
    return hours.replace("-", "–")
