"""The register: what people call agencies and agreements."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from schemas.envelope import Event
from schemas.rules import AgreementInForce, PartnerJoined
from services.kernel import topics
from services.kernel.log import Entry
from services.kernel.projecting import Told, said_in
from services.kernel.store.rows import Rows
from services.panel.projections.tables import AGENCIES, AGREEMENTS, METADATA

_RULES: dict[str, type[Event[Any]]] = {
    "cairn.partner.joined.v1": Event[PartnerJoined],
    "cairn.agreement.in-force.v1": Event[AgreementInForce],
}


class RegisterProjection:
    """Folds `hub.rules` into names and titles."""

    name = "panel.register"
    tables = METADATA

    def topics(self, session: Session) -> Sequence[str]:  # noqa: ARG002 - always the same topic
        return [topics.RULES]

    def read(self, entry: Entry) -> Any:
        return said_in(entry, _RULES)

    def fold(self, session: Session, told: Sequence[Told]) -> None:
        agencies, agreements = Rows(session, AGENCIES, ["partner"]), Rows(session, AGREEMENTS, ["agreement"])
        for entry, said in told:
            if isinstance(said, PartnerJoined):
                name = said.name or said.partner
                agencies.put({"partner": said.partner, "name": name, "position": entry.position})
            else:
                agreements.put({"agreement": said.agreement, "title": said.document.title})
        agencies.keep()
        agreements.keep()

    def pass_over(self, session: Session, entry: Entry) -> None:
        """Names and titles decide nothing: without one, its id is shown."""


def agency_names(session: Session) -> dict[str, str]:
    """Partner id -> what people call it, in the order in which they joined."""
    rows = session.execute(select(AGENCIES).order_by(AGENCIES.c.position))
    return {row.partner: row.name for row in rows}


def agreement_titles(session: Session) -> dict[str, str]:
    """Agreement -> its title."""
    return {row.agreement: row.title for row in session.execute(select(AGREEMENTS))}
