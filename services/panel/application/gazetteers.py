"""Reading the gazetteer that whoever runs the hub has given, once, as the panel starts."""

import json
from collections.abc import Callable
from pathlib import Path

from schemas.binding import token
from services.panel.domain.gazetteer import Gazetteer, GazetteerMalformed, gazetteer


def gazetteer_at(path: Path | None, mac: Callable[[str, str], bytes]) -> Gazetteer:
    """The gazetteer of this file; without one, nothing is on a map. `mac` is that of the hub's keys.

    Raises GazetteerMalformed, and OSError where there is no such file.
    """
    if path is None:
        return Gazetteer()
    try:
        document = json.loads(path.read_bytes())
    except ValueError:
        raise GazetteerMalformed(f"{path.name} is not JSON") from None
    # a context's ref is what intake makes of what it is named by: nothing but the same rule finds it again
    return gazetteer(document, lambda how, value: token("c", mac("context", f"{how}|{value}")))
