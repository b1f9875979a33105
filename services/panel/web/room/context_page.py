"""A context case as its page shows it: in words, by its sides, with what has to change first drawn as bars."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from services.kernel.pages import short_ref
from services.panel.application.context_views import ContextLine, ContextView
from services.panel.domain.context_terms import WEIGHT_MAX, HandledAs, Measure, Side, State, Weighed
from services.panel.web.room.wording import HAPPENED, KINDS, MEASURES, SIDES, STATES, WEIGHED, Called, day_of, time_of

_HEADINGS: Mapping[str, str] = {
    State.PROPOSED: "Waiting for a person to confirm",
    State.OPEN: "Open, by the next review",
    State.CLOSED: "Closed",
    State.DISMISSED: "Dismissed",
    State.CONVERTED: "Found to be a home",
}
_TONES: Mapping[str, str] = {State.PROPOSED: "yellow", State.OPEN: "green"}
_SAID: Mapping[str, str] = {
    "why": "Why",
    "reason": "Reason",
    "text": "Note",
    "who": "Who",
    "aim": "Aim",
    "findings": "Findings",
    **SIDES,
}


@dataclass(frozen=True)
class Card:
    """A case on the board."""

    href: str
    title: str
    kind: str
    reference: str
    about: str
    review: str
    first: str


@dataclass(frozen=True)
class Group:
    """The cases of one state."""

    heading: str
    state: str
    cards: Sequence[Card]


@dataclass(frozen=True)
class Bar:
    """How much one thing bears on safety. `level` is from 0 to 5, None where nobody has said."""

    label: str
    level: int | None
    words: str
    first: bool


@dataclass(frozen=True)
class Happened:
    """One entry of the timeline, with what was written about it."""

    at: str
    what: str
    by: str
    recorded: str | None
    said: Sequence[tuple[str, str]]


@dataclass(frozen=True)
class CaseShown:
    """A case in words."""

    ref: str
    version: int
    state: str
    state_words: str
    tone: str
    is_proposed: bool
    is_open: bool
    is_going_on: bool
    is_of_peers: bool
    kind: str
    reports: int
    agencies: str
    review: str
    first: str
    bars: Sequence[Bar]
    weighed: bool
    sides: Sequence[tuple[str, str]]
    guardians: Sequence[tuple[str, str, bool]]
    plan: Sequence[Mapping[str, str]]
    reviews: Sequence[tuple[str, str, str, str]]
    outcomes: Sequence[Mapping[str, str]]
    timeline: Sequence[Happened]


def title_of(name: str, kind: str | None) -> str:
    """What a case is called; before anybody named it, what it is."""
    return name or f"A {(KINDS.get(kind or '') or 'context').lower()} without a name yet"


def board_groups(
    lines: Sequence[ContextLine], described: Mapping[str, str], called: Called, href: Callable[[str], str]
) -> list[Group]:
    """The board, state by state; states without a case are left out, but those that somebody has to look after.

    `described`: case -> what it is like, for those that nobody has named.
    """
    return [
        Group(heading, state, cards)
        for state, heading in _HEADINGS.items()
        if (cards := [_card(line, described, called, href(line.ref)) for line in lines if line.state == state])
    ]


def _card(line: ContextLine, described: Mapping[str, str], called: Called, href: str) -> Card:
    told_by = ", ".join(called.agency(one) for one in line.agencies)
    reports = f"{line.reports} report{'' if line.reports == 1 else 's'}" if line.reports else "No report yet"
    return Card(
        href=href,
        title=title_of(line.name or described.get(line.ref, ""), line.kind),
        kind=KINDS.get(line.kind or "", "") or ("No name yet" if line.ref in described else ""),
        reference="" if line.name else short_ref(line.ref),
        about=f"{reports} from {told_by}" if told_by else reports,
        review=day_of(line.review_due or ""),
        first=", ".join(WEIGHED[one] for one in line.first),
    )


def case_shown(case: ContextView, called: Called) -> CaseShown:
    """A case in words."""
    return CaseShown(
        ref=case.ref,
        version=case.version,
        state=case.state,
        state_words=STATES[case.state],
        tone=_TONES.get(case.state, "grey"),
        is_proposed=case.state == State.PROPOSED,
        is_open=case.state == State.OPEN,
        is_going_on=case.state in (State.PROPOSED, State.OPEN),
        is_of_peers=case.handled_as == HandledAs.PEER_LINKS,
        kind=KINDS.get(case.kind or "", ""),
        reports=len({one["report"] for one in case.evidence}),
        agencies=", ".join(sorted({called.agency(one["by"]) for one in case.evidence})),
        review=day_of(case.review_due or ""),
        first=", ".join(WEIGHED[one] for one in case.first),
        bars=weight_bars(case.weighting, case.first),
        weighed=bool(case.weighting),
        sides=[(SIDES[side], case.triangle.get(side, "")) for side in Side] if case.triangle else (),
        guardians=[(one.who, day_of(one.observed_on), one.present) for one in case.guardians],
        plan=[
            {
                "step": one.step,
                "aim": one.aim,
                "owner": called.agency(one.owner),
                "due": day_of(one.due),
                "measure": MEASURES[one.measure],
            }
            for one in case.plan
        ],
        reviews=[(day_of(one.at), called.person(one.by), one.findings, day_of(one.next_due)) for one in case.reviews],
        outcomes=[_outcome(one) for one in case.outcomes],
        timeline=[
            Happened(
                at=time_of(one.at),
                what=HAPPENED.get(one.kind, one.kind),
                by=called.person(one.by),
                recorded=time_of(one.recorded) if one.recorded != one.at else None,
                said=[(_SAID.get(name, ""), words) for name, words in one.words.items() if words],
            )
            for one in reversed(case.timeline)
        ],
    )


def weight_bars(weighting: Mapping[str, int], first: Sequence[str]) -> list[Bar]:
    """How much each context bears on safety, as bars that also say it."""
    return [
        Bar(
            WEIGHED[each],
            weighting.get(each),
            f"{weighting[each]} of {WEIGHT_MAX}" if each in weighting else "Not weighed",
            each in first,
        )
        for each in Weighed
    ]


def _outcome(one: Mapping[str, str]) -> dict[str, str]:
    return {
        "measure": MEASURES[Measure(one["measure"])],
        "before": one["before"],
        "after": one["after"],
        "on": day_of(one["measured_on"]),
    }
