"""The proceedings of a meeting: begun, heard and decided item by item, closed, and minuted.

A decision reaches further than the meeting: it settles a referral, opens an assessment, and is told to agencies.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from services.kernel.identity import Caller
from services.panel import publishing
from services.panel.application.actions import Actions, Asked
from services.panel.application.contexts import Contexts
from services.panel.application.kept import Kept
from services.panel.application.kept_meetings import KeptMeetings
from services.panel.application.naming import Naming
from services.panel.application.referrals import Referrals
from services.panel.domain.meeting import Meeting
from services.panel.domain.meeting_terms import Decision, PanelOutcome
from services.panel.domain.proposals import Evidence
from services.panel.domain.refusing import NotKnown
from services.panel.publishing import Named

_SUPPORTING = frozenset({PanelOutcome.ACCEPT, PanelOutcome.OPEN_CONTEXT_ASSESSMENT, PanelOutcome.JOINT_INTERVENTION})


class Proceedings:
    """Runs meetings. Commands are for those of the panel, and take what was `seen`."""

    def __init__(
        self,
        kept: Kept,
        meetings: KeptMeetings,
        referrals: Referrals,
        contexts: Contexts,
        actions: Actions,
        naming: Naming,
    ) -> None:
        self._kept, self._meetings, self._naming = kept, meetings, naming
        self._referrals, self._contexts, self._actions = referrals, contexts, actions

    def begin(self, who: Caller, ref: str, present: Sequence[str], seen: int | None = None) -> Meeting:
        """Open the meeting."""
        return self._meetings.change(who, ref, seen, lambda one, by, at: one.begin(present, by, at))

    def hear(self, who: Caller, ref: str, item: str, seen: int | None = None) -> Meeting:
        """The meeting has come to this item."""
        return self._meetings.change(who, ref, seen, lambda one, by, at: one.hear(item, by, at))

    def decide(
        self,
        who: Caller,
        ref: str,
        item: str,
        decision: Decision,
        actions: Sequence[Asked] = (),
        seen: int | None = None,
    ) -> Meeting:
        """Record what was decided: it ends the referral or returns it, assigns actions, and is told to agencies."""
        named = self._named(who, ref, item)

        def decided(one: Meeting, by: str, at: str) -> None:
            one.decide(item, decision, by, at, self._meetings.seal(one, item))
            told = one.items[item]
            if told["referral"]:
                self._settle_referral(told["referral"], decision, by, at)
            if decision.outcome is PanelOutcome.OPEN_CONTEXT_ASSESSMENT:
                self._open_assessment(told, by)
            if named:
                report = publishing.decided(self._kept.panel, f"{ref}\n{item}", at, named, _told(decision, at))
                self._kept.say(report, ref, list(told["subjects"] or told["contexts"]))
            for owner in dict.fromkeys(asked.owner for asked in actions):
                own = [asked for asked in actions if asked.owner == owner]
                for number, asked in enumerate(own):
                    self._assign(one, item, asked, str(number), by, named)

        return self._meetings.change(who, ref, seen, decided)

    def assign(self, who: Caller, ref: str, item: str, asked: Asked, unique: str, seen: int | None = None) -> Meeting:
        """One more action of an item that is decided; `unique` names it, so that assigning it again is harmless."""
        named = self._named(who, ref, item)
        return self._meetings.change(
            who, ref, seen, lambda one, by, _: self._assign(one, item, asked, f"+{unique}", by, named)
        )

    def carry_over(self, who: Caller, ref: str, item: str, reason: str, seen: int | None = None) -> Meeting:
        """The meeting does not come to this item: a referral waits for another."""

        def carried(one: Meeting, by: str, at: str) -> None:
            one.carry_over(item, reason, by, at, self._meetings.seal(one, item))
            referral = one.items[item]["referral"]
            if referral:
                self._referrals.change(referral, lambda found: found.carry_over(by, at))

        return self._meetings.change(who, ref, seen, carried)

    def close(self, who: Caller, ref: str, seen: int | None = None) -> Meeting:
        """End the meeting, once each item has been decided or carried over."""
        return self._meetings.change(who, ref, seen, lambda one, by, at: one.close(by, at))

    def circulate_minutes(self, who: Caller, ref: str, seen: int | None = None) -> Meeting:
        """Let each recipient read the minutes, as far as they are theirs."""
        return self._meetings.change(who, ref, seen, lambda one, by, at: one.circulate_minutes(by, at))

    def _named(self, who: Caller, ref: str, item: str) -> Named:
        """How agencies know whom an item is about; asked before the transaction, as it may wait for the feed."""
        self._kept.for_panel(who)
        found = self._meetings.find(who, ref)
        if item not in found.items:
            raise NotKnown
        return self._naming.of(who, found.items[item]["subjects"], found.items[item]["contexts"])

    def _assign(self, one: Meeting, item: str, asked: Asked, unique: str, by: str, named: Named) -> None:
        subjects = one.items[item]["subjects"]
        self._actions.assign(by, f"{one.ref}\n{item}\n{asked.owner}\n{unique}", asked, one.ref, item, subjects, named)

    def _settle_referral(self, referral: str, decision: Decision, by: str, at: str) -> None:
        found = self._referrals.load(referral)
        if decision.outcome is PanelOutcome.RETURN:
            seal = self._kept.texts.of(referral, found.subjects or found.contexts)
            self._referrals.change(referral, lambda one: one.send_back(decision.reason or "", by, at, seal))
        else:
            self._referrals.change(referral, lambda one: one.decide(decision.outcome.value, by, at))

    def _open_assessment(self, told: Mapping[str, Sequence[str]], by: str) -> None:
        """A person still confirms what kind of context each is, and what it is called."""
        heard = str(told["referral"] or told["case"])
        for context in told["contexts"]:
            self._contexts.propose(context, [Evidence(heard, heard, self._kept.panel)], by)


def _told(decision: Decision, at: str) -> dict[str, Any]:
    """What agencies are told of a decision, as a `decision` section has it."""
    return {
        "panel_outcome": decision.outcome.value,
        "support": "being_arranged" if decision.outcome in _SUPPORTING else "not_decided",
        "reasons": decision.rationale,
        "decided_on": at[:10],
        "review_by": decision.review_due,
        "dissent": decision.dissent,
        "young_persons_view": decision.views,
        "no_view_because": decision.no_views_because,
    }
