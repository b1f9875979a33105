"""Running `cairn` in a process of its own, as people do."""

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Ran:
    """What a command answered."""

    status: int
    out: str
    err: str


def cairn(*arguments: str | Path, environment: dict[str, str] | None = None, folder: Path = ROOT) -> Ran:
    """Run the installed command, with nothing of this shell's own settings."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("CAIRN_", "NO_COLOR", "FORCE_"))}
    done = subprocess.run(
        [Path(sys.executable).parent / "cairn", *arguments],
        cwd=folder,
        env=kept | (environment or {}),
        capture_output=True,
        text=True,
        timeout=120,
    )
    return Ran(done.returncode, done.stdout, done.stderr)
