"""Meetings: convening the panel, who takes part in what, and what it decides."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import count
from typing import Protocol

from schemas.access import Seen
from schemas.classes import Form, Purpose
from services.kernel.access import AccessGate
from services.kernel.identity import Caller
from services.panel import publishing
from services.panel.application.actions import Actions, Asked
from services.panel.application.contexts import Contexts
from services.panel.application.kept import Kept
from services.panel.application.meeting_views import (
    MeetingView,
    Minutes,
    is_minuted,
    minutes_for,
    opens_for,
    view_for,
)
from services.panel.application.referrals import Referrals
from services.panel.domain.meeting import Meeting
from services.panel.domain.meeting_terms import Decision, ItemKind, Membership, PanelOutcome, Part
from services.panel.domain.proposals import Evidence
from services.panel.domain.refusing import NotKnown, NotYours
from services.panel.domain.sealing import Seal
from services.panel.publishing import Named

KIND = "meeting"


class Identifying(Protocol):
    """Finds by what agencies know young people, in the panel's own feed."""

    def identifiers(self, who: Caller, subjects: Sequence[str]) -> Mapping[str, Sequence[str]]:
        """Hub ref -> identifiers as `system|value`, for those whom the panel was given any for. Raises Problem."""
        ...


@dataclass(frozen=True)
class ItemAsked:
    """What is put on an agenda. An item about a referral or a case takes its subjects from there."""

    kind: ItemKind
    title: str
    referral: str | None = None
    case: str | None = None


@dataclass(frozen=True)
class PackAsked:
    """What a pack is made for. `named`: whether the reader knows whom the item is about, having referred them."""

    meeting: str
    title: str
    starts: str
    subjects: frozenset[str]
    contexts: frozenset[str]
    report: str | None
    named: bool


