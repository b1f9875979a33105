"""How far an action is, in the words that both rooms say it in."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from services.panel.domain.action import Progress

PROGRESSES: Final[Mapping[str, str]] = MappingProxyType(
    {
        Progress.ASSIGNED: "Not begun",
        Progress.UNDER_WAY: "Under way",
        Progress.DONE: "Done",
        Progress.NOT_POSSIBLE: "Not possible",
    }
)
