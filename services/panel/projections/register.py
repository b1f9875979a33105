"""The register: what people call agencies and agreements."""

import json
from collections.abc import Sequence

from sqlalchemy import Table, delete, insert, select
from sqlalchemy.orm import Session

from schemas.envelope import Event
from schemas.rules import AgreementInForce, PartnerJoined
from services.kernel import topics
from services.kernel.log import Entry
from services.panel.projections.tables import AGENCIES, AGREEMENTS, METADATA


class RegisterProjection:
    """Folds `hub.rules` into names and titles."""

    name = "panel.register"
    tables = METADATA

    def topics(self, session: Session) -> Sequence[str]:  # noqa: ARG002 - always the same topic
        return [topics.RULES]

    def apply(self, session: Session, entry: Entry) -> None:
        kind = json.loads(entry.value).get("type")
        if kind == "cairn.partner.joined.v1":
            joined = Event[PartnerJoined].model_validate_json(entry.value).data
            row = {"name": joined.name or joined.partner, "position": entry.position}
            _replace(session, AGENCIES, "partner", joined.partner, row)
        elif kind == "cairn.agreement.in-force.v1":
            version = Event[AgreementInForce].model_validate_json(entry.value).data
            _replace(session, AGREEMENTS, "agreement", version.agreement, {"title": version.document.title})

    def pass_over(self, session: Session, entry: Entry) -> None:
        """Names and titles decide nothing: without one, its id is shown."""


def agency_names(session: Session) -> dict[str, str]:
    """Partner id -> what people call it, in the order in which they joined."""
    rows = session.execute(select(AGENCIES).order_by(AGENCIES.c.position))
    return {row.partner: row.name for row in rows}


def agreement_titles(session: Session) -> dict[str, str]:
    """Agreement -> its title."""
    return {row.agreement: row.title for row in session.execute(select(AGREEMENTS))}


def _replace(session: Session, table: Table, key: str, value: str, row: dict[str, object]) -> None:
    session.execute(delete(table).where(table.c[key] == value))
    session.execute(insert(table).values({key: value} | row))
