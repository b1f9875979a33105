"""The nameless: missing episodes of which an agency is told without a name, to the day or without any time."""

from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from schemas.classes import DataClass, Form, SubjectKind
from schemas.disclosures import Rendering
from services.kernel.projecting import instant_of
from services.panel.projections.tables import HELD, NAMED

_REPORTED = "cairn.missing-episode.reported.v1"


def days_under_a_pseudonym(session: Session, partner: str, purpose: str) -> list[date]:
    """The day of each report of a missing episode that the agency has under a pseudonym."""
    c = HELD.c
    query = select(c.occurred, c.rendering).where(
        c.partner == partner, c.purpose == purpose, c.section == DataClass.MISSING.value, c.type == _REPORTED,
        c.rendering.like(f'%"{Form.PSEUDONYMISED.value}"%'),
    )  # fmt: skip
    return [
        instant_of(row.occurred).date()
        for row in session.execute(query)
        if Rendering.model_validate_json(row.rendering).form is Form.PSEUDONYMISED
    ]


def people_in_general_terms(session: Session, partner: str, purpose: str) -> int:
    """Of how many young people the agency is told in general terms that they were missing."""
    c = NAMED.c
    query = select(func.count(c.name.distinct())).where(
        c.partner == partner, c.purpose == purpose, c.section == DataClass.MISSING.value,
        c.form == Form.GENERALISED.value, c.kind == SubjectKind.YOUNG_PERSON.value,
    )  # fmt: skip
    return int(session.execute(query).scalar_one())
