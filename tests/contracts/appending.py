"""A process that appends to a log without end, and tells each record's id once it is acknowledged."""

import sys
from itertools import count

from services.kernel.log import Record
from services.kernel.log.opening import open_log


def append_for_ever(address: str, topic: str, name: str) -> None:
    """One record after another; the key is the process's name."""
    log = open_log(address)
    for number in count():
        log.append([Record(topic, name, f"{name}-{number}", b'{"said": true}')])
        print(f"{name}-{number}", flush=True)


if __name__ == "__main__":
    append_for_ever(*sys.argv[1:])
