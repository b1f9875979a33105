"""Identifiers that agencies use for a young person or a place, with the rule by which each is checked.

An identifier is written `system|value`, such as `chi|5503111230`. An error names the rule that was broken and never
the value. A CHI number carries a date of birth, so a day of 41 to 71 (40 added) is taken too: nobody can have it.
"""

import calendar
import re
import unicodedata
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Annotated, Final

from nhs_number.validate import calculate_checksum, is_valid
from pydantic import AfterValidator, StringConstraints
from pydantic_core import PydanticCustomError

SYNTHETIC_DAY: Final = 40
"""Added to the day of a made-up CHI number, so that no real person's number is minted."""

_PNC_LETTERS: Final = "ZABCDEFGHJKLMNPQRTUVWXY"
_UPN_LETTERS: Final = "ABCDEFGHJKLMNPQRTUVWXYZ"
_OWN_NUMBER: Final = re.compile(r"(?! )[^\x00-\x1f\x7f-\x9f]{1,64}(?<! )")
_SCN_WEIGHTS: Final = (3, 2, 7, 6, 5, 4, 3, 2)


def _digits(value: str, length: int) -> bool:
    return len(value) == length and value.isascii() and value.isdigit()


def _wrong_format(system: str, form: str) -> PydanticCustomError:
    return PydanticCustomError("identifier_format", f"{system} must be {form}")


def _wrong_check(system: str, rule: str) -> PydanticCustomError:
    return PydanticCustomError("identifier_check", f"{system} fails its check: {rule}")


def check_chi(value: str) -> str:
    """A Community Health Index number: day, month, year, two digits, sex digit, and a modulus 11 check digit."""
    if not _digits(value, 10):
        raise _wrong_format("chi", "10 digits without spaces")
    day, month, year = int(value[:2]), int(value[2:4]), int(value[4:6])
    day = day - SYNTHETIC_DAY if day > SYNTHETIC_DAY else day
    longest = calendar.monthrange(2000 + year, month)[1] if 1 <= month <= 12 else 0
    if not 1 <= day <= longest:
        raise PydanticCustomError("identifier_date", "chi must begin with a possible date, as DDMMYY")
    if calculate_checksum(value[:9]) != int(value[9]):
        raise _wrong_check("chi", "modulus 11, weights 10 to 2")
    return value


def check_nhs(value: str) -> str:
    """An NHS number: nine digits and a modulus 11 check digit."""
    if not _digits(value, 10):
        raise _wrong_format("nhs", "10 digits without spaces")
    if not is_valid(value):
        raise _wrong_check("nhs", "modulus 11, weights 10 to 2")
    return value


def check_scn(value: str) -> str:
    """A Scottish Candidate Number: eight digits, the first two the year of issue, and a modulus 11 check digit."""
    if not _digits(value, 9):
        raise _wrong_format("scn", "9 digits without spaces")
    remainder = sum(weight * int(digit) for weight, digit in zip(_SCN_WEIGHTS, value, strict=False)) % 11
    if remainder == 1 or (11 - remainder) % 11 != int(value[8]):
        raise _wrong_check("scn", "modulus 11, weights 3 2 7 6 5 4 3 2")
    return value


def check_pnc(value: str) -> str:
    """A Police National Computer id: two digits of the year, a slash, seven digits and a check letter."""
    if not re.fullmatch(r"\d{2}/\d{7}[A-Z]", value, re.ASCII):
        raise _wrong_format("pnc", "YY/NNNNNNN and a capital letter")
    if _PNC_LETTERS[int(value[:2] + value[3:10]) % 23] != value[10]:
        raise _wrong_check("pnc", "modulus 23 of the year and the seven digits")
    return value


def check_upn(value: str) -> str:
    """A Unique Pupil Number (England): a check letter and twelve digits."""
    if not re.fullmatch(r"[A-Z]\d{12}", value, re.ASCII):
        raise _wrong_format("upn", "a capital letter and 12 digits")
    total = sum(weight * int(digit) for weight, digit in enumerate(value[1:], start=2))
    if _UPN_LETTERS[total % 23] != value[0]:
        raise _wrong_check("upn", "modulus 23, weights 2 to 13")
    return value


def check_uprn(value: str) -> str:
    """A Unique Property Reference Number: up to twelve digits, without a check digit."""
    if not re.fullmatch(r"[1-9]\d{0,11}", value, re.ASCII):
        raise _wrong_format("uprn", "1 to 12 digits without leading zeros")
    return value


def check_postcode(value: str) -> str:
    """A postcode in capitals, with one space before its last three characters."""
    if not re.fullmatch(r"[A-Z]{1,2}\d[A-Z\d]? \d[ABD-HJLNP-UW-Z]{2}", value, re.ASCII):
        raise _wrong_format("postcode", "in capitals with one space, such as ZZ1 1AA")
    return value


CHECKS: Final[Mapping[str, Callable[[str], str]]] = MappingProxyType(
    {"chi": check_chi, "nhs": check_nhs, "scn": check_scn, "pnc": check_pnc, "upn": check_upn}
)
"""System -> its check, for the systems whose rule is published; any other system is an agency's own."""


def check_identifier(value: str) -> str:
    """An identifier as `system|value`; the value is checked where the system has a published rule."""
    system, bar, number = value.partition("|")
    if not bar or not re.fullmatch(r"[a-z][a-z0-9-]{0,31}", system, re.ASCII):
        raise PydanticCustomError("identifier_system", "an identifier is `system|value`, the system in small letters")
    if system in CHECKS:
        CHECKS[system](number)
    elif not _OWN_NUMBER.fullmatch(number) or not unicodedata.is_normalized("NFC", number):
        raise PydanticCustomError("identifier_value", "an agency's own number is 1 to 64 printable characters, in NFC")
    return value


Identifier = Annotated[
    str,
    StringConstraints(min_length=3, max_length=100, pattern=r"^[a-z][a-z0-9-]{0,31}\|.+$"),
    AfterValidator(check_identifier),
]
"""An identifier of a person, such as `scn|161234567` or `swis|4711`."""

Uprn = Annotated[str, StringConstraints(pattern=r"^[1-9][0-9]{0,11}$"), AfterValidator(check_uprn)]
Postcode = Annotated[str, StringConstraints(min_length=6, max_length=8), AfterValidator(check_postcode)]
