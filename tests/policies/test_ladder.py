"""The policies say what the ladder in plain Python says, to everybody and for every purpose."""

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.classes import GENERALISABLE, NEVER_GRANTED, DataClass, Existence, Purpose
from schemas.decisions import Answer, ContextStanding, ItemState, Label, Window
from services.kernel.policy.bundle import Bundle
from services.kernel.policy.embedded import EmbeddedPolicy
from tests.policies import POLICIES
from tests.policies.ladder import decision

NOW = 1_776_675_600_000_000
PARTNERS = ("education", "health", "police", "social-work")
_INSTANTS = st.sampled_from([NOW - 10, NOW - 1, NOW, NOW + 1, NOW + 10])
_CLASSES = ("address", "context", "missing", "voice_private", "rumour")
_ENGINE = EmbeddedPolicy(Bundle.read(POLICIES))


def _labels() -> st.SearchStrategy[Label]:
    return st.builds(
        Label,
        source=st.sampled_from(PARTNERS[2:]),
        data_class=st.sampled_from(_CLASSES),
        handling=st.sampled_from(["P", "P", "P", "C", "C", "X"]),
        existence=st.sampled_from(Existence),
        state=st.sampled_from([*[ItemState.CURRENT] * 4, *ItemState]),
        context=st.sampled_from(ContextStanding),
        restrictions=st.sampled_from([(), (), (), ("objection",), ("expectation", "restriction")]),
        withheld_from=st.sampled_from([(), (), ("education",), ("health", "police")]),
        addressed_to=st.sampled_from([(), (), ("education",), ("health", "police")]),
        window=st.sampled_from([*[Window.OPEN] * 4, Window.CLOSED]),
        era=st.integers(0, 2),
    )


@st.composite
def _grant(draw: st.DrawFn, source: str, data_class: str) -> dict[str, Any]:
    forms = ["full", "pseudonymised"] + ["generalised"] * (2 if data_class in GENERALISABLE else 0)
    return {
        "agreement": draw(st.sampled_from(["A1", "A2", "A3"])),
        "purpose": draw(st.sampled_from(list(Purpose))).value,
        "to": draw(st.sampled_from([partner for partner in PARTNERS if partner != source])),
        "form": draw(st.sampled_from(forms)),
        "starts": draw(_INSTANTS),
        "ends": draw(_INSTANTS | st.just(NOW + 1_000_000)),
        "before_era": draw(st.sampled_from([None, None, 1, 2])),
    }


@st.composite
def _grants(draw: st.DrawFn) -> dict[str, dict[str, list[dict[str, Any]]]]:
    return {
        source: {
            data_class: draw(st.lists(_grant(source, data_class), max_size=10))
            for data_class in _CLASSES
            if data_class in list(DataClass) and data_class not in NEVER_GRANTED
        }
        for source in PARTNERS[2:]
    }


@given(st.lists(_labels(), min_size=1, max_size=12), _grants())
@settings(max_examples=150, deadline=None)
def test_both_ladders_decide_alike(labels: list[Label], grants: dict[str, Any]) -> None:
    answers = _ENGINE.decide(labels, grants, NOW)

    for label, answer in zip(labels, answers, strict=True):
        for partner in (*PARTNERS, "youth-work"):
            for purpose in Purpose:
                expected = decision(label, partner, purpose, grants, NOW)
                assert _of(answer, partner, purpose) == expected, (label, partner, purpose)


@given(_labels(), _grants())
@settings(max_examples=50, deadline=None)
def test_nobody_is_named_whom_no_grant_names(label: Label, grants: dict[str, Any]) -> None:
    answer = _ENGINE.decide([label], grants, NOW)[0]

    named = {grant["to"] for grant in grants[label.source].get(label.data_class, [])}
    assert set(answer.cells) <= named | {label.source}


def _of(answer: Answer, partner: str, purpose: Purpose) -> Any:
    return answer.cells.get(partner, {}).get(purpose, answer.otherwise)
