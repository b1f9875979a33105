"""Which partition a key belongs to: the hub's own rule, the same on every log and in every language."""

from hashlib import sha256

from services.kernel.log import Record


def partition_of(key: str, partitions: int) -> int:
    """The first 8 bytes of SHA-256 of the key's UTF-8, as an unsigned big-endian number, modulo `partitions`."""
    if partitions == 1:
        return 0
    return int.from_bytes(sha256(key.encode()).digest()[:8]) % partitions


def partition_for(record: Record, partitions: int) -> int:
    """Where a record goes: to the partition it names, or else to that of its key."""
    return partition_of(record.key, partitions) if record.partition is None else record.partition
