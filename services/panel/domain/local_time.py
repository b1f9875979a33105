"""Local time: the clock and calendar by which people in Scotland live, whatever zone a machine keeps."""

from typing import Final
from zoneinfo import ZoneInfo

LONDON: Final = ZoneInfo("Europe/London")
