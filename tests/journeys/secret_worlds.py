"""Worlds that differ only in what one partner, the watcher, may not know.

All tell the same common history. Into it secrets are laid: what other agencies report, agree, withdraw and read.
A secret is kept only if, by the text of the rule, the watcher's answer is never another because of it.
"""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta

from services.console.rehearsal.scenario import JSON
from tests.journeys.made_up import GENERALISABLE, MAY_NAME_A_CONTEXT, NEVER, NOW, PURPOSES, TYPES, Answer, text

PARTNERS = ("education", "health", "police", "social-work")
BORN = {f"K{n}": f"2010-0{n}-11" for n in range(1, 8)} | {
    "G1": "2007-03-02",
    "T1": (NOW.date() + timedelta(days=2)).replace(year=NOW.year - 18).isoformat(),
    "K8": "2011-01-05",
    "K9": "2011-10-28",
}
"""G1 is an adult by now, T1 becomes one two days later; K8 and K9 are in secrets alone."""
KNOWN = ("K1", "K2", "K3", "K4", "K5", "K6", "K7", "G1", "T1")
PLACES = ("park", "pier")
START = NOW - timedelta(days=20)
_THOUGHT_OF = 9
"""Groups of secrets that are tried on a world."""

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
    """An agency reports; `also` are further identifiers that it gives for its young people."""

    report: JSON
    also: tuple[tuple[str, str], ...] = ()

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


Act = Agree | Ruling | Leave | Report | Correct | Fumble | Look | Acknowledge | Move | Settle


@dataclass(frozen=True)
class Secret:
    """Something that the watcher may not know: an act before the common act of this number, or, for a report that
    others see too, what it says in place of the common one; None leaves the report out."""

    at: int
    act: Act | None
    instead: bool = False


@dataclass(frozen=True)
class World:
    """A common history with the secrets of one world in it."""

    watcher: str
    common: tuple[Act, ...]
    secrets: tuple[Secret, ...] = ()

    def acts(self) -> Iterator[tuple[bool, Act]]:
        """What happens, in order, and whether it is common to both worlds."""
        for number, act in enumerate((*self.common, Settle())):
            here = [one for one in self.secrets if one.at == number]
            yield from ((False, one.act) for one in here if one.act is not None and not one.instead)
            instead = [one.act for one in here if one.instead]
            if not instead:
                yield True, act
            elif instead[0] is not None:
                yield True, instead[0]


    def without(self, secret: Secret) -> "World":
        """The same but for one secret."""
        return replace(self, secrets=tuple(one for one in self.secrets if one is not secret))


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


