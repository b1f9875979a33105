"""The matrix: what each partner may have of an item, read from the decisions on the log and from nothing else.

A decision is per purpose. Where no purpose is stated, the most generous over all purposes counts, with every
agreement that gives it.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from schemas.classes import Form, Purpose
from schemas.decisions import Answer, Decision


@dataclass(frozen=True)
class Cell:
    """What one partner may have of one item, and why."""

    form: Form
    reasons: tuple[str, ...]
    agreements: tuple[str, ...]


NOT_DECIDED = Cell(Form.NONE, ("not_decided",), ())
"""Before the rules have said anything, nobody has anything."""
_OWN = Cell(Form.OWN, ("originator",), ())


def decision_for(answer: Answer, partner: str, purpose: Purpose) -> Decision:
    """What the rules said for one partner and purpose: its own entry, or else what they said for everybody."""
    return answer.cells.get(partner, {}).get(purpose, answer.otherwise)


def cell(answer: Answer, source: str, partner: str, purpose: Purpose | None = None) -> Cell:
    """The cell of a partner, for a purpose or, with none, the most generous over all of them."""
    if partner == source:
        return _OWN
    purposes: Sequence[Purpose] = list(Purpose) if purpose is None else [purpose]
    decisions = [decision_for(answer, partner, each) for each in purposes]
    best = max((decision.form for decision in decisions), key=lambda form: form.generosity)
    counting = [decision for decision in decisions if decision.form is best]
    return Cell(
        form=best,
        reasons=_reasons(counting) if best is not Form.NONE else _refusals(counting),
        agreements=tuple(sorted({agreement for decision in counting for agreement in decision.agreements})),
    )


def _reasons(decisions: Sequence[Decision]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(reason for decision in decisions for reason in decision.reasons))


def _refusals(decisions: Sequence[Decision]) -> tuple[str, ...]:
    """Why nothing is shared: what stood in the way where something was agreed says more than that nothing was."""
    reasons = _reasons(decisions)
    telling = tuple(reason for reason in reasons if reason != "no_agreement_in_force")
    return telling or reasons
