"""Disclosure: from a change of answer to what each partner is given or asked to remove.

What a partner may have in full travels as the sealed bytes that intake made, less the parts it may not have. The
other forms are made here, from structured fields on an allow-list, and sealed again.
"""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from schemas.binding import bound, token
from schemas.classes import DataClass, Form, Outcome, Purpose, SubjectKind
from schemas.decisions import Answer, Decision
from schemas.disclosures import Change, Rendering
from schemas.reports import fields_annotated
from schemas.sealed import Sealed, SealedItem
from services.kernel.keys import KeyDestroyed, Keys
from services.sharing.domain.contexts import LOCAL
from services.sharing.domain.rules import Rules
from services.sharing.matrix import cell

_TOKENS_KEPT = 10_000


@dataclass(frozen=True)
class Disclosable:
    """An item with what is needed to render it."""

    sealed: SealedItem
    report: str
    type: str
    by: str
    kinds: Mapping[str, SubjectKind]
    adults: frozenset[str]
    """Subjects reported as young people who have turned 18."""
    marks: Mapping[str, tuple[str, ...]]


class Disclosure:
    """Renders items for partners."""

    def __init__(self, keys: Keys) -> None:
        self._keys = keys
        self._token = lru_cache(_TOKENS_KEPT)(self._made)

    def changes(
        self, item: Disclosable, before: Answer | None, after: Answer, rules: Rules, count_recall: Callable[[str], str]
    ) -> dict[str, tuple[Change, ...]]:
        """Partner -> what changes for it, where anything does.

        `count_recall(partner)` tells one partner's recalls apart; an item recalled for several purposes is one recall.
        """
        found: dict[str, tuple[Change, ...]] = {}
        for partner in sorted(_partners(before) | _partners(after)):
            if partner == item.by:
                changed: tuple[Change, ...] = () if before else (self.own(item),)
            else:
                changed = tuple(self._purposes(item, partner, before, after, rules))
            if any(_recalls(before, change, partner) for change in changed):
                recall = self._recall(partner, count_recall(partner))
                changed = tuple(
                    change.model_copy(update={"recall": recall}) if _recalls(before, change, partner) else change
                    for change in changed
                )
            if changed:
                found[partner] = changed
        return found

    def own(self, item: Disclosable, feedback: Outcome | None = None) -> Change:
        """The originator's copy, with what became of it where that is known."""
        rendering = self._sealed_copy(item, item.by, Form.OWN, frozenset()).model_copy(update={"feedback": feedback})
        return Change(purpose="own", form=Form.OWN, reasons=("originator",), rendering=rendering)

    def _purposes(
        self, item: Disclosable, partner: str, before: Answer | None, after: Answer, rules: Rules
    ) -> Iterable[Change]:
        for purpose in Purpose:
            old, new = cell(before, partner, purpose), cell(after, partner, purpose)
            if (old.form, old.agreements) == (new.form, new.agreements):
                continue
            if new.form is Form.NONE and old.form is Form.NONE:
                continue
            yield Change(
                purpose=purpose,
                form=new.form,
                reasons=new.reasons,
                agreements=new.agreements,
                rendering=self._render(item, partner, purpose, new, rules) if new.form is not Form.NONE else None,
            )

    def _recall(self, partner: str, counted: str) -> str:
        return token("k", self._keys.mac("recall", f"{partner}\n{counted}"))

    def _render(self, item: Disclosable, partner: str, purpose: Purpose, decision: Decision, rules: Rules) -> Rendering:
        match decision.form:
            case Form.FULL:
                return self._sealed_copy(item, partner, Form.FULL, _left_out(item, purpose))
            case Form.PSEUDONYMISED:
                return self._pseudonymised(item, partner, purpose, decision.agreements[0])
            case Form.GENERALISED:
                return self._generalised(item, partner, rules, _left_out(item, purpose))
            case Form.EXISTENCE:
                return self._existence(item, partner, decision, rules, _left_out(item, purpose))
        raise ValueError("a form that is never decided")

    def _sealed_copy(self, item: Disclosable, partner: str, form: Form, left_out: frozenset[str]) -> Rendering:
        sealed = item.sealed
        return Rendering(
            reference=self._reference(partner, sealed.item, _variant(form, left_out)),
            form=form,
            about={ref: self._name(partner, ref) for ref in sealed.about if ref not in left_out},
            adults_left_out=len(left_out),
            marks={ref: marks for ref, marks in item.marks.items() if marks} if form is Form.OWN else {},
            shared=sealed.shared,
            parts={ref: part for ref, part in sealed.parts.items() if ref not in left_out},
        )

    def _pseudonymised(self, item: Disclosable, partner: str, purpose: Purpose, agreement: str) -> Rendering:
        allowed = fields_annotated(item.type, item.sealed.section, "x-pseudonymised")
        left_out = _left_out(item, purpose)
        given = {
            ref: self._token("p", "pseudonym", f"{partner}\n{agreement}\n{ref}")
            for ref in item.sealed.about
            if ref not in left_out
        }
        pseudonyms = dict(sorted(given.items(), key=lambda one: one[1]))  # the sender's order would join two records
        content = _allowed(self._opened(item, item.sealed.shared, "shared"), allowed)
        each = {
            pseudonyms[ref]: _allowed(self._opened(item, part, ref), allowed)
            for ref, part in sorted(item.sealed.parts.items())
            if ref in pseudonyms
        }
        if each := {pseudonym: fields for pseudonym, fields in each.items() if fields}:
            content["each"] = each
        reference = self._reference(partner, item.sealed.item, f"pseudonymised\n{agreement}")
        return Rendering(
            reference=reference,
            form=Form.PSEUDONYMISED,
            about=pseudonyms,
            adults_left_out=len(left_out),
            shared=self._resealed(item, content, reference),
        )

    def _generalised(self, item: Disclosable, partner: str, rules: Rules, left_out: frozenset[str]) -> Rendering:
        allowed = fields_annotated(item.type, item.sealed.section, "x-generalised")
        structured = _allowed(self._opened(item, item.sealed.shared, "shared"), allowed)
        content = _generalised_content(item.sealed.data_class, structured, rules)
        about = {} if item.sealed.data_class is DataClass.CONTEXT else self._young_people(item, partner, left_out)
        reference = self._reference(partner, item.sealed.item, _variant(Form.GENERALISED, left_out))
        return Rendering(
            reference=reference,
            form=Form.GENERALISED,
            about=about,
            shared=self._resealed(item, content, reference),
        )

    def _existence(
        self, item: Disclosable, partner: str, decision: Decision, rules: Rules, left_out: frozenset[str]
    ) -> Rendering:
        granted = {rules.granted_form(one, partner, item.sealed.data_class) for one in decision.agreements}
        reference = self._reference(partner, item.sealed.item, _variant(Form.EXISTENCE, left_out))
        return Rendering(
            reference=reference,
            form=Form.EXISTENCE,
            about=self._young_people(item, partner, left_out) if Form.FULL in granted else {},
            shared=self._resealed(item, {"held_by": item.by, "ask": rules.contact(item.by)}, reference),
        )

    def _young_people(self, item: Disclosable, partner: str, left_out: frozenset[str]) -> dict[str, str]:
        return {
            ref: self._name(partner, ref)
            for ref in item.sealed.about
            if item.kinds.get(ref) is SubjectKind.YOUNG_PERSON and ref not in left_out
        }

    def _reference(self, partner: str, item: str, variant: str) -> str:
        return self._token("n", "reference", f"{partner}\n{item}\n{variant}")

    def _name(self, partner: str, ref: str) -> str:
        return self._token("y", "partner-subject", f"{partner}\n{ref}")

    def _made(self, prefix: str, name: str, message: str) -> str:
        """A token, which several items and purposes have in common."""
        return token(prefix, self._keys.mac(name, message))

    def _opened(self, item: Disclosable, sealed: Sealed, part: str) -> dict[str, Any]:
        """The content of a part, or nothing where its key was destroyed."""
        try:
            opened = json.loads(self._keys.open(sealed, self._bound(item, part)))
        except KeyDestroyed:
            return {}
        return dict(opened)

    def _resealed(self, item: Disclosable, content: dict[str, Any], reference: str) -> Sealed | None:
        text = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
        try:
            return self._keys.seal(text, tuple(item.sealed.shared.keys), self._bound(item, f"rendered:{reference}"))
        except KeyDestroyed:
            return None

    def _bound(self, item: Disclosable, part: str) -> dict[str, str]:
        return bound(
            report=item.report,
            type=item.type,
            item=item.sealed.item,
            section=item.sealed.section,
            data_class=item.sealed.data_class,
            part=part,
        )


