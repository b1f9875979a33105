"""Made-up scenarios, and the answer to who sees what in them by the text of the rule alone.

The answer is written as naively as the rule reads, and shares no code with the hub.
"""

import random
from datetime import UTC, date, datetime, timedelta
from typing import Any

from services.console.rehearsal.scenario import JSON, instant, merged

NOW = datetime(2026, 6, 15, 12, tzinfo=UTC)
PURPOSES = ("child_protection", "missing", "context", "adult_protection")
BEFORE_ALL, AFTER_ALL = "1900-01-01T00:00:00Z", "2199-01-01T00:00:00Z"
NEVER = {"voice_private", "health_sensitive", "intelligence_source"}
GENERALISABLE = {"missing", "decision", "context"}
ORDER = ("none", "generalised", "pseudonymised", "full")
TYPES = {
    "missing-episode.reported": ("identity", "address", "missing", "missing_companions"),
    "missing-episode.risk-assessed": ("missing",),
    "missing-episode.located": ("missing", "missing_companions"),
    "return-discussion.completed": ("voice_safety", "voice_private"),
    "intelligence.submitted": ("intelligence_submission",),
    "intelligence.published": ("intelligence_sanitised", "intelligence_source"),
    "health.attendance": ("health_summary", "health_sensitive"),
    "school.concern": ("school", "peer_links"),
    "ird.closed": ("decision", "identifiers"),
    "referral.submitted": ("identity", "peer_links", "context"),
    "context.observed": ("context",),
    "offence.charged": ("offence",),
    "adult-of-concern.identified": ("adult_of_concern",),
}
MAY_NAME_A_CONTEXT = {"school.concern", "referral.submitted", "context.observed"}
CLASSES = sorted({one for classes in TYPES.values() for one in classes})


def text(moment: datetime) -> str:
    return moment.isoformat().replace("+00:00", "Z")


