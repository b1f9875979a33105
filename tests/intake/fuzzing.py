"""Fuzzing: atheris (libFuzzer) makes up bodies, led by which code each of them reached, for the body reader and the
envelope.

Runs in a process of its own, which libFuzzer ends: `python -m tests.intake.fuzzing FOLDER [libFuzzer's options]`.
"""

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from itertools import islice
from pathlib import Path
from typing import Any

from schemas.reports import REPORT_TYPES, example
from tests.intake.hostile import BODIES
from tests.intake.mutations import Mutations

_ROOT = Path(__file__).parents[2]
_INSTRUMENTED = [
    "services.kernel.http.json_text",
    "services.kernel.http.problems",
    "services.intake.api.arriving",
    "services.intake.envelope",
    "services.intake.understanding",
    "services.intake.prompts",
    "tests.intake.examined_body",
]
_LENGTH_MAX = 8_192
_SECONDS_EACH_MAX = 10
_MIB_MAX = 1_024
_PLANTED = "CAIRN_TEST_PLANTED"


@dataclass(frozen=True)
class Fuzzed:
    """What a run came to: how many bodies, how many kinds of them were worth keeping, and what broke, if anything."""

    tried: int
    kept: int
    broken: str


def fuzz(folder: Path, seed: int, runs: int, planted: str = "") -> Fuzzed:
    """Try so many bodies, beginning with the examples and the hostile ones. What breaks is kept in the folder."""
    corpus = folder / "corpus"
    _fill(corpus, seed)
    options = [
        f"-seed={seed}",
        f"-runs={runs}",
        f"-max_len={_LENGTH_MAX}",
        f"-timeout={_SECONDS_EACH_MAX}",
        f"-rss_limit_mb={_MIB_MAX}",
        f"-artifact_prefix={folder}/",
        "-print_final_stats=1",
    ]
    done = subprocess.run(
        [sys.executable, "-m", "tests.intake.fuzzing", str(corpus), *options],
        cwd=_ROOT,
        env=os.environ | {_PLANTED: planted},
        capture_output=True,
        check=False,
    )
    said = (done.stdout + done.stderr).decode(errors="replace")
    return Fuzzed(
        _stat(said, "number_of_executed_units"), _stat(said, "new_units_added"), _broken(done.returncode, said)
    )


def _fill(corpus: Path, seed: int) -> None:
    """The bodies to begin with: every example, everything hostile that is not too long, and some gone wrong."""
    corpus.mkdir(parents=True, exist_ok=True)
    mutations = Mutations(seed)
    bodies = [json.dumps(example(name) | {"source": "urn:cairn:partner:education"}).encode() for name in REPORT_TYPES]
    bodies += [b"[" + b",".join(bodies[:3]) + b"]"]
    bodies += [b"".join(islice(one.chunks, 100)) for one in BODIES.values()]
    bodies += [mutations.broken_text() for _ in range(40)]
    for number, body in enumerate(bodies):
        if len(body) <= _LENGTH_MAX:
            (corpus / f"{number:03}").write_bytes(body)


def _stat(said: str, name: str) -> int:
    found = re.search(rf"stat::{name}:\s+(\d+)", said)
    return int(found[1]) if found else 0


def _broken(status: int, said: str) -> str:
    if status == 0:
        return ""
    at = said.find("Uncaught Python exception")
    return said[at : at + 600] if at >= 0 else f"status {status}: {said[-600:]}"


def _main() -> None:
    atheris: Any = import_module("atheris")
    with atheris.instrument_imports(include=_INSTRUMENTED):
        examine: Callable[[bytes], None] = import_module("tests.intake.examined_body").examine
    if planted := os.environ.get(_PLANTED):
        _plant(planted)
    atheris.Setup(sys.argv, examine)
    atheris.Fuzz()


def _plant(name: str) -> None:
    """Take a protection out, in this process alone."""
    json_text: Any = import_module("services.kernel.http.json_text")
    if name == "nothing hidden is looked for":
        json_text._HIDDEN = json_text._HIDDEN_IN_NAMES = re.compile("(?!)")
    elif name == "the last of two names counts":
        json_text._DECODER = json.JSONDecoder()
    else:
        raise ValueError(name)


if __name__ == "__main__":
    _main()
