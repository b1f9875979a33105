"""Printing: a page as a tagged PDF (PDF/UA-1), for those who keep papers.

The program that makes it draws with a library of the system (Pango). Where that is missing there is no PDF, and no
link to one: the page itself can be printed.
"""

from functools import cache
from importlib import import_module
from typing import Any

from fastapi.responses import Response

from services.kernel.http.problems import Problem


@cache
def _weasyprint() -> Any:
    """The program, or None where it, or what it draws with, is missing."""
    try:
        return import_module("weasyprint")
    except (ImportError, OSError):
        return None


def is_possible() -> bool:
    """Whether a PDF can be made here."""
    return _weasyprint() is not None


def as_pdf(page: Response, name: str) -> Response:
    """A page that stands alone, as a file to keep. Raises the 404 problem `no_pdf` where none can be made."""
    maker = _weasyprint()
    if maker is None:
        raise Problem(404, "no_pdf", "There is no PDF here", "Print the page itself instead.")
    made = maker.HTML(string=bytes(page.body).decode("utf-8"), url_fetcher=_fetches_nothing)
    return Response(
        made.write_pdf(pdf_variant="pdf/ua-1"),
        media_type="application/pdf",
        headers={"content-disposition": f'attachment; filename="{name}"'},
    )


def _fetches_nothing(*_: object, **__: object) -> Any:
    raise ValueError("a paper is made of itself alone")