@dataclass
class Weaver:
    """Makes pairs of worlds from a seed."""

    seed: int
    pick: random.Random = field(init=False)
    watcher: str = field(init=False)
    partners: tuple[str, ...] = field(init=False)
    _reports: int = 0
    _items: int = 0

    def __post_init__(self) -> None:
        self.pick = random.Random(self.seed)
        self.partners = PARTNERS if self.pick.random() < 0.8 else tuple(self.pick.sample(PARTNERS, 3))
        self.watcher = self.pick.choice(self.partners)

    @property
    def others(self) -> list[str]:
        return [one for one in self.partners if one != self.watcher]

    def worlds(self, count: int) -> list[World]:
        """A world without secrets, and others with as many of the secrets thought of as are fair."""
        bare = World(self.watcher, tuple(self._common()))
        trail = Trail(bare)
        return [bare, *(self._with_secrets(bare, trail) for _ in range(count - 1))]

    def _with_secrets(self, bare: World, trail: Trail) -> World:
        world = bare
        for secrets in self._secrets(bare.common):
            more = replace(world, secrets=(*world.secrets, *secrets))
            twisted = [one.at for one in more.secrets if one.instead]
            if len(twisted) == len(set(twisted)) and Trail(more).is_as(trail):
                world = more
        return world

    def _common(self) -> Iterator[Act]:
        agreements = [self._agreement(f"A{n}", [self.watcher]) for n in range(1, self.pick.randint(2, 4))]
        yield from map(Agree, agreements)
        yield Settle()
        middle: list[Act] = [Report(self._report()) for _ in range(self.pick.randint(4, 7))]
        middle += [Report(self._gathering(place)) for place in self.pick.sample(PLACES, 1) for _ in range(3)]
        self.pick.shuffle(middle)
        for act in middle:
            yield act
            if self.pick.random() < 0.3:
                yield Settle()
        yield Settle()
        yield from self._turns(agreements, [act.report for act in middle if isinstance(act, Report)])

    def _turns(self, agreements: Sequence[JSON], reports: Sequence[JSON]) -> Iterator[Act]:
        """What happens to agreements and reports afterwards, before everybody's eyes."""
        name = self.pick.choice(agreements)["id"]
        withdrawn = self.pick.choice(reports)
        turns: list[list[Act]] = [
            [Ruling("suspension", name), Settle(), Ruling("reinstatement", name)],
            [Ruling("suspension", name)],
            [Correct("withdraw", withdrawn["by"], withdrawn["id"], f"{withdrawn['id']}-withdrawn")],
            [Move(60)],
            [Acknowledge(self.watcher)],
            [Fumble("quarantine", self.watcher, "odd-1"), Fumble("park", self.watcher, "odd-2")],
            [Report(self._report(by=self.watcher)), Look(self.watcher, self.pick.choice(PURPOSES))],
        ]
        for turn in self.pick.sample(turns, self.pick.randint(2, 4)):
            yield from turn
            yield Settle()

    def _agreement(self, name: str, must: Sequence[str], at_most: Sequence[str] | None = None) -> JSON:
        rest = [one for one in (at_most or self.partners) if one not in must]
        parties = [*must, *self.pick.sample(rest, self.pick.randint(max(1, 2 - len(must)), len(rest)))]
        receivers = {*must, *self.pick.sample(self.partners, 2)}
        ends = self.pick.choice([90, 90, 90, 22])
        return {
            "id": name,
            "title": f"Agreement {name}",
            "purpose": self.pick.choice(PURPOSES),
            "parties": parties,
            "starts": text(NOW - timedelta(days=90)),
            "ends": text(START + timedelta(days=ends)),
            "grants": {receiver: self._grants() for receiver in sorted(receivers)},
        }

    def _grants(self) -> JSON:
        classes = sorted({one for classes in TYPES.values() for one in classes} - NEVER)
        chosen = {*self.pick.sample(classes, self.pick.randint(4, 9)), "context", "missing"}
        return {one: self._form(one) for one in sorted(chosen)}

    def _form(self, data_class: str) -> str:
        forms = ["full", "full", "pseudonymised"]
        return self.pick.choice(forms + ["generalised"] * 2 if data_class in GENERALISABLE else forms)

    def _report(self, by: str = "", secret: bool = False) -> JSON:
        kind = self.pick.choice([*TYPES, "missing-episode.reported", "referral.submitted", "school.concern"])
        classes = self.pick.sample(TYPES[kind], self.pick.randint(1, len(TYPES[kind])))
        by = by or self.pick.choice([*self.others, *self.others, self.watcher])
        report = self._told(by, kind, [self._item(one, secret) for one in classes], secret)
        if kind in MAY_NAME_A_CONTEXT and self.pick.random() < 0.6:
            report["context"] = self.pick.choice(PLACES)
        if self.pick.random() < 0.3:
            report["young_people"] = self._people(1, 3, secret)
        return report

    def _gathering(self, place: str) -> JSON:
        """A report with enough young people to tell of a place in general terms."""
        report = self._told(
            self.pick.choice(self.partners), "context.observed", [self._item("context", place=place)], False
        )
        return report | {"context": place, "young_people": self._people(4, 6)}

    def _told(self, by: str, kind: str, items: list[JSON], secret: bool) -> JSON:
        self._reports += 1
        at = START - timedelta(hours=self.pick.randint(1, 200))
        return {"id": f"{'S' if secret else 'E'}{self._reports}", "at": text(at), "by": by, "type": kind, "items": items}

    def _item(self, data_class: str, secret: bool = False, place: str = "") -> JSON:
        self._items += 1
        item: JSON = {"id": f"F{self._items}", "class": data_class, "about": self._people(1, 3, secret)}
        if data_class == "context":
            item["about"] = [f"context:{place or self.pick.choice(PLACES)}"]
        elif data_class == "adult_of_concern":
            item["about"] = ["adult:Z1", *self._people(0, 1, secret)]
        conditions = self.pick.random()
        if conditions < (0.6 if secret else 0.1):
            item["handling"] = {"code": "C", "existence": "silent"}
        elif conditions < 0.2:
            item["handling"] = {"code": "C", "existence": "disclosable"}
        return item

    def _people(self, least: int, most: int, secret: bool = False) -> list[str]:
        return sorted(self.pick.sample([*KNOWN, "K8", "K9"] if secret else KNOWN, self.pick.randint(least, most)))

    def _secrets(self, common: Sequence[Act]) -> Iterator[tuple[Secret, ...]]:
        """Secrets that may or may not be fair; those of one tuple belong together."""
        places = range(1, len(common) + 1)
        ways = [
            self._hidden_report,
            self._hidden_report,
            self._twist,
            self._twist,
            self._amended,
            self._hidden_agreement,
            self._noise,
        ]
        for _ in range(_THOUGHT_OF):
            at = sorted(self.pick.choices(places, k=4))
            yield tuple(self.pick.choice(ways)(common, at))

    def _hidden_report(self, common: Sequence[Act], at: Sequence[int]) -> Iterator[Secret]:
        report = self._report(by=self.pick.choice(self.others), secret=True)
        yield Secret(at[0], Report(report, self._also(report)))
        if self.pick.random() < 0.6:
            what = self.pick.choice(["withdraw", "silence"])
            yield Secret(at[1], Correct(what, report["by"], report["id"], f"{report['id']}-{what}"))
            yield Secret(at[2], Acknowledge(self.pick.choice(self.others)))

    def _also(self, report: JSON) -> tuple[tuple[str, str], ...]:
        """Further identifiers, which no other report gives."""
        people = {one for item in report["items"] for one in item["about"] if ":" not in one}
        return tuple((one, f"secret|{one}") for one in sorted(people) if self.pick.random() < 0.5)

    def _twist(self, common: Sequence[Act], _: Sequence[int]) -> Iterator[Secret]:
        """A report that others see as well says something else in what the watcher does not get, or is not made."""
        told = [(n, one) for n, one in enumerate(common) if isinstance(one, Report) and one.by != self.watcher]
        number, act = self.pick.choice(told)
        if self.pick.random() < 0.2:
            yield Secret(number, None, instead=True)
            return
        report = act.report | {"items": [self._twisted(item) for item in act.report["items"]]}
        unused = [one for one in TYPES[report["type"]] if one not in {item["class"] for item in report["items"]}]
        if unused and self.pick.random() < 0.7:
            report["items"] = [*report["items"], self._item(self.pick.choice(unused), secret=True)]
        if self.pick.random() < 0.3:
            report["young_people"] = self._people(1, 2, secret=True)
        yield Secret(number, Report(report, self._also(report)), instead=True)

    def _amended(self, common: Sequence[Act], at: Sequence[int]) -> Iterator[Secret]:
        act = self.pick.choice([one for one in common if isinstance(one, Report) and one.by != self.watcher])
        item = self._item(self.pick.choice(sorted(NEVER)), secret=True)
        yield Secret(at[0], Correct("amend", act.by, act.name, f"{act.name}-{item['id']}", item))

    def _twisted(self, item: JSON) -> JSON:
        hidden = item["class"] in NEVER or item.get("handling", {}).get("existence") == "silent"
        return self._item(item["class"], secret=True) if hidden or self.pick.random() < 0.3 else item

    def _hidden_agreement(self, common: Sequence[Act], at: Sequence[int]) -> Iterator[Secret]:
        self._items += 1
        agreement = self._agreement(f"H{self._items}", [], self.others)
        agreement["grants"][self.watcher] = self._grants()
        name, party = agreement["id"], agreement["parties"][0]
        yield Secret(at[0], Agree(agreement))
        later: list[list[Act]] = [
            [Ruling("suspension", name), Ruling("reinstatement", name)],
            [Ruling("suspension", name)],
            [Ruling("end", name)],
            [Leave(party, name)],
            [],
        ]
        for place, act in zip(at[1:], self.pick.choice(later), strict=False):
            yield Secret(place, act)

    def _noise(self, common: Sequence[Act], at: Sequence[int]) -> Iterator[Secret]:
        self._items += 1
        by, name = self.pick.choice(self.others), f"noise-{self._items}"
        acts: list[Act] = [
            Look(by, self.pick.choice(PURPOSES)),
            Look("governance", self.pick.choice(PURPOSES)),
            Fumble("quarantine", by, name),
            Fumble("park", by, name),
            Fumble("spoil", by, name),
            Fumble("repeat", by, name),
            Acknowledge(by),
        ]
        for place, act in zip(at, self.pick.sample(acts, 3), strict=False):
            yield Secret(place, act)


def worlds_of(seed: int, count: int = 2) -> list[World]:
    """The worlds of a seed: all must look the same to the watcher."""
    return Weaver(seed).worlds(count)
