"""My queue: what waits for somebody tonight, told from what the agency may read and from nothing else."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import JSONResponse, Response
from sqlalchemy.orm import Session

from schemas.classes import Purpose
from services.kernel.identity import Caller
from services.kernel.pages import address
from services.kernel.pages.listing import Listing, shown, twin
from services.panel.domain.action import OVER
from services.panel.domain.held import TIMED, Held, Opened
from services.panel.domain.missing_clocks import Clock, Clocks, Episode, timed
from services.panel.projections.holdings import held_of
from services.panel.projections.named import Mention, Moment, mentions_by_type, mentions_of
from services.panel.reading import Current
from services.panel.web.practice import queue_page
from services.panel.web.practice.called import Callings, callings, identity_items
from services.panel.web.practice.missing_told import episodes_opened, episodes_told, moments_told
from services.panel.web.practice.queue_page import DAYS, DAYS_OTHERWISE, Found, Kind, Person, QueueRow, Tile
from services.panel.web.practice.room import Practising, Room, Stated, Word, stated, strip
from services.panel.web.practice.saving import saved_links
from services.panel.web.practice.young_people import PATH as YOUNG_PEOPLE

PATH: Final = "/queue"
OPERATION: Final = "panel.queue"
NEWS: Final = "panel.queue_news"
NEWS_SECONDS: Final = 60
_LOOKED_BACK = timedelta(days=60)
_REFERRED: Final = (
    "cairn.referral.submitted.v1",
    "cairn.ird.convened.v1",
    "cairn.school.concern.v1",
    "cairn.health.attendance.v1",
    "cairn.adult-of-concern.identified.v1",
)
"""What is a referral or a concern that somebody should look at, when another agency sends it."""


@dataclass(frozen=True)
class Given:
    """What an address says, as it was written."""

    purpose: str
    show: str
    days: str

    def understood(self) -> "Asked":
        """What is asked for. Raises the 422 problem `purpose_unknown`."""
        return Asked(
            stated(self.purpose),
            self.show if self.show in set(Kind) else "",
            self.days if self.days in DAYS else DAYS_OTHERWISE,
        )


@dataclass(frozen=True)
class Asked:
    """What an address asks of the queue; what does not exist narrows nothing."""

    purpose: Purpose
    show: str
    days: str

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
        current = _find(room, who, asked)
        rows = _rows(request, asked, current) + _tasks(room, who, asked, current.as_of)
        listing = _listing(asked, rows, current.as_of)
        found = queue_page.groups(rows, asked.show)
        return room.page(
            request,
            who,
            "queue.html",
            "My queue",
            strip=strip(request, asked.purpose, current.as_of),
            agency=agencies[who.partner],
            tiles=_tiles(request, asked, found),
            groups=found,
            list=listing,
            shown=shown(request, listing),
            saved=saved_links(room, request, who, listing),
            refresh=address(request, PATH, **asked.query()),
            news=address(request, f"{PATH}/news.json", **asked.query(), known=".".join(row.key for row in rows)),
            news_seconds=NEWS_SECONDS,
        )

    @router.get(f"{PATH}.csv")
    @router.get(f"{PATH}.json")
    def queue_as_data(request: Request, who: Practising, given: Annotated[Given, Depends(_given)]) -> Response:
        asked = given.understood()
        room.joined(who)
        current = _find(room, who, asked)
        rows = _rows(request, asked, current) + _tasks(room, who, asked, current.as_of)
        return twin(_listing(asked, rows, current.as_of), request)

    @router.get(f"{PATH}/news.json")
    def news(
        who: Practising,
        given: Annotated[Given, Depends(_given)],
        known: Annotated[str, Query(max_length=8_000)] = "",
    ) -> Response:
        """Whether there is something that the page does not show: a number of rows, and nothing about anybody."""
        asked = given.understood()
        room.joined(who)
        current = room.reading.look(who, asked.purpose, NEWS, lambda *now: (_outsides(room, who, asked, *now)[0], []))
        return JSONResponse({"words": queue_page.news_words(current.found.keys.values(), known.split("."))})


def _given(purpose: Stated = "", show: Word = "", days: Word = "") -> Given:
    return Given(purpose, show, days)


def _find(room: Room, who: Caller, asked: Asked) -> Current[Found]:
    def find(session: Session, now: datetime) -> tuple[Found, list[Held]]:
        found, items = _outsides(room, who, asked, session, now)
        names = sorted({*found.waited_for, *(one.name for one in items)})
        named = mentions_of(session, who.partner, asked.purpose, names)
        wanted = {*(one.item for one in items), *identity_items(named)}
        return found, held_of(session, who.partner, asked.purpose, sorted(wanted))

    return room.reading.look(who, asked.purpose, OPERATION, find)


def _outsides(
    room: Room, who: Caller, asked: Asked, session: Session, now: datetime
) -> tuple[Found, list[Mention | Moment]]:
    """What the outsides of records tell, and the records that the rows are made of."""
    steps = moments_told(session, who.partner, asked.purpose, now - _LOOKED_BACK)
    episodes = episodes_told(steps)
    latest = {name: own[-1] for name, own in episodes.items()}
    waited_for = {name: one for name, one in latest.items() if _kind(one, now, room.clocks) in _shown(asked)}
    since = now - timedelta(days=int(asked.days))
    told = mentions_by_type(session, who.partner, asked.purpose, _REFERRED, since)
    referred = [one for one in told if one.by != who.partner and one.form in TIMED and Kind.REFERRAL in _shown(asked)]
    behind = {reference for episode in waited_for.values() for reference in episode.reports}
    keys = {name: queue_page.key_of(name, one.reports[0], str(one.is_open), str(one.offered is None)) for name, one in
            waited_for.items()} | {one.report: queue_page.key_of(one.report) for one in referred}  # fmt: skip
    found = Found(
        frozenset(waited_for),
        frozenset(one.reference for one in referred),
        {name: _often(episodes[name], now, room.clocks) for name in waited_for},
        keys,
        room.clocks,
    )
    return found, [*(one for one in steps if one.reference in behind), *referred]


def _shown(asked: Asked) -> frozenset[Kind]:
    return frozenset({Kind(asked.show)} if asked.show else Kind)


def _kind(episode: Episode, now: datetime, clocks: Clocks) -> Kind | None:
    """In which part of the queue an episode stands, if anything is still to be done about it."""
    if episode.is_open:
        return Kind.MISSING
    stands = timed(episode, now, clocks)
    return Kind.DISCUSSION if {Clock.RUNNING, Clock.OVERDUE} & {stands.offered, stands.completed} else None


def _often(episodes: Sequence[Episode], now: datetime, clocks: Clocks) -> int:
    since = now - clocks.repeated_within
    return sum(1 for episode in episodes if episode.since is not None and episode.since >= since)


def _rows(request: Request, asked: Asked, current: Current[Found]) -> list[QueueRow]:
    found, now, called = current.found, current.as_of, callings(current.records)
    person = _person(request, asked.purpose, called)
    latest = {name: own[-1] for name, own in episodes_opened(current.records).items() if name in found.waited_for}
    told = {
        name: [one for one in current.records if one.held.rendering.reference in episode.reports]
        for name, episode in latest.items()
    }
    missing = [episode for episode in latest.values() if episode.is_open]
    back = [episode for episode in latest.values() if not episode.is_open]
    rows = queue_page.missing_rows(missing, told, current, person, now, found)
    rows += queue_page.discussion_rows(back, told, current, person, now, found)
    rows += queue_page.referral_rows(_reports(current), current, person, found.keys)
    return queue_page.in_order(rows)


def _tasks(room: Room, who: Caller, asked: Asked, now: datetime) -> list[QueueRow]:
    """What the panel asks of the agency and is not done; reading it leaves a trace of its own."""
    if Kind.TASK not in _shown(asked):
        return []
    every = room.actions.actions(who, asked.purpose, owner=who.partner)
    return queue_page.in_order(queue_page.task_rows([one for one in every if one.progress not in OVER], now))


def _reports(current: Current[Found]) -> dict[str, list[Opened]]:
    reports: dict[str, list[Opened]] = {}
    for record in current.records:
        if record.held.rendering.reference in current.found.referred:
            reports.setdefault(record.held.report, []).append(record)
    return reports


def _person(request: Request, purpose: Purpose, called: Callings) -> Callable[[str], Person]:
    return lambda name: Person(called.words(name), address(request, f"{YOUNG_PEOPLE}/{name}", purpose=purpose.value))


def _tiles(request: Request, asked: Asked, groups: Sequence[queue_page.Group]) -> list[Tile]:
    return [
        Tile(
            group.count,
            group.heading,
            address(request, PATH, **(asked.query() | {"show": "" if asked.show else group.kind.value})),
            bool(asked.show),
            group.late > 0,
            f"{group.late} overdue" if group.kind is Kind.DISCUSSION and group.late else "",
        )
        for group in groups
    ]


def _listing(asked: Asked, rows: Sequence[QueueRow], as_of: datetime) -> Listing:
    return Listing(
        caption="My queue",
        path=PATH,
        query=asked.query(),
        columns=queue_page.COLUMNS,
        rows=[row.row() for row in rows],
        order=queue_page.ORDER,
        filters=queue_page.filters(asked.show, asked.days),
        purpose=asked.purpose.value,
        as_of=as_of,
    )