class Meetings:
    """The meetings. Commands are for those of the panel unless they say otherwise, and take what was `seen`."""

    def __init__(
        self,
        kept: Kept,
        gate: AccessGate,
        referrals: Referrals,
        contexts: Contexts,
        actions: Actions,
        known: Identifying,
    ) -> None:
        self._kept, self._gate = kept, gate
        self._referrals, self._contexts, self._actions, self._known = referrals, contexts, actions, known

    def meetings(self, who: Caller, purpose: Purpose) -> list[MeetingView]:
        """Those that concern the caller: all for the panel, else those in which an item is theirs. By their start."""
        found = [self._load(ref) for ref in self._kept.listed(KIND)]
        mine = sorted((one for one in found if self._concerns(who, one)), key=lambda one: (one.starts, one.ref))
        self._gate.record(who, "panel.meetings", purpose, [self._seen(who, one) for one in mine])
        return [self._view(who, one) for one in mine]

    def meeting(self, who: Caller, purpose: Purpose, ref: str) -> MeetingView:
        """One meeting, as far as it concerns the caller. Raises NotKnown."""
        found = self._find(who, ref)
        self._gate.record(who, "panel.meeting", purpose, [self._seen(who, found)])
        return self._view(who, found)

    def minutes(self, who: Caller, purpose: Purpose, ref: str) -> Minutes:
        """The minutes as they are the caller's to read. Raises NotKnown, also before they went out."""
        found, visitor = self._find(who, ref), self._kept.visitor(who)
        if not is_minuted(found, visitor):
            raise NotKnown
        self._gate.record(who, "panel.minutes", purpose, [self._seen(who, found)])
        actions = {item: self._own_actions(who, ref, item) for item in found.order}
        return minutes_for(found, visitor, actions, self._kept.texts)

    def pack_of(self, who: Caller, ref: str, item: str) -> PackAsked:
        """What a pack is made for, if the caller may open it now. Raises NotKnown for everything else."""
        found = self._find(who, ref)
        if item not in found.items or not opens_for(found, item, self._kept.visitor(who), self._kept.clock.now()):
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
            named=self._kept.visitor(who).of_panel or (referral is not None and referral.by_partner == who.partner),
        )

    def convene(self, who: Caller, unique: str, starts: datetime, ends: datetime, parts: Mapping[Part, str]) -> Meeting:
        """Call a meeting. `unique` names it, so that calling it again is harmless."""
        by = self._kept.for_panel(who)
        Meeting.check(starts.isoformat(), ends.isoformat(), parts)
        ref = self._kept.ref("m", f"{by}\n{unique}")
        with self._kept.store.transaction():
            if self._kept.listed(KIND, ref=ref):
                return self._load(ref)
            named = {part.value: practitioner for part, practitioner in parts.items()}
            return self._save(Meeting(ref, starts.isoformat(), ends.isoformat(), named, by, self._kept.now()))

    def reschedule(self, who: Caller, ref: str, starts: datetime, ends: datetime, seen: int | None = None) -> Meeting:
        """Meet at another time."""
        return self._change(
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

        return self._change(who, ref, seen, added)

    def move_item(self, who: Caller, ref: str, item: str, place: int, seen: int | None = None) -> Meeting:
        """Hear it at this place of the agenda, the first being 1."""
        return self._change(who, ref, seen, lambda one, by, at: one.move_item(item, place, by, at))

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
        return self._change(
            who, ref, seen, lambda one, by, at: one.add_member(practitioner, partner, membership, items, by, at)
        )

    def declare_conflict(
        self, who: Caller, ref: str, item: str, why: str, practitioner: str | None = None, seen: int | None = None
    ) -> Meeting:
        """Say that one has an interest in an item: of the panel for anybody, of others for oneself."""
        visitor = self._kept.visitor(who)
        whose = practitioner or who.practitioner
        with self._kept.store.transaction():
            found = self._find(who, ref, seen)
            if not visitor.of_panel:
                if whose != who.practitioner:
                    raise NotYours
                self._own(found, who, item)
            found.declare_conflict(whose, item, why, who.practitioner, self._kept.now(), self._seal(found, item))
            return self._save(found)

    def send_agenda(self, who: Caller, ref: str, seen: int | None = None) -> Meeting:
        """Let the members prepare."""
        return self._change(who, ref, seen, lambda one, by, at: one.send_agenda(by, at))

    def check_recipients(
        self, who: Caller, ref: str, item: str, recipients: Sequence[str], seen: int | None = None
    ) -> Meeting:
        """The chair has looked at who would receive a late item."""
        return self._change(who, ref, seen, lambda one, by, at: one.check_recipients(item, recipients, by, at))

    def begin(self, who: Caller, ref: str, present: Sequence[str], seen: int | None = None) -> Meeting:
        """Open the meeting."""
        return self._change(who, ref, seen, lambda one, by, at: one.begin(present, by, at))

    def hear(self, who: Caller, ref: str, item: str, seen: int | None = None) -> Meeting:
        """The meeting has come to this item."""
        return self._change(who, ref, seen, lambda one, by, at: one.hear(item, by, at))

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
        self._kept.for_panel(who)
        named = self._named(who, self._about_item(who, ref, item))

        def decided(one: Meeting, by: str, at: str) -> None:
            one.decide(item, decision, by, at, self._seal(one, item))
            told = one.items[item]
            if told["referral"]:
                self._settle_referral(told["referral"], decision, by, at)
            if decision.outcome is PanelOutcome.OPEN_CONTEXT_ASSESSMENT:
                self._open_assessment(told, by)
            if named:
                self._say_decided(ref, item, at, named, decision, told["subjects"] or told["contexts"])
            for owner in dict.fromkeys(asked.owner for asked in actions):
                own = [asked for asked in actions if asked.owner == owner]
                for number, asked in enumerate(own):
                    unique = f"{ref}\n{item}\n{owner}\n{number}"
                    self._actions.assign(by, unique, asked, ref, item, told["subjects"], named)

        return self._change(who, ref, seen, decided)

    def assign(self, who: Caller, ref: str, item: str, asked: Asked, unique: str, seen: int | None = None) -> Meeting:
        """One more action of an item that is decided; `unique` names it, so that assigning it again is harmless."""
        self._kept.for_panel(who)
        named = self._named(who, self._about_item(who, ref, item))

        def assigned(one: Meeting, by: str, _: str) -> None:
            subjects = one.items[item]["subjects"]
            self._actions.assign(by, f"{ref}\n{item}\n{asked.owner}\n+{unique}", asked, ref, item, subjects, named)

        return self._change(who, ref, seen, assigned)

    def carry_over(self, who: Caller, ref: str, item: str, reason: str, seen: int | None = None) -> Meeting:
        """The meeting does not come to this item: a referral waits for another."""

        def carried(one: Meeting, by: str, at: str) -> None:
            one.carry_over(item, reason, by, at, self._seal(one, item))
            referral = one.items[item]["referral"]
            if referral:
                self._referrals.change(referral, lambda found: found.carry_over(by, at))

        return self._change(who, ref, seen, carried)

    def close(self, who: Caller, ref: str, seen: int | None = None) -> Meeting:
        """End the meeting, once each item has been decided or carried over."""
        return self._change(who, ref, seen, lambda one, by, at: one.close(by, at))

    def circulate_minutes(self, who: Caller, ref: str, seen: int | None = None) -> Meeting:
        """Let each recipient read the minutes, as far as they are theirs."""
        return self._change(who, ref, seen, lambda one, by, at: one.circulate_minutes(by, at))

    def _item_ref(self, one: Meeting, asked: ItemAsked) -> str:
        """Made from what the item is, and not from how many others there are: nobody who reads it can tell."""
        told = f"{one.ref}\n{asked.kind}\n{asked.referral}\n{asked.case}\n{asked.title}"
        refs = (self._kept.ref("it", f"{told}\n{n}") for n in count())
        return next(ref for ref in refs if ref not in one.items)

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

    def _say_decided(
        self, ref: str, item: str, at: str, named: Named, decision: Decision, subjects: Sequence[str]
    ) -> None:
        told = publishing.decided(
            self._kept.panel,
            f"{ref}\n{item}",
            at,
            named,
            {
                "panel_outcome": decision.outcome.value,
                "support": "being_arranged" if decision.outcome in _SUPPORTING else "not_decided",
                "reasons": decision.rationale,
                "decided_on": at[:10],
                "review_by": decision.review_due,
                "dissent": decision.dissent,
                "young_persons_view": decision.views,
                "no_view_because": decision.no_views_because,
            },
        )
        self._kept.say(told, ref, list(subjects))

    def _named(self, who: Caller, about: tuple[Sequence[str], Sequence[str]]) -> Named:
        """How agencies know whom an item is about, or else what: somebody without an identifier would be taken for
        somebody new, and so is left out."""
        subjects, contexts = about
        known = self._known.identifiers(who, subjects) if subjects else {}
        people = [known[subject] for subject in subjects if known.get(subject)]
        if people:
            return Named(people)
        names = []
        for context in contexts:
            case = self._kept.case_of(context)
            words = self._contexts.opened(who, case).words.get("name") if case else None
            if case and words:
                names.append(publishing.context_name(self._kept.texts.open(case, words)))
        return Named((), names)

    def _about(self, who: Caller, asked: ItemAsked) -> tuple[list[str], list[str]]:
        if asked.referral:
            referral = self._referrals.load(asked.referral)
            return list(referral.subjects), list(referral.contexts)
        if asked.case:
            return [], list(self._contexts.opened(who, asked.case).contexts)
        return [], []

    def _about_item(self, who: Caller, ref: str, item: str) -> tuple[list[str], list[str]]:
        found = self._find(who, ref)
        if item not in found.items:
            raise NotKnown
        return found.items[item]["subjects"], found.items[item]["contexts"]

    def _own_actions(self, who: Caller, ref: str, item: str) -> list[Mapping[str, str]]:
        ours = self._kept.visitor(who).of_panel
        views = [
            self._actions.view(one, ours)
            for one in self._actions.of_item(ref, item)
            if ours or one.owner == who.partner
        ]
        return [{"ref": one.ref, "owner": one.owner, "text": one.text, "due": one.due} for one in views]

    def _own(self, found: Meeting, who: Caller, item: str) -> None:
        """Raises NotKnown for an item that does not concern the caller."""
        if item not in {
            one.item for one in view_for(found, self._kept.visitor(who), self._now(), self._kept.texts).items
        }:
            raise NotKnown

    def _change(self, who: Caller, ref: str, seen: int | None, command: Callable[[Meeting, str, str], None]) -> Meeting:
        with self._kept.store.transaction():
            found = self._find(who, ref, seen)
            by = self._kept.for_panel(who)
            command(found, by, self._kept.now())
            return self._save(found)

    def _find(self, who: Caller, ref: str, seen: int | None = None) -> Meeting:
        found = self._load(ref, seen)
        if not self._concerns(who, found):
            raise NotKnown
        return found

    def _concerns(self, who: Caller, found: Meeting) -> bool:
        visitor = self._kept.visitor(who)
        if visitor.of_panel:
            return True
        member = found.members.get(who.practitioner)
        return member is not None and member["partner"] == who.partner

    def _seen(self, who: Caller, found: Meeting) -> Seen:
        """What the trace says of a meeting that was read: whom the items are about that were the reader's to see."""
        shown = [found.items[one.item] for one in self._view(who, found).items if not one.conflicted]
        subjects = {ref for told in shown for ref in (*told["subjects"], *told["contexts"])}
        return Seen(
            item=found.ref,
            reference=found.ref,
            subjects=tuple(sorted(subjects)),
            form=Form.OWN,
            agreements=(),
            revision=f"v{found.version}",
        )

    def _view(self, who: Caller, found: Meeting) -> MeetingView:
        return view_for(found, self._kept.visitor(who), self._now(), self._kept.texts)

    def _seal(self, found: Meeting, item: str) -> Seal:
        told = found.items.get(item, {"subjects": [], "contexts": []})
        return self._kept.texts.of(found.ref, told["subjects"] or told["contexts"])

    def _load(self, ref: str, seen: int | None = None) -> Meeting:
        return self._kept.find(Meeting, Meeting.create_id(ref), seen)

    def _save(self, found: Meeting) -> Meeting:
        self._kept.keep(found, KIND, found.ref, found.stage.value, due=found.starts)
        return found

    def _now(self) -> datetime:
        return self._kept.clock.now()


_SUPPORTING = frozenset({PanelOutcome.ACCEPT, PanelOutcome.OPEN_CONTEXT_ASSESSMENT, PanelOutcome.JOINT_INTERVENTION})


class Interests:
    """Who declared an interest in what, as far as referrals and actions go by it."""

    def __init__(self, kept: Kept) -> None:
        self._kept = kept

    def in_referral(self, meeting: str, referral: str, practitioner: str) -> bool:
        """Whether somebody declared an interest in the item that heard a referral."""
        found = self._kept.find(Meeting, Meeting.create_id(meeting))
        return any(
            practitioner in found.conflicts.get(item, [])
            for item, told in found.items.items()
            if told["referral"] == referral
        )

    def in_item(self, meeting: str, item: str, practitioner: str) -> bool:
        """Whether somebody declared an interest in an item."""
        return practitioner in self._kept.find(Meeting, Meeting.create_id(meeting)).conflicts.get(item, [])
