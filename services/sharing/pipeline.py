"""The pipeline: follows reports, contexts and rules, has labels decided, and tells each partner what it is given.

Rules go first: no report is taken before everything the hub holds is decided under the rules at the head of the log.
What was decided under older rules is thrown away rather than delivered late.
"""

import logging
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from schemas.decisions import Answer
from schemas.envelope import Event
from schemas.sealed import SealedReport
from services.kernel import topics
from services.kernel.clock import Clock
from services.kernel.keys import Keys, KeysUnavailable
from services.kernel.log import BEFORE_FIRST, Entry, Log, LogUnavailable, Partition
from services.kernel.policy import PolicyEngine, PolicyUnavailable
from services.kernel.store import Store, StoreUnavailable
from services.kernel.store.positions import positions_of, remember_all
from services.sharing import (
    acted_standings,
    answers,
    feed_counts,
    given_references,
    holdings,
    parked,
    reading_windows,
)
from services.sharing.circumstances import Circumstances
from services.sharing.disclosure import Disclosure
from services.sharing.domain.labels import label_key, label_of
from services.sharing.domain.rules import revision, span
from services.sharing.matrix import Matrix
from services.sharing.outgoing import Outgoing

_log = logging.getLogger("cairn.sharing.pipeline")
_BATCH = 200
_MEMORY = (acted_standings, answers, feed_counts, given_references, holdings, parked, reading_windows)
_Batch = Mapping[Partition, Sequence[Entry]]
_DOWN = (PolicyUnavailable, StoreUnavailable, LogUnavailable, KeysUnavailable)


class Outdated(Exception):
    """The rules changed while something was decided under older ones; it is decided again."""


