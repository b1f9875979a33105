"""A position token: what a sender gets with a receipt, and gives back to read its own writing.

It counts the sender's own reports alone, so that it tells nothing of other agencies, and only the hub can make one.
"""

import base64
import hmac
import re

from services.kernel.http.problems import Problem
from services.kernel.keys import Keys

_TOKEN = re.compile(r"([a-z][a-z0-9-]{0,62})\.([1-9][0-9]{0,17})\.([a-z2-7]{16})", re.ASCII)


def position_token(keys: Keys, agency: str, sequence: int) -> str:
    """The token `<agency>.<sequence>.<mac>` of an agency's report of this number."""
    return f"{agency}.{sequence}.{_mac(keys, agency, sequence)}"


def parse_position(keys: Keys, token: str) -> tuple[str, int]:
    """The agency and the number of its report. Raises Problem 400 `position_unknown`."""
    matched = _TOKEN.fullmatch(token)
    if matched is None:
        raise _unknown()
    agency, sequence, mac = matched[1], int(matched[2]), matched[3]
    if not hmac.compare_digest(mac, _mac(keys, agency, sequence)):
        raise _unknown()
    return agency, sequence


def _mac(keys: Keys, agency: str, sequence: int) -> str:
    return base64.b32encode(keys.mac("position", f"{agency}.{sequence}")[:10]).decode().lower()


def _unknown() -> Problem:
    return Problem(400, "position_unknown", "Unknown position", "Give a position as a receipt of this hub states it.")
