"""Steps: what can be done to a case, or to a meeting; what is asked for each, and the command that it becomes."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from services.kernel.http.problems import Problem
from services.kernel.pages.forms import Fields
from services.panel.web.room.answers import Answers, Question
from services.panel.web.room.asking import Failed, attempted, seen_in
from services.panel.web.room.setting import PanelRoom, Visit

Looked = TypeVar("Looked")
"""What a step is done to, as its page shows it."""


@dataclass(frozen=True)
class Call:
    """One command as it was sent."""

    setting: PanelRoom
    visit: Visit
    ref: str
    seen: int | None
    answers: Answers


@dataclass(frozen=True)
class Step(Generic[Looked]):
    """Something that can be done. `ask` makes the questions, `given` what they begin with."""

    title: str
    button: str
    ask: Callable[[PanelRoom, Visit, Looked], Sequence[Question]]
    do: Callable[[Call], object]
    lead: str = ""
    given: Callable[[Looked], Fields] = lambda _: {}
    anchor: str = ""

    def take(self, setting: PanelRoom, visit: Visit, ref: str, looked: Looked, sent: Fields) -> Failed | None:
        """Do it as it was sent, or say why it could not be done. Raises NotKnown, Problem."""
        setting.called(visit.who)
        questions = self.ask(setting, visit, looked)
        call = Call(setting, visit, ref, seen_in(sent), Answers(sent, questions))
        return attempted(lambda: self.do(call), questions, {})

    def after(self, there: str) -> str:
        """Where one goes on when it was done: to its part of the page of what it was done to."""
        return f"{there}#{self.anchor}" if self.anchor else there


Steps = Mapping[str, Step[Looked]]


def step_of(steps: Steps[Looked], name: str, what: str) -> Step[Looked]:
    """A step by the last part of its address. Raises Problem 404, which leads back to `what`."""
    if name not in steps:
        raise Problem(404, "page_unknown", "This page is not here", f"Go back to the {what}, and on from there.")
    return steps[name]
