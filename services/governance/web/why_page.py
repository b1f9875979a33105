"""Why a partner may have an item in one form and no other: the reason, the agreements and the moment of decision."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from schemas.classes import Form, Purpose
from services.governance.projections.decisions import Decided
from services.governance.projections.rules import Partner, Version, in_force_at
from services.governance.web.matrix_page import cell_of
from services.governance.web.reasons import Wording, headline, sentences
from services.kernel.pages import Cell, Part, SummaryRow, Table, form_cell, instant, text
from services.kernel.pages.times import day_words
from services.kernel.pages.words import class_words, purpose_words, spaced, type_words


@dataclass(frozen=True)
class ReliedOn:
    """An agreement that a decision relies on."""

    agreement: str
    title: str
    path: str
    terms: str


@dataclass(frozen=True)
class WhyPage:
    """Everything the page of one cell shows."""

    form: Form
    headline: str
    item: str
    report: str
    sentences: Sequence[str]
    agreements: Sequence[ReliedOn]
    facts: Sequence[SummaryRow]
    by_purpose: Table


def why_page(
    decided: Decided, partner: Partner, names: dict[str, str], known: Sequence[Version], purpose: Purpose | None,
    at: datetime,
) -> WhyPage:  # fmt: skip
    """The page of one item and partner, for a purpose or over all of them."""
    item = decided.item
    source = names.get(item.by, spaced(item.by))
    wording = Wording(partner.name, source, class_words(item.data_class), purpose)
    shown = cell_of(decided, partner.partner, purpose)
    return WhyPage(
        form=shown.form,
        headline=headline(shown.form, wording),
        item=class_words(item.data_class),
        report=type_words(item.type),
        sentences=sentences(shown, wording),
        agreements=[_relied_on(agreement, known, decided.decided or at) for agreement in shown.agreements],
        facts=_facts(decided, source),
        by_purpose=_by_purpose(decided, partner, wording, known, at),
    )


def _facts(decided: Decided, source: str) -> list[SummaryRow]:
    item = decided.item
    rows = [
        SummaryRow("Reported by", text(source)),
        SummaryRow("Happened", instant(item.occurred)),
        SummaryRow("Told to the hub", instant(item.recorded)),
    ]
    if decided.decided is not None:
        rows.append(SummaryRow("Decided", instant(decided.decided)))
    if decided.revision is not None:
        rows.append(SummaryRow("Rules revision", Cell((Part(text=decided.revision, code=True),))))
    return rows


def _relied_on(agreement: str, known: Sequence[Version], at: datetime) -> ReliedOn:
    version = in_force_at(known, agreement, at)
    if version is None:
        return ReliedOn(agreement, agreement, f"/agreements/{agreement}", "")
    document = version.document
    terms = (
        f"Version {version.version}, for {purpose_words(document.purpose).lower()}. Runs from "
        f"{day_words(document.starts)} until {day_words(document.ends)}."
    )
    return ReliedOn(agreement, document.title, f"/agreements/{agreement}", terms)


def _by_purpose(decided: Decided, partner: Partner, wording: Wording, known: Sequence[Version], at: datetime) -> Table:
    rows = []
    for purpose in Purpose:
        shown = cell_of(decided, partner.partner, purpose)
        under = [_relied_on(agreement, known, decided.decided or at).title for agreement in shown.agreements]
        named = Wording(wording.partner, wording.source, wording.what, purpose)
        why = under or sentences(shown, named)
        rows.append([text(purpose_words(purpose)), form_cell(shown.form), text(*why)])
    return Table("For each purpose", ["Purpose", "Form", "Why"], rows)
