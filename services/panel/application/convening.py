"""Convening: calling a meeting, building its agenda, and inviting people to all of it or to one item."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import count

from services.kernel.identity import Caller
from services.panel.application.contexts import Contexts
from services.panel.application.kept import Kept
from services.panel.application.kept_meetings import KIND, KeptMeetings
from services.panel.application.referrals import Referrals
from services.panel.domain.meeting import Meeting
from services.panel.domain.meeting_terms import ItemKind, Membership, Part


@dataclass(frozen=True)
class ItemAsked:
    """What is put on an agenda. An item about a referral or a case takes its subjects from there."""

    kind: ItemKind
    title: str
    referral: str | None = None
    case: str | None = None


class Convening:
    """Prepares meetings. Commands are for those of the panel, and take what was `seen`."""

    def __init__(self, kept: Kept, meetings: KeptMeetings, referrals: Referrals, contexts: Contexts) -> None:
        self._kept, self._meetings, self._referrals, self._contexts = kept, meetings, referrals, contexts

    def convene(self, who: Caller, unique: str, starts: datetime, ends: datetime, parts: Mapping[Part, str]) -> Meeting:
        """Call a meeting. `unique` names it, so that calling it again is harmless."""
        by = self._kept.for_panel(who)
        Meeting.check(starts.isoformat(), ends.isoformat(), parts)
        ref = self._kept.ref("m", f"{by}\n{unique}")
        with self._kept.store.transaction():
            if self._kept.listed(KIND, ref=ref):
                return self._meetings.load(ref)
            named = {part.value: practitioner for part, practitioner in parts.items()}
            made = Meeting(ref, starts.isoformat(), ends.isoformat(), named, by, self._kept.now())
            return self._meetings.save(made)

    def reschedule(self, who: Caller, ref: str, starts: datetime, ends: datetime, seen: int | None = None) -> Meeting:
        """Meet at another time."""
        return self._meetings.change(
            who, ref, seen, lambda one, by, at: one.reschedule(starts.isoformat(), ends.isoformat(), by, at)
        )

    def add_item(self, who: Caller, ref: str, asked: ItemAsked, seen: int | None = None) -> Meeting:
        """Put something on the agenda; after it was sent, only the chair can, and its recipients are checked first."""

        def added(one: Meeting, by: str, at: str) -> None:
            subjects, contexts = self._about(who, asked)
            item = self._item_ref(one, asked)
            seal = self._kept.texts.of(ref, subjects or contexts)
            one.add_item(item, asked.kind, asked.title, asked.referral, asked.case, subjects, contexts, by, at, seal)
            if asked.referral:
                self._referrals.change(asked.referral, lambda referral: referral.put_on_agenda(ref, by, at))

        return self._meetings.change(who, ref, seen, added)

    def move_item(self, who: Caller, ref: str, item: str, place: int, seen: int | None = None) -> Meeting:
        """Hear it at this place of the agenda, the first being 1."""
        return self._meetings.change(who, ref, seen, lambda one, by, at: one.move_item(item, place, by, at))

    def add_member(
        self,
        who: Caller,
        ref: str,
        practitioner: str,
        partner: str,
        membership: Membership,
        items: Sequence[str] = (),
        seen: int | None = None,
    ) -> Meeting:
        """Let somebody from an agency take part: in all of it, or in some items."""
        return self._meetings.change(
            who, ref, seen, lambda one, by, at: one.add_member(practitioner, partner, membership, items, by, at)
        )

    def send_agenda(self, who: Caller, ref: str, seen: int | None = None) -> Meeting:
        """Let the members prepare."""
        return self._meetings.change(who, ref, seen, lambda one, by, at: one.send_agenda(by, at))

    def check_recipients(
        self, who: Caller, ref: str, item: str, recipients: Sequence[str], seen: int | None = None
    ) -> Meeting:
        """The chair has looked at who would receive a late item."""
        return self._meetings.change(who, ref, seen, lambda one, by, at: one.check_recipients(item, recipients, by, at))

    def _about(self, who: Caller, asked: ItemAsked) -> tuple[list[str], list[str]]:
        if asked.referral:
            referral = self._referrals.known(who, asked.referral)
            return list(referral.subjects), list(referral.contexts)
        if asked.case:
            return [], list(self._contexts.opened(who, asked.case).contexts)
        return [], []

    def _item_ref(self, one: Meeting, asked: ItemAsked) -> str:
        """Made from what the item is, and not from how many others there are: nobody who reads it can tell."""
        told = f"{one.ref}\n{asked.kind}\n{asked.referral}\n{asked.case}\n{asked.title}"
        refs = (self._kept.ref("it", f"{told}\n{n}") for n in count())
        return next(ref for ref in refs if ref not in one.items)
