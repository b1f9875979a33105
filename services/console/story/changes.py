"""Changes: what a step made different for each agency, counted from what the hub's governance can see, never foretold.

Governance sees forms and kinds of records, and no content.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from schemas.classes import Form, Purpose
from services.console.rehearsal.hubs import LEAD, ThrowAwayHub
from services.console.rehearsal.scenario import JSON

PANEL = "efh-panel"
COORDINATOR = f"{PANEL}/coordinator"

Counts = dict[str, int]
"""Data class -> how many records."""


@dataclass(frozen=True)
class Sight:
    """What everybody may have at an instant."""

    classes: Mapping[str, str]
    """Item -> data class."""
    forms: Mapping[str, Mapping[str, str]]
    """Partner -> item -> form, for the items of which it may have something."""
    asked: Mapping[str, Mapping[str, tuple[str, ...]]]
    """Partner -> recalls that it has been sent -> the purposes for which it may no longer keep a copy."""
    answered: Mapping[str, frozenset[str]]
    """Partner -> recalls that it has acknowledged."""
    tasks: Mapping[str, Mapping[str, frozenset[str]]] = field(default_factory=dict)
    """Partner -> kind of thing in the panel's room, such as `action` -> those that are there for it."""

    def document(self) -> JSON:
        """As JSON."""
        return {
            "classes": dict(self.classes),
            "forms": {partner: dict(forms) for partner, forms in self.forms.items()},
            "asked": {partner: {recall: list(of) for recall, of in asked.items()}
                      for partner, asked in self.asked.items()},
            "answered": {partner: sorted(recalls) for partner, recalls in self.answered.items()},
            "tasks": {partner: {kind: sorted(refs) for kind, refs in tasks.items()}
                      for partner, tasks in self.tasks.items()},
        }  # fmt: skip

    @classmethod
    def recalled(cls, told: JSON) -> "Sight":
        """What `document` gave."""
        return cls(
            told["classes"],
            told["forms"],
            {partner: {recall: tuple(of) for recall, of in asked.items()} for partner, asked in told["asked"].items()},
            {partner: frozenset(recalls) for partner, recalls in told["answered"].items()},
            {partner: {kind: frozenset(refs) for kind, refs in tasks.items()}
             for partner, tasks in told["tasks"].items()},
        )  # fmt: skip


@dataclass
class Change:
    """What is different for one partner."""

    new: dict[str, Counts] = field(default_factory=dict)
    """Form -> the records that it has now and had not before."""
    other: dict[str, Counts] = field(default_factory=dict)
    """Form -> the records that it has in this form now, and had in another."""
    gone: Counts = field(default_factory=dict)
    asked: int = 0
    asked_for: list[str] = field(default_factory=list)
    """The purposes for which it is to remove copies."""
    answered: int = 0
    tasks: Counts = field(default_factory=dict)
    """Kind of thing in the panel's room -> how many there are more."""

    def __bool__(self) -> bool:
        return bool(self.new or self.other or self.gone or self.asked or self.answered or self.tasks)


def see(stage: ThrowAwayHub, panel: bool = False) -> Sight:
    """What everybody may have now; `panel`, also what is in the panel's room, as its co-ordinator can see."""
    classes: dict[str, str] = {}
    forms: dict[str, dict[str, str]] = {}
    for item in _items(stage):
        classes[item["item"]] = item["class"]
        for partner, cell in item["cells"].items():
            if cell["form"] != Form.NONE:
                forms.setdefault(partner, {})[item["item"]] = cell["form"]
    asked: dict[str, dict[str, tuple[str, ...]]] = {}
    answered: dict[str, set[str]] = {}
    for one in stage.ask("GET", "/governance/v1/recalls", LEAD).json()["recalls"]:
        asked.setdefault(one["partner"], {})[one["recall"]] = tuple(one["purposes"])
        if one["acknowledged"] is not None:
            answered.setdefault(one["partner"], set()).add(one["recall"])
    return Sight(classes, forms, asked, _frozen(answered), _tasks(stage) if panel else {})


def changes(before: Sight, after: Sight) -> dict[str, Change]:
    """Partner -> what is different, for those for whom something is."""
    partners = dict.fromkeys((*before.forms, *after.forms, *after.asked, *after.tasks))
    found = {partner: _change(partner, before, after) for partner in partners}
    return {partner: change for partner, change in found.items() if change}


def _change(partner: str, before: Sight, after: Sight) -> Change:
    had, has = before.forms.get(partner, {}), after.forms.get(partner, {})
    fresh = {
        recall: purposes
        for recall, purposes in after.asked.get(partner, {}).items()
        if recall not in before.asked.get(partner, {})
    }
    change = Change(
        asked=len(fresh),
        asked_for=sorted({purpose for purposes in fresh.values() for purpose in purposes}),
        answered=len(after.answered.get(partner, frozenset()) - before.answered.get(partner, frozenset())),
    )
    for kind, refs in after.tasks.get(partner, {}).items():
        more = refs - before.tasks.get(partner, {}).get(kind, frozenset())
        if more:
            change.tasks[kind] = len(more)
    for item, form in has.items():
        if had.get(item) != form:
            counted = change.other if item in had else change.new
            _count(counted.setdefault(form, {}), after.classes[item])
    for item in had:
        if item not in has:
            _count(change.gone, before.classes[item])
    return change


def _tasks(stage: ThrowAwayHub) -> dict[str, dict[str, frozenset[str]]]:
    """Contexts and referrals by how far they are, meetings, and the actions of each owner."""

    def listed(what: str) -> list[JSON]:
        query = {"purpose": Purpose.CONTEXT.value}
        found: list[JSON] = stage.ask("GET", f"/panel/v1/{what}", COORDINATOR, params=query).json()[what]
        return found

    tasks: dict[str, dict[str, set[str]]] = {}

    def add(partner: str, kind: str, ref: str) -> None:
        tasks.setdefault(partner, {}).setdefault(kind, set()).add(ref)

    for one in listed("contexts"):
        add(PANEL, f"context {one['state']}", one["ref"])
    for one in listed("referrals"):
        add(PANEL, f"referral {one['standing']}", one["ref"])
    for one in listed("meetings"):
        add(PANEL, "meeting", one["ref"])
    for one in listed("actions"):
        add(one["owner"], "action", one["ref"])
    return {partner: _frozen(kinds) for partner, kinds in tasks.items()}


def _count(counts: Counts, data_class: str) -> None:
    counts[data_class] = counts.get(data_class, 0) + 1


def _items(stage: ThrowAwayHub) -> Iterator[JSON]:
    query = {"limit": "500"}
    while True:
        page = stage.ask("GET", "/governance/v1/matrix", LEAD, params=query).json()
        yield from page["items"]
        if page["next"] is None:
            return
        query["after"] = page["next"]


def _frozen(sets: Mapping[str, set[str]]) -> dict[str, frozenset[str]]:
    return {name: frozenset(members) for name, members in sets.items()}
