"""The two policy engines asked alike: where one answers otherwise than the other, that is told."""

import random
import tempfile
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from schemas.decisions import Answer, Label
from services.kernel.policy import PolicyEngine
from services.kernel.policy.opening import open_policy
from tests.policies import POLICIES
from tests.policies.made_up_labels import NOW, Grants, made_up_grants, made_up_label, odd_label

BATCH = 5_000
"""Labels decided under one set of agreements, before another is made up."""
_ODD_IN = 50
_SETS, _A_SET = 20, 1_000


@dataclass(frozen=True)
class Disagreement:
    """A label that the engines decide otherwise."""

    label: Label
    grants: Grants
    one: Answer
    other: Answer

    def __str__(self) -> str:
        given = self.grants.get(self.label.source, {}).get(self.label.data_class, [])
        return f"{self.label!r} under {given}: {self.one!r} and {self.other!r}"


def batches(seed: int, count: int) -> Iterator[tuple[list[Label], Grants]]:
    """So many made-up labels, each batch with agreements of its own; the same for the same seed."""
    made = random.Random(seed)
    while count > 0:
        labels = [
            odd_label(made) if made.randrange(_ODD_IN) == 0 else made_up_label(made) for _ in range(min(BATCH, count))
        ]
        yield labels, made_up_grants(made, made.choice([2, 6, 40]))
        count -= len(labels)


def disagreement(one: PolicyEngine, other: PolicyEngine, labels: list[Label], grants: Grants) -> Disagreement | None:
    """The first label that they decide otherwise, if there is one."""
    answers = one.decide(labels, grants, NOW), other.decide(labels, grants, NOW)
    if answers[0] == answers[1]:
        return None
    return next(
        Disagreement(label, grants, *pair) for label, *pair in zip(labels, *answers, strict=True) if pair[0] != pair[1]
    )


CHANGES = {
    "a restriction that is not minded": ("count(label.restrictions) > 0", "count(label.restrictions) > 1"),
    "an agreement that never ends": ("input.now < grant.ends", "input.now < grant.ends + 2"),
    "another reason": ('denial(label) := "withdrawn"', 'denial(label) := "superseded"'),
    "a context described too soon": ('crowd != "enough"', 'crowd == "too_few"'),
}
"""What a control changes in the policies of one side: text -> other text."""


def notice(server: PolicyEngine, change: str, seed: int) -> bool:
    """Whether an engine that is changed so is seen to answer otherwise; not every set of agreements has what the change
    is about."""
    with tempfile.TemporaryDirectory() as place, closing(_changed(Path(place), change)) as other:
        tried = (batch for at in range(seed, seed + _SETS) for batch in batches(at, _A_SET))
        return any(disagreement(other, server, *batch) for batch in tried)


def _changed(folder: Path, change: str) -> PolicyEngine:
    return open_policy("embedded:", changed_policies(folder, change))


def changed_policies(folder: Path, change: str) -> Path:
    """The policies with one of these changes, in this folder."""
    before, after = CHANGES[change]
    changed = 0
    for path in sorted(POLICIES.rglob("*.rego")):
        if not path.name.endswith("_test.rego"):
            text = path.read_text(encoding="utf-8")
            changed += before in text
            (folder / path.name).write_text(text.replace(before, after), encoding="utf-8")
    assert changed == 1, f"the policies have no `{before}` to change"
    return folder
