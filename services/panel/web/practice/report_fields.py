"""The fields of a report as a page asks for them: in which shape, in which words, and what was meant by what was sent.

All of it is read from the schemas, so that a page can ask for nothing that a report could not carry.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import Enum, StrEnum
from functools import cache
from typing import Annotated, Any, Final, Literal, Union, get_args, get_origin

from pydantic import TypeAdapter, ValidationError
from pydantic.fields import FieldInfo

from schemas.annotations import LONGEST_TEXT, Annotation, annotations_of
from schemas.reports.reading import part_model, section_models
from services.kernel.pages.times import LONDON, day_words, time_words
from services.kernel.pages.words import spaced
from services.panel.web.practice.report_questions import Asked, ReportKind

Answers = Mapping[str, Sequence[str]]
"""What was sent, field by field, as it was typed."""

_PAST: Final = frozenset({"since", "found", "observed", "attended", "observed_on"})
_LINE_MAX: Final = 200
_AHEAD_MAX: Final = timedelta(minutes=10)
_TIME: Final = re.compile(r"([01]?[0-9]|2[0-3])[:.h ]?([0-5][0-9])", re.ASCII)
_WORDS: Final = {
    "found_safe": "Safe",
    "refer_child_to_efh_panel": "A young person",
    "refer_group_to_efh_panel": "A group of young people",
    "refer_place_to_efh_panel": "A place",
    "refer_school_to_efh_panel": "A school",
    "refer_online_space_to_efh_panel": "An online space",
}


class Shape(StrEnum):
    """How a field is asked for."""

    CHOICE = "choice"
    CHOICES = "choices"
    NUMBER = "number"
    MOMENT = "moment"
    DAY = "day"
    LINE = "line"
    TEXT = "text"


class Unfit(Exception):
    """What was sent cannot be meant; the words say what to do, and do not repeat it. `part` is where to begin."""

    def __init__(self, words: str, part: str = "") -> None:
        super().__init__(words)
        self.words, self.part = words, part


@dataclass(frozen=True)
class Shaped:
    """One field: how it is asked for, and the schema's own field behind it."""

    name: str
    label: str
    hint: str | None
    needed: bool
    shape: Shape
    field: FieldInfo
    options: tuple[tuple[str, str], ...] = ()
    quote: bool = False

    @property
    def section(self) -> str:
        """The section that it belongs to."""
        return self.name.partition(".")[0]

    @property
    def key(self) -> str:
        """Its name within its section or part."""
        return self.name.rpartition(".")[2]

    @property
    def of_one(self) -> bool:
        """Whether it is about the young person alone."""
        return ".each." in self.name

    @property
    def inputs(self) -> tuple[str, ...]:
        """The names of its inputs on the page, the first being the one to begin with."""
        match self.shape:
            case Shape.MOMENT:
                return tuple(f"{self.name}-{part}" for part in ("day", "month", "year", "time"))
            case Shape.DAY:
                return tuple(f"{self.name}-{part}" for part in ("day", "month", "year"))
        return (self.name,)


@cache
def _field(types: tuple[str, ...], name: str) -> FieldInfo:
    section, _, key = name.partition(".")
    model = next(models[section] for models in map(section_models, types) if section in models)
    if key.startswith("each."):
        return part_model(model).model_fields[key.removeprefix("each.")]
    return model.model_fields[key]


def shaped(kind: ReportKind, asked: Asked) -> Shaped:
    """The field that a question asks for, in the shape that the schema gives it."""
    field = _field(tuple(kind.types.values()), asked.name)
    core, annotations = _core(field.annotation), annotations_of(field)
    options = _options(core)
    if asked.only:
        options = tuple(option for option in options if option[0] in asked.only)
    return Shaped(
        name=asked.name,
        label=asked.label or spaced(asked.name.rpartition(".")[2]),
        hint=_doc(field) if asked.hint is None else asked.hint or None,
        needed=asked.needed,
        shape=_shape(core, annotations, bool(options)),
        field=field,
        options=options,
        quote=Annotation.CHILD_QUOTE in annotations,
    )


def _doc(field: FieldInfo) -> str | None:
    """The schema's own sentence about the field, where it is one sentence for people."""
    return field.description.replace("`", "") if field.description and field.description.endswith(".") else None


def _core(annotation: Any) -> Any:
    """The type itself, without what is said about it and without the nothing that it may be."""
    origin = get_origin(annotation)
    if origin is Annotated:
        return _core(get_args(annotation)[0])
    if origin is Union or type(annotation).__name__ == "UnionType":
        return _core(next(one for one in get_args(annotation) if one is not type(None)))
    return annotation


