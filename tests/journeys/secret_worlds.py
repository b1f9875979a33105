"""Worlds that differ only in what one partner, the watcher, may not know.

All tell the same common history. Into it secrets are laid: what other agencies report, agree, withdraw and read.
A secret is kept only if, by the text of the rule, the watcher's answer is never another because of it.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta

from services.console.rehearsal.scenario import JSON
from tests.journeys.made_up import NOW, PURPOSES, Answer, text

START = NOW - timedelta(days=20)
PARTNERS = ("education", "health", "police", "social-work")
BORN = {f"K{n}": f"2010-0{n}-11" for n in range(1, 8)} | {
    "G1": "2007-03-02",
    "T1": (START.date() + timedelta(days=2)).replace(year=START.year - 18).isoformat(),
    "K8": "2011-01-05",
    "K9": "2011-10-28",
}
"""G1 is an adult by now, T1 becomes one two days later; K8 and K9 are in secrets alone."""
KNOWN = ("K1", "K2", "K3", "K4", "K5", "K6", "K7", "G1", "T1")

Cells = dict[tuple[str, str], str]
"""Item and purpose -> the form in which the watcher has it."""


@dataclass(frozen=True)
class Agree:
    """An agreement is drafted, signed by all its parties and brought into force."""

    agreement: JSON


@dataclass(frozen=True)
class Ruling:
    """An agreement is suspended, reinstated or ended."""

    what: str
    agreement: str


@dataclass(frozen=True)
class Leave:
    """A party leaves an agreement."""

    by: str
    agreement: str


@dataclass(frozen=True)
class Report:
    """An agency reports; `also` are further identifiers that it gives for its young people, `before` the usual one."""

    report: JSON
    also: tuple[tuple[str, str], ...] = ()
    before: bool = False

    @property
    def by(self) -> str:
        return str(self.report["by"])

    @property
    def name(self) -> str:
        return str(self.report["id"])


@dataclass(frozen=True)
class Correct:
    """An agency withdraws a report, has it handled in silence, or amends it with an item that nobody else may have."""

    what: str
    by: str
    report: str
    name: str
    item: JSON | None = None


@dataclass(frozen=True)
class Fumble:
    """An agency sends what is kept in quarantine, waits for its original, breaks the schema, or was sent before."""

    what: str
    by: str
    name: str


@dataclass(frozen=True)
class Look:
    """Somebody reads for a purpose: an agency, or the governance lead who saw what."""

    by: str
    purpose: str


@dataclass(frozen=True)
class Acknowledge:
    """An agency says of all its recalls that it removed what they name."""

    by: str


@dataclass(frozen=True)
class Move:
    """Hours pass."""

    hours: int


@dataclass(frozen=True)
class Settle:
    """Everything said so far is heard by everybody."""


@dataclass(frozen=True)
class Nothing:
    """Nothing happens."""


Act = Nothing | Agree | Ruling | Leave | Report | Correct | Fumble | Look | Acknowledge | Move | Settle


@dataclass(frozen=True)
class Secret:
    """Something that the watcher may not know: an act before the common act of this number, or, for a report that
    others see too, what happens in place of the common one."""

    at: int
    act: Act
    instead: bool = False


@dataclass(frozen=True)
class World:
    """A common history with the secrets of one world in it."""

    watcher: str
    common: tuple[Act, ...]
    secrets: tuple[Secret, ...] = ()

    def acts(self) -> Iterator[tuple[bool, Act]]:
        """What happens, in order, and whether something is common to all worlds at this place."""
        for number, act in enumerate((*self.common, Settle())):
            here = [one for one in self.secrets if one.at == number]
            yield from ((False, one.act) for one in here if not one.instead)
            yield True, next((one.act for one in here if one.instead), act)

    def without(self, secret: Secret) -> "World":
        """The same but for one secret."""
        return replace(self, secrets=tuple(one for one in self.secrets if one is not secret))


def reported_anew(by: str) -> JSON:
    """What a watcher reports when it has asked everything: on somebody whom it may not have known of."""
    items = [{"id": f"F-anew-{by}", "class": "identity", "about": ["K1", "K9"]}]
    told = {"id": f"E-anew-{by}", "at": START.isoformat(), "by": by, "type": "missing-episode.reported"}
    return told | {"items": items}


class Trail:
    """What the watcher has after each common act, and whether a secret ever changed it."""

    def __init__(self, world: World) -> None:
        self.cells: list[Cells] = []
        self.shaken = False
        told = _Told(world.watcher)
        before: Cells = {}
        for common, act in world.acts():
            told.tell(act)
            cells = told.cells()
            self.shaken = self.shaken or (not common and cells != before)
            if common:
                self.cells.append(cells)
            before = cells
        self._items: dict[str, JSON] = {}
        for report in told.reports:
            shown = {name: report[name] for name in ("id", "at", "by", "type")}
            self._items |= {item["id"]: shown | item for item in report["items"]}

    def given(self) -> dict[str, JSON | None]:
        """Every item that the watcher ever had in any form, as it was told."""
        return {item: self._items.get(item) for cells in self.cells for item, _ in cells}

    def is_as(self, bare: "Trail") -> bool:
        """Whether the rule gives the watcher the same all along, and none of it is told differently."""
        return not self.shaken and self.cells == bare.cells and self.given() == bare.given()


class _Told(Answer):
    """The answer by the text of the rule, act by act, for one partner."""

    def __init__(self, watcher: str) -> None:
        subjects = [{"id": name, "born": born} for name, born in BORN.items()]
        partners = [{"id": one} for one in PARTNERS]
        super().__init__(
            {"now": text(START), "partners": partners, "subjects": subjects, "agreements": [], "reports": []}
        )
        self.watcher = watcher
        self._silent: set[str] = set()
        self._more: dict[str, list[JSON]] = {}

    def tell(self, act: Act) -> None:
        """Take one act; a correction may come before what it corrects."""
        match act:
            case Agree(agreement):
                self.apply({"agree": agreement})
            case Ruling("suspension", name):
                self.apply({"suspend": name})
            case Ruling("reinstatement", name):
                self.apply({"reinstate": name})
            case Ruling(_, name):
                self.apply({"terminate": name})
            case Report(report):
                self.apply({"report": self._corrected(report)})
            case Correct("withdraw", _, name):
                self.apply({"withdraw_report": name})
            case Correct(what, _, name):
                self._silent |= {name} if what == "silence" else set()
                self._more.setdefault(name, []).extend([act.item] if act.item else [])
                self.reports = [self._corrected(one) if one["id"] == name else one for one in self.reports]
            case Move(hours):
                self.apply({"at": text(self.now + timedelta(hours=hours))})

    def _corrected(self, report: JSON) -> JSON:
        silent = {"handling": {"code": "C", "existence": "silent"}} if report["id"] in self._silent else {}
        known = {item["id"] for item in report["items"]}
        more = [item for item in self._more.get(report["id"], ()) if item["id"] not in known]
        return report | {"items": [item | silent for item in (*report["items"], *more)]}

    def cells(self) -> Cells:
        found = {
            (item["id"], purpose): self._best(item, report, self.watcher, (purpose,))
            for report in self.reports
            for item in report["items"]
            for purpose in PURPOSES
        }
        return {cell: form for cell, form in found.items() if form != "none"}