class MadeUp:
    """A scenario made from a seed. Busy with contexts, which are the hardest to get right."""

    def __init__(self, seed: int) -> None:
        self.pick = random.Random(seed)
        self.partners = [f"agency-{letter}" for letter in "abcd"[: self.pick.randint(2, 4)]]
        self.subjects = [{"id": f"K{n}", "born": self._born()} for n in range(1, self.pick.randint(6, 9))]
        self._items = 0
        self._reports = 0
        self.document: JSON = {
            "scenario": 1,
            "title": f"made up {seed}",
            "now": text(NOW),
            "partners": [{"id": one} for one in self.partners],
            "subjects": self.subjects,
            "agreements": [self._agreement(f"A{n}") for n in range(1, self.pick.randint(2, 5))],
            "reports": [self._report() for _ in range(self.pick.randint(4, 8))],
        }
        self.document["what_if"] = [self._branch(n) for n in range(2)]

    def _born(self) -> str:
        edge = date(2008, 6, 15)
        return (edge + timedelta(days=self.pick.choice([-400, -1, 0, 1, 300, 700, 900, 1200]))).isoformat()

    def _agreement(self, name: str) -> JSON:
        parties = self.pick.sample(self.partners, self.pick.randint(2, len(self.partners)))
        receivers = self.pick.sample(self.partners, self.pick.randint(1, len(self.partners)))
        starts = self.pick.choice([timedelta(days=-90), timedelta(days=-90), timedelta(0), timedelta(seconds=1)])
        ends = self.pick.choice([timedelta(days=90), timedelta(days=90), timedelta(days=2), timedelta(0)])
        return {
            "id": name,
            "title": f"Agreement {name}",
            "purpose": self.pick.choice([*PURPOSES, "context", "child_protection"]),
            "parties": parties,
            "starts": text(NOW + starts),
            "ends": text(NOW + max(ends, starts + timedelta(seconds=1)) if self.pick.random() < 0.9 else NOW + ends),
            "grants": {receiver: self._grants() for receiver in receivers},
        }

    def _grants(self) -> JSON:
        classes = [one for one in CLASSES if one not in NEVER]
        chosen = {*self.pick.sample(classes, self.pick.randint(2, 7)), "context"}
        return {one: self._form(one) for one in sorted(chosen)}

    def _form(self, data_class: str) -> str:
        forms = ["full", "full", "pseudonymised"]
        return self.pick.choice(forms + ["generalised"] * 3 if data_class in GENERALISABLE else forms)

    def _report(self) -> JSON:
        self._reports += 1
        kind = self.pick.choice([*TYPES, "context.observed", "context.observed", "referral.submitted"])
        classes = self.pick.sample(TYPES[kind], self.pick.randint(1, len(TYPES[kind])))
        report: JSON = {
            "id": f"E{self._reports}",
            "at": text(NOW - timedelta(days=self.pick.randint(0, 40))),
            "by": self.pick.choice(self.partners),
            "type": kind,
            "items": [self._item(one) for one in classes],
        }
        if kind in MAY_NAME_A_CONTEXT and self.pick.random() < 0.8:
            report["context"] = self.pick.choice(["park", "park", "bus-station"])
        if self.pick.random() < 0.4:
            report["young_people"] = self._people(1, 3)
        return report

    def _item(self, data_class: str) -> JSON:
        self._items += 1
        item: JSON = {"id": f"F{self._items}", "class": data_class, "about": self._people(1, 4)}
        if data_class == "context":
            item["about"] = [f"context:{self.pick.choice(['park', 'park', 'bus-station'])}"]
        elif data_class == "adult_of_concern":
            item["about"] = ["adult:Z1", *self._people(0, 1)]
        handling = self.pick.random()
        if handling < 0.15:
            item["handling"] = {"code": "C", "existence": self.pick.choice(["disclosable", "silent"])}
        elif handling < 0.25:
            item["handling"] = {"code": self.pick.choice(["P", "C"])}
        return item

    def _people(self, least: int, most: int) -> list[str]:
        return sorted(self.pick.sample([one["id"] for one in self.subjects], self.pick.randint(least, most)))

    def _branch(self, number: int) -> JSON:
        agreements = [one["id"] for one in self.document["agreements"]]
        rules: list[JSON] = []
        suspended: set[str] = set()
        gone: set[str] = set()
        for _ in range(self.pick.randint(1, 4)):
            standing = [one for one in agreements if one not in gone]
            name = self.pick.choice(standing) if standing else None
            match self.pick.randrange(7):
                case 0:
                    rules.append({"at": text(NOW + self.pick.choice(SHIFTS))})
                case 1 if name and name not in suspended:
                    rules.append({"suspend": name})
                    suspended.add(name)
                case 2 if suspended - gone:
                    back = sorted(suspended - gone)[0]
                    rules.append({"reinstate": back})
                    suspended.discard(back)
                case 3 if name:
                    rules.append({"terminate": name})
                    gone.add(name)
                case 4 if name:
                    rules.append({"amend": name, "with": self._patch()})
                    suspended.discard(name)
                case 5:
                    new = self._agreement(f"B{number}{len(rules)}")
                    rules.append({"agree": new})
                    agreements.append(new["id"])
                case _:
                    rules.append(self._said())
        return {"title": f"branch {number}", "rules": rules or [{"at": text(NOW)}]}

    def _said(self) -> JSON:
        if self.pick.random() < 0.5:
            return {"report": self._report()}
        return {"withdraw_report": self.pick.choice(self.document["reports"])["id"]}

    def _patch(self) -> JSON:
        patches: list[JSON] = [
            {"grants": {self.pick.choice(self.partners): {"context": "generalised", "missing": None}}},
            {"parties": self.pick.sample(self.partners, 2)},
            {"purpose": self.pick.choice(PURPOSES)},
            {"ends": text(NOW + timedelta(days=self.pick.choice([1, 200])))},
            {"grants": {self.pick.choice(self.partners): None}},
        ]
        return self.pick.choice(patches)


SHIFTS = (timedelta(seconds=1), timedelta(seconds=-1), timedelta(days=2), timedelta(days=1), timedelta(days=-1))


