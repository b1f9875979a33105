"""A story on a hub in this process, for tests that tell it themselves."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from services.composition import Hub
from services.console.demo import NAMES, STORY
from services.console.rehearsal.hubs import ThrowAwayHub, hub_at
from services.console.rehearsal.parts import embedded_settings
from services.console.story.script import load
from services.console.story.telling import Story
from services.kernel.clock import SimulatedClock


@dataclass(frozen=True)
class Telling:
    """A story and the hub on which it is told."""

    story: Story
    stage: ThrowAwayHub

    def until(self, step: str) -> None:
        """Tell it up to the end of this step."""
        while not self.story.told or self.story.told[-1].step.id != step:
            self.story.tell(self.stage)


@contextmanager
def telling(folder: Path) -> Iterator[Telling]:
    """A story that has begun, with nothing told of it yet."""
    story = Story(load(STORY), NAMES, folder / "story.json")
    clock = SimulatedClock(story.now)
    with ExitStack() as stack:
        hub = Hub(embedded_settings(folder), clock)
        stack.callback(hub.close)
        stage = stack.enter_context(hub_at(hub, clock))
        for _ in story.open(stage):
            pass
        yield Telling(story, stage)
