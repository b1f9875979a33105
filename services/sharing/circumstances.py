"""The circumstances: what labels depend on besides the item itself: rules, contexts, and who has come of age."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from itertools import chain

from schemas.binding import bound_birth
from schemas.decisions import ContextStanding
from schemas.envelope import Event
from schemas.rules import PartnerJoined, PartyWithdrawn
from schemas.sealed import Contribution, SealedSubject
from services.kernel import topics
from services.kernel.keys import KeyDestroyed, Keys, NotAuthentic
from services.kernel.log import BEFORE_FIRST, Entry, Log, Partition
from services.sharing.domain.contexts import Contexts, Contributed, turns_adult
from services.sharing.domain.rules import Rules, rule_of, span
from services.sharing.holdings import Held

Span = tuple[datetime | None, datetime | None]
"""From when, and until when, something holds; None where that is open."""


class Circumstances:
    """Follows `hub.rules` and `hub.contexts` from their beginning, and notes what has changed since it was acted on.

    `stood`: context -> its standing when it was last acted on, before the last stop.
    """

    def __init__(self, log: Log, keys: Keys, stood: Mapping[str, ContextStanding]) -> None:
        self._log, self._keys = log, keys
        self.rules, self.rules_position = Rules(), BEFORE_FIRST
        self.grants = self.rules.grants()
        self.withdrawn: set[str] = set()
        """Agencies that withdrew from an agreement."""
        self._contexts, self._reached = Contexts(), dict[int, int]()
        self._touched: set[str] = set()
        self._stood = dict(stood)

    def read(self) -> None:
        """Take what is new. Raises LogUnavailable."""
        before = self.rules_position
        try:
            for topic, partition in self._log.news(self.reached()):
                if topic == topics.RULES:
                    self._read_rules()
                else:
                    self._read_contexts(partition)
        finally:  # whatever cut it short: rules that were taken govern from now on
            if self.rules_position != before:
                self.grants = self.rules.grants()

    def reached(self) -> dict[Partition, int]:
        """How far each partition was read, that of the rules first."""
        contexts = range(self._log.partitions(topics.CONTEXTS))
        read = {(topics.CONTEXTS, one): self._reached.get(one, BEFORE_FIRST) for one in contexts}
        return {(topics.RULES, 0): self.rules_position} | read

    @property
    def unsettled(self) -> bool:
        """Whether something was read that was not looked at yet."""
        return bool(self.withdrawn or self._touched)

    def have_changed(self, valid_until: datetime | None, now: datetime) -> bool:
        """Whether anything must be acted on that was not, where decisions hold until then."""
        if self.withdrawn or any(self._has_moved(context, now) for context in self._touched):
            return True
        _, sooner = span(self._contexts.boundaries(self._touched), now)
        return sooner is not None and (valid_until is None or sooner < valid_until)

    def let_rest(self) -> None:
        """What was read has changed nothing: until the next boundary it need not be looked at again."""
        self._touched = set()

    def moved(self, now: datetime) -> dict[str, ContextStanding]:
        """The contexts whose standing is another than when they were last acted on, and what it is."""
        standings = ((context, self._contexts.standing(context, now)) for context in self._contexts.names())
        return {context: standing for context, standing in standings if standing is not self._stood.get(context)}

    def acted_on(self, moved: Mapping[str, ContextStanding]) -> None:
        """Everything was acted on as it is, and so was what had moved."""
        self._stood |= moved
        self.withdrawn, self._touched = set(), set()

    def span(self, now: datetime, besides: Iterable[datetime]) -> Span:
        """The span around this instant in which nothing changes by the mere passing of time; besides rules and
        contexts, something changes at these instants."""
        return span(chain(self.rules.boundaries(), self._contexts.boundaries(), besides), now)

    def standings(self, held: Held, now: datetime) -> dict[str, ContextStanding]:
        """How the contexts stand that an item is about."""
        return {context: self._contexts.standing(context, now) for context in held.facts.contexts}

    def adults(self, held: Held, now: datetime) -> frozenset[str]:
        """Who of the young people that an item is about has come of age."""
        return frozenset(subject.ref for subject in held.young_people() if self._is_adult(subject, now))

    def make_feeds(self, agencies: Iterable[str]) -> None:
        """Who reports before it has joined has its own copies from then on; nothing is served before it joins."""
        for agency in agencies:
            self._log.create(topics.disclosures(agency), self._log.partitions(topics.REPORTS))

    def _read_rules(self) -> None:
        while entries := self._log.read(topics.RULES, 0, self.rules_position):
            for entry in entries:
                self._take_rule(entry)

    def _read_contexts(self, partition: int) -> None:
        while entries := self._log.read(topics.CONTEXTS, partition, self._reached.get(partition, BEFORE_FIRST)):
            self._take_contributions(entries)
            self._reached[partition] = entries[-1].position

    def _take_rule(self, entry: Entry) -> None:
        rule = rule_of(entry.value)
        self.rules.apply(rule)
        match rule:
            case PartnerJoined():
                self.make_feeds([rule.partner])
            case PartyWithdrawn():
                self.withdrawn.add(rule.partner)
        self.rules_position = entry.position

    def _take_contributions(self, entries: Sequence[Entry]) -> None:
        for entry in entries:
            one = Event[Contribution].model_validate_json(entry.value).data
            young = frozenset((person.ref, self._born(person)) for person in one.young_people)
            self._contexts.apply(one.context, one.report, Contributed(young, one.withdrawn, one.revision))
            self._touched.add(one.context)

    def _has_moved(self, context: str, now: datetime) -> bool:
        return self._contexts.standing(context, now) is not self._stood.get(context)

    def _is_adult(self, subject: SealedSubject, now: datetime) -> bool:
        born = self._born(subject)
        return born is not None and turns_adult(born) <= now

    def _born(self, subject: SealedSubject) -> date | None:
        if subject.born is None:
            return None
        try:
            return date.fromisoformat(self._keys.open(subject.born, bound_birth(subject.ref)).decode())
        except (KeyDestroyed, NotAuthentic, ValueError):
            return None
