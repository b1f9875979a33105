"""A meeting as one person may read it: agenda, what was decided, and the minutes that are theirs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Annotated, Any

from schemas.classes import Published
from services.panel.application.holding import holding
from services.panel.application.texts import Texts
from services.panel.domain.meeting import Meeting
from services.panel.domain.meeting_terms import Membership, Stage
from services.panel.domain.recipients import is_told_the_decision, may_open, minutes_due, own_items, window
from services.panel.domain.room import Visitor


@dataclass(frozen=True)
class DecisionView:
    """A decision; `words` are rationale, disclosure, dissent, views and so on, by name."""

    outcome: str
    weighting: Mapping[str, int]
    first: Sequence[str]
    disclosed_to: Sequence[str]
    to: str | None
    review_due: str | None
    words: Mapping[str, str]


@dataclass(frozen=True)
class ItemView:
    """An item as its reader has it. A reader with a conflict of interest has its number, and nothing else of it."""

    item: str
    number: int
    conflicted: bool
    title: str = ""
    kind: str = ""
    state: str = ""
    late: bool = False
    pack_open: bool = False
    referral: str | None = None
    case: str | None = None
    recipients: Sequence[str] = ()
    checked: Sequence[str] = ()
    decision: DecisionView | None = None
    carried_over: str | None = None
    actions: Sequence[str] = ()


class Member(Published):
    """Somebody from an agency who takes part."""

    partner: str
    membership: Membership
    items: tuple[str, ...]
    """Which items are theirs, where not all are."""


@dataclass(frozen=True)
class MeetingView:
    """A meeting. Parts, members and version are for the panel; others read when, and their own items."""

    ref: str
    starts: str
    ends: str
    stage: str
    items: Sequence[ItemView]
    opens: str
    shuts: str
    version: int = 0
    parts: Mapping[str, str] = field(default_factory=dict)
    members: Mapping[str, Annotated[Mapping[str, Any], holding(Member)]] = field(default_factory=dict)
    present: Sequence[str] = ()
    minutes_due: str | None = None


class OwnAction(Published):
    """An action that came of an item, and is the reader's to see."""

    ref: str
    owner: str
    text: str
    due: str


@dataclass(frozen=True)
class MinutesItem:
    """One item of somebody's minutes: what was decided where that is theirs to know, and their own actions."""

    number: int
    title: str
    decided: bool
    conflicted: bool
    decision: DecisionView | None
    actions: Sequence[Annotated[Mapping[str, str], holding(OwnAction)]]
    carried_over: str | None = None
    """Why the meeting did not come to it; for the panel and for members of its core."""


@dataclass(frozen=True)
class Minutes:
    """The minutes as one recipient reads them; `withheld` says of how many own items the decision is not theirs."""

    ref: str
    starts: str
    present: Sequence[str]
    items: Sequence[MinutesItem]
    withheld: int
    for_reader: str


def decision_view(meeting: Meeting, item: str, texts: Texts) -> DecisionView | None:
    """What was decided on an item, opened. Raises Problem 503."""
    said = meeting.items[item]["decision"]
    if said is None:
        return None
    heaviest = max(said["weighting"].values(), default=0)
    return DecisionView(
        outcome=said["outcome"],
        weighting=said["weighting"],
        first=[one for one, weight in said["weighting"].items() if weight == heaviest > 0],
        disclosed_to=said["disclosed_to"],
        to=said["to"],
        review_due=said["review_due"],
        words=texts.open(meeting.ref, said["words"]),
    )


def view_for(meeting: Meeting, visitor: Visitor, now: datetime, texts: Texts) -> MeetingView:
    """The meeting as a visitor may read it. Raises Problem 503."""
    when = window(meeting)
    shown = _panel_items(meeting, visitor, texts) if visitor.of_panel else _own_items(meeting, visitor, now, texts)
    view = MeetingView(
        meeting.ref, meeting.starts, meeting.ends, meeting.stage.value, shown, when.opens.isoformat(),
        when.shuts.isoformat(),
    )  # fmt: skip
    if not visitor.of_panel:
        return view
    due = minutes_due(datetime.fromisoformat(meeting.closed_at)).isoformat() if meeting.closed_at else None
    return MeetingView(
        **{name: getattr(view, name) for name in ("ref", "starts", "ends", "stage", "items", "opens", "shuts")},
        version=meeting.version,
        parts=meeting.parts,
        members={
            who: {"partner": one["partner"], "membership": one["membership"].value, "items": one["items"]}
            for who, one in sorted(meeting.members.items())
        },
        present=meeting.present,
        minutes_due=due,
    )


