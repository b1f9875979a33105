"""Refusals to whoever asked: each as a problem with its code, and what is still missing, by name."""

from collections.abc import Iterator
from contextlib import contextmanager

from services.kernel.http.problems import Problem
from services.panel.domain.refusing import Refused, Sort
from services.panel.intake import IntakeAway, IntakeRefused

_STATUS = {Sort.UNKNOWN: 404, Sort.NOT_YOURS: 403, Sort.CONFLICT: 409, Sort.CONTENT: 422}


def as_problem(refused: Refused) -> Problem:
    """What a refusal says; one and the same for what does not exist and for what the caller may not know of."""
    status = 412 if refused.code == "changed" else _STATUS[refused.sort]
    errors = [
        {"pointer": f"/{name}", "code": "missing", "detail": "This is still to be given, or settled."}
        for name in refused.missing
    ]
    return Problem(status, refused.code, refused.title, refused.detail, errors)


@contextmanager
def refusals() -> Iterator[None]:
    """Tells refused commands, and what intake says, as problems."""
    try:
        yield
    except Refused as refused:
        raise as_problem(refused) from None
    except IntakeRefused as refused_report:
        raise refused_report.problem from None
    except IntakeAway:
        raise Problem(
            503,
            "intake_away",
            "The report could not be handed over",
            "Nothing was kept. Send it again shortly: it will be recognised if it did arrive.",
            headers={"Retry-After": "5"},
        ) from None
