"""Decisions: how long the matrix takes to decide for 30 partners under 300 agreements, and after one is amended.

The peers decide the same under the same agreements: a policy that looks through the list of agreements, asked about
many decisions at once and about each by itself.
"""

import json
import random
from datetime import UTC, datetime, timedelta
from itertools import product
from pathlib import Path
from typing import Any

import regorus

from benchmarks.benchmark import Run
from benchmarks.measuring import Row, below, in_turn, timing
from benchmarks.profiling import where_time_goes
from schemas.agreements import Agreement
from schemas.classes import GENERALISABLE, NEVER_GRANTED, DataClass, Existence, Form, Purpose
from schemas.decisions import Answer, ContextStanding, ItemState, Label
from schemas.rules import AgreementInForce, PartnerJoined
from services.composition import POLICIES
from services.kernel.policy.opening import open_policy
from services.sharing.domain.labels import label_key
from services.sharing.domain.rules import Rules, microseconds
from services.sharing.matrix import Matrix, cell

NAME = "decisions"
_NOW = datetime(2026, 4, 20, 9, tzinfo=UTC)
_LISTING = Path(__file__).with_name("listing.rego")
_CLASSES = [one for one in DataClass if one not in NEVER_GRANTED]


def rows(run: Run) -> list[Row]:
    """The whole matrix against both peers, and one agreement amended."""
    size, say = run.size, run.say
    partners, agreements, labels = size.of((5, 10, 40), (30, 300, 5_000), (30, 300, 5_000))
    world = World(partners, agreements, labels)
    rounds, sample, calls = size.of(1, 1, 3), size.of(5, 12, 30), size.of(20, 150, 500)
    say(f"decisions: {rounds} rounds of {labels:,} labels, and the peers")
    found = in_turn(
        rounds,
        {
            "all": world.decide_all,
            "listing": lambda: world.look_through(sample),
            "each": lambda: world.ask_for_each(calls),
            "added": world.add_a_grant,
            "put off": world.put_off_the_end,
        },
    )
    what = f"decisions, whole matrix: {partners} partners, {agreements} agreements, {labels:,} labels"
    processor = world.processor
    where = where_time_goes(world.decide_all)
    cells = labels * partners * len(Purpose)
    figure = found.median("all")
    return [
        Row(
            what,
            figure,
            "s",
            found.median("listing"),
            "a policy that looks through the agreements for each decision",
            found.ratio("listing", "all"),
            below(10),
            f"the peer reckoned from {sample} labels of {labels:,}, on which it decided the same;"
            f" the hub took {processor:.1f} s of processor time; {where}",
        ),
        Row(
            what,
            figure,
            "s",
            found.median("each"),
            "the same policy, called for each decision by itself",
            found.ratio("each", "all"),
            None,
            f"the peer reckoned from {calls} calls of {cells:,}",
        ),
        *(
            Row(
                f"decisions, one agreement amended: {what}",
                found.median(name),
                "s",
                figure,
                "the whole matrix",
                found.ratio("all", name),
                below(1),
            )
            for name, what in (("added", "one grant more"), ("put off", "its end put off, so all its grants anew"))
        ),
    ]


