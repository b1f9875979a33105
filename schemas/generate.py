"""Writes what is generated from the models: JSON Schemas, the AsyncAPI description and the event catalogue.

`python -m schemas.generate` writes; `python -m schemas.generate --check` writes nothing and fails if a file is stale.
"""

import argparse
import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from schemas import asyncapi, event_catalogue
from schemas.catalogue import PUBLISHED
from schemas.json_schemas import schema_of

ROOT = Path(__file__).resolve().parent.parent


def generated() -> dict[Path, str]:
    """Path from the root of the project -> the text that belongs there."""
    files = {Path("schemas/json") / f"{name}.json": _json(schema_of(name)) for name in PUBLISHED}
    files[Path("schemas/asyncapi.json")] = _json(asyncapi.document())
    files[Path("docs/reference/events.md")] = event_catalogue.page()
    return files


def stale(root: Path = ROOT) -> list[Path]:
    """Files that are not as the models say, and schemas that belong to no model."""
    wanted = generated()
    changed = [path for path, text in wanted.items() if not _is(root / path, text)]
    return sorted([*changed, *_orphans(root, wanted)])


def write(root: Path = ROOT) -> list[Path]:
    """Bring every stale file up to date, and remove orphans; the paths that were touched."""
    wanted = generated()
    touched = stale(root)
    for path in touched:
        if path in wanted:
            (root / path).parent.mkdir(parents=True, exist_ok=True)
            (root / path).write_text(wanted[path], "utf-8")
        else:
            (root / path).unlink()
    return touched


def _orphans(root: Path, wanted: Mapping[Path, str]) -> list[Path]:
    there = (path.relative_to(root) for path in (root / "schemas/json").glob("cairn.*.json"))
    return [path for path in there if path not in wanted]


def _is(path: Path, text: str) -> bool:
    return path.is_file() and path.read_text("utf-8") == text


def _json(content: Mapping[str, object]) -> str:
    return json.dumps(content, ensure_ascii=False, indent=2) + "\n"


def main(arguments: Sequence[str]) -> int:
    """Exit status 0, or 1 where `--check` found a stale file."""
    parser = argparse.ArgumentParser(prog="python -m schemas.generate", description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; fail if a file is stale")
    check: bool = parser.parse_args(arguments).check
    for path in stale() if check else write():
        print(f"{'stale' if check else 'wrote'} {path}")
        if check:
            print("run `python -m schemas.generate`", file=sys.stderr)
    return 1 if check and stale() else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
