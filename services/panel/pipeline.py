"""The pipeline: followers of the rules, of every agency's feed and of the accesses, into the service's own store."""

from services.kernel.log import Log
from services.kernel.projecting import LINGER_SECONDS, ProjectionFollower
from services.kernel.store import Store
from services.panel.projections.holdings import HoldingsProjection
from services.panel.projections.looks import LooksProjection
from services.panel.projections.recalls import AcknowledgementsProjection
from services.panel.projections.register import RegisterProjection


def followers(log: Log, store: Store) -> list[ProjectionFollower]:
    """Followers of the register, the acknowledgements, the holdings and the looks."""
    projections = (RegisterProjection(), AcknowledgementsProjection(), HoldingsProjection())
    return [
        *(ProjectionFollower(projection, log, store) for projection in projections),
        ProjectionFollower(LooksProjection(), log, store, linger_seconds=LINGER_SECONDS),
    ]
