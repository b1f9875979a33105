"""Cursors: where a reader stopped, in a form that only the hub can make and only that reader can use.

A cursor is a pure function of its place and of what it is bound to: no clock and no chance, so that two equal
histories give equal bytes.
"""

import base64
import binascii
import hmac
from collections.abc import Sequence

from services.kernel.keys import Keys

_MAC_BYTES = 16


class CursorUnknown(Exception):
    """The hub never made this cursor for this reader and this reading."""


class Cursors:
    """Makes and reads cursors. A place is a short list of whole numbers, none of them negative."""

    def __init__(self, keys: Keys) -> None:
        self._keys = keys

    def make(self, place: Sequence[int], *bound_to: str) -> str:
        """The cursor for a place, good only where the same words are stated again."""
        text = ".".join(str(number) for number in place)
        return _encoded(self._mac(text, bound_to) + text.encode())

    def read(self, cursor: str, *bound_to: str) -> tuple[int, ...]:
        """The place. Raises CursorUnknown for whatever `make` did not make with these very words."""
        try:
            decoded = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
            mac, text = decoded[:_MAC_BYTES], decoded[_MAC_BYTES:].decode("ascii")
        except (binascii.Error, ValueError):
            raise CursorUnknown from None
        if _encoded(decoded) != cursor or not hmac.compare_digest(mac, self._mac(text, bound_to)):
            raise CursorUnknown
        return tuple(int(number) for number in text.split(".") if number)

    def _mac(self, text: str, bound_to: Sequence[str]) -> bytes:
        # every part is preceded by its length, so that no two lists of words read the same
        message = "".join(f"{len(part)}:{part}" for part in (text, *bound_to))
        return self._keys.mac("cursor", message)[:_MAC_BYTES]


def _encoded(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
