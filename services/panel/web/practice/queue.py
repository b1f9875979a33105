"""My queue: what waits for somebody tonight, told from what the agency may read and from nothing else."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Final, TypeVar

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import JSONResponse, Response
from sqlalchemy.orm import Session

from schemas.classes import Purpose
from services.kernel.identity import Caller
from services.kernel.pages import address
from services.kernel.pages.listing import ROWS_OF_A_PAGE, ROWS_OF_A_TWIN, Listing, page_asked, shown, twin
from services.panel.domain.action import OVER
from services.panel.domain.held import Held, Opened
from services.panel.domain.missing_clocks import Clocks
from services.panel.missing_told import episodes_opened
from services.panel.reading import Current
from services.panel.web.practice import queue_page, queue_rows
from services.panel.web.practice.called import Callings, callings
from services.panel.web.practice.queue_page import (
    DAYS,
    DAYS_OTHERWISE,
    HEADINGS,
    KNOWN_MAX,
    Counts,
    Tile,
)
from services.panel.web.practice.queue_rows import Person, QueueRow
from services.panel.web.practice.queue_waiting import Kind, Queue, Waiting, Wanted, held_behind, waiting
from services.panel.web.practice.room import Practising, Room, Stated, Word, stated, strip
from services.panel.web.practice.saving import saved_links
from services.panel.web.practice.young_people import PATH as YOUNG_PEOPLE

PATH: Final = "/queue"
OPERATION: Final = "panel.queue"
NEWS: Final = "panel.queue_news"
NEWS_SECONDS: Final = 60
_Row = TypeVar("_Row")
FEW: Final = 20
"""How many of each kind the whole queue shows; those of one kind alone are all there, in pages."""


@dataclass(frozen=True)
class Given:
    """What an address says, as it was written."""

    purpose: str
    show: str
    days: str
    page: str

    def understood(self) -> "Asked":
        """What is asked for. Raises the 422 problem `purpose_unknown`."""
        return Asked(
            stated(self.purpose),
            self.show if self.show in set(Kind) else "",
            self.days if self.days in DAYS else DAYS_OTHERWISE,
            page_asked(self.page),
        )


@dataclass(frozen=True)
class Asked:
    """What an address asks of the queue; what does not exist narrows nothing."""

    purpose: Purpose
    show: str
    days: str
    page: int

    @property
    def kinds(self) -> frozenset[Kind]:
        """Which kinds of rows are asked for."""
        return frozenset({Kind(self.show)} if self.show else Kind)

    def query(self) -> dict[str, str]:
        """The address."""
        given = {"purpose": self.purpose.value, "show": self.show, "days": self._days()}
        return {name: value for name, value in given.items() if value}

    def _days(self) -> str:
        return "" if self.days == DAYS_OTHERWISE else self.days


def install(router: APIRouter, room: Room) -> None:
    """`/queue`, the same as data, and whether there is news."""

    @router.get(PATH)
    def queue(request: Request, who: Practising, given: Annotated[Given, Depends(_given)]) -> Response:
        if not given.purpose:
            return room.ask_purpose(request, who)
        asked, agencies = given.understood(), room.joined(who)
        current = _find(room, who, asked, lambda every: _of_a_page(asked, every))
        tasks = _tasks(room, who, asked, current.as_of)
        rows = _rows(request, asked, current, room.clocks) + _here(asked, tasks)
        counts = Counts.of(current.found.waiting, tasks)
        listing = _listing(asked, rows, current.as_of, bool(asked.show) and _further(asked, counts))
        return room.page(
            request,
            who,
            "queue.html",
            "My queue",
            strip=strip(request, asked.purpose, current.as_of),
            agency=agencies[who.partner],
            tiles=_tiles(request, asked, counts),
            groups=queue_page.groups(rows, asked.kinds, counts, lambda kind: _whole(request, asked, kind)),
            list=listing,
            shown=shown(request, listing),
            saved=saved_links(room, request, who, listing),
            refresh=address(request, PATH, **asked.query()),
            news=_news(request, asked, current.found.waiting),
            news_seconds=NEWS_SECONDS,
        )

    @router.get(f"{PATH}.csv")
    @router.get(f"{PATH}.json")
    def queue_as_data(request: Request, who: Practising, given: Annotated[Given, Depends(_given)]) -> Response:
        asked = given.understood()
        room.joined(who)
        start, end = (asked.page - 1) * ROWS_OF_A_TWIN, asked.page * ROWS_OF_A_TWIN
        current = _find(room, who, asked, lambda every: every[start:end])
        before, tasks = len(current.found.waiting), _tasks(room, who, asked, current.as_of)
        rows = _rows(request, asked, current, room.clocks) + tasks[max(0, start - before) : max(0, end - before)]
        return twin(_listing(asked, rows, current.as_of, before + len(tasks) > end), request)

    @router.get(f"{PATH}/news.json")
    def news(
        who: Practising,
        given: Annotated[Given, Depends(_given)],
        known: Annotated[str, Query(max_length=KNOWN_MAX)] = "",
    ) -> Response:
        """Whether there is something that the page did not count: a number of rows, and nothing about anybody."""
        asked = given.understood()
        room.joined(who)
        wanted = _wanted(room, who, asked)

        def find(session: Session, now: datetime) -> tuple[list[Waiting], list[Held]]:
            return waiting(session, room.episodes_told, wanted, now), []

        current = room.reading.look(who, asked.purpose, NEWS, find)
        return JSONResponse({"words": queue_page.news_words(current.found, known)})


def _given(purpose: Stated = "", show: Word = "", days: Word = "", page: Word = "") -> Given:
    return Given(purpose, show, days, page)


def _wanted(room: Room, who: Caller, asked: Asked) -> Wanted:
    return Wanted(who.partner, asked.purpose, asked.kinds, int(asked.days), room.clocks)


def _find(
    room: Room, who: Caller, asked: Asked, chosen: Callable[[Sequence[Waiting]], Sequence[Waiting]]
) -> Current[Queue]:
    """All that waits, and the records behind what is chosen of it."""
    wanted = _wanted(room, who, asked)

    def find(session: Session, now: datetime) -> tuple[Queue, list[Held]]:
        every = waiting(session, room.episodes_told, wanted, now)
        here = chosen(every)
        return Queue(every, {one.of: one for one in here}), held_behind(session, wanted, here)

    return room.reading.look(who, asked.purpose, OPERATION, find)


def _of_a_page(asked: Asked, every: Sequence[Waiting]) -> Sequence[Waiting]:
    """The few most pressing of each kind, or a page of one kind."""
    if asked.show:
        return _here(asked, every)
    return [one for kind in Kind for one in [each for each in every if each.kind is kind][:FEW]]


def _here(asked: Asked, every: Sequence[_Row]) -> list[_Row]:
    """Those of one kind that the page shows."""
    first = (asked.page - 1) * ROWS_OF_A_PAGE if asked.show else 0
    return list(every[first : first + (ROWS_OF_A_PAGE if asked.show else FEW)])


def _further(asked: Asked, counts: Counts) -> bool:
    return counts.all[Kind(asked.show)] > asked.page * ROWS_OF_A_PAGE


def _rows(request: Request, asked: Asked, current: Current[Queue], clocks: Clocks) -> list[QueueRow]:
    shown, now, called = current.found.shown, current.as_of, callings(current.records)
    person = _person(request, asked.purpose, called)
    latest = {name: own[-1] for name, own in episodes_opened(current.records).items() if name in shown}
    told = {
        name: [one for one in current.records if one.held.rendering.reference in episode.reports]
        for name, episode in latest.items()
    }
    missing = [episode for episode in latest.values() if episode.is_open]
    back = [episode for episode in latest.values() if not episode.is_open]
    rows = queue_rows.missing_rows(missing, told, current, person, now, shown)
    rows += queue_rows.discussion_rows(back, told, current, person, now, shown, clocks)
    rows += queue_rows.referral_rows(_reports(current), current, person, shown)
    return queue_rows.in_order(rows)


def _tasks(room: Room, who: Caller, asked: Asked, now: datetime) -> list[QueueRow]:
    """What the panel asks of the agency and is not done; reading it leaves a trace of its own."""
    if Kind.TASK not in asked.kinds:
        return []
    every = room.actions.actions(who, asked.purpose, owner=who.partner)
    return queue_rows.in_order(queue_rows.task_rows([one for one in every if one.progress not in OVER], now))


def _reports(current: Current[Queue]) -> dict[str, list[Opened]]:
    reports: dict[str, list[Opened]] = {}
    for record in current.records:
        waits = current.found.shown.get(record.held.report)
        if waits is not None and record.held.item in waits.items:
            reports.setdefault(record.held.report, []).append(record)
    return reports


def _person(request: Request, purpose: Purpose, called: Callings) -> Callable[[str], Person]:
    return lambda name: Person(called.words(name), address(request, f"{YOUNG_PEOPLE}/{name}", purpose=purpose.value))


def _whole(request: Request, asked: Asked, kind: Kind) -> str | None:
    """Where all of a kind is, from where few of it are."""
    return None if asked.show else address(request, PATH, **(asked.query() | {"show": kind.value}))


def _news(request: Request, asked: Asked, counted: Sequence[Waiting]) -> str:
    return address(request, f"{PATH}/news.json", **asked.query(), known=queue_page.known_of(counted))


def _tiles(request: Request, asked: Asked, counts: Counts) -> list[Tile]:
    return [
        Tile(
            counts.all[kind],
            HEADINGS[kind],
            address(request, PATH, **(asked.query() | {"show": "" if asked.show else kind.value})),
            bool(asked.show),
            counts.late[kind] > 0,
            f"{counts.late[kind]} overdue" if kind is Kind.DISCUSSION and counts.late[kind] else "",
        )
        for kind in Kind
        if kind in asked.kinds and (kind is not Kind.TASK or counts.all[kind])
    ]


def _listing(asked: Asked, rows: Sequence[QueueRow], as_of: datetime, further: bool) -> Listing:
    return Listing(
        caption="My queue",
        path=PATH,
        query=asked.query(),
        columns=queue_page.COLUMNS,
        rows=[row.row() for row in rows],
        order=queue_page.ORDER,
        filters=queue_page.filters(asked.show, asked.days),
        page=asked.page,
        further=further,
        purpose=asked.purpose.value,
        as_of=as_of,
    )