def _options(core: Any) -> tuple[tuple[str, str], ...]:
    if core is bool:
        return (("yes", "Yes"), ("no", "No"))
    if get_origin(core) is tuple:
        return _options(_core(get_args(core)[0]))
    codes = get_args(core) if get_origin(core) is Literal else ()
    if isinstance(core, type) and issubclass(core, Enum):
        codes = tuple(core)
    return tuple((str(code.value), _WORDS.get(code.value) or spaced(code.value)) for code in codes)


def _shape(core: Any, annotations: frozenset[Annotation], coded: bool) -> Shape:
    if coded:
        return Shape.CHOICES if get_origin(core) is tuple else Shape.CHOICE
    if annotations & {Annotation.FREE_TEXT, Annotation.CHILD_QUOTE}:
        return Shape.TEXT
    if core is int:
        return Shape.NUMBER
    if core is date:
        return Shape.DAY
    return Shape.LINE if core is str else Shape.MOMENT


def meant(asked: Shaped, answers: Answers, now: datetime) -> Any:
    """The value as a report carries it, or None where nothing was answered. Raises Unfit."""
    given = [value.strip() for value in answers.get(asked.name, ()) if value.strip()]
    match asked.shape:
        case Shape.MOMENT | Shape.DAY:
            return _dated(asked, answers, now)
        case Shape.CHOICES:
            codes = [code for code, _ in asked.options if code in given]
            if len(codes) != len(set(given)):
                raise Unfit("Choose from the answers that are listed")
            return codes or None
    if not given:
        return None
    match asked.shape:
        case Shape.CHOICE:
            if given[0] not in dict(asked.options):
                raise Unfit("Choose one of the answers that are listed")
            return {"yes": True, "no": False}.get(given[0], given[0])
        case Shape.NUMBER:
            return _number(asked, given[0])
        case Shape.TEXT:
            if len(given[0]) > LONGEST_TEXT:
                raise Unfit(f"Shorten this to {LONGEST_TEXT:,} characters")
            return given[0]
    return _line(asked, given[0])


def _number(asked: Shaped, text: str) -> int:
    least = next((one.ge for one in asked.field.metadata if hasattr(one, "ge")), 0)
    most = next((one.le for one in asked.field.metadata if hasattr(one, "le")), 10_000)
    if not (text.isascii() and text.isdigit() and len(text) <= 5 and least <= int(text) <= most):
        raise Unfit(f"Give a whole number from {least} to {most}")
    return int(text)


def _line(asked: Shaped, text: str) -> str:
    schema: Any = Annotated[(asked.field.annotation, *asked.field.metadata, None)]
    try:
        TypeAdapter(schema).validate_python(text)
    except ValidationError:
        if len(text) <= _LINE_MAX and asked.hint:
            raise Unfit(f"{asked.label}: {asked.hint[0].lower()}{asked.hint[1:].rstrip('.')}") from None
        raise Unfit(f"Write this in one line of at most {_LINE_MAX} characters") from None
    return text


def _dated(asked: Shaped, answers: Answers, now: datetime) -> str | None:
    day, month, year, *rest = (_one(answers, name) for name in asked.inputs)
    if not any((day, month, year, *rest)):
        return None
    try:
        on = date(_part(year), _part(month), _part(day))
    except ValueError:
        raise Unfit("Give a day that exists, such as 16 4 2026", "-day") from None
    if not 1900 <= on.year <= 2199:
        raise Unfit("Give the year with four digits", "-year")
    if asked.shape is Shape.DAY:
        if asked.key in _PAST and on > now.astimezone(LONDON).date():
            raise Unfit("Give a day that is not in the future", "-day")
        return on.isoformat()
    clock = _TIME.fullmatch(rest[0])
    if clock is None:
        raise Unfit("Give the time of day as well, such as 21:55; about is enough", "-time")
    at = datetime(on.year, on.month, on.day, int(clock[1]), int(clock[2]), tzinfo=LONDON)
    if asked.key in _PAST and at > now + _AHEAD_MAX:
        raise Unfit("Give a time that is not in the future", "-day")
    return at.isoformat()


def _part(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= 4):
        raise ValueError
    return int(text)


def _one(answers: Answers, name: str) -> str:
    return next(iter(answers.get(name, ())), "").strip()


def answer_words(asked: Shaped, value: Any) -> str:
    """A value in words, as the page that is to be checked shows it."""
    words = dict(asked.options)
    match value:
        case bool():
            return "Yes" if value else "No"
        case list():
            return ", ".join(words[code] if n == 0 else words[code].lower() for n, code in enumerate(value))
        case str() if asked.shape is Shape.MOMENT:
            return time_words(datetime.fromisoformat(value))
        case str() if asked.shape is Shape.DAY:
            return day_words(date.fromisoformat(value))
    return words.get(str(value), str(value))
