"""The nameless: missing episodes of which an agency is told without a name, to the day or without any time."""

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from schemas.classes import DataClass, Form, SubjectKind
from services.panel.projections.named import mentions_in
from services.panel.projections.tables import OUTSIDES

_REPORTED = "cairn.missing-episode.reported.v1"


def days_under_a_pseudonym(session: Session, partner: str, purpose: str) -> list[date]:
    """The day of each report of a missing episode that the agency has under a pseudonym."""
    c = OUTSIDES.c
    query = select(c.day).where(
        c.partner == partner, c.purpose == purpose, c.data_class == DataClass.MISSING.value, c.type == _REPORTED,
        c.form == Form.PSEUDONYMISED.value,
    )  # fmt: skip
    return [date.fromisoformat(day) for day in session.execute(query).scalars()]


def people_in_general_terms(session: Session, partner: str, purpose: str) -> int:
    """Of how many young people the agency is told in general terms that they were missing."""
    c = OUTSIDES.c
    query = select(c.item).where(
        c.partner == partner, c.purpose == purpose, c.data_class == DataClass.MISSING.value,
        c.form == Form.GENERALISED.value,
    )  # fmt: skip
    items = list(session.execute(query).scalars())
    told = mentions_in(session, partner, purpose, items)
    return len({one.name for one in told if one.form is Form.GENERALISED and one.kind is SubjectKind.YOUNG_PERSON})
