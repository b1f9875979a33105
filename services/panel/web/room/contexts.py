"""Contexts: the board, each case, and the pack of a conference about it, which names nobody."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

from fastapi import APIRouter, Request
from fastapi.responses import Response

from services.kernel.pages import Link, Option
from services.kernel.pages.listing import ROWS_OF_A_TWIN, Column, Filter, Listing, Order, Row, shown, twin
from services.panel.application.context_views import ContextLine, ContextView
from services.panel.domain.conference_pack import TooFewReports
from services.panel.domain.context_terms import NotAContext, NotOpen, State
from services.panel.domain.held import TIMED, Held, in_order_told
from services.panel.web.practice.entries import entry_shown
from services.panel.web.practice.fields import shown_fields
from services.panel.web.practice.room import Word
from services.panel.web.room import back_links, context_forms
from services.panel.web.room.context_page import board_groups, case_shown
from services.panel.web.room.described import proposals_described, title_described
from services.panel.web.room.setting import AT, ContextRef, PanelRoom, Visit, Visiting
from services.panel.web.room.wording import KINDS, STATES, WEIGHED, Called

PATH: Final = f"{AT}/contexts"
_COLUMNS: Final = (
    Column("reference", "Reference"),
    Column("state", "State"),
    Column("kind", "Kind"),
    Column("name", "Name"),
    Column("described", "Described as"),
    Column("reports", "Reports"),
    Column("agencies", "Told by"),
    Column("review_due", "Review by"),
    Column("first", "To change first"),
)


def install(router: APIRouter, setting: PanelRoom) -> None:
    """`/room/contexts`, the same as data, and every case."""

    @router.get(PATH)
    def board(request: Request, visit: Visiting, state: Word = "") -> Response:
        lines = _in_order(setting.room.contexts.lines(visit.who, visit.purpose), state)
        called = setting.called(visit.who)
        described = proposals_described(setting, visit, lines)
        listing = _listing(visit, lines, described, state, called)
        return setting.page(
            visit,
            "contexts.html",
            "Contexts",
            groups=board_groups(lines, described, called, lambda ref: visit.at(f"/contexts/{ref}")),
            states=_state_links(visit, state),
            shown=shown(request, listing),
            propose=visit.at("/contexts/new"),
        )

    @router.get(f"{PATH}.csv")
    @router.get(f"{PATH}.json")
    def board_as_data(request: Request, visit: Visiting, state: Word = "") -> Response:
        lines = _in_order(setting.room.contexts.lines(visit.who, visit.purpose), state)[:ROWS_OF_A_TWIN]
        described = proposals_described(setting, visit, lines)
        return twin(_listing(visit, lines, described, state, setting.called(visit.who)), request)

    context_forms.install_opening(router, setting)

    @router.get(f"{PATH}/{{context}}")
    def case(visit: Visiting, ref: ContextRef) -> Response:
        return _case(setting, visit, ref)

    @router.get(f"{PATH}/{{context}}/pack")
    def pack(visit: Visiting, ref: ContextRef) -> Response:
        made = setting.room.packs.conference(visit.who, visit.purpose, ref)
        fields = shown_fields("cairn.context.observed.v1", "context", {
            "kind": made.kind, "location_band": list(made.location_bands), "spot": list(made.spots),
            "time_band": list(made.time_bands), "days": list(made.days), "harms": list(made.harms),
            "ask": list(made.asks),
        })  # fmt: skip
        return setting.page(
            visit,
            "conference_pack.html",
            "For a context conference",
            crumbs=[Link("Contexts", visit.at("/contexts")), Link("Context", visit.at(f"/contexts/{ref}"))],
            fields=fields,
            reports=made.reports_words(),
            made_at=setting.room.clock.now(),
        )

    back_links.install(router, setting)
    context_forms.install(router, setting)


def _case(setting: PanelRoom, visit: Visit, ref: str) -> Response:
    case = setting.room.contexts.case(visit.who, visit.purpose, ref)
    called = setting.called(visit.who)
    items, contexts = {one["item"] for one in case.evidence}, set(case.contexts)

    def naming(held: Held) -> bool:
        return held.item in items and held.form in TIMED and bool(contexts & set(held.rendering.about))

    told = setting.room.reading.chronology(visit.who, visit.purpose, "panel.context-evidence", naming)
    records = sorted(told.records, key=in_order_told)
    alike = setting.room.packs.alike(visit.who, visit.purpose, ref) if case.state in _GOING_ON else []
    return setting.page(
        visit,
        "context.html",
        title_described(setting, visit, case),
        crumbs=[Link("Contexts", visit.at("/contexts"))],
        case=case_shown(case, called),
        evidence=[replace(entry_shown(one, told), about=()) for one in records],
        alike=len(alike),
        leads=back_links.told_shown(setting, visit, case),
        may_tell=back_links.may_tell(case),
        pack=_has_pack(setting, visit, case),
        do=lambda step: visit.at(f"/contexts/{ref}/{step}"),
    )


_GOING_ON: Final = (State.PROPOSED, State.OPEN)


def _has_pack(setting: PanelRoom, visit: Visit, case: ContextView) -> bool:
    if case.state != State.OPEN:
        return False
    try:
        setting.room.packs.conference(visit.who, visit.purpose, case.ref)
    except (TooFewReports, NotAContext, NotOpen):
        return False
    return True


def _in_order(lines: Sequence[ContextLine], state: str) -> list[ContextLine]:
    """Those that wait for a person first, then open ones by their next review, then what is over."""
    states = list(State)
    wanted = [line for line in lines if state not in STATES or line.state == state]
    return sorted(
        wanted,
        key=lambda line: (states.index(State(line.state)), line.review_due or "9999", line.proposed_at, line.ref),
    )


def _state_links(visit: Visit, state: str) -> list[Link]:
    every = Link("All", visit.at("/contexts"), current=state not in STATES)
    return [
        every,
        *(Link(words, visit.at("/contexts", state=code), current=state == code) for code, words in STATES.items()),
    ]


def _listing(
    visit: Visit, lines: Sequence[ContextLine], described: Mapping[str, str], state: str, called: Called
) -> Listing:
    chosen = state if state in STATES else ""
    query = {"purpose": visit.purpose.value} | ({"state": chosen} if chosen else {})
    rows = [
        Row(
            line.ref,
            (),
            {
                "reference": line.ref,
                "state": STATES[line.state],
                "kind": KINDS.get(line.kind or ""),
                "name": line.name,
                "described": described.get(line.ref),
                "reports": line.reports,
                "agencies": ", ".join(called.agency(one) for one in line.agencies),
                "review_due": line.review_due,
                "first": ", ".join(WEIGHED[one] for one in line.first),
            },
        )
        for line in lines
    ]
    options = [Option("", "All"), *(Option(code, words) for code, words in STATES.items())]
    return Listing(
        caption="Contexts", path=PATH, query=query, columns=_COLUMNS, rows=rows, order=Order("state"),
        filters=[Filter("state", "State", options, chosen)], purpose=visit.purpose.value,
    )  # fmt: skip
