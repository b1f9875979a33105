"""Whom and what a report is about, as a page asks for it: a young person by a number, a place by a name or number.

A young person goes by the numbers that agencies know them by, never by a name alone: the hub finds out for itself
whether it is somebody it knows, and tells nobody.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, Final

from pydantic import TypeAdapter, ValidationError

from schemas.identifiers import CHECKS, Identifier
from schemas.reports import NamedContext
from services.kernel.pages import Option
from services.panel.web.practice.report_fields import Answers, Unfit

PEOPLE_MAX: Final = 12
OWN_SYSTEM: Final = "own"
SYSTEMS: Final = (
    Option("", "Choose"),
    Option("chi", "CHI number (health)"),
    Option("scn", "Scottish Candidate Number (school)"),
    Option("pnc", "PNC number (police)"),
    Option("nhs", "NHS number (England and Wales)"),
    Option("upn", "Unique Pupil Number (England)"),
    Option(OWN_SYSTEM, "A number of our own system"),
)
NUMBERS_OF_ONE: Final = 2
HOW_NAMED: Final = (
    ("name", "By its name"),
    ("uprn", "By its property number (UPRN)"),
    ("reference", "By a reference that agencies share"),
)

_IDENTIFIER: TypeAdapter[str] = TypeAdapter(Identifier)
_FORMS: Final = {
    "chi": "Give the CHI number as 10 digits; check that each is right",
    "scn": "Give the Scottish Candidate Number as 9 digits; check that each is right",
    "pnc": "Give the PNC number as 21/0123456K; check that each digit is right",
    "nhs": "Give the NHS number as 10 digits; check that each is right",
    "upn": "Give the pupil number as a letter and 12 digits; check that each is right",
}


def person_inputs(number: int) -> list[str]:
    """The names of the inputs about one young person."""
    numbers = [
        f"person{number}.{name}{n}" for n in range(1, NUMBERS_OF_ONE + 1) for name in ("system", "number", "own")
    ]
    return [*numbers, *(f"person{number}.born-{part}" for part in ("day", "month", "year"))]


def person_of(number: int, answers: Answers, now: datetime) -> tuple[dict[str, Any] | None, list[tuple[str, str]]]:
    """The young person as a report names them, or None where nothing was given; and what is wrong: input, words."""
    wrong: list[tuple[str, str]] = []
    identifiers = []
    for n in range(1, NUMBERS_OF_ONE + 1):
        try:
            if (found := _identifier(number, n, answers)) is not None:
                identifiers.append(found)
        except Unfit as unfit:
            wrong.append((f"person{number}.{unfit.part}{n}", unfit.words))
    try:
        born = _born(number, answers, now)
    except Unfit as unfit:
        return None, [*wrong, (f"person{number}.born-day", unfit.words)]
    if not identifiers:
        first = f"person{number}.number1"
        return None, wrong or ([(first, "Give a number by which an agency knows them")] if born else [])
    person: dict[str, Any] = {"kind": "young_person", "identifiers": list(dict.fromkeys(identifiers))}
    return (person | ({"born": born} if born else {})), wrong


def _identifier(number: int, n: int, answers: Answers) -> str | None:
    system, value, own = (_one(answers, f"person{number}.{name}{n}") for name in ("system", "number", "own"))
    if not value and (not system or n > 1):
        return None
    if not value:
        raise Unfit("Give the number", "number")
    if not system:
        raise Unfit("Choose what kind of number it is", "system")
    if system in CHECKS:
        value = "".join(value.split()).upper()
    elif system == OWN_SYSTEM:
        system = own.lower()
        if not system:
            raise Unfit("Give the short name of your system, such as swis", "own")
    try:
        return _IDENTIFIER.validate_python(f"{system}|{value}")
    except ValidationError:
        if system in _FORMS:
            raise Unfit(_FORMS[system], "number") from None
        raise Unfit("Give the short name of your system in letters and digits, such as swis", "own") from None


def _born(number: int, answers: Answers, now: datetime) -> str | None:
    day, month, year = (_one(answers, f"person{number}.born-{part}") for part in ("day", "month", "year"))
    if not any((day, month, year)):
        return None
    try:
        born = date(*(int(part) for part in (year, month, day) if part.isascii() and part.isdigit()))
    except (ValueError, TypeError, OverflowError):
        raise Unfit("Give a date of birth that exists, such as 15 3 2011") from None
    if not 1900 <= born.year <= now.year or born > now.date():
        raise Unfit("Give a date of birth in the past, the year with four digits")
    return born.isoformat()


def person_words(person: Mapping[str, Any]) -> Sequence[str]:
    """How a young person of a report is shown to whoever writes it."""
    names = {option.value: option.text for option in SYSTEMS}
    lines = []
    for identifier in person["identifiers"]:
        system, _, value = identifier.partition("|")
        lines.append(f"{names.get(system, system)}: {value}")
    return lines


def place_of(answers: Answers) -> tuple[dict[str, str] | None, list[tuple[str, str]]]:
    """The place as a report names it, or None where nothing was given; and what is wrong."""
    how, value = _one(answers, "place.how"), " ".join(_one(answers, "place.value").split())
    if not value:
        return None, []
    if how not in dict(HOW_NAMED):
        return None, [("place.how", "Choose how you name the place")]
    try:
        NamedContext.model_validate({how: value})
    except ValidationError:
        words = {
            "name": "Give a name of at most 100 characters that begins with a letter or a digit",
            "uprn": "Give the property number as up to 12 digits, without a zero in front",
            "reference": "Give the reference in letters, digits and . _ : / - without spaces",
        }
        return None, [("place.value", words[how])]
    return {how: value}, []


def _one(answers: Answers, name: str) -> str:
    return next(iter(answers.get(name, ())), "").strip()
