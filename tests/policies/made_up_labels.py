"""Made-up labels and grants, by the thousand, and whether some policies decide them as the ladder does."""

import random
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

from schemas.classes import GENERALISABLE, NEVER_GRANTED, DataClass, Existence, Purpose
from schemas.decisions import Answer, ContextStanding, ItemState, Label, Window
from services.kernel.policy import PolicyUnavailable
from services.kernel.policy.bundle import Bundle, BundleUnusable
from services.kernel.policy.embedded import EmbeddedPolicy
from tests.policies.ladder import decision

NOW = 1_776_675_600_000_000
PARTNERS = ("education", "health", "police", "social-work")
SOURCES = ("police", "social-work")
_OUTSIDER = "youth-work"
_CLASSES = tuple(str(one) for one in DataClass)
_INSTANTS = (NOW - 10, NOW - 1, NOW, NOW + 1, NOW + 10, NOW + 1_000_000)
_LADDER_LABELS = 600
_ODD: dict[str, list[Any]] = {
    "source": ["Police!", "police\n", "", "p\u00f6lice", "\uff50olice", "-police", "police-"],
    "data_class": ["", "Missing", "missing ", "m\u0131ssing", "\U0001f512"],
    "handling": ["", "p", "PC", "\u0420"],
    "era": [-1, -(2**53), 2**53, 10**15],
    "restrictions": [("",), ("objection",) * 50],
    "addressed_to": [("",), ("Health",), ("health",) * 50],
    "withheld_from": [("",), ("Health",), ("health",) * 50],
}

Grants = dict[str, dict[str, list[dict[str, Any]]]]


def made_up_label(made: random.Random, classes: Sequence[str] = _CLASSES, unknown: bool = True) -> Label:
    """Any label; one in twenty of a class that does not exist, one in twelve under a handling code that does not."""
    data_class = "rumour" if unknown and made.random() < 0.05 else made.choice(classes)
    return Label.model_construct(
        source=made.choice(SOURCES),
        data_class=data_class,
        handling=made.choice("PPPPPPPCCCC" + ("X" if unknown else "C")),
        existence=made.choice(list(Existence)),
        state=made.choice([*[ItemState.CURRENT] * 8, *ItemState]),
        context=made.choice(list(ContextStanding)),
        restrictions=made.choice([(), (), (), (), (), ("objection",), ("expectation", "restriction")]),
        withheld_from=made.choice([(), (), (), (), ("education",), ("health", "police"), (_OUTSIDER,)]),
        addressed_to=made.choice([(), (), (), (), ("education",), ("health", "police"), (_OUTSIDER,)]),
        window=made.choice([*[Window.OPEN] * 6, Window.CLOSED]),
        era=made.randrange(3),
    )


def odd_label(made: random.Random) -> Label:
    """A label that cannot be read, or only just: engines have to agree on these as well."""
    label = made_up_label(made)
    field, values = made.choice(list(_ODD.items()))
    return label.model_copy(update={field: made.choice(values)})


def made_up_grants(made: random.Random, most: int = 6) -> Grants:
    """What a made-up set of agreements compiles to: up to so many grants for each source and class."""
    return {
        source: {
            data_class: [_grant(made, source, data_class) for _ in range(made.randrange(most + 1))]
            for data_class in _CLASSES
            if data_class not in NEVER_GRANTED
        }
        for source in SOURCES
    }


def _grant(made: random.Random, source: str, data_class: str) -> dict[str, Any]:
    starts, ends = made.choice(_INSTANTS[:4]), made.choice(_INSTANTS[2:])
    forms = ["full", "pseudonymised"] + ["generalised"] * (3 if data_class in GENERALISABLE else 0)
    return {
        "agreement": made.choice(["A1", "A2", "A3"]),
        "purpose": made.choice(list(Purpose)).value,
        "to": made.choice([partner for partner in PARTNERS if partner != source]),
        "form": made.choice(forms),
        "starts": starts,
        "ends": ends,
        "before_era": made.choice([None, None, 1, 2]),
    }


def agree_with_the_ladder(policies: Path) -> bool:
    """Whether the policies of a folder decide the made-up labels as the ladder in plain Python does."""
    labels, grants, expected = _decided_by_the_ladder()
    try:
        engine = EmbeddedPolicy(Bundle.read(policies))
        answers = engine.decide(labels, grants, NOW)
    except (PolicyUnavailable, BundleUnusable):
        return False
    return [_row(answer) for answer in answers] == expected


@cache
def _decided_by_the_ladder() -> tuple[list[Label], Grants, list[list[Any]]]:
    made = random.Random(4)
    grants = made_up_grants(made)
    labels = [made_up_label(made) for _ in range(_LADDER_LABELS)]
    rows = [
        [decision(label, partner, purpose, grants, NOW) for partner in (*PARTNERS, _OUTSIDER) for purpose in Purpose]
        for label in labels
    ]
    return labels, grants, rows


def _row(answer: Answer) -> list[Any]:
    return [
        answer.cells.get(partner, {}).get(purpose, answer.otherwise)
        for partner in (*PARTNERS, _OUTSIDER)
        for purpose in Purpose
    ]
