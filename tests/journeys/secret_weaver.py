"""The weaver: makes a common history from a seed, thinks of secrets, and keeps those that are fair to the watcher."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from itertools import chain

from services.console.rehearsal.scenario import JSON
from tests.journeys.made_up import GENERALISABLE, MAY_NAME_A_CONTEXT, NEVER, NOW, PURPOSES, TYPES, text
from tests.journeys.secret_worlds import (
    KNOWN,
    PARTNERS,
    START,
    Acknowledge,
    Act,
    Agree,
    Correct,
    Fumble,
    Leave,
    Look,
    Move,
    Nothing,
    Report,
    Ruling,
    Secret,
    Settle,
    Trail,
    World,
)

PLACES = ("park", "pier")
_THOUGHT_OF = 9
"""Groups of secrets that are tried on a world."""


def worlds_of(seed: int, count: int = 2) -> list[World]:
    """The worlds of a seed, the first without secrets: all must look the same to the watcher."""
    weaver = Weaver(seed)
    bare = World(weaver.watcher, weaver.common)
    trail = Trail(bare)
    return [bare, *(weaver.with_secrets(bare, trail) for _ in range(count - 1))]


@dataclass
class Weaver:
    """Makes up everything from one stream of chance."""

    seed: int
    pick: random.Random = field(init=False)
    watcher: str = field(init=False)
    common: tuple[Act, ...] = field(init=False)
    _reports: int = 0
    _items: int = 0

    def __post_init__(self) -> None:
        self.pick = random.Random(self.seed)
        self.watcher = self.pick.choice(PARTNERS)
        self.others = [one for one in PARTNERS if one != self.watcher]
        self.common = tuple(self._history())

    def with_secrets(self, bare: World, trail: Trail) -> World:
        """The world with as many of the secrets thought of as are fair."""
        fair = self.fair_groups(bare, trail, _THOUGHT_OF)
        return replace(bare, secrets=tuple(chain.from_iterable(fair)))

    def fair_groups(self, bare: World, trail: Trail, thought_of: int) -> list[tuple[Secret, ...]]:
        """Groups of secrets that are fair, all together; so many are thought of."""
        groups, world = list[tuple[Secret, ...]](), bare
        for secrets in self._secrets(thought_of):
            more = replace(world, secrets=(*world.secrets, *secrets))
            twisted = [one.at for one in more.secrets if one.instead]
            if len(twisted) == len(set(twisted)) and Trail(more).is_as(trail):
                world = more
                groups.append(secrets)
        return groups

    # the common history

    def _history(self) -> Iterator[Act]:
        agreements = [self._agreement(f"A{n}", [self.watcher]) for n in range(1, self.pick.randint(2, 4))]
        yield from map(Agree, agreements)
        yield Settle()
        place = self.pick.choice(PLACES)
        told = [self._report() for _ in range(self.pick.randint(4, 6))] + [self._gathering(place) for _ in range(3)]
        self.pick.shuffle(told)
        for report in told:
            yield Report(report)
            if self.pick.random() < 0.3:
                yield Settle()
        yield Settle()
        yield from self._turns(agreements, told, place)

    def _turns(self, agreements: Sequence[JSON], reports: Sequence[JSON], place: str) -> Iterator[Act]:
        """What becomes of agreements and reports, before everybody's eyes."""
        name = self.pick.choice(agreements)["id"]
        withdrawn = self.pick.choice(reports)
        back: list[Act] = self.pick.choice([[], [Settle(), Ruling("reinstatement", name)]])
        turns: list[list[Act]] = [
            [Ruling("suspension", name), *back],
            [Correct("withdraw", withdrawn["by"], withdrawn["id"], f"{withdrawn['id']}-withdrawn")],
            [Agree(self._agreement("A9", [self.watcher])), Report(self._gathering(place))],
            [Move(60)],
            [Acknowledge(self.watcher)],
            [Fumble("quarantine", self.watcher, "odd-1"), Fumble("park", self.watcher, "odd-2")],
            [Report(self._report(by=self.watcher)), Look(self.watcher, self.pick.choice(PURPOSES))],
        ]
        for turn in self.pick.sample(turns, self.pick.randint(2, 4)):
            yield from turn
            yield Settle()

    def _agreement(self, name: str, must: Sequence[str], of: Sequence[str] = PARTNERS) -> JSON:
        rest = [one for one in of if one not in must]
        parties = [*must, *self.pick.sample(rest, self.pick.randint(2 - len(must), len(rest)))]
        receivers = {*must, *self.pick.sample(PARTNERS, 2)}
        return {
            "id": name,
            "title": f"Agreement {name}",
            "purpose": self.pick.choice(PURPOSES),
            "parties": parties,
            "starts": text(NOW - timedelta(days=90)),
            "ends": text(START + timedelta(days=self.pick.choice([90, 90, 90, 2]))),
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
        """A report with so many young people that the place can be told of in general terms."""
        report = self._told(self.pick.choice(PARTNERS), "context.observed", [self._item("context", place=place)])
        return report | {"context": place, "young_people": self._people(4, 6)}

    def _told(self, by: str, kind: str, items: list[JSON], secret: bool = False) -> JSON:
        self._reports += 1
        name = f"{'S' if secret else 'E'}{self._reports}"
        at = text(START - timedelta(hours=self.pick.randint(1, 200)))
        return {"id": name, "at": at, "by": by, "type": kind, "items": items}

    def _item(self, data_class: str, secret: bool = False, place: str = "") -> JSON:
        self._items += 1
        item: JSON = {"id": f"F{self._items}", "class": data_class, "about": self._people(1, 3, secret)}
        if data_class == "context":
            item["about"] = [f"context:{place or self.pick.choice(PLACES)}"]
        elif data_class == "adult_of_concern":
            item["about"] = ["adult:Z1", *self._people(0, 1, secret)]
        conditions = self.pick.random()
        if secret and conditions < 0.15:
            item["handling"] = {"code": "P", "addressed_to": [self.others[0]]}
        elif conditions < (0.6 if secret else 0.1):
            item["handling"] = {"code": "C", "existence": "silent"}
        elif conditions < 0.2:
            item["handling"] = {"code": "C", "existence": "disclosable"}
        if (
            0.3 < conditions < 0.35 or 0.7 < conditions < 0.75
        ):  # opens and closes while the clock of these worlds goes on
            window = {"opens": text(START + timedelta(hours=30)), "closes": text(START + timedelta(hours=90))}
            item["handling"] = item.get("handling", {"code": "P"}) | {"reading_window": window}
        return item

    def _people(self, least: int, most: int, secret: bool = False) -> list[str]:
        return sorted(self.pick.sample([*KNOWN, "K8", "K9"] if secret else KNOWN, self.pick.randint(least, most)))

    # secrets

    def _secrets(self, thought_of: int) -> Iterator[tuple[Secret, ...]]:
        """Secrets that may or may not be fair; those of one tuple belong together."""
        ways = [
            self._hidden_report,
            self._hidden_report,
            self._twist,
            self._twist,
            self._other_identifiers,
            self._amendment,
            self._hidden_agreement,
            self._noise,
        ]
        for _ in range(thought_of):
            at = sorted(self.pick.choices(range(1, len(self.common) + 1), k=4))
            yield tuple(self.pick.choice(ways)(at))

    def _hidden_report(self, at: Sequence[int]) -> Iterator[Secret]:
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

    def _told_by_others(self) -> tuple[int, Report]:
        told = [(n, one) for n, one in enumerate(self.common) if isinstance(one, Report) and one.by != self.watcher]
        return self.pick.choice(told)

    def _other_identifiers(self, _: Sequence[int]) -> Iterator[Secret]:
        number, act = self._told_by_others()
        yield Secret(number, Report(act.report, self._also(act.report)), instead=True)

    def _twist(self, _: Sequence[int]) -> Iterator[Secret]:
        """A report that others see says something else in what the watcher does not get, or is not made at all."""
        number, act = self._told_by_others()
        if self.pick.random() < 0.2:
            yield Secret(number, Nothing(), instead=True)
            return
        report = act.report | {"items": [self._twisted(item) for item in act.report["items"]]}
        unused = [one for one in TYPES[report["type"]] if one not in {item["class"] for item in report["items"]}]
        if unused and self.pick.random() < 0.7:
            more = self._item(self.pick.choice(unused), secret=True)
            report["items"] = self.pick.choice([[*report["items"], more], [more, *report["items"]]])
        if self.pick.random() < 0.3:
            report["young_people"] = self._people(1, 2, secret=True)
        yield Secret(number, Report(report, self._also(report)), instead=True)

    def _twisted(self, item: JSON) -> JSON:
        handling = item.get("handling", {})
        hidden = item["class"] in NEVER or handling.get("existence") == "silent" or "addressed_to" in handling
        return self._item(item["class"], secret=True) if hidden or self.pick.random() < 0.3 else item

    def _amendment(self, at: Sequence[int]) -> Iterator[Secret]:
        _, act = self._told_by_others()
        item = self._item(self.pick.choice(sorted(NEVER)), secret=True)
        yield Secret(at[0], Correct("amend", act.by, act.name, f"{act.name}-{item['id']}", item))

    def _hidden_agreement(self, at: Sequence[int]) -> Iterator[Secret]:
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

    def _noise(self, at: Sequence[int]) -> Iterator[Secret]:
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
