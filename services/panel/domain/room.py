"""The panel's room: which agency's it is, and whose each thing in it is."""

from dataclasses import dataclass
from typing import Final

PANEL: Final = "efh-panel"
"""The panel as a partner: it is fed from its own feed, and what it decides it reports like any agency."""


@dataclass(frozen=True)
class Visitor:
    """Who is asking: somebody of the panel, or of an agency that has a part in something."""

    practitioner: str
    partner: str
    of_panel: bool
