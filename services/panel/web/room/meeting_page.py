"""A meeting as its page shows it to one reader: agenda, members and what is next, in words."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from services.kernel.pages.times import clock_words, day_words, time_words
from services.panel.application.meeting_views import DecisionView, ItemView, MeetingView
from services.panel.domain.meeting_terms import ItemState, Membership, Part, Stage
from services.panel.web.room.context_page import Bar, weight_bars
from services.panel.web.room.wording import (
    DESTINATIONS,
    ITEM_KINDS,
    ITEM_STATES,
    MEMBERSHIPS,
    OUTCOMES_IN_SHORT,
    PARTS,
    STAGES,
    Called,
    day_of,
    time_of,
)

_STAGE_TONES: Mapping[str, str] = {Stage.HELD: "yellow", Stage.AGENDA_SENT: "green"}
_STATE_TONES: Mapping[str, str] = {ItemState.HEARD: "yellow", ItemState.DECIDED: "green"}
_SAID: Sequence[tuple[str, str]] = (
    ("rationale", "Why"),
    ("reason", "Reason"),
    ("dissent", "Seen differently"),
    ("views", "In their own words"),
    ("no_views_because", "No views, because"),
    ("disclosure", "Why these are told"),
)


@dataclass(frozen=True)
class DecisionShown:
    """A decision in words. `words` are label, text, and whether a young person said it."""

    outcome: str
    to: str
    words: Sequence[tuple[str, str, bool]]
    review: str
    told: str
    bars: Sequence[Bar]


@dataclass(frozen=True)
class ItemShown:
    """An item in words."""

    item: str
    number: int
    conflicted: bool
    title: str
    kind: str
    state: str
    state_words: str
    tone: str
    late: bool
    unchecked: bool
    pack_open: bool
    recipients: Sequence[str]
    decision: DecisionShown | None
    carried_over: str
    href: str
    is_first: bool
    is_last: bool


@dataclass(frozen=True)
class MemberShown:
    """A member in words."""

    who: str
    membership: str
    items: str


@dataclass(frozen=True)
class MeetingShown:
    """A meeting in words."""

    ref: str
    version: int
    when: str
    until: str
    stage: str
    stage_words: str
    tone: str
    parts: Sequence[tuple[str, str]]
    items: Sequence[ItemShown]
    members: Sequence[MemberShown]
    present: str
    minutes_due: str
    opens: str
    shuts: str
    is_planned: bool
    is_preparing: bool
    is_held: bool
    is_over: bool
    is_closed: bool
    is_minuted: bool
    settled: int
    """How many items are decided or carried over."""


def meeting_shown(meeting: MeetingView, called: Called, href: Callable[[str], str]) -> MeetingShown:
    """A meeting in words; `href` says where an item is."""
    numbers = {one.item: one.number for one in meeting.items}
    last = len(meeting.items)
    stage = meeting.stage
    return MeetingShown(
        ref=meeting.ref,
        version=meeting.version,
        when=time_of(meeting.starts),
        until=_until(meeting),
        stage=stage,
        stage_words=STAGES[stage],
        tone=_STAGE_TONES.get(stage, "grey"),
        parts=[(PARTS[part], called.person(meeting.parts[part])) for part in Part if meeting.parts.get(part)],
        items=[item_shown(one, called, href(one.item), last) for one in meeting.items],
        members=[
            MemberShown(
                called.person(who),
                MEMBERSHIPS[one["membership"]].partition(":")[0],
                _member_items(one, numbers),
            )
            for who, one in meeting.members.items()
        ],
        present=called.persons(list(meeting.present)),
        minutes_due=day_of(meeting.minutes_due or ""),
        opens=time_of(meeting.opens),
        shuts=time_of(meeting.shuts),
        is_planned=stage == Stage.PLANNED,
        is_preparing=stage in (Stage.PLANNED, Stage.AGENDA_SENT),
        is_held=stage == Stage.HELD,
        is_over=stage in (Stage.CLOSED, Stage.MINUTED),
        is_closed=stage == Stage.CLOSED,
        is_minuted=stage == Stage.MINUTED,
        settled=sum(1 for one in meeting.items if one.state in (ItemState.DECIDED, ItemState.CARRIED_OVER)),
    )


def _until(meeting: MeetingView) -> str:
    starts, ends = datetime.fromisoformat(meeting.starts), datetime.fromisoformat(meeting.ends)
    return clock_words(ends) if day_words(starts) == day_words(ends) else time_words(ends)


def _member_items(member: Mapping[str, object], numbers: Mapping[str, int]) -> str:
    items = member["items"]
    if member["membership"] == Membership.CORE or not isinstance(items, Sequence):
        return "All items"
    found = sorted(numbers[item] for item in items if item in numbers)
    return f"Item{'' if len(found) == 1 else 's'} {', '.join(str(one) for one in found)}"


def item_shown(one: ItemView, called: Called, href: str, last: int) -> ItemShown:
    """An item in words."""
    return ItemShown(
        item=one.item,
        number=one.number,
        conflicted=one.conflicted,
        title=one.title,
        kind=ITEM_KINDS.get(one.kind, ""),
        state=one.state,
        state_words=ITEM_STATES.get(one.state, ""),
        tone=_STATE_TONES.get(one.state, "grey"),
        late=one.late,
        unchecked=one.late and not one.checked,
        pack_open=one.pack_open,
        recipients=[called.person(who) for who in one.recipients],
        decision=decision_shown(one.decision, called) if one.decision else None,
        carried_over=one.carried_over or "",
        href=href,
        is_first=one.number == 1,
        is_last=one.number == last,
    )


def decision_shown(decision: DecisionView, called: Called) -> DecisionShown:
    """A decision in words."""
    said = {"dissent": "By nobody"} | {name: words for name, words in decision.words.items() if words.strip()}
    words = [(label, said[name], name == "views") for name, label in _SAID if name in said]
    return DecisionShown(
        outcome=OUTCOMES_IN_SHORT[decision.outcome],
        to=DESTINATIONS.get(decision.to or "", ""),
        words=words,
        review=day_of(decision.review_due or ""),
        told=", ".join(called.agency(one) for one in decision.disclosed_to),
        bars=weight_bars(decision.weighting, decision.first),
    )
