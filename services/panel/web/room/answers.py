"""Questions of a form, and what was meant by what was sent, with what is wrong or missing said at its field."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Final, TypeVar

from schemas.annotations import LONGEST_TEXT
from services.kernel.pages import FieldError
from services.kernel.pages.forms import Fields, first
from services.kernel.pages.times import LONDON

LINE_MAX: Final = 200
_TIME: Final = re.compile(r"([01]?[0-9]|2[0-3])[:.h ]?([0-5][0-9])", re.ASCII)
_Code = TypeVar("_Code", bound=StrEnum)


class Shape(StrEnum):
    """How something is asked for."""

    LINE = "line"
    TEXT = "text"
    DAY = "day"
    MOMENT = "moment"
    CHOICE = "choice"
    CHOICES = "choices"
    SELECT = "select"


UNANSWERED: Final = {
    Shape.LINE: "write something here",
    Shape.TEXT: "write something here",
    Shape.DAY: "give a day, such as 16 4 2026",
    Shape.MOMENT: "give a day and a time",
    Shape.CHOICE: "choose one",
    Shape.CHOICES: "choose at least one",
    Shape.SELECT: "choose one",
}


@dataclass(frozen=True)
class Question:
    """One question. Its name is also what a refusal calls it, where something about it is missing."""

    name: str
    label: str
    shape: Shape = Shape.LINE
    hint: str | None = None
    options: Sequence[tuple[str, str]] = ()
    needed: bool = True

    @property
    def first_input(self) -> str:
        """The id of the input at which it begins."""
        return f"{self.name}-day" if self.shape in (Shape.DAY, Shape.MOMENT) else self.name

    def error(self, words: str) -> FieldError:
        """What is wrong with its answer."""
        return FieldError(self.first_input, f"{self.label.rstrip('?')}: {words}")


class NotGiven(Exception):
    """Some answers are missing, or cannot be meant."""

    def __init__(self, errors: Sequence[FieldError]) -> None:
        super().__init__("not_given")
        self.errors = list(errors)


class Answers:
    """What was sent, question by question. What cannot be meant is told by `check`."""

    def __init__(self, sent: Fields, questions: Sequence[Question]) -> None:
        self._sent, self._questions = sent, {question.name: question for question in questions}
        self._wrong: dict[str, FieldError] = {}

    def text(self, name: str) -> str:
        """What was written."""
        said = first(self._sent, name).strip()
        question = self._questions[name]
        longest = LONGEST_TEXT if question.shape is Shape.TEXT else LINE_MAX
        if len(said) > longest:
            self._refuse(question, f"shorten this to {longest:,} characters")
        return said

    def lines(self, name: str) -> list[str]:
        """What was written, line by line, each once."""
        return list(dict.fromkeys(line.strip() for line in self.text(name).splitlines() if line.strip()))

    def chosen(self, name: str, kind: type[_Code]) -> _Code | None:
        """The code that was chosen."""
        said = self.one(name)
        return kind(said) if said else None

    def one(self, name: str) -> str:
        """The option that was chosen, or nothing."""
        said, question = first(self._sent, name), self._questions[name]
        if said and said not in dict(question.options):
            self._refuse(question, "choose one of the answers that are listed")
            return ""
        return said

    def many(self, name: str) -> list[str]:
        """The options that were chosen, in the order in which they are listed."""
        said, question = set(self._sent.get(name, ())), self._questions[name]
        if said - set(dict(question.options)):
            self._refuse(question, "choose from the answers that are listed")
        return [code for code, _ in question.options if code in said]

    def day(self, name: str) -> str:
        """The day as ISO 8601 has it, or nothing."""
        found = self._date(name)
        return found.isoformat() if found else ""

    def moment(self, name: str) -> datetime | None:
        """The instant that somebody in Scotland means by day and time."""
        on, question = self._date(name), self._questions[name]
        if on is None:
            return None
        clock = _TIME.fullmatch(first(self._sent, f"{name}-time").strip())
        if clock is None:
            self._wrong[name] = FieldError(f"{name}-time", f"{question.label}: give the time as well, such as 14:30")
            return None
        return datetime(on.year, on.month, on.day, int(clock[1]), int(clock[2]), tzinfo=LONDON)

    def check(self) -> None:
        """Raises NotGiven for what cannot be meant, and for what is needed and was not answered."""
        for name, question in self._questions.items():
            if question.needed and name not in self._wrong and not self._is_answered(question):
                self._refuse(question, UNANSWERED[question.shape])
        if self._wrong:
            raise NotGiven([self._wrong[name] for name in self._questions if name in self._wrong])

    def _is_answered(self, question: Question) -> bool:
        names = [question.name]
        if question.shape in (Shape.DAY, Shape.MOMENT):
            names = [f"{question.name}-{part}" for part in ("day", "month", "year")]
        return any(value.strip() for name in names for value in self._sent.get(name, ()))

    def _date(self, name: str) -> date | None:
        parts = [first(self._sent, f"{name}-{part}").strip() for part in ("day", "month", "year")]
        if not any(parts):
            return None
        try:
            if not all(part.isascii() and part.isdigit() and len(part) <= 4 for part in parts):
                raise ValueError
            found = date(int(parts[2]), int(parts[1]), int(parts[0]))
        except ValueError:
            self._refuse(self._questions[name], "give a day that exists, such as 16 4 2026")
            return None
        if not 1900 <= found.year <= 2199:
            self._refuse(self._questions[name], "give the year with four digits")
            return None
        return found

    def _refuse(self, question: Question, words: str) -> None:
        self._wrong.setdefault(question.name, question.error(words))
