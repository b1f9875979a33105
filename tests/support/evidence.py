"""Evidence: what commands saw of the promises of the hub, run by run, and laid out as a page.

The page holds nothing that a command did not print: it is made from what the commands kept. Long counts are run in
parts, each with a seed of its own; the page adds them up.
"""

import json
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

_ROOT = Path(__file__).parents[2]
KEPT = _ROOT / "docs" / "reference" / "evidence.json"
PAGE = _ROOT / "docs" / "reference" / "evidence.md"
_CELL_END = str.maketrans({"|": "\\|", "\n": " "})
_OF_A_PROMISE = ("promise", "unit", "whole")
_INTRODUCTION = """# Evidence

What has been promised, and what was seen when it was put to the test. `make soak` and `make bench` write this page;
each run says how to see it again. A control is the same test with the protection taken out: it has to fail. Runs with
different seeds try different things, and are added up; each names the revision that it tried.

"""

Kept = dict[str, dict[str, Any]]
"""Name -> the promise, its unit, how many are wanted in the end, and the runs, by seed."""


@dataclass(frozen=True)
class Evidence:
    """What one run saw. `count` says how many `unit` it tried, `whole` how many are wanted of all runs together;
    `table` is a table in Markdown to show below."""

    name: str
    promise: str
    command: str
    result: str
    control: str = ""
    seed: int | None = None
    count: int = 0
    whole: int = 0
    unit: str = ""
    seconds: float = 0.0
    table: str = ""
    notes: tuple[str, ...] = ()


def keep(evidence: Evidence) -> None:
    """Keep the run beside those with other seeds, and write the page."""
    kept = added(_kept(), evidence, datetime.now(UTC).date().isoformat(), _revision())
    KEPT.write_text(json.dumps(kept, indent=2, ensure_ascii=False) + "\n")
    PAGE.write_text(page(kept))


def added(kept: Kept, evidence: Evidence, date: str, revision: str) -> Kept:
    """What is kept, with this run in it: in place of the one with its seed, unless that one tried more."""
    said = asdict(evidence) | {"seconds": round(evidence.seconds, 1), "date": date, "revision": revision}
    name = said.pop("name")
    of_the_promise = {one: said.pop(one) for one in _OF_A_PROMISE}
    before = {run["seed"]: run for run in kept.get(name, {}).get("runs", ())}
    if said["seed"] not in before or before[said["seed"]]["count"] <= said["count"]:
        before[said["seed"]] = said
    runs = [before[seed] for seed in sorted(before, key=lambda seed: seed or 0)]
    return dict(sorted((kept | {name: of_the_promise | {"runs": runs}}).items()))


def page(kept: Kept) -> str:
    """The page for what is kept: a table of the promises, and the runs of each below."""
    lines = _table(("promise", "tried", "of", "took", "runs"), (_promise(name, one) for name, one in kept.items()))
    details = [_details(name, one) for name, one in kept.items()]
    return _INTRODUCTION + "\n".join(lines) + "\n" + "".join(f"\n{detail}\n" for detail in details)


def _promise(name: str, one: Mapping[str, Any]) -> tuple[str, ...]:
    runs = one["runs"]
    tried, seconds = sum(run["count"] for run in runs), sum(run["seconds"] for run in runs)
    whole = f"{one['whole']:,}" if one["whole"] else ""
    link = f"[{name}](#{name})"
    return one["promise"], f"{tried:,} {one['unit']}", whole, f"{seconds / 60:,.0f} min", f"{len(runs)}: {link}"


def _details(name: str, one: Mapping[str, Any]) -> str:
    runs = one["runs"]
    lines = _table(("tried", "seen", "control", "again", "when"), (_run(run, one["unit"]) for run in runs))
    further = [text for run in runs for text in (run["table"], "\n".join(f"- {note}" for note in run["notes"]))]
    return "\n\n".join(part.strip() for part in (f"## {name}", "\n".join(lines), *further) if part)


def _run(run: Mapping[str, Any], unit: str) -> tuple[str, ...]:
    seed = f", seed {run['seed']}" if run["seed"] is not None else ""
    tried = f"{run['count']:,} {unit} in {run['seconds']:,.0f} s{seed}"
    return tried, run["result"], run["control"], f"`{run['command']}`", f"{run['date']}, `{run['revision']}`"


def _table(heads: Sequence[str], rows: Iterator[tuple[str, ...]]) -> list[str]:
    lines = [f"| {' | '.join(heads)} |", "|---" * len(heads) + "|"]
    return lines + [f"| {' | '.join(cell.translate(_CELL_END) for cell in row)} |" for row in rows]


def _kept() -> Kept:
    found: Kept = json.loads(KEPT.read_text()) if KEPT.exists() else {}
    return found


def _revision() -> str:
    """The commit that was tried, `-dirty` where the checkout differs from it in more than the evidence itself."""
    head = _git("rev-parse", "--short", "HEAD") or "unknown"
    return f"{head}-dirty" if _git("status", "--porcelain", "--", ".", ":(exclude)docs/reference/evidence.*") else head


def _git(*asked: str) -> str:
    return subprocess.run(["git", *asked], cwd=_ROOT, capture_output=True, text=True, check=False).stdout.strip()
