"""Why a cell is as it is, in plain words: one sentence for each reason code of the policies."""

from dataclasses import dataclass

from schemas.classes import Form, Purpose
from services.governance.matrix import Cell
from services.kernel.pages.words import FORMS, purpose_words, spaced

_NOT_UNDERSTOOD = "The hub could not tell how this may be handled, so nobody else is given it."
_SENTENCES = {
    "originator": "{partner} reported this itself, and keeps its own copy.",
    "no_agreement_in_force": (
        "No agreement in force{purpose} grants this to {partner} with {source} among its parties. "
        "What an agency never signed for is not shared on."
    ),
    "never_shared": "No agreement can grant this: {what} always stays with the agency that recorded it.",
    "too_few_people_or_reports": (
        "A place or group is described in general terms only while at least five young people and three reports "
        "stand behind it. There were fewer, so a description could point at somebody."
    ),
    "withdrawn": "{source} withdrew the report.",
    "superseded": "{source} replaced the report by an amended one.",
    "restricted": "Sharing is restricted for a young person whom this is about.",
    "withheld_from_partner": "A non-disclosure condition names {partner}.",
    "addressed_to_others": "{source} meant this for other partners alone.",
    "outside_reading_window": "{source} lets partners read this at certain times only, and this is not one of them.",
    "malformed_label": _NOT_UNDERSTOOD,
    "unknown_class": _NOT_UNDERSTOOD,
    "unknown_handling": _NOT_UNDERSTOOD,
    "not_decided": "The rules have not been applied to this yet. Until they are, nobody else is given it.",
}
_GRANTED = "An agreement that {source} and {partner} have both signed lets {partner} read this {form}."
_CONDITIONS = {
    Form.EXISTENCE: (
        "{source} handles this under conditions (code C). It lets {partner} know that something is held, and whom to "
        "ask."
    ),
    Form.NONE: (
        "{source} handles this under conditions (code C), and has not allowed that anybody is told it exists."
    ),
}  # fmt: skip
_HEADLINES = {
    Form.OWN: "{partner} reported this itself",
    Form.FULL: "{partner} may read this in full",
    Form.PSEUDONYMISED: "{partner} may read this under a pseudonym",
    Form.GENERALISED: "{partner} may read this in general terms",
    Form.EXISTENCE: "{partner} may know that this exists",
    Form.NONE: "{partner} is told nothing of this",
}


@dataclass(frozen=True)
class Wording:
    """The names that go into a sentence."""

    partner: str
    source: str
    what: str
    purpose: Purpose | None = None


def headline(form: Form, wording: Wording) -> str:
    """One line that says what the partner may have."""
    return _HEADLINES[form].format(partner=wording.partner)


def sentences(cell: Cell, wording: Wording) -> list[str]:
    """Why, one sentence for each reason."""
    return [_sentence(reason, cell.form, wording) for reason in cell.reasons]


def _sentence(reason: str, form: Form, wording: Wording) -> str:
    pattern = _SENTENCES.get(reason)
    if reason == "agreement_grants":
        pattern = _GRANTED
    elif reason == "handling_conditions":
        pattern = _CONDITIONS.get(form, _CONDITIONS[Form.NONE])
    if pattern is None:
        return f"{spaced(reason)}."
    purpose = f" for {purpose_words(wording.purpose).lower()}" if wording.purpose else ""
    return pattern.format(
        partner=wording.partner, source=wording.source, what=_inside(wording.what), purpose=purpose,
        form=_inside(FORMS[form].name),
    )  # fmt: skip


def _inside(words: str) -> str:
    """The words as they stand inside a sentence."""
    return words[:1].lower() + words[1:]
