"""Families of worlds put to the test: a hub for each world, and all that each partner is answered by it compared."""

import asyncio
import hashlib
import resource
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import reduce
from typing import Any
from unittest import mock

import anyio.to_thread

from tests.journeys.secret_families import Family
from tests.journeys.secret_worlds import PARTNERS
from tests.journeys.watched_hub import BARE_SERVICES, Answered, ToldApart, WatchedHub, watched_hub
from tests.journeys.watching import Probes, probes_of, shared_names, watch

_FILES_PER_HUB = 20
Chosen = tuple[int, ...]


class Leaked(AssertionError):
    """A partner could tell two worlds of a family apart: which, and by what."""


@dataclass
class Compared:
    """What was compared, and found equal to the byte."""

    families: int = 0
    worlds: int = 0
    views: int = 0
    """Worlds with a partner that asked everything there."""
    answers: int = 0
    pairs: int = 0
    """Pairs of worlds with a partner that was answered the same in both, by the digests of all it was answered."""

    def add(self, other: "Compared") -> None:
        """Count these too."""
        self.families += other.families
        self.worlds += other.worlds
        self.views += other.views
        self.answers += other.answers
        self.pairs += other.pairs


def compare(family: Family, partitions: int = 1) -> Compared:
    """Tell every world of the family to a hub of its own; let each partner ask each hub. Raises Leaked."""
    classes = {partner: family.classes(partner) for partner in PARTNERS}
    _allow_files(_FILES_PER_HUB * 2 ** len(family.groups))
    with asyncio.Runner() as runner, answered_in_place(), ExitStack() as opened:
        hubs: dict[Chosen, WatchedHub] = {}
        for alike in classes[family.watcher]:
            for chosen in alike:
                first = hubs[alike[0]].answers if chosen != alike[0] else ()
                world = family.world(chosen)
                with _said_of(family.watcher, alike[0], chosen):
                    told = watched_hub(world, partitions, BARE_SERVICES, first, runner)
                    hubs[chosen] = opened.enter_context(told)
        for chosen, hub in hubs.items():
            if shared := shared_names(hub):
                raise Leaked(f"{chosen}: what joins two partners or agreements: {shared}")
        seen = Compared(families=1, worlds=len(hubs))
        for partner in (family.watcher, *(one for one in PARTNERS if one != family.watcher)):
            _ask_as(partner, classes[partner], hubs, seen)
        return seen


def _ask_as(partner: str, classes: list[list[Chosen]], hubs: dict[Chosen, WatchedHub], seen: Compared) -> None:
    """One partner asks everything of all hubs, and is answered the same by those that it may not tell apart."""
    for alike in classes:
        watched = [hubs[chosen].as_watched_by(partner) for chosen in alike]
        probes = reduce(Probes.with_those_of, map(probes_of, watched), Probes())
        digests: Counter[str] = Counter()
        for chosen, hub in zip(alike, watched, strict=True):
            hub.bare = watched[0].answers if hub is not watched[0] else ()
            with _said_of(partner, alike[0], chosen):
                watch(hub, probes)
            digests[_digest(hub.answers)] += 1
            seen.answers += len(hub.answers)
            if hub is not watched[0]:
                hub.answers = []
        if len(digests) > 1:
            raise Leaked(f"{partner} was asked for more by some of {alike} than by others")
        seen.views += len(alike)
        seen.pairs += sum(many * (many - 1) // 2 for many in digests.values())


def _digest(answers: Sequence[Answered]) -> str:
    whole = hashlib.sha256()
    for one in answers:
        whole.update(repr((one.question, one.status, one.headers, one.body)).encode())
    return whole.hexdigest()


@contextmanager
def _said_of(partner: str, one: Chosen, other: Chosen) -> Iterator[None]:
    try:
        yield
    except ToldApart as how:
        raise Leaked(f"{partner} can tell a world with the secrets {one} from one with {other}\n{how}") from None


@contextmanager
def answered_in_place() -> Iterator[None]:
    """Nothing here happens at once: what a server would do in a thread of its own is done where it is asked for."""

    async def in_place(work: Callable[..., Any], *given: Any, **_: Any) -> Any:
        return work(*given)

    with mock.patch.object(anyio.to_thread, "run_sync", in_place):
        yield


def _allow_files(many: int) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = max(soft, many + 500)
    if soft != resource.RLIM_INFINITY and wanted > soft:
        limit = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (limit, hard))
