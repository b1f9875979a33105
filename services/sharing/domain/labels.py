"""Labels: reducing an item to what a rule may depend on."""

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime

from schemas.classes import DataClass, Handling
from schemas.decisions import ContextStanding, ItemState, Label, Window
from services.sharing.domain.rules import Rules


@dataclass(frozen=True)
class ItemFacts:
    """What the pipeline knows of an item without opening it."""

    source: str
    data_class: DataClass
    handling: Handling
    recorded: datetime
    state: ItemState
    contexts: tuple[str, ...]
    """The contexts it is about: named by the item itself, or else by its report."""


def label_of(item: ItemFacts, rules: Rules, standings: dict[str, ContextStanding], now: datetime) -> Label:
    """The label under which an item is decided at an instant."""
    return Label(
        source=item.source,
        data_class=item.data_class.value,
        handling=item.handling.code.value,
        existence=item.handling.existence,
        state=item.state,
        context=_standing(item, standings),
        addressed_to=tuple(sorted(set(item.handling.addressed_to))),
        window=_window(item, now),
        era=rules.era(item.source, item.recorded),
    )


def _standing(item: ItemFacts, standings: dict[str, ContextStanding]) -> ContextStanding:
    """The strictest standing over all contexts of an item of class context."""
    if item.data_class is not DataClass.CONTEXT or not item.contexts:
        return ContextStanding.NOT_A_CONTEXT
    each = {standings.get(context, ContextStanding.TOO_FEW) for context in item.contexts}
    return ContextStanding.ENOUGH if each == {ContextStanding.ENOUGH} else ContextStanding.TOO_FEW


def _window(item: ItemFacts, now: datetime) -> Window:
    limits = item.handling.reading_window
    return Window.OPEN if limits is None or limits.is_open(now) else Window.CLOSED


def label_key(label: Label) -> str:
    """Names a label: 32 hexadecimal digits over its canonical JSON."""
    text = json.dumps(label.model_dump(mode="json"), sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()[:32]
