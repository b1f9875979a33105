"""Where back-links are found: by the practitioner who is told and the young person, or by the case that has a plan."""

from collections.abc import Collection

from sqlalchemy import Column, Index, MetaData, String, Table, delete, insert, select
from sqlalchemy.orm import Session

BACK_LINK_METADATA = MetaData()

BACK_LINKS = Table(
    "panel_back_links",
    BACK_LINK_METADATA,
    Column("ref", String(80), primary_key=True),
    Column("case_ref", String(80), nullable=False),
    Column("lead", String(200), nullable=False),
    Column("subject", String(80), nullable=False),
)
"""Those that stand, and no others."""
Index("panel_back_links_lead", BACK_LINKS.c.lead, BACK_LINKS.c.subject)
Index("panel_back_links_case", BACK_LINKS.c.case_ref)


def note(session: Session, ref: str, case: str, lead: str, subject: str) -> None:
    """This one stands, for this practitioner."""
    forget(session, ref)
    session.execute(insert(BACK_LINKS).values(ref=ref, case_ref=case, lead=lead, subject=subject))


def forget(session: Session, ref: str) -> None:
    """This one stands no more."""
    session.execute(delete(BACK_LINKS).where(BACK_LINKS.c.ref == ref))


def of_case(session: Session, case: str) -> list[str]:
    """The refs of those that lead to a case."""
    c = BACK_LINKS.c
    return list(session.execute(select(c.ref).where(c.case_ref == case).order_by(c.ref)).scalars())


def of_lead(session: Session, lead: str, subjects: Collection[str] | None = None) -> list[str]:
    """The refs of those that a practitioner is told, of all young people or of these."""
    c = BACK_LINKS.c
    query = select(c.ref).where(c.lead == lead)
    if subjects is not None:
        query = query.where(c.subject.in_(sorted(subjects)))
    return list(session.execute(query.order_by(c.ref)).scalars())
