"""Comma-separated values that a spreadsheet can open without being told to compute anything (RFC 4180)."""

import csv
import io
from collections.abc import Iterable, Sequence

_STARTS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def comma_separated(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """The rows below their column names; a value that a spreadsheet would compute is led by an apostrophe."""
    written = io.StringIO()
    writer = csv.writer(written, lineterminator="\r\n")
    writer.writerow(columns)
    writer.writerows([inert(value) for value in row] for row in rows)
    return written.getvalue()


def inert(value: str) -> str:
    """The value, such that no spreadsheet takes it for a formula."""
    return f"'{value}" if value.startswith(_STARTS_A_FORMULA) else value
