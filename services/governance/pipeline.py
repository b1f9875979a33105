"""The pipeline: one follower for each account that governance keeps, all of them into one store."""

from services.governance.projections.accesses import AccessesProjection
from services.governance.projections.decisions import DecisionsProjection
from services.governance.projections.disclosed import DisclosuresProjection, RecallsProjection
from services.governance.projections.rules import RulesProjection
from services.kernel.log import Log
from services.kernel.projecting import LINGER_SECONDS, ProjectionFollower
from services.kernel.store import Store


def followers(log: Log, store: Store) -> list[ProjectionFollower]:
    """Followers of the rules, decisions, disclosures, recalls and accesses."""
    projections = (
        RulesProjection(),
        DecisionsProjection(),
        DisclosuresProjection(),
        RecallsProjection(),
    )
    return [
        *(ProjectionFollower(projection, log, store) for projection in projections),
        ProjectionFollower(AccessesProjection(), log, store, linger_seconds=LINGER_SECONDS),
    ]
