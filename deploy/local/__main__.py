"""The command `python -m deploy.local`: starts real parts and prints their addresses until it is stopped."""

import argparse
import signal
import sys
import time
from collections.abc import Callable
from contextlib import ExitStack
from typing import NoReturn

from deploy.local import chromium
from deploy.local import kafka as kafka_part
from deploy.local import opa as opa_part
from deploy.local import postgres as postgres_part
from deploy.local.cache import PartUnavailable, cache_folder, say
from deploy.local.parts import START

FETCH: dict[str, Callable[[], object]] = {
    "kafka": kafka_part.fetch,
    "opa": opa_part.fetch,
    "postgres": postgres_part.fetch,
    "chromium": chromium.fetch,
}


def main() -> int:
    """Run the command; 1 when a part is missing."""
    parser = argparse.ArgumentParser(prog="python -m deploy.local", description=__doc__)
    parser.add_argument("part", nargs="+", choices=[*FETCH, "all"], help="which to start (chromium is only fetched)")
    parser.add_argument("--fetch", action="store_true", help="fetch what is missing, start nothing")
    parser.add_argument("--path", action="store_true", help="fetch what is missing and print where it is")
    chosen = parser.parse_args()
    parts = list(FETCH) if "all" in chosen.part else chosen.part
    if chosen.fetch or chosen.path:
        return _fetch(parts, print if chosen.path else None)
    try:
        return _start([part for part in parts if part in START])
    except PartUnavailable as missing:
        say(str(missing))
        return 1


def _fetch(parts: list[str], tell: Callable[[object], None] | None) -> int:
    missing = 0
    for part in parts:
        try:
            place = FETCH[part]()
            if tell:
                tell(place)
        except PartUnavailable as reason:
            say(str(reason))
            missing = 1
    if not missing and not tell:
        say(f"{', '.join(parts)}: all there (cache: {cache_folder()})")
    return missing


def _start(parts: list[str]) -> int:
    for ending in (signal.SIGTERM, signal.SIGINT):  # a shell starts what runs in the background deaf to SIGINT
        signal.signal(ending, _interrupt)
    try:
        with ExitStack() as stack:
            for part in parts:
                print(f"CAIRN_TEST_{part.upper()}={stack.enter_context(START[part]())}", flush=True)
            say("Running; Ctrl-C stops.")
            while True:
                time.sleep(3600)
    except KeyboardInterrupt:
        return 0


def _interrupt(*_: object) -> NoReturn:
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main())
