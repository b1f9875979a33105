"""Acting: one act of a story after another, each by somebody through the interface that they would really use.

Who commands something looks at it first, and commands it as it was seen: so an act that was done, and not noted, is
refused when it is tried again.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from schemas.classes import Purpose
from services.console.rehearsal.hubs import LEAD, Refused, ThrowAwayHub
from services.console.rehearsal.player import Player
from services.console.rehearsal.scenario import JSON, instant
from services.console.story.script import Script, Step

_DONE_BEFORE = frozenset({409, 412})
"""How the hub refuses what was done already."""
_COMMANDS = "/commands"


@dataclass
class Actors:
    """Everybody in the story, on one stage. `kept` are the refs that the hub answered with, by the script's names;
    `seen` is in which version what is commanded was seen, by its address."""

    script: Script
    stage: ThrowAwayHub
    names: dict[str, str]
    kept: dict[str, str] = field(default_factory=dict)
    seen: dict[str, int] = field(default_factory=dict)

    def open(self) -> Player:
        """The player of the story's world, who lets its partners join and agree."""
        return Player(self.stage, self.script.scenario, self.names, as_it_happened=True, traced=False)

    def play(self, step: Step, done: int = 0, maybe_one_more: bool = False) -> Iterator[int]:
        """The acts of a step from where it stopped, in order; gives how many are done, each time there is something
        to note.

        `maybe_one_more`: the first of these may have been done without anybody having noted it. Raises Refused.
        """
        for number, act in enumerate(step.acts[done:], start=done + 1):
            if self._look(act):
                yield number - 1  # noted before it is commanded: else it cannot be told whether it was
            try:
                self._act(act)
            except Refused as refused:
                if not (maybe_one_more and number == done + 1 and refused.status in _DONE_BEFORE):
                    raise
                self.seen.clear()
            yield number  # noted at once: what was asked for stands, whether or not everybody has heard of it
            self.stage.settle()

    def _look(self, act: JSON) -> bool:
        """See what is about to be commanded, if that is to be seen anew; whether it was."""
        address = self._commanded(act)
        if address is None:
            self.seen.clear()  # the hub itself goes on with what is reported, and with the time
            return False
        if address in self.seen:
            return False
        asked = {"purpose": Purpose.CONTEXT.value}
        self.seen[address] = self.stage.ask("GET", address, act["who"], params=asked).json()["version"]
        return True

    def _commanded(self, act: JSON) -> str | None:
        """The address of what an act commands, if it commands something."""
        path = str(self._filled(act.get("post", "")))
        return path.removesuffix(_COMMANDS) if path.endswith(_COMMANDS) else None

    def _act(self, act: JSON) -> None:
        match act:
            case {"at": at}:
                self._not_before(at)
            case {"report": report} if report in self.script.reports:
                self._post(self.script.reports[report])
            case {"report": report}:
                self.open().tell(report)
            case {"acknowledge": _}:
                self._acknowledge()
            case {"who": who}:
                self._ask(who, act)

    def _not_before(self, at: str) -> None:
        self.stage.move(max(self.stage.now(), instant(at)))

    def _post(self, event: JSON) -> None:
        self._not_before(event["time"])
        by = event["source"].rpartition(":")[2]
        headers = {"content-type": "application/cloudevents+json"}
        self.stage.ask("POST", "/intake/v1/events", f"{by}/system", content=json.dumps(event), headers=headers)

    def _ask(self, who: str, act: JSON) -> None:
        method = "get" if "get" in act else "post"
        request: JSON = {"json": self._filled(act["body"])} if "body" in act else {}
        address = self._commanded(act)
        if address is not None:
            request["headers"] = {"if-match": f'"{self.seen[address]}"'}
        answer = self.stage.ask(method.upper(), self._filled(act[method]), who, **request).json()
        if address is not None:
            self.seen[address] = answer["version"]
        self.kept |= {name: str(_at(answer, pointer)) for name, pointer in act.get("keep", {}).items()}

    def _acknowledge(self) -> None:
        recalls = self.stage.ask("GET", "/governance/v1/recalls", LEAD).json()["recalls"]
        with self.stage.going():
            for one in recalls:
                if one["acknowledged"] is None:
                    self.stage.ask("POST", f"/sharing/v1/recalls/{one['recall']}/ack", f"{one['partner']}/system")

    def _filled(self, value: Any) -> Any:
        """The same, with each `{name}` replaced by what was kept under it."""
        if isinstance(value, dict):
            return {name: self._filled(inner) for name, inner in value.items()}
        if isinstance(value, list):
            return [self._filled(inner) for inner in value]
        if isinstance(value, str):
            for name, kept in self.kept.items():
                value = value.replace(f"{{{name}}}", kept)
        return value


def _at(answer: Any, pointer: str) -> Any:
    for step in pointer.split("/")[1:]:
        answer = answer[int(step)] if isinstance(answer, list) else answer[step]
    return answer
