"""A script: the world of a story and the steps in which it is told, as `policies/scenarios/stories` has them.

It builds on a scenario, which stays as it is: the script adds partners, agreements and reports in words of their own.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from schemas.envelope import source_of
from services.console.rehearsal.form import read_json
from services.console.rehearsal.scenario import JSON, Scenario, checked, instant, report_type


@dataclass(frozen=True)
class Step:
    """One step: what happens, in a few words and in a few sentences, and the acts that it is made of."""

    id: str
    title: str
    words: str
    acts: tuple[JSON, ...]
    panel: bool
    """Whether it changes what is in the panel's room."""


@dataclass(frozen=True)
class Script:
    """A story as it is written."""

    title: str
    opens: datetime
    """Just before the first step."""
    scenario: Scenario
    """The world of the scenario that it builds on, and the story's own partners and agreements."""
    reports: Mapping[str, JSON]
    """Id -> an event of the story's own, as an agency posts it."""
    steps: tuple[Step, ...]
    told_until: str
    """The step up to which a story that is not told step by step has been told."""


def load(path: Path) -> Script:
    """Read a script. Raises NotAScenario where the world that it makes is none."""
    told: JSON = json.loads(path.read_bytes())
    here = path.parent / told["world"]
    world = read_json(here.read_bytes())
    for name in ("partners", "agreements"):
        world[name] += told[name]
    scenario = checked(world, str(path))
    return Script(
        title=told["title"],
        opens=instant(told["opens"]),
        scenario=replace(scenario, title=told["title"]),
        reports={report["id"]: _event(report) for report in told["reports"]},
        steps=tuple(
            Step(one["id"], one["title"], one["words"], tuple(one["acts"]), one.get("panel", False))
            for one in told["steps"]
        ),
        told_until=told["told_until"],
    )


def _event(report: JSON) -> JSON:
    return {
        "specversion": "1.0",
        "id": report["id"],
        "source": source_of(report["by"]),
        "type": report_type(report["type"]),
        "time": report["at"],
        "datacontenttype": "application/json",
        "data": report["data"],
    }