class Answer:
    """Who sees what, by the text of the rule."""

    def __init__(self, scenario: JSON) -> None:
        self.now = instant(scenario["now"])
        self.partners = [one["id"] for one in scenario["partners"]]
        self.born = {one["id"]: date.fromisoformat(one["born"]) for one in scenario["subjects"]}
        self.agreements = {one["id"]: one for one in scenario["agreements"]}
        self.reports = list(scenario["reports"])
        self.off: set[str] = set()
        self.withdrawn: set[str] = set()

    def apply(self, rule: JSON) -> None:
        match rule:
            case {"at": at}:
                self.now = instant(at)
            case {"suspend": name} | {"terminate": name}:
                self.off.add(name)
            case {"reinstate": name}:
                self.off.discard(name)
            case {"amend": name, "with": patch}:
                self.agreements[name] = merged(self.agreements[name], patch)
                self.off.discard(name)
            case {"agree": agreement}:
                self.agreements[agreement["id"]] = agreement
            case {"report": report}:
                self.reports.append(report)
            case {"withdraw_report": name}:
                self.withdrawn.add(name)

    def matrix(self, purpose: str | None = None) -> dict[str, dict[str, str]]:
        purposes = PURPOSES if purpose is None else (purpose,)
        return {
            item["id"]: {partner: self._best(item, report, partner, purposes) for partner in self.partners}
            for report in self.reports
            for item in report["items"]
        }

    def _best(self, item: JSON, report: JSON, partner: str, purposes: tuple[str, ...]) -> str:
        if partner == report["by"]:
            return "own"
        if report["id"] in self.withdrawn or item["class"] in NEVER:
            return "none"
        best = max((self._form(item, report, partner, one) for one in purposes), key=ORDER.index)
        handling = item.get("handling", {"code": "P"})
        if partner not in handling.get("addressed_to", [partner]):
            return "none"
        window = handling.get("reading_window", {})
        if not instant(window.get("opens", BEFORE_ALL)) <= self.now < instant(window.get("closes", AFTER_ALL)):
            return "none"
        if best != "none" and handling["code"] == "C":
            return "existence" if handling.get("existence") == "disclosable" else "none"
        return best

    def _form(self, item: JSON, report: JSON, partner: str, purpose: str) -> str:
        forms = ["none"]
        for name, agreement in self.agreements.items():
            begun = instant(agreement["starts"]) <= self.now < instant(agreement["ends"])
            both = report["by"] in agreement["parties"] and partner in agreement["parties"]
            if name in self.off or not begun or not both or agreement["purpose"] != purpose:
                continue
            form = agreement["grants"].get(partner, {}).get(item["class"], "none")
            if form == "generalised" and item["class"] == "context" and not self._enough(item, report):
                continue
            forms.append(form)
        return max(forms, key=ORDER.index)

    def _enough(self, item: JSON, report: JSON) -> bool:
        contexts = [one for one in item["about"] if one.startswith("context:")]
        contexts = contexts or [f"context:{report['context']}" for _ in (1,) if "context" in report]
        return bool(contexts) and all(self._stands(one) for one in contexts)

    def _stands(self, context: str) -> bool:
        about = [one for one in self.reports if one["id"] not in self.withdrawn and context in _contexts_of(one)]
        people = {person for one in about for person in _people_of(one)}
        young = [person for person in people if self.now < _turns_adult(self.born[person])]
        return len(young) >= 5 and len(about) >= 3


def _contexts_of(report: JSON) -> set[str]:
    named = {one for item in report["items"] for one in item["about"] if one.startswith("context:")}
    return named | ({f"context:{report['context']}"} if "context" in report else set())


def _people_of(report: JSON) -> set[str]:
    about = {one for item in report["items"] for one in item["about"] if ":" not in one}
    return about | set(report.get("young_people", ()))


def _turns_adult(born: date) -> datetime:
    """Midnight of the birthday in summer time, which is when these worlds have theirs."""
    return datetime(born.year + 18, born.month, born.day, tzinfo=UTC) - timedelta(hours=1)


def differences(before: dict[str, Any], after: dict[str, Any]) -> list[JSON]:
    return [
        {"item": item, "partner": partner, "from": before.get(item, {}).get(partner, "none"), "to": form}
        for item, row in after.items()
        for partner, form in row.items()
        if before.get(item, {}).get(partner, "none") != form
    ]


def answered(scenario: JSON) -> JSON:
    """The scenario with every expectation filled in."""
    answer = Answer(scenario)
    before = answer.matrix()
    branches = []
    for branch in scenario["what_if"]:
        other = Answer(scenario)
        for rule in branch["rules"]:
            other.apply(rule)
        branches.append(branch | {"differences": differences(before, other.matrix())})
    expect_for = {purpose: answer.matrix(purpose) for purpose in PURPOSES}
    return scenario | {"expect": before, "expect_for": expect_for, "what_if": branches}
