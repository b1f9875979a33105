"""Keys: sealing what is personal under a key for each subject, opening it, and destroying the key.

Terms. Content sealed for several subjects opens with the key of any one of them. A destroyed key never comes back,
and sealing for its subject is refused from then on. A key is durable before anything sealed with it is returned.
`mac` is a keyed hash that only the hub can make; equal messages under one name have equal hashes, whatever process
makes them.
"""

from collections.abc import Mapping, Sequence
from typing import Protocol

from schemas.sealed import Sealed


class KeyDestroyed(Exception):
    """Every key that could open this was destroyed, or sealing was asked for a subject whose key was."""


class NotAuthentic(Exception):
    """The sealed content, or what it was bound to, is not what was sealed."""


class KeysUnavailable(Exception):
    """The keys cannot be reached now."""


class Keys(Protocol):
    """Seals and opens. Safe to call from several threads and processes."""

    def prepare(self, subjects: Sequence[str]) -> None:
        """Make the keys that these subjects do not have yet, all in one durable step.

        Sealing makes them as well, but one step for each call: prepare first where several seals follow. Raises
        KeyDestroyed, and makes none, if a subject's key was destroyed.
        """
        ...

    def seal(self, content: bytes, subjects: Sequence[str], bound_to: Mapping[str, str]) -> Sealed:
        """Seal content for these subjects, bound to these facts; makes a subject's key when first needed.

        Raises KeyDestroyed, KeysUnavailable, and ValueError if there are no subjects.
        """
        ...

    def open(self, sealed: Sealed, bound_to: Mapping[str, str]) -> bytes:
        """The content. Raises KeyDestroyed, NotAuthentic, KeysUnavailable."""
        ...

    def shred(self, subject: str) -> None:
        """Destroy the subject's key for ever; harmless to repeat.

        Raises KeysUnavailable where traces may be left in the key file: repeat it then.
        """
        ...

    def mac(self, name: str, message: str) -> bytes:
        """32 bytes: the keyed hash of a message under the hub's key of this name."""
        ...

    def close(self) -> None: ...