class World:
    """Partners, agreements between some of them, and labels in use; the same for the same numbers."""

    def __init__(self, partners: int, agreements: int, labels: int) -> None:
        self._chance = random.Random(4)  # noqa: S311 - a made-up world, not a secret
        self._partners = [f"agency-{number:02}" for number in range(partners)]
        self._agreements = [self._agreement(f"A{number}") for number in range(agreements)]
        self._rules = Rules()
        for partner in self._partners:
            self._rules.apply(PartnerJoined(partner=partner, name=partner))
        for version, agreement in enumerate(self._agreements):
            self._put_in_force(agreement, version + 1)
        self._labels = self._all_labels()[:labels]
        self._policy = open_policy("embedded:", POLICIES)
        self._matrix = Matrix(self._policy)
        self._answers: dict[str, Answer] = {}
        self.processor = 0.0
        """Seconds of processor time that the whole matrix took last."""
        self._engine = regorus.Engine()
        self._engine.add_policy(_LISTING.name, _LISTING.read_text())
        self._engine.add_data_json(json.dumps({"agreements": [_listed(one) for one in self._agreements]}))

    def decide_all(self) -> float:
        """Seconds for all labels, the compiling of agreements included."""
        self._matrix = Matrix(self._policy)
        with timing() as taken:
            decided = self._matrix.decide(self._labels, self._rules.grants(), _NOW)
        self.processor = taken.processor
        self._answers = {key: answer for key, (_, answer) in decided.items()}
        return taken.wall

    def add_a_grant(self) -> float:
        """Seconds until all is decided under a version of one agreement that grants one receiver one class more."""
        before = self._agreements[0]
        receiver = next(iter(before.grants))
        new = next(one for one in _CLASSES if one not in before.grants[receiver])
        granted = before.grants | {receiver: before.grants[receiver] | {new: Form.FULL}}
        return self._amended(before.model_copy(update={"grants": granted}))

    def put_off_the_end(self) -> float:
        """Seconds until all is decided under a version of one agreement that ends later."""
        before = self._agreements[0]
        return self._amended(before.model_copy(update={"ends": before.ends + timedelta(days=30)}))

    def _amended(self, agreement: Agreement) -> float:
        """Seconds until all is decided under this version; then it is as it was before."""
        with timing() as taken:
            self._put_in_force(agreement, 2)
            self._matrix.decide(self._labels, self._rules.grants(), _NOW)
        self._put_in_force(self._agreements[0], 3)
        self._matrix.decide(self._labels, self._rules.grants(), _NOW)
        return taken.wall

    def look_through(self, sample: int) -> float:
        """Seconds for all labels by the listing policy, reckoned from some. Raises RuntimeError if it differs."""
        labels = self._chance.sample(self._labels, sample)
        with timing() as taken:
            forms = self._asked([one for label in labels for one in self._questions(label)])
        if self._answers and forms != [form for label in labels for form in self._decided(label)]:
            raise RuntimeError("the peer decides otherwise than the hub, so that its time says nothing")
        return taken.wall * len(self._labels) / sample

    def ask_for_each(self, calls: int) -> float:
        """Seconds for every decision by itself, reckoned from some."""
        questions = [self._chance.choice(self._questions(self._chance.choice(self._labels))) for _ in range(calls)]
        with timing() as taken:
            for question in questions:
                self._asked([question])
        return taken.wall * len(self._labels) * len(self._partners) * len(Purpose) / calls

    def _asked(self, questions: list[dict[str, Any]]) -> list[str]:
        self._engine.set_input_json(json.dumps({"now": microseconds(_NOW), "questions": questions}))
        forms: list[str] = json.loads(self._engine.eval_rule_as_json("data.listing.decisions"))
        return forms

    def _questions(self, label: Label) -> list[dict[str, Any]]:
        fields = label.model_dump(mode="json")
        return [
            {"label": fields, "partner": partner, "purpose": purpose.value}
            for partner, purpose in product(self._partners, Purpose)
        ]

    def _decided(self, label: Label) -> list[str]:
        answer = self._answers[label_key(label)]
        return [cell(answer, partner, purpose).form.value for partner, purpose in product(self._partners, Purpose)]

    def _put_in_force(self, agreement: Agreement, version: int) -> None:
        self._rules.apply(AgreementInForce(agreement=agreement.id, version=version, document=agreement, at=_NOW))

    def _agreement(self, name: str) -> Agreement:
        parties = tuple(self._chance.sample(self._partners, self._chance.randint(2, min(8, len(self._partners)))))
        return Agreement(
            id=name,
            title=name,
            purpose=self._chance.choice(list(Purpose)),
            parties=parties,
            starts=_NOW - timedelta(days=30),
            ends=_NOW + timedelta(days=300),
            grants={party: self._granted() for party in parties},
        )

    def _granted(self) -> dict[DataClass, Form]:
        classes = self._chance.sample(_CLASSES, self._chance.randint(2, 8))
        forms = {one: [Form.FULL, Form.PSEUDONYMISED] for one in classes}
        return {
            one: self._chance.choice(forms[one] + ([Form.GENERALISED] if one in GENERALISABLE else []))
            for one in classes
        }

    def _all_labels(self) -> list[Label]:
        handling = [("P", Existence.SILENT), ("C", Existence.SILENT), ("C", Existence.DISCLOSABLE)]
        found = [
            Label(
                source=source,
                data_class=data_class.value,
                handling=code,
                existence=existence,
                state=ItemState.CURRENT,
                context=ContextStanding.ENOUGH if data_class is DataClass.CONTEXT else ContextStanding.NOT_A_CONTEXT,
                era=era,
            )
            for era, source, data_class, (code, existence) in product(range(4), self._partners, _CLASSES, handling)
        ]
        self._chance.shuffle(found)
        return found


def _listed(agreement: Agreement) -> dict[str, Any]:
    whole = agreement.model_dump(mode="json", include={"id", "purpose", "parties", "grants"})
    return whole | {"starts": microseconds(agreement.starts), "ends": microseconds(agreement.ends)}
