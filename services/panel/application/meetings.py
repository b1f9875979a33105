"""Meetings as they are read: which there are, what is heard, the minutes, and what a pack is made for."""

from collections.abc import Mapping
from dataclasses import dataclass

from schemas.access import Seen
from schemas.classes import Form, Purpose
from services.kernel.access import AccessGate
from services.kernel.identity import Caller
from services.panel.application.actions import Actions
from services.panel.application.kept import Kept
from services.panel.application.kept_meetings import KeptMeetings
from services.panel.application.meeting_views import MeetingView, Minutes, is_minuted, minutes_for, opens_for
from services.panel.application.referrals import Referrals
from services.panel.domain.meeting import Meeting
from services.panel.domain.panel_referral import PanelReferral, Way
from services.panel.domain.refusing import NotKnown
from services.panel.domain.room import Visitor


@dataclass(frozen=True)
class PackAsked:
    """What a pack is made for. `named`: whether the reader knows whom the item is about without a report that names
    them, having referred them or been sent the referral."""

    meeting: str
    title: str
    starts: str
    subjects: frozenset[str]
    contexts: frozenset[str]
    report: str | None
    named: bool


class Meetings:
    """What can be read of meetings: by those of the panel everything, by others what concerns them."""

    def __init__(
        self, kept: Kept, meetings: KeptMeetings, gate: AccessGate, referrals: Referrals, actions: Actions
    ) -> None:
        self._kept, self._meetings, self._gate = kept, meetings, gate
        self._referrals, self._actions = referrals, actions

    def meetings(self, who: Caller, purpose: Purpose) -> list[MeetingView]:
        """Those that concern the caller: all for the panel, else those in which an item is theirs. By their start."""
        mine = self._meetings.every(who)
        self._gate.record(who, "panel.meetings", purpose, [self._seen(who, one) for one in mine])
        return [self._meetings.view(who, one) for one in mine]

    def meeting(self, who: Caller, purpose: Purpose, ref: str) -> MeetingView:
        """One meeting, as far as it concerns the caller. Raises NotKnown."""
        found = self._meetings.find(who, ref)
        self._gate.record(who, "panel.meeting", purpose, [self._seen(who, found)])
        return self._meetings.view(who, found)

    def minutes(self, who: Caller, purpose: Purpose, ref: str) -> Minutes:
        """The minutes as they are the caller's to read. Raises NotKnown, also before they went out."""
        found, visitor = self._meetings.find(who, ref), self._kept.visitor(who)
        if not is_minuted(found, visitor):
            raise NotKnown
        self._gate.record(who, "panel.minutes", purpose, [self._seen(who, found)])
        actions = {item: self._own_actions(who, ref, item) for item in found.order}
        return minutes_for(found, visitor, actions, self._kept.texts)

    def pack_of(self, who: Caller, ref: str, item: str) -> PackAsked:
        """What a pack is made for, if the caller may open it now. Raises NotKnown for everything else."""
        found, visitor = self._meetings.find(who, ref), self._kept.visitor(who)
        if item not in found.items or not opens_for(found, item, visitor, self._kept.clock.now()):
            raise NotKnown
        told = found.items[item]
        referral = self._referrals.load(told["referral"]) if told["referral"] else None
        return PackAsked(
            meeting=ref,
            title=self._kept.texts.open(ref, told["words"]).get("title", ""),
            starts=found.starts,
            subjects=frozenset(told["subjects"]),
            contexts=frozenset(told["contexts"]),
            report=referral.report if referral else None,
            named=referral is not None and _is_told(visitor, referral),
        )

    def _own_actions(self, who: Caller, ref: str, item: str) -> list[Mapping[str, str]]:
        ours = self._kept.visitor(who).of_panel
        views = [
            self._actions.view(one, ours)
            for one in self._actions.of_item(ref, item)
            if ours or one.owner == who.partner
        ]
        return [{"ref": one.ref, "owner": one.owner, "text": one.text, "due": one.due} for one in views]

    def _seen(self, who: Caller, found: Meeting) -> Seen:
        """What the trace says of a meeting that was read: whom the items are about that were the reader's to see."""
        shown = [found.items[one.item] for one in self._meetings.view(who, found).items if not one.conflicted]
        subjects = {ref for told in shown for ref in (*told["subjects"], *told["contexts"])}
        return Seen(
            item=found.ref,
            reference=found.ref,
            subjects=tuple(sorted(subjects)),
            form=Form.OWN,
            agreements=(),
            revision=f"v{found.version}",
        )


def _is_told(visitor: Visitor, referral: PanelReferral) -> bool:
    """Whether a referral itself told somebody whom it is about: who sent it in, and the panel to which it was sent."""
    return referral.by_partner == visitor.partner or (visitor.of_panel and referral.way is Way.SUBMITTED)
