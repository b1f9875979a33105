"""A question: some labels, the grants that bear on them, and the instant; and what makes its answers believable.

Engines are asked in chunks, each with only the grants of its own sources and classes. Whatever is not exactly an
answer to the question is no answer.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from pydantic import TypeAdapter, ValidationError

from schemas.classes import Form
from schemas.decisions import Answer, Label
from services.kernel.policy import PolicyUnavailable

Question = dict[str, Any]
_ANSWERS = TypeAdapter(list[Answer])


def decide(
    labels: Sequence[Label],
    grants: Mapping[str, Any],
    now_microseconds: int,
    labels_per_question: int,
    ask: Callable[[Question], bytes],
) -> list[Answer]:
    """One answer for each label, in their order; `ask` gives the JSON of the answers to one question.

    Raises PolicyUnavailable if there is not exactly one believable answer for each label.
    """
    order = sorted(range(len(labels)), key=lambda index: (labels[index].source, labels[index].data_class))
    answers: dict[int, Answer] = {}
    for start in range(0, len(order), labels_per_question):
        chunk = order[start : start + labels_per_question]
        asked = [labels[index] for index in chunk]
        answers.update(zip(chunk, _believed(asked, ask(_question(asked, grants, now_microseconds))), strict=True))
    return [answers[index] for index in range(len(labels))]


def _question(labels: Sequence[Label], grants: Mapping[str, Any], now_microseconds: int) -> Question:
    sliced: dict[str, dict[str, Any]] = {}
    for source, data_class in {(label.source, label.data_class) for label in labels}:
        granted = grants.get(source, {}).get(data_class)
        if granted:
            sliced.setdefault(source, {})[data_class] = granted
    return {"now": now_microseconds, "labels": [label.model_dump(mode="json") for label in labels], "grants": sliced}


def _believed(labels: Sequence[Label], answered: bytes) -> list[Answer]:
    try:
        answers = _ANSWERS.validate_json(answered)
    except ValidationError as error:
        raise PolicyUnavailable("the policy engine's answer is not in the form of an answer") from error
    if len(answers) != len(labels):
        raise PolicyUnavailable(f"the policy engine gave {len(answers)} answers to {len(labels)} labels")
    for label, answer in zip(labels, answers, strict=True):
        if not _believable(label, answer):
            raise PolicyUnavailable("the policy engine gave somebody what no policy can give")
    return answers


def _believable(label: Label, answer: Answer) -> bool:
    """Nobody has anything by default, and nobody but the source has its own copy."""
    if answer.otherwise.form is not Form.NONE:
        return False
    return not any(
        decision.form is Form.OWN
        for partner, purposes in answer.cells.items()
        if partner != label.source
        for decision in purposes.values()
    )
