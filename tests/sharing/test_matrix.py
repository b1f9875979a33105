"""The matrix asks the engine about a label again only where the grants of its source and class are others."""

import random

from services.kernel.policy.opening import open_policy
from tests.policies import POLICIES
from tests.policies.made_up_labels import NOW, made_up_grants, made_up_label


def test_what_is_decided_about_a_label_depends_on_the_grants_of_its_source_and_class_alone() -> None:
    # given the engine itself, which the matrix does not ask where these are the same
    engine = open_policy("embedded:", POLICIES)
    made = random.Random(7)
    others = 0

    for _ in range(40):
        grants = made_up_grants(made)
        labels = [made_up_label(made, unknown=False) for _ in range(25)]

        # when each label is decided with all grants, and with those of its source and class alone
        together = engine.decide(labels, grants, NOW)
        for label, answer in zip(labels, together, strict=True):
            own = grants.get(label.source, {}).get(label.data_class, [])
            (alone,) = engine.decide([label], {label.source: {label.data_class: own}}, NOW)

            # then the answer is the same
            assert alone == answer
            others += bool(answer.cells)

    assert others > 100
