"""The decision ladder in plain Python: what the policies must say, worked out the slow way for one partner at a time.

Written from the words of the scenario guide (`The answer`) and of the ladder, not from the policies.
"""

from collections.abc import Mapping
from typing import Any

from schemas.classes import GENERALISABLE, NEVER_GRANTED, DataClass, Existence, Form, PartnerId, Purpose
from schemas.decisions import ContextStanding, Decision, ItemState, Label, Window

_GRANTED = (Form.FULL, Form.PSEUDONYMISED, Form.GENERALISED)


def decision(label: Label, partner: PartnerId, purpose: Purpose, grants: Mapping[str, Any], now: int) -> Decision:
    """What one partner may have of items with this label, for one purpose, at an instant in microseconds."""
    known_class = label.data_class in list(DataClass)
    known_handling = label.handling in ("P", "C")
    if not known_class:
        return _refused("unknown_class")
    if not known_handling:
        return _refused("unknown_handling")
    if partner == label.source:
        return Decision(form=Form.OWN, reasons=("originator",))
    if label.state is not ItemState.CURRENT:
        return _refused(label.state.value)
    if label.data_class in NEVER_GRANTED:
        return _refused("never_shared")
    if label.window is Window.CLOSED:
        return _refused("outside_reading_window")
    offered = [
        grant
        for grant in grants.get(label.source, {}).get(label.data_class, [])
        if grant["to"] == partner
        and grant["purpose"] == purpose
        and grant["starts"] <= now < grant["ends"]
        and (grant["before_era"] is None or label.era < grant["before_era"])
    ]
    return _among(label, partner, offered)


def _among(label: Label, partner: PartnerId, offered: list[dict[str, Any]]) -> Decision:
    if not offered:
        return _refused("no_agreement_in_force")
    if partner in label.withheld_from:
        return _refused("withheld_from_partner")
    if label.addressed_to and partner not in label.addressed_to:
        return _refused("addressed_to_others")
    for form in _GRANTED:
        agreements = tuple(sorted({grant["agreement"] for grant in offered if grant["form"] == form}))
        if agreements and _rendered(form, label):
            return _restricted(label, form, agreements)
    return _refused("too_few_people_or_reports")


def _rendered(form: Form, label: Label) -> bool:
    if form is not Form.GENERALISED:
        return True
    assert label.data_class in GENERALISABLE
    return label.data_class != DataClass.CONTEXT or label.context is ContextStanding.ENOUGH


def _restricted(label: Label, form: Form, agreements: tuple[str, ...]) -> Decision:
    if label.restrictions:
        return _refused("restricted")
    if label.handling == "P":
        return Decision(form=form, reasons=("agreement_grants",), agreements=agreements)
    if label.existence is Existence.DISCLOSABLE:
        return Decision(form=Form.EXISTENCE, reasons=("handling_conditions",), agreements=agreements)
    return _refused("handling_conditions")


def _refused(reason: str) -> Decision:
    return Decision(form=Form.NONE, reasons=(reason,))
