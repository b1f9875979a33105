"""The pipeline: followers of the rules and of every agency's feed, into the service's own store."""

from services.kernel.log import Log
from services.kernel.projecting import ProjectionFollower
from services.kernel.store import Store
from services.panel.projections.holdings import HoldingsProjection
from services.panel.projections.recalls import AcknowledgementsProjection
from services.panel.projections.register import RegisterProjection


def followers(log: Log, store: Store) -> list[ProjectionFollower]:
    """Followers of the register, the acknowledgements and the holdings."""
    projections = (RegisterProjection(), AcknowledgementsProjection(), HoldingsProjection())
    return [ProjectionFollower(projection, log, store) for projection in projections]
