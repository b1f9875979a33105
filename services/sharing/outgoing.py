"""Outgoing: what the pipeline is about to say on the log, gathered within one transaction.

Every partner's records are numbered for that partner alone, so that no feed tells anything of another.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from schemas.classes import DataClass
from schemas.decisions import Answer, ItemLabelled, LabelAnswered
from schemas.disclosures import Change, FeedCurrent, ItemDisclosed, ReportReflected
from schemas.envelope import Event
from schemas.sealed import SealedReport
from services.kernel import topics
from services.kernel.log import Record
from services.kernel.store import outbox
from services.sharing import given_references, holdings
from services.sharing.answers import Decided
from services.sharing.disclosure import Disclosable, Disclosure
from services.sharing.domain.rules import Rules
from services.sharing.feed_counts import FeedCounts
from services.sharing.holdings import Held
from services.sharing.matrix import Matrix

_SOURCE = "urn:cairn:hub:sharing"
_Said = ItemDisclosed | ReportReflected | FeedCurrent | ItemLabelled | LabelAnswered
_EVENTS: dict[type[_Said], type[Event[Any]]] = {
    ItemDisclosed: Event[ItemDisclosed],
    ReportReflected: Event[ReportReflected],
    FeedCurrent: Event[FeedCurrent],
    ItemLabelled: Event[ItemLabelled],
    LabelAnswered: Event[LabelAnswered],
}


class Outgoing:
    """Gathers records in the order in which they are to be said, and puts them in the outbox."""

    def __init__(self, session: Session, rules: Rules, rules_position: int, now: datetime, revision: str) -> None:
        self._session, self._rules, self._rules_position = session, rules, rules_position
        self._now, self._revision = now, revision
        self._counts = FeedCounts(session)
        self._records: list[Record] = []
        self._labels: dict[str, str] = {}
        """Item -> the label that it was given, and that is not written yet."""

    def say_changes(
        self, held: Held, disclosure: Disclosure, item: Disclosable, before: Answer | None, after: Answer
    ) -> None:
        """Tell each partner what it is given of an item, or must remove."""
        if before == after:
            return

        def counted(partner: str) -> str:
            return f"{held.partition}\n{self._counts.next_recall(partner, held.partition)}"

        changes = disclosure.changes(item, before, after, self._rules, counted)
        for partner, changed in changes.items():
            self._say_changed(held, partner, changed)

    def say_assessed(self, held: Held, own: Change) -> None:
        """Tell an agency what became of intelligence that it submitted."""
        self._say_changed(held, held.by, (own,))

    def _say_changed(self, held: Held, partner: str, changed: tuple[Change, ...]) -> None:
        disclosed = ItemDisclosed(
            partner=partner,
            sequence=self._counts.next_record(partner, held.partition),
            item=held.sealed.item,
            report=held.report,
            by=held.by,
            type=held.type,
            section=held.sealed.section,
            data_class=held.sealed.data_class,
            subjects=held.sealed.about,
            occurred=held.occurred,
            recorded=held.recorded,
            changes=changed,
            revision=self._revision,
            decided=self._now,
        )
        self._feed("cairn.item.disclosed.v1", held.partition, disclosed)
        if held.sealed.data_class is DataClass.INTELLIGENCE_SUBMISSION:
            for change in changed:
                if change.rendering:
                    given_references.keep(self._session, partner, change.rendering.reference, held.sealed.item)

    def say_reflected(self, report: SealedReport, partition: int) -> None:
        """Tell the reporting agency that its report is in its feed."""
        reflected = ReportReflected(
            partner=report.by,
            sequence=self._counts.next_record(report.by, partition),
            report=report.report,
            report_sequence=report.sequence,
        )
        self._feed("cairn.report.reflected.v1", partition, reflected)

    def say_current(
        self, partitions: Sequence[int], position: int, valid_from: datetime | None, valid_until: datetime | None
    ) -> None:
        """Tell every feed that it says all that the rules say, and for how long."""
        for partner in sorted(self._rules.partners):
            for partition in partitions:
                current = FeedCurrent(
                    partner=partner,
                    sequence=self._counts.next_record(partner, partition),
                    rules_position=position,
                    revision=self._revision,
                    valid_from=valid_from,
                    valid_until=valid_until,
                )
                self._feed("cairn.feed.current.v1", partition, current)

    def label_of(self, held: Held) -> str | None:
        """The label that an item is decided under by now; None before it is given one."""
        return self._labels.get(held.sealed.item, held.label_key)

    def say_labelled(self, held: Held, key: str) -> None:
        """Let an item be decided under this label from now on, and tell governance."""
        self._labels[held.sealed.item] = key
        labelled = ItemLabelled(
            item=held.sealed.item,
            report=held.report,
            by=held.by,
            type=held.type,
            section=held.sealed.section,
            data_class=held.sealed.data_class,
            about=held.sealed.about,
            occurred=held.occurred,
            recorded=held.recorded,
            label_key=key,
            labelled=self._now,
        )
        self._decision("cairn.item.labelled.v1", f"{held.sealed.item}:{key}:{self._now.isoformat()}", labelled)

    def say_answered(self, decided: Decided, matrix: Matrix) -> None:
        """Tell governance every answer that is new or another than before, refusals like the rest."""
        for key, (label, answer) in sorted(decided.items()):
            if matrix.settled(key) != answer:
                answered = LabelAnswered(
                    label_key=key, label=label, answer=answer, revision=self._revision, decided=self._now
                )
                name = f"{key}:{self._rules_position}:{self._revision}:{self._now.isoformat()}"
                self._decision("cairn.label.answered.v1", name, answered)

    def put(self) -> None:
        """Write what was gathered so far, in the session's transaction; an item is asked for anew after it."""
        holdings.relabel(self._session, self._labels)
        outbox.put(self._session, self._records)
        self._labels, self._records = {}, []

    def finish(self) -> None:
        """Write everything, and how many records each feed has had."""
        self._counts.save()
        self.put()

    def _feed(self, kind: str, partition: int, data: ItemDisclosed | ReportReflected | FeedCurrent) -> None:
        name = f"{data.partner}:{partition}:{data.sequence}"
        topic = topics.disclosures(data.partner)
        self._records.append(Record(topic, data.partner, name, self._event(kind, name, data), partition))

    def _decision(self, kind: str, name: str, data: ItemLabelled | LabelAnswered) -> None:
        self._records.append(Record(topics.DECISIONS, "decisions", name, self._event(kind, name, data), 0))

    def _event(self, kind: str, name: str, data: _Said) -> bytes:
        event = _EVENTS[type(data)](id=name, source=_SOURCE, type=kind, time=self._now, data=data)
        return event.model_dump_json().encode()
