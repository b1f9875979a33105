"""Cursors: where a reader stopped, in a form that only the hub can make or read, and only that reader can use.

A cursor is a pure function of its place and of what it is bound to: no clock and no chance, so that two equal
histories give equal bytes. Its numbers are hidden: they would tell how much else lies between two lines, and where.
"""

import base64
import binascii
import hmac
from collections.abc import Sequence

from services.kernel.keys import Keys

_MAC_BYTES = 16
_NUMBER_BYTES = 9


class CursorUnknown(Exception):
    """The hub never made this cursor for this reader and this reading."""


class Cursors:
    """Makes and reads cursors. A place is a short list of whole numbers from 0 to 2^72 - 1."""

    def __init__(self, keys: Keys) -> None:
        self._keys = keys

    def make(self, place: Sequence[int], *bound_to: str) -> str:
        """The cursor for a place, good only where the same words are stated again."""
        plain = b"".join(number.to_bytes(_NUMBER_BYTES, "big") for number in place)
        mac = self._mac(plain, bound_to)
        return _encoded(mac + self._masked(plain, mac))

    def read(self, cursor: str, *bound_to: str) -> tuple[int, ...]:
        """The place. Raises CursorUnknown for whatever `make` did not make with these very words."""
        try:
            decoded = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
        except (binascii.Error, ValueError):
            raise CursorUnknown from None
        mac = decoded[:_MAC_BYTES]
        plain = self._masked(decoded[_MAC_BYTES:], mac)
        known = hmac.compare_digest(mac, self._mac(plain, bound_to))
        if not known or _encoded(decoded) != cursor or len(plain) % _NUMBER_BYTES:
            raise CursorUnknown
        return tuple(
            int.from_bytes(plain[start : start + _NUMBER_BYTES], "big") for start in range(0, len(plain), _NUMBER_BYTES)
        )

    def _mac(self, plain: bytes, bound_to: Sequence[str]) -> bytes:
        # every part is preceded by its length, so that no two lists of words read the same
        message = "".join(f"{len(part)}:{part}" for part in (plain.hex(), *bound_to))
        return self._keys.mac("cursor", message)[:_MAC_BYTES]

    def _masked(self, text: bytes, mac: bytes) -> bytes:
        """The text under a mask chosen by its mac, as with a synthetic IV (RFC 5297); masked again, the text."""
        mask = b"".join(self._keys.mac("cursor-mask", f"{mac.hex()}.{n}") for n in range(-(-len(text) // 32)))
        return bytes(one ^ other for one, other in zip(text, mask, strict=False))


def _encoded(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
