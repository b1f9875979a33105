"""The matrix: the policy engine's answer to every label in use, under one revision of the rules.

Labels are few where items are many, so the engine is asked once for each label and revision, and never about
an item or a person.
"""

from collections.abc import Iterable
from datetime import datetime

from schemas.classes import Form
from schemas.decisions import Answer, Decision, Label
from services.kernel.policy import PolicyEngine, PolicyUnavailable
from services.sharing.domain.labels import label_key
from services.sharing.domain.rules import Grants, microseconds


class Matrix:
    """Asks the engine about labels and keeps what it said while the revision lasts."""

    def __init__(self, policy: PolicyEngine) -> None:
        self._policy = policy
        self._answers: dict[str, tuple[str, Answer]] = {}
        self._labels: dict[str, Label] = {}

    def load(self, key: str, label: Label, answer: Answer, revision: str) -> None:
        """Take an answer that was given, and acted on, before the service last stopped."""
        self._labels[key] = label
        self._answers[key] = (revision, answer)

    def labels(self) -> list[Label]:
        """Every label in use."""
        return list(self._labels.values())

    def answer(self, key: str) -> Answer:
        """The answer last settled for a label."""
        return self._answers[key][1]

    def settled(self, key: str) -> Answer | None:
        """The answer last settled for a label, if there was one."""
        return self._answers[key][1] if key in self._answers else None

    def known(self, key: str, revision: str) -> bool:
        """Whether the label was decided under this revision."""
        return key in self._answers and self._answers[key][0] == revision

    def decide(self, labels: Iterable[Label], grants: Grants, now: datetime) -> dict[str, tuple[Label, Answer]]:
        """Ask the engine: label key -> label and answer. Settles nothing. Raises PolicyUnavailable."""
        asked = {label_key(label): label for label in labels}
        if not asked:
            return {}
        answers = self._policy.decide(list(asked.values()), grants, microseconds(now))
        if len(answers) != len(asked):
            raise PolicyUnavailable("the engine answered another number of labels than it was asked")
        for answer in answers:
            if answer.otherwise.form is not Form.NONE:
                raise PolicyUnavailable("the engine would give something to everybody")
        return {key: (label, answer) for (key, label), answer in zip(asked.items(), answers, strict=True)}

    def settle(self, decided: dict[str, tuple[Label, Answer]], revision: str) -> None:
        """What was decided has been acted on: it is the answer from now on."""
        for key, (label, answer) in decided.items():
            self._labels[key] = label
            self._answers[key] = (revision, answer)


def cell(answer: Answer | None, partner: str, purpose: str) -> Decision:
    """The decision for one partner and purpose; before a label was decided, nothing."""
    if answer is None:
        return Decision(form=Form.NONE, reasons=("not_decided",))
    return answer.cells.get(partner, {}).get(purpose, answer.otherwise)  # type: ignore[call-overload, no-any-return]