def _panel_items(meeting: Meeting, visitor: Visitor, texts: Texts) -> list[ItemView]:
    return [_panel_item(meeting, item, number, visitor, texts) for number, item in enumerate(meeting.order, start=1)]


def _panel_item(meeting: Meeting, item: str, number: int, visitor: Visitor, texts: Texts) -> ItemView:
    told = meeting.items[item]
    if visitor.practitioner in meeting.conflicts.get(item, []):
        return ItemView(item, number, conflicted=True)
    return ItemView(
        item=item,
        number=number,
        conflicted=False,
        title=texts.open(meeting.ref, told["words"]).get("title", ""),
        kind=told["kind"].value,
        state=told["state"].value,
        late=told["late"],
        pack_open=True,
        referral=told["referral"],
        case=told["case"],
        recipients=meeting.recipients(item),
        checked=told["checked"],
        decision=decision_view(meeting, item, texts),
        carried_over=texts.open(meeting.ref, told.get("carried_over")).get("reason"),
    )


def _own_items(meeting: Meeting, visitor: Visitor, now: datetime, texts: Texts) -> list[ItemView]:
    """An outsider's own items: titles only while the pack is open."""
    shown = []
    for own in own_items(meeting, visitor.practitioner, visitor.partner):
        if own.conflicted:
            shown.append(ItemView(own.item, own.number, conflicted=True))
            continue
        is_open = opens_for(meeting, own.item, visitor, now)
        title = texts.open(meeting.ref, meeting.items[own.item]["words"]).get("title", "") if is_open else ""
        shown.append(
            ItemView(
                own.item,
                own.number,
                conflicted=False,
                title=title,
                pack_open=is_open,
                kind=meeting.items[own.item]["kind"].value if is_open else "",
            )
        )
    return shown


def opens_for(meeting: Meeting, item: str, visitor: Visitor, now: datetime) -> bool:
    """Whether a visitor may open the pack of an item now; for the panel's own people only an interest forbids it."""
    if visitor.of_panel:
        return item in meeting.items and visitor.practitioner not in meeting.conflicts.get(item, [])
    return may_open(meeting, item, visitor.practitioner, visitor.partner, now)


def minutes_for(
    meeting: Meeting, visitor: Visitor, actions: Mapping[str, Sequence[Mapping[str, str]]], texts: Texts
) -> Minutes:
    """The minutes as they are a visitor's to read; `actions` are those of each item that are the visitor's to see."""
    items: list[MinutesItem] = []
    withheld, whole = 0, visitor.of_panel or _is_core(meeting, visitor)
    for number, item, conflicted in _minuted(meeting, visitor):
        told = visitor.of_panel or is_told_the_decision(meeting, item, visitor.practitioner, visitor.partner)
        decision = decision_view(meeting, item, texts) if told and not conflicted else None
        decided = meeting.items[item]["decision"] is not None
        withheld += decided and decision is None
        title = "" if conflicted else texts.open(meeting.ref, meeting.items[item]["words"]).get("title", "")
        own_actions = () if conflicted else actions.get(item, ())
        reason = meeting.items[item].get("carried_over") if whole and not conflicted else None
        why = texts.open(meeting.ref, reason).get("reason")
        items.append(MinutesItem(number, title, decided, conflicted, decision, own_actions, why))
    present = meeting.present if whole else ()
    return Minutes(meeting.ref, meeting.starts, present, items, withheld, visitor.practitioner)


def _minuted(meeting: Meeting, visitor: Visitor) -> list[tuple[int, str, bool]]:
    if visitor.of_panel:
        return [
            (number, item, visitor.practitioner in meeting.conflicts.get(item, []))
            for number, item in enumerate(meeting.order, start=1)
        ]
    return [(own.number, own.item, own.conflicted) for own in own_items(meeting, visitor.practitioner, visitor.partner)]


def _is_core(meeting: Meeting, visitor: Visitor) -> bool:
    member = meeting.members.get(visitor.practitioner)
    return member is not None and member["membership"] is Membership.CORE


def is_minuted(meeting: Meeting, visitor: Visitor) -> bool:
    """Whether the minutes are a visitor's to read: of the panel's from its closing, of others' once they went out."""
    return meeting.stage is Stage.MINUTED or (visitor.of_panel and meeting.stage is Stage.CLOSED)
