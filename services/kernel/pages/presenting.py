"""What a page shows, made ready for the templates: links, cells, tables and summaries, in words and without logic."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from schemas.classes import Form
from services.kernel.identity import Caller
from services.kernel.pages.words import spaced


@dataclass(frozen=True)
class Link:
    """Where a reader can go; `current` where the reader is."""

    text: str
    href: str
    current: bool = False
    exact: bool = True
    """Whether `current` is this very page, or one below it."""


@dataclass(frozen=True)
class Option:
    """One choice of a select."""

    value: str
    text: str


@dataclass(frozen=True)
class FieldError:
    """What is wrong with a field, for the person who must put it right."""

    field: str
    text: str


@dataclass(frozen=True)
class Part:
    """A line of a cell: words, an opaque reference, a link, a time or the tag of a form."""

    text: str = ""
    href: str | None = None
    hidden: str | None = None
    """Words for those who hear the page, so that a link makes sense alone."""
    code: bool = False
    quiet: bool = False
    at: datetime | None = None
    form: Form | None = None
    tag: str | None = None
    """The colour of a tag that the words stand in: `red`, `yellow`, `green` or `grey`."""


@dataclass(frozen=True)
class Cell:
    """One or more lines."""

    parts: tuple[Part, ...]


@dataclass(frozen=True)
class Table:
    """A table whose first column names the row."""

    caption: str
    columns: Sequence[str]
    rows: Sequence[Sequence[Cell]]
    caption_hidden: bool = True


@dataclass(frozen=True)
class SummaryRow:
    """A key and its value."""

    key: str
    value: Cell


ANNOUNCED = "cairn.announced"
"""Under which name a request carries an announcement that whoever serves the pages wants on each of them."""


@dataclass(frozen=True)
class Announcement:
    """A quiet line above every page, with where to read more, and perhaps something to do about it."""

    label: str
    words: str
    link: Link
    action: str | None = None
    """The address that a button posts `fields` to."""
    button: str = ""
    fields: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Who:
    """Who is signed in, as the header shows it."""

    name: str
    agency: str


@dataclass(frozen=True)
class Strip:
    """What a page is read for, what else it could be read for, and the instant that it shows."""

    purpose: str
    choices: Sequence[Link]
    as_of: datetime | None = None


def who_is(caller: Caller, names: Mapping[str, str]) -> Who:
    """The caller as the header shows it; `names` is partner id -> what people call it."""
    name = caller.practitioner.partition("/")[2] or caller.practitioner
    return Who(name.replace("-", " "), names.get(caller.partner, spaced(caller.partner)))


def text(*lines: str) -> Cell:
    """A cell of words; further lines are quiet."""
    return Cell(tuple(Part(text=line, quiet=index > 0) for index, line in enumerate(lines)))


def instant(at: datetime) -> Cell:
    """A cell of one time."""
    return Cell((Part(at=at),))


def form_cell(form: Form) -> Cell:
    """A cell of one form."""
    return Cell((Part(form=form),))


def link(words: str, href: str, hidden: str | None = None) -> Cell:
    """A cell of one link."""
    return Cell((Part(text=words, href=href, hidden=hidden),))


def short_ref(ref: str) -> str:
    """An opaque reference, cut so that a person can compare it: `s-4rzk…`."""
    return ref if len(ref) <= 12 else f"{ref[:9]}…"
