"""Keys in files beside the hub: a master key, and a key for each subject wrapped under it.

For one machine. A hub with a key management service puts another adapter in its place; what was sealed stays as it is.
"""

import hmac
from collections.abc import Mapping, Sequence
from pathlib import Path

from schemas.sealed import Sealed
from services.kernel.keys import KeyDestroyed, KeysUnavailable, NotAuthentic
from services.kernel.keys.master import master_key
from services.kernel.keys.sealing import opened, sealed
from services.kernel.keys.subject_keys import SubjectKeys


class KeyFile:
    """Keys in `master.key` and `keys.db` of one folder, which several processes may use at once.

    A `seed` makes a throw-away hub, for rehearsals and tests: its macs are the same from run to run, and its files
    need not outlive the machine. Raises KeysUnavailable, UnsafeSQLite.
    """

    def __init__(self, directory: Path, seed: bytes | None = None) -> None:
        durable = seed is None
        file = directory / "keys.db"
        try:
            master = master_key(directory / "master.key", protects=file, durable=durable)
        except OSError as error:
            raise KeysUnavailable(f"the key folder cannot be used: {type(error).__name__}") from error
        self._subjects = SubjectKeys(file, master, durable)
        self._secret = self._subjects.hub_secret("mac", seed)
        self._mac_keys: dict[str, bytes] = {}

    def prepare(self, subjects: Sequence[str]) -> None:
        """Make the keys that are missing, all in one durable step. Raises KeyDestroyed, KeysUnavailable."""
        self._subjects.made(subjects)

    def seal(self, content: bytes, subjects: Sequence[str], bound_to: Mapping[str, str]) -> Sealed:
        """Seal content for these subjects. Raises KeyDestroyed, KeysUnavailable, ValueError."""
        if not subjects:
            raise ValueError("content must be sealed for at least one subject")
        return sealed(content, self._subjects.made(subjects), bound_to)

    def open(self, sealed: Sealed, bound_to: Mapping[str, str]) -> bytes:
        """The content, by the key of any subject that still has one."""
        found = self._subjects.first_surviving(sealed.keys)
        if found is not None:
            return opened(sealed, *found, bound_to)
        if not sealed.keys:
            raise NotAuthentic("the sealed content names no subject")
        if self._subjects.all_destroyed(sealed.keys):
            raise KeyDestroyed("every key that could open this was destroyed")
        raise KeysUnavailable("no key is known for these subjects, though none was destroyed: restore the key file")

    def shred(self, subject: str) -> None:
        """Destroy the subject's key for ever. Raises KeysUnavailable where it must be repeated."""
        self._subjects.destroy(subject)

    def mac(self, name: str, message: str) -> bytes:
        """32 bytes: HMAC-SHA256 under the hub's key of this name."""
        key = self._mac_keys.get(name)
        if key is None:
            key = self._mac_keys[name] = hmac.digest(self._secret, f"cairn mac v1\n{name}".encode(), "sha256")
        return hmac.digest(key, message.encode(), "sha256")

    def close(self) -> None:
        """Let go of the files."""
        self._subjects.close()
