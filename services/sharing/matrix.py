"""The matrix: the policy engine's answer to every label in use, under one revision of the rules.

Labels are few where items are many, so the engine is asked once for each label and the grants that bear on it, and
never about an item or a person.
"""

import json
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from functools import cache

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
        self._asked: dict[str, tuple[str, Answer]] = {}
        """Label key -> the grants that bore on it when the engine was last asked about it, and what it answered."""

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
        """Label key -> label and answer; the engine is asked where other grants bear on a label than when it last was.

        Settles nothing. Raises PolicyUnavailable.
        """
        decided = {label_key(label): label for label in labels}
        bearing = _bearing(grants, microseconds(now))
        bear = {key: bearing(label.source, label.data_class) for key, label in decided.items()}
        unasked = [key for key in decided if key not in self._asked or self._asked[key][0] != bear[key]]
        answers = self._ask([decided[key] for key in unasked], grants, now)
        self._asked |= {key: (bear[key], answer) for key, answer in zip(unasked, answers, strict=True)}
        return {key: (label, self._asked[key][1]) for key, label in decided.items()}

    def _ask(self, labels: Sequence[Label], grants: Grants, now: datetime) -> list[Answer]:
        if not labels:
            return []
        answers = self._policy.decide(labels, grants, microseconds(now))
        if len(answers) != len(labels):
            raise PolicyUnavailable("the engine answered another number of labels than it was asked")
        for answer in answers:
            if answer.otherwise.form is not Form.NONE:
                raise PolicyUnavailable("the engine would give something to everybody")
        return answers

    def settle(self, decided: dict[str, tuple[Label, Answer]], revision: str) -> None:
        """What was decided has been acted on: it is the answer from now on."""
        for key, (label, answer) in decided.items():
            self._labels[key] = label
            self._answers[key] = (revision, answer)


_NOT_DECIDED = Decision(form=Form.NONE, reasons=("not_decided",))


def cell(answer: Answer | None, partner: str, purpose: str) -> Decision:
    """The decision for one partner and purpose; before a label was decided, nothing."""
    if answer is None:
        return _NOT_DECIDED
    return answer.cells.get(partner, {}).get(purpose, answer.otherwise)  # type: ignore[call-overload, no-any-return]


def _bearing(grants: Grants, now: int) -> Callable[[str, str], str]:
    """Tells the grants of a source and class as text, with the last instant at which one of them began or ended."""

    @cache
    def bearing(source: str, data_class: str) -> str:
        given = grants.get(source, {}).get(data_class, [])
        passed = [instant for grant in given for instant in (grant["starts"], grant["ends"]) if instant <= now]
        return json.dumps([given, max(passed, default=None)], sort_keys=True)

    return bearing
