"""Telling: a story goes on by one step at a time, and remembers what each step changed, and how far one has come."""

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from pathlib import Path

from services.console.rehearsal.hubs import Refused, ThrowAwayHub
from services.console.rehearsal.scenario import JSON
from services.console.story.acting import Actors
from services.console.story.changes import Change, Sight, changes, see
from services.console.story.script import Script, Step


@dataclass(frozen=True)
class Told:
    """A step that was told: when, by the hub's clock, and what it changed, by partner."""

    step: Step
    at: datetime
    changes: dict[str, Change]


@dataclass(frozen=True)
class Begun:
    """A step that is being told: what everybody had before it, and how many of its acts are done."""

    had: Sight
    acts: int = 0
    acting: bool = True
    """Whether the next act was begun: it may be done, with nobody left to note it."""


class Story:
    """One story on one hub. What was told is kept in a file beside the hub's data."""

    def __init__(self, script: Script, names: dict[str, str], file: Path) -> None:
        """`names` is partner id -> what people call it."""
        self.script, self.names, self.file = script, names, file
        self.told: list[Told] = []
        self.now = script.opens
        self._kept: dict[str, str] = {}
        self._seen: dict[str, int] = {}
        self._begun: Begun | None = None
        if file.exists():
            self._recall(json.loads(file.read_text()))

    @property
    def next(self) -> Step | None:
        """The step that comes next; None after the last."""
        return self.script.steps[len(self.told)] if len(self.told) < len(self.script.steps) else None

    def open(self, stage: ThrowAwayHub) -> Iterator[str]:
        """Let everybody join and agree; gives what is done, each time something is."""
        stage.move(self.script.opens)
        yield from self._actors(stage).open().opening()

    def tell(self, stage: ThrowAwayHub) -> None:
        """Tell the next step, or what is left of it where it was interrupted. Raises Refused."""
        step = self.script.steps[len(self.told)]
        begun, again = self._begun or Begun(see(stage, step.panel)), self._begun
        if again is None:
            self._seen = {}  # since the last step, people may have done things of their own
        actors = self._actors(stage)
        self._note(replace(begun, acting=True), stage)
        try:
            for done in actors.play(step, begun.acts, again is not None and again.acting):
                self._kept, self._seen = actors.kept, dict(actors.seen)
                begun = replace(begun, acts=done, acting=True)
                self._note(begun, stage)
        except Refused:
            self._note(replace(begun, acting=False), stage)
            raise
        self.told.append(Told(step, stage.now(), changes(begun.had, see(stage, step.panel))))
        self._begun = None

    def _note(self, begun: Begun, stage: ThrowAwayHub) -> None:
        self._begun = begun
        self.keep(stage.now())

    def keep(self, now: datetime) -> None:
        """Remember what was told, and what time it is in the story."""
        told = [
            {
                "step": one.step.id,
                "at": one.at.isoformat(),
                "changes": {partner: asdict(change) for partner, change in one.changes.items()},
            }
            for one in self.told
        ]
        unfinished = self.file.with_suffix(".part")
        document = {"now": now.isoformat(), "told": told, "kept": self._kept, "seen": self._seen}
        unfinished.write_text(json.dumps(document | {"begun": self._begun_document()}))
        unfinished.replace(self.file)

    def _actors(self, stage: ThrowAwayHub) -> Actors:
        return Actors(self.script, stage, self.names, dict(self._kept), dict(self._seen))

    def _recall(self, kept: JSON) -> None:
        steps = {step.id: step for step in self.script.steps}
        for one in kept["told"]:
            changed = {partner: Change(**change) for partner, change in one["changes"].items()}
            self.told.append(Told(steps[one["step"]], datetime.fromisoformat(one["at"]), changed))
        self.now = datetime.fromisoformat(kept["now"])
        self._kept, self._seen = dict(kept["kept"]), dict(kept.get("seen", {}))
        if begun := kept.get("begun"):
            self._begun = Begun(Sight.recalled(begun["had"]), begun["acts"], begun["acting"])

    def _begun_document(self) -> JSON | None:
        begun = self._begun
        return {"had": begun.had.document(), "acts": begun.acts, "acting": begun.acting} if begun else None
