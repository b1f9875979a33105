"""A bombardment: mutated examples posted to an intake service by the thousand, and what must not come of it."""

import asyncio
import gc
import json
import logging
import re
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from services.console.rehearsal.hubs import throw_away_folder
from services.intake.api.arriving import BATCH_BYTES_MAX
from tests.intake.desk import Desk
from tests.intake.hostile import BATCH, CANARY, JSON, STRUCTURED
from tests.intake.mutations import Mutations
from tests.support.asking import Answer, asked

ANYTHING, NOTHING = re.compile(".*", re.DOTALL), re.compile("(?!)")
"""For controls: what is told, and what is looked for, with the protection taken out."""

TOGETHER = 100
"""Events of one batch."""
ALONE = 12
"""Events posted alone for each batch."""
_DESK_TRIES = 20_000
"""After so many a new service is begun, so that the folder of the old one can go."""


class Broken(AssertionError):
    """Something came of a post that must not."""


@dataclass
class Bombardment:
    """Posts and looks at every answer and at everything logged; raises Broken at the first thing wrong."""

    seed: int
    tries: int = 0
    answers: Counter[str] = field(default_factory=Counter)
    memory_growth: int = 0
    """Bytes that the process grew by, from the first service to the largest it was."""

    def run(self, count: int) -> Iterator[int]:
        """Post so many events; gives the number of tries now and then."""
        mutations, smallest = Mutations(self.seed), 0
        while self.tries < count:
            until = min(count, self.tries + _DESK_TRIES)
            with (
                throw_away_folder() as folder,
                closing(Desk(folder)) as desk,
                _logged() as said,
                asyncio.Runner() as runner,
            ):
                while self.tries < until:
                    self._round(desk, mutations, runner)
                    self._look(said)
                    yield self.tries
            gc.collect()
            now = _resident_bytes()
            smallest = smallest or now
            self.memory_growth = max(self.memory_growth, now - smallest)

    def _round(self, desk: Desk, mutations: Mutations, runner: asyncio.Runner) -> None:
        together = [mutations.text() for _ in range(TOGETHER)]
        batch = b"[" + b",".join(together) + b"]"
        answer = self._post(desk, runner, batch, BATCH)
        if answer.status == 202:
            told = answer.json()
            self.answers.update(one.get("status", "refused") for one in told if isinstance(one["status"], str))
            refused = [one["status"] for one in told if isinstance(one["status"], int)]
            self.answers["refused"] += len(refused)
            if len(told) != TOGETHER or any(status >= 500 for status in refused):
                raise Broken(f"a batch was answered with {sorted(set(refused))}, {len(told)} answers")
        elif answer.status == 413 and len(batch) > BATCH_BYTES_MAX:
            self.answers["refused, together too large"] += TOGETHER
        else:
            raise Broken(f"a batch of JSON was refused whole, with {answer.status}")
        self.tries += TOGETHER
        for n in range(ALONE):
            body = mutations.broken_text() if n else b"[" + mutations.broken_text() + b"]"
            media_type = (BATCH, STRUCTURED, JSON)[min(n, 1 + n // (ALONE - 1))]
            alone = self._post(desk, runner, body, media_type)
            self.answers["accepted" if alone.status < 300 else "refused"] += 1
            self.tries += 1

    def _post(self, desk: Desk, runner: asyncio.Runner, body: bytes, media_type: str) -> Answer:
        headers = [(b"content-type", media_type.encode()), (b"authorization", b"Demo education/system")]
        if media_type == JSON:
            headers += [(f"ce-{name}".encode(), value) for name, value in _ATTRIBUTES.items()]
        answer = runner.run(asked(desk.service.app, "POST", "/v1/events", headers, [body]))
        if answer.status >= 500:
            raise Broken(f"answered with {answer.status} to {body!r}")
        said = answer.body + str(answer.headers).encode()
        if CANARY.lower().encode() in said.lower():
            raise Broken(f"the word came back in {said!r}")
        return answer

    def _look(self, said: list[str]) -> None:
        if any(CANARY.lower() in line.lower() for line in said):
            raise Broken("the word was logged")
        said.clear()


_ATTRIBUTES = {
    "id": b"binary-1",
    "source": b"urn:cairn:partner:education",
    "type": f"cairn.school.{CANARY}.v1".encode(),
    "specversion": b"1.0",
    "time": b"2026-04-20T11:00:00Z",
}


@contextmanager
def _logged() -> Iterator[list[str]]:
    """Everything that is logged meanwhile, the hub's own down to the least."""
    said: list[str] = []

    class Keeping(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            said.append(self.format(record) + json.dumps(record.__dict__, default=repr))

    keeping, root, ours = Keeping(), logging.getLogger(), logging.getLogger("cairn")
    before = ours.level
    root.addHandler(keeping)
    ours.setLevel(logging.DEBUG)
    try:
        yield said
    finally:
        root.removeHandler(keeping)
        ours.setLevel(before)


def _resident_bytes() -> int:
    """What the process holds in memory; 0 where the machine does not say."""
    status = Path("/proc/self/status")
    lines = status.read_text().splitlines() if status.exists() else []
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith("VmRSS:")), 0)
