"""Opening the keys by their address."""

from pathlib import Path

from services.kernel.keys import Keys


def open_keys(address: str, seed: bytes | None = None) -> Keys:
    """Open `file:///absolute/folder` or `file:relative/folder`; a `seed` makes it a throw-away hub's.

    Raises ValueError, KeysUnavailable, UnsafeSQLite.
    """
    scheme, _, rest = address.partition(":")
    path = rest.removeprefix("//")
    if scheme == "file" and path and (path.startswith("/") or path == rest):
        from services.kernel.keys.keyfile import KeyFile

        return KeyFile(Path(path), seed)
    raise ValueError(f"no keys of the kind {scheme!r}: give file:///absolute/folder or file:relative/folder")
