"""Opening the log by its address."""

from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from services.kernel.log import Log


def open_log(address: str) -> Log:
    """Open `sqlite:///relative/path`, `sqlite:////absolute/path` or `kafka://host:port[,host:port]?prefix=...`.

    A path without a suffix is a directory, and the log is `log.db` in it. The prefix goes before every topic's name,
    so that several hubs may share a broker. Raises ValueError, UnsafeSQLite, LogUnavailable.
    """
    scheme, separator, rest = address.partition("://")
    if scheme == "sqlite" and rest.startswith("/") and len(rest) > 1:
        from services.kernel.log.sqlite import SQLiteLog

        path = Path(rest[1:])
        return SQLiteLog(path if path.suffix else path / "log.db")
    if scheme == "kafka" and separator:
        from services.kernel.log.kafka import KafkaLog

        parts = urlsplit(address)
        prefix = parse_qs(parts.query).get("prefix", [""])[0]
        return KafkaLog([server for server in parts.netloc.split(",") if server], prefix)
    raise ValueError(f"no log of the kind {scheme!r}: give sqlite:///path or kafka://host:port[,host:port]?prefix=...")
