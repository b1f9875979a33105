"""Who saw what as a page shows it: each access once, with every item that it released, the newest first."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from schemas.classes import Form
from services.governance.projections.accesses import Access, SeenItem
from services.governance.projections.decisions import Item
from services.governance.projections.rules import Version, in_force_at
from services.kernel.pages import short_ref
from services.kernel.pages.words import (
    FORMS,
    class_words,
    operation_words,
    panel_words,
    purpose_words,
    spaced,
    type_words,
)


@dataclass(frozen=True)
class SeenShown:
    """One item that was released, in words."""

    what: str
    origin: str
    form: Form
    agreements: Sequence[str]


@dataclass(frozen=True)
class AccessShown:
    """One access, in words."""

    at: datetime
    agency: str
    practitioner: str
    operation: str
    purpose: str
    seen: Sequence[SeenShown]

    @property
    def summary(self) -> str:
        """What was shown, in numbers: `19 items: 5 own, 14 in full`."""
        counted = Counter(seen.form for seen in self.seen)
        forms = sorted(counted, key=lambda form: -form.generosity)
        parts = [f"{counted[form]} {'own' if form is Form.OWN else FORMS[form].name.lower()}" for form in forms]
        return f"{len(self.seen)} items: {', '.join(parts)}"


def accesses_shown(
    found: Sequence[Access], items: Mapping[str, Item], known: Sequence[Version], names: Mapping[str, str]
) -> list[AccessShown]:
    """The accesses with what each released."""
    return [_access(list(lines), items, known, names) for _, lines in groupby(found, key=lambda access: access.access)]


def _access(
    lines: Sequence[Access], items: Mapping[str, Item], known: Sequence[Version], names: Mapping[str, str]
) -> AccessShown:
    first = lines[0]
    name = first.practitioner.partition("/")[2] or first.practitioner
    return AccessShown(
        at=first.at,
        agency=names.get(first.partner, spaced(first.partner)),
        practitioner=name.replace("-", " "),
        operation=operation_words(first.operation),
        purpose=purpose_words(first.purpose),
        seen=[_seen(line.seen, first.at, items, known, names) for line in lines if line.seen is not None],
    )


def _seen(
    seen: SeenItem, at: datetime, items: Mapping[str, Item], known: Sequence[Version], names: Mapping[str, str]
) -> SeenShown:
    item = items.get(seen.item)
    agreements = [_version(agreement, known, at) for agreement in seen.agreements]
    if item is None:
        kept = panel_words(seen.item)
        return SeenShown(f"{kept} {short_ref(seen.item)}" if kept else seen.item, "", Form(seen.form), agreements)
    origin = f"{type_words(item.type)}, {names.get(item.by, spaced(item.by))}"
    return SeenShown(class_words(item.data_class), origin, Form(seen.form), agreements)


def _version(agreement: str, known: Sequence[Version], at: datetime) -> str:
    version = in_force_at(known, agreement, at)
    return f"{agreement}, version {version.version}" if version else agreement