def _partners(answer: Answer | None) -> set[str]:
    return set(answer.cells) if answer else set()


def _recalls(before: Answer | None, change: Change, partner: str) -> bool:
    """Whether the partner had more than it may have now, or had it under another pseudonym."""
    old = cell(before, partner, change.purpose)
    if old.form is Form.PSEUDONYMISED and change.form is Form.PSEUDONYMISED:
        return old.agreements[:1] != change.agreements[:1]
    return change.form.generosity < old.form.generosity


def _left_out(item: Disclosable, purpose: Purpose) -> frozenset[str]:
    """Adults among young people: an agreement on children does not cover them (see decision record 0003)."""
    if purpose is Purpose.ADULT_PROTECTION:
        return frozenset()
    young = [ref for ref in item.sealed.about if item.kinds.get(ref) is SubjectKind.YOUNG_PERSON]
    adults = [ref for ref in young if ref in item.adults]
    return frozenset(adults) if len(adults) < len(young) else frozenset()


def _variant(form: Form, left_out: frozenset[str]) -> str:
    """What a partner's reference of an item is made from: a record that leaves somebody out is another record."""
    return f"{form}-less" if left_out else form


def _allowed(content: dict[str, Any], allowed: frozenset[str]) -> dict[str, Any]:
    return {name: _to_the_day(value) for name, value in sorted(content.items()) if name in allowed}


def _to_the_day(value: Any) -> Any:
    """An instant becomes its local day, so that two records cannot be joined by their time."""
    if isinstance(value, str) and len(value) > 10 and value[10] == "T":
        return datetime.fromisoformat(value).astimezone(LOCAL).date().isoformat()
    return value


_SAFE = frozenset({"found_safe", "found_needs_care"})


def _generalised_content(data_class: DataClass, structured: dict[str, Any], rules: Rules) -> dict[str, Any]:
    """The three generalised renderings, from structured fields alone."""
    match data_class:
        case DataClass.MISSING:
            status = "was missing; now safe" if structured.get("status") in _SAFE else "reported missing"
            contact = rules.contact("social-work") if "social-work" in rules.partners else "social work"
            return {"status": status, "welfare_contact": contact}
        case DataClass.DECISION:
            return {"summary": "supports in place, speak to the named person"}
        case DataClass.CONTEXT:
            return structured
    raise ValueError("a class without a generalised rendering")
