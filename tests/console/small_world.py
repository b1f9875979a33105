"""The smallest scenario worth playing: two agencies, one young person, one report, one agreement."""

import copy
import json
from pathlib import Path
from typing import Any

_WORLD: dict[str, Any] = {
    "scenario": 1,
    "title": "One report",
    "now": "2026-05-02T09:00:00Z",
    "partners": [{"id": "school"}, {"id": "clinic"}],
    "subjects": [{"id": "y1", "born": "2012-03-04"}],
    "agreements": [
        {
            "id": "P1",
            "title": "School and clinic",
            "purpose": "child_protection",
            "parties": ["school", "clinic"],
            "starts": "2026-01-01T00:00:00Z",
            "ends": "2027-01-01T00:00:00Z",
            "grants": {"clinic": {"school": "full"}},
        }
    ],
    "reports": [
        {
            "id": "R1",
            "at": "2026-05-01T09:00:00Z",
            "by": "school",
            "type": "school.concern",
            "items": [{"id": "I1", "class": "school", "about": ["y1"]}],
        }
    ],
    "expect": {"I1": {"school": "own", "clinic": "full"}},
    "what_if": [
        {
            "title": "P1 is suspended",
            "rules": [{"suspend": "P1"}],
            "differences": [{"item": "I1", "partner": "clinic", "from": "full", "to": "none"}],
        }
    ],
}


def world() -> dict[str, Any]:
    """A copy to change."""
    return copy.deepcopy(_WORLD)


def written(folder: Path, content: Any, name: str = "scenario.json") -> Path:
    """A file that says this."""
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else json.dumps(content).encode())
    return path
