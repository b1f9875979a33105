"""The matrix as a page shows it: reports in order of occurrence, their items as rows, partners as columns."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from schemas.classes import DataClass, Form, Purpose
from schemas.decisions import ItemState
from services.governance.matrix import NOT_DECIDED, Cell, cell
from services.governance.projections.decisions import Decided
from services.governance.projections.rules import Partner
from services.kernel.pages.words import FORMS, class_words, spaced, type_words

_CLASSES: list[str] = [data_class.value for data_class in DataClass]
"""Within a report, items come in the order in which the published language names their classes."""


@dataclass(frozen=True)
class ShownCell:
    """A cell: its form, its short word, and where the reason is told."""

    form: Form
    word: str
    path: str
    partner: str


@dataclass(frozen=True)
class ItemRow:
    """An item: what kind of fact it is, and a cell for each partner."""

    name: str
    state: str | None
    cells: Sequence[ShownCell]


@dataclass(frozen=True)
class ReportGroup:
    """A report: what it is called, who reported it and when it happened."""

    title: str
    source: str
    occurred: datetime
    rows: Sequence[ItemRow]


@dataclass(frozen=True)
class MatrixPage:
    """Everything the page of the matrix shows."""

    partners: Sequence[Partner]
    groups: Sequence[ReportGroup]
    item_count: int

    @property
    def report_count(self) -> int:
        """How many reports these items come from."""
        return len(self.groups)


def matrix_page(found: Sequence[Decided], partners: Sequence[Partner], purpose: Purpose | None) -> MatrixPage:
    """The decided items, in order of occurrence, as rows of the matrix."""
    names = {each.partner: each.name for each in partners}
    groups = [
        _group(list(decided), partners, names, purpose)
        for _, decided in groupby(found, key=lambda decided: decided.item.report)
    ]
    return MatrixPage(partners, groups, len(found))


def cell_of(decided: Decided, partner: str, purpose: Purpose | None) -> Cell:
    """The cell of one partner, before and after the rules have said something."""
    if decided.answer is None:
        return NOT_DECIDED
    return cell(decided.answer, decided.item.by, partner, purpose)


def _group(
    items: Sequence[Decided], partners: Sequence[Partner], names: dict[str, str], purpose: Purpose | None
) -> ReportGroup:
    first = items[0].item
    in_order = sorted(items, key=lambda decided: _CLASSES.index(decided.item.data_class))
    rows = [_row(decided, partners, purpose) for decided in in_order]
    return ReportGroup(type_words(first.type), names.get(first.by, spaced(first.by)), first.occurred, rows)


def _row(decided: Decided, partners: Sequence[Partner], purpose: Purpose | None) -> ItemRow:
    state = None if decided.state is ItemState.CURRENT else spaced(decided.state)
    return ItemRow(class_words(decided.item.data_class), state, [_cell(decided, each, purpose) for each in partners])


def _cell(decided: Decided, partner: Partner, purpose: Purpose | None) -> ShownCell:
    form = cell_of(decided, partner.partner, purpose).form
    path = f"/items/{decided.item.item}/{partner.partner}"
    return ShownCell(form, FORMS[form].short, path, partner.name)
