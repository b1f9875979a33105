"""The recalls as a page shows them: what a partner must remove, and for how long it has not said that it did."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from services.governance.projections.decisions import Item
from services.governance.projections.disclosed import Recalled
from services.kernel.pages import Cell, Part, Table, instant, text
from services.kernel.pages.times import span_words, time_words
from services.kernel.pages.words import class_words, spaced, type_words


def recalls_table(
    found: Sequence[Recalled], items: Mapping[str, Item], names: Mapping[str, str], now: datetime
) -> Table:
    """The recalls, the oldest first."""
    rows = [
        [
            text(names.get(recalled.partner, spaced(recalled.partner))),
            _what(recalled, items.get(recalled.item), names),
            instant(recalled.decided),
            _state(recalled, now),
        ]
        for recalled in found
    ]
    return Table("Recalls, the oldest first", ["Agency", "What it must remove", "Recalled", "State"], rows)


def _what(recalled: Recalled, item: Item | None, names: Mapping[str, str]) -> Cell:
    what = Part(text=class_words(recalled.data_class))
    if item is None:
        return Cell((what,))
    origin = f"{type_words(item.type)}, {names.get(item.by, spaced(item.by))}"
    return Cell((what, Part(text=origin, quiet=True)))


def _state(recalled: Recalled, now: datetime) -> Cell:
    if recalled.acknowledged is not None:
        return Cell((Part(text="Removed"), Part(text=time_words(recalled.acknowledged), quiet=True)))
    waiting = span_words((now - recalled.decided).total_seconds())
    return Cell((Part(text="Not yet acknowledged"), Part(text=f"for {waiting}", quiet=True)))
