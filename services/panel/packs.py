"""Packs: what one recipient reads before an item is heard, from what the recipient's own agency holds; and the pack of
a context conference, which names nobody."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from schemas.classes import DataClass, Form, Purpose
from services.kernel.clock import Clock
from services.kernel.identity import Caller
from services.panel.application.contexts import Contexts
from services.panel.application.meetings import Meetings, PackAsked
from services.panel.domain.conference_pack import ConferencePack, conference_pack
from services.panel.domain.held import TIMED, Held, Opened, in_order_told
from services.panel.domain.proposals import alike
from services.panel.reading import Reading


@dataclass(frozen=True)
class Pack:
    """A pack as one recipient reads it at one instant: whose it is stands on every page of it."""

    meeting: str
    title: str
    starts: str
    reader: str
    read_at: datetime
    records: Sequence[Opened]
    agencies: dict[str, str]
    agreements: dict[str, str]


class Packs:
    """Makes packs."""

    def __init__(self, reading: Reading, meetings: Meetings, contexts: Contexts, clock: Clock) -> None:
        self._reading, self._meetings, self._contexts, self._clock = reading, meetings, contexts, clock

    def pack(self, who: Caller, purpose: Purpose, meeting: str, item: str) -> Pack:
        """The caller's pack for an item. Raises NotKnown where there is none for the caller now, and Problem."""
        asked = self._meetings.pack_of(who, meeting, item)
        told = self._told_by_name(who, purpose, asked)
        found = self._reading.chronology(who, purpose, "panel.pack", _in_pack(asked, told))
        return Pack(
            meeting=meeting,
            title=asked.title,
            starts=asked.starts,
            reader=who.practitioner,
            read_at=self._clock.now(),
            records=sorted(found.records, key=in_order_told),
            agencies=found.agencies,
            agreements=found.agreements,
        )

    def conference(self, who: Caller, purpose: Purpose, ref: str) -> ConferencePack:
        """The pack of a context conference. Raises NotYours, NotKnown, NotAContext, TooFewReports, Problem."""
        case = self._contexts.opened(who, ref)
        case.may_be_told()
        records = self._about_contexts(who, purpose, frozenset(case.contexts), "panel.conference-pack")
        latest = {record.held.report: record.content for record in records}
        return conference_pack(case.kind, latest.values())

    def alike(self, who: Caller, purpose: Purpose, ref: str) -> list[str]:
        """Contexts that are described like a case's, for a person to join. Raises NotYours, NotKnown, Problem."""
        case = self._contexts.opened(who, ref)
        records = self._about_contexts(who, purpose, None, "panel.contexts-alike")
        found = {other for context in case.contexts for other in alike(context, records)}
        return sorted(found - set(case.contexts))

    def _about_contexts(
        self, who: Caller, purpose: Purpose, contexts: frozenset[str] | None, operation: str
    ) -> Sequence[Opened]:
        def about(held: Held) -> bool:
            named = contexts is None or bool(contexts & set(held.rendering.about))
            return held.data_class == DataClass.CONTEXT and held.form in TIMED and held.by != held.partner and named

        return self._reading.chronology(who, purpose, operation, about).records

    def _told_by_name(self, who: Caller, purpose: Purpose, asked: PackAsked) -> frozenset[str]:
        """Of whom the reader may be told that the item is about them: those whom the reader's own agency referred, or
        whom it holds by name in the report that referred them."""
        if asked.named:
            return asked.subjects
        if asked.report is None:
            return frozenset()
        referring = self._reading.chronology(
            who, purpose, "panel.pack", lambda held: held.report == asked.report and held.form in TIMED
        )
        named = {ref for record in referring.records for ref in record.held.rendering.about}
        return asked.subjects & named


def _in_pack(asked: PackAsked, told: frozenset[str]) -> Callable[[Held], bool]:
    def included(held: Held) -> bool:
        if held.report == asked.report:
            return True
        return held.form is not Form.PSEUDONYMISED and bool((asked.contexts | told) & set(held.rendering.about))

    return included