class Pipeline:
    """One sharing worker: owns some partitions of `hub.reports`, and reads all of the rules and contexts."""

    name = "sharing.pipeline"

    def __init__(
        self,
        store: Store,
        log: Log,
        keys: Keys,
        policy: PolicyEngine,
        clock: Clock,
        partitions: Sequence[int] | None = None,
    ) -> None:
        self._store, self._log, self._keys, self._clock = store, log, keys, clock
        self._partitions = list(partitions) if partitions is not None else list(range(log.partitions(topics.REPORTS)))
        self._matrix, self._policies = Matrix(policy), policy.revision
        self._disclosure = Disclosure(keys)
        store.create_tables(*(one.metadata for one in _MEMORY))
        with store.reading() as session:
            self._revision, self._current = answers.standing(session)
            for key, label, answer, decided_under in answers.kept_answers(session):
                self._matrix.load(key, label, answer, decided_under)
            self._taken = positions_of(session, self.name)
            self._circumstances = Circumstances(log, keys, acted_standings.kept(session))
        self._unchecked = self._current is not None
        """Whether what was decided before the last stop may have been decided by other policies."""

    def step(self) -> int:
        """Bring everything under the newest rules, or else take some reports."""
        now = self._clock.now()
        self._circumstances.read()
        try:
            if not self._governed(now) or self._circumstances.have_changed(self._valid_until(), now):
                self._govern(now)
                return 1
            self._circumstances.let_rest()
            return self._take_reports(self._log.news(self._reached()), now)
        except Outdated:
            return 1

    def wait(self, seconds_max: float) -> None:
        """Return when something may have been appended to the log, or after this many seconds."""
        self._log.wait(seconds_max)

    def waiting(self) -> int:
        """Partitions that hold something not yet taken, and one more while feeds do not say what the rules say."""
        behind = self._log.news(self._reached() | self._circumstances.reached())
        # after the positions: what was read from there is noted before its position is
        return len(behind) + (self._circumstances.unsettled or not self._governed(self._clock.now()))

    def parked(self) -> int:
        """How many reports could not be taken, and wait for a person to look at them."""
        with self._store.reading() as session:
            return parked.count(session)

    def _governed(self, now: datetime) -> bool:
        """Whether every partner's feed says all that the rules say at this instant."""
        if self._unchecked:
            return False
        if self._current is None:
            return not self._circumstances.rules.partners
        position, valid_from, valid_until = self._current
        begun = valid_from is None or valid_from <= now
        return position == self._circumstances.rules_position and begun and (valid_until is None or now < valid_until)

    def _valid_until(self) -> datetime | None:
        return self._current[2] if self._current is not None else None

    def _govern(self, now: datetime) -> None:
        """Decide all labels in use under the rules as they are now, and act on what changed."""
        found = self._circumstances
        governing = revision(self._policies, found.grants, span(found.rules.boundaries(), now)[0])
        anew = self._matrix.labels() if governing != self._revision else []
        decided = self._matrix.decide(anew, found.grants, now)
        changed = [key for key, (_, answer) in decided.items() if answer != self._matrix.settled(key)]
        with self._store.transaction() as session:
            current = (found.rules_position, *found.span(now, reading_windows.nearest(session, now)))
            moved = found.moved(now)
            acted_standings.keep(session, moved)
            concerned = holdings.labelled(session, changed)
            concerned |= holdings.about_contexts(session, moved.keys())
            concerned |= holdings.all_of(session, found.withdrawn)
            concerned |= holdings.turned(session, self._current[1] if self._current else None, now)
            outgoing = Outgoing(session, found.rules, found.rules_position, now, governing)
            settled = decided
            for held in holdings.read(session, concerned):
                settled = self._act(outgoing, held, settled, governing, now)
                outgoing.put()
            if current != self._current:
                outgoing.say_current(self._partitions, *current)
            self._finish(session, outgoing, settled, governing, current)
        self._matrix.settle(settled, governing)
        self._revision, self._current, self._unchecked = governing, current, False
        found.acted_on(moved)

    def _reached(self) -> dict[Partition, int]:
        """How far the reports of each partition were taken."""
        places = [(topics.REPORTS, partition) for partition in self._partitions]
        return {place: self._taken.get(place, BEFORE_FIRST) for place in places}

    def _take_reports(self, news: Sequence[Partition], now: datetime) -> int:
        """Take the next reports, of all partitions that have some; one that cannot be taken is parked, and the others
        go on."""
        reached = self._reached()
        read = {place: self._log.read(*place, reached[place], max(1, _BATCH // len(news))) for place in news}
        batch = {place: entries for place, entries in read.items() if entries}
        if batch:
            self._take_or_park(batch, now)
        return sum(map(len, batch.values()))

    def _take_or_park(self, batch: _Batch, now: datetime) -> None:
        try:
            self._take(batch, now)
        except (*_DOWN, Outdated):
            raise
        except Exception as error:  # noqa: BLE001 - whatever one report breaks on, the others must reach their partners
            alone = [(place, entry) for place, entries in batch.items() for entry in entries]
            if len(alone) == 1:
                self._park(*alone[0], error)
            else:
                for place, entry in alone:
                    self._take_or_park({place: [entry]}, now)

    def _park(self, place: Partition, entry: Entry, error: Exception) -> None:
        _log.error("report at %s/%s parked: %s", entry.partition, entry.position, type(error).__name__)
        with self._store.transaction() as session:
            parked.park(session, entry.partition, entry.position, type(error).__name__)
            remember_all(session, self.name, {place: entry.position})
        self._taken[place] = entry.position

    def _take(self, batch: _Batch, now: datetime) -> None:
        """In one transaction for all partitions: to make it durable costs as much as some reports do."""
        reports = {partition: _reports(entries) for (_, partition), entries in batch.items()}
        reached = {place: entries[-1].position for place, entries in batch.items()}
        found = self._circumstances
        found.make_feeds({report.by for some in reports.values() for report in some} - found.rules.partners.keys())
        with self._store.transaction() as session:
            outgoing = Outgoing(session, found.rules, found.rules_position, now, self._revision)
            settled: answers.Decided = {}
            # all are held first: what a later one withdraws is not given to anybody for a moment
            new = [
                (partition, report)
                for partition, some in reports.items()
                for report in holdings.hold(session, some, partition)
            ]
            concerned = holdings.concerned_by(session, [report for _, report in new])
            current = self._limited(session, now)
            if current and current != self._current:
                outgoing.say_current(self._partitions, *current)
            for partition, report in new:
                settled |= self._act(outgoing, concerned[report.report], settled, self._revision, now)
                outgoing.say_reflected(report, partition)
                self._give_feedback(session, outgoing, report)
            remember_all(session, self.name, reached)
            self._finish(session, outgoing, settled, self._revision, current)
        self._current = current
        self._taken |= reached
        self._matrix.settle(settled, self._revision)

    def _limited(self, session: Session, now: datetime) -> answers.Current | None:
        """What the feeds say, no longer than until the next reading window opens or closes."""
        if self._current is None:
            return None
        position, *bounds = self._current
        known = [bound for bound in bounds if bound is not None]
        return (position, *span([*known, *reading_windows.nearest(session, now)], now))

    def _give_feedback(self, session: Session, outgoing: Outgoing, report: SealedReport) -> None:
        """Tell whoever submitted what this report was made of; an agency can assess only what it was given."""
        if report.assesses is None:
            return
        item = given_references.item_of(session, report.by, report.assesses.record)
        submitted = holdings.one(session, item) if item else None
        if submitted is not None and submitted.by != report.by:
            own = self._disclosure.own(submitted.disclosable(frozenset()), report.assesses.outcome)
            outgoing.say_assessed(submitted, own)

    def _act(
        self,
        outgoing: Outgoing,
        held: Iterable[holdings.Held],
        decided: answers.Decided,
        governing: str,
        now: datetime,
    ) -> answers.Decided:
        """Label each item anew and disclose what that changes, in this order; returns every label decided, those given
        included."""
        items = {one.sealed.item: one for one in held}
        found = self._circumstances
        labels = {item: label_of(one.facts, found.rules, found.standings(one, now), now) for item, one in items.items()}
        keys = {item: label_key(label) for item, label in labels.items()}
        unknown = [
            labels[item] for item, key in keys.items() if key not in decided and not self._matrix.known(key, governing)
        ]
        settled = decided | self._matrix.decide(unknown, found.grants, now) if unknown else dict(decided)
        for item, one in items.items():
            key = keys[item]
            was = outgoing.label_of(one)
            before = self._acted_on(was, decided) if was else None
            after = self._answer(key, settled)
            if was != key:
                outgoing.say_labelled(one, key)
            disclosable = one.disclosable(found.adults(one, now))
            outgoing.say_changes(one, self._disclosure, disclosable, before, after)
        return settled

    def _acted_on(self, key: str, decided: answers.Decided) -> Answer:
        """The answer that was acted on last: for a label that is new, by an earlier report of the same batch."""
        settled = self._matrix.settled(key)
        return settled if settled is not None else decided[key][1]

    def _answer(self, key: str, decided: answers.Decided) -> Answer:
        return decided[key][1] if key in decided else self._matrix.answer(key)

    def _finish(
        self,
        session: Session,
        outgoing: Outgoing,
        settled: answers.Decided,
        governing: str,
        current: answers.Current | None,
    ) -> None:
        """Put everything to be said in the outbox, unless the rules have moved on meanwhile."""
        outgoing.say_answered(settled, self._matrix)
        new = {key: one for key, one in settled.items() if one[1] != self._matrix.settled(key)}
        answers.keep_answers(session, new, governing)
        if (governing, current) != (self._revision, self._current):
            answers.keep_standing(session, governing, current)
        outgoing.finish()
        if self._log.end(topics.RULES, 0) != self._circumstances.rules_position:
            raise Outdated


def _reports(entries: Sequence[Entry]) -> list[SealedReport]:
    return [Event[SealedReport].model_validate_json(entry.value).data for entry in entries]
