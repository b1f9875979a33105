"""Evidence: what a command saw of a promise of the hub, kept with its date and revision, and laid out as a page.

The page holds nothing that a command did not print: it is made from what the commands kept.
"""

import json
import subprocess
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

_ROOT = Path(__file__).parents[2]
KEPT = _ROOT / "docs" / "reference" / "evidence.json"
PAGE = _ROOT / "docs" / "reference" / "evidence.md"
_CELL_END = str.maketrans({"|": "\\|", "\n": " "})
_INTRODUCTION = """# Evidence

What has been promised, and what was seen when it was put to the test. `make soak` and `make bench` write this page;
each line says how to see it again. A control is the same test with the protection taken out: it has to fail.

"""


@dataclass(frozen=True)
class Evidence:
    """What one command saw. `count` says how many `unit` were tried; `table` is a table in Markdown to show below."""

    name: str
    promise: str
    command: str
    result: str
    control: str = ""
    seed: int | None = None
    count: int = 0
    unit: str = ""
    seconds: float = 0.0
    table: str = ""
    notes: tuple[str, ...] = field(default=())


def keep(evidence: Evidence) -> None:
    """Keep it, in place of what was kept under its name before, and write the page."""
    kept = _kept()
    kept[evidence.name] = asdict(evidence) | {
        "date": datetime.now(UTC).date().isoformat(),
        "revision": _revision(),
        "seconds": round(evidence.seconds, 1),
    }
    KEPT.write_text(json.dumps(dict(sorted(kept.items())), indent=2, ensure_ascii=False) + "\n")
    PAGE.write_text(page(kept))


def page(kept: dict[str, Any]) -> str:
    """The page for what is kept: a table of all, and the details of those that have any."""
    lines = ["| promise | tried | seen | control | again | when |", "|---|---|---|---|---|---|"]
    details = []
    for name in sorted(kept):
        one = kept[name]
        lines.append("| " + " | ".join(cell.translate(_CELL_END) for cell in _cells(one)) + " |")
        if one["table"] or one["notes"]:
            parts = [one["table"], "\n".join(f"- {note}" for note in one["notes"])]
            details.append(f"## {name}\n\n" + "\n\n".join(part.strip() for part in parts if part))
    return _INTRODUCTION + "\n".join(lines) + "\n" + "".join(f"\n{detail}\n" for detail in details)


def _cells(one: dict[str, Any]) -> tuple[str, ...]:
    seed = f", seed {one['seed']}" if one["seed"] is not None else ""
    tried = f"{one['count']:,} {one['unit']} in {one['seconds']:,.0f} s{seed}" if one["count"] else ""
    when = f"{one['date']}, `{one['revision']}`"
    return (one["promise"], tried, one["result"], one["control"], f"`{one['command']}`", when)


def _kept() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(KEPT.read_text()) if KEPT.exists() else {}
    return found


def _revision() -> str:
    said = subprocess.run(
        ["git", "describe", "--always", "--dirty", "--exclude=*"],
        cwd=_ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    return said.stdout.strip() or "unknown"
