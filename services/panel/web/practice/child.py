"""A young person's page, under the agency's own reference; one that it does not have is like one that nobody has."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Request
from fastapi.responses import Response
from sqlalchemy.orm import Session

from schemas.classes import Form, Purpose, SubjectKind
from services.kernel.http.problems import Problem
from services.kernel.identity import Caller
from services.kernel.pages import FieldError, Link, address, short_ref
from services.kernel.pages.listing import Listing, Order, order_asked, shown, twin
from services.kernel.pages.times import LONDON, day_words
from services.panel.domain.episodes import Told
from services.panel.domain.held import TIMED, Held, Opened
from services.panel.missing_told import EVER, episodes_opened, found_elsewhere
from services.panel.projections.holdings import held_of
from services.panel.projections.looks import Look, looks_at
from services.panel.projections.named import Mention, identities_of, mentions_in, mentions_of
from services.panel.reading import Current
from services.panel.web.practice import child_page, child_timeline
from services.panel.web.practice.called import callings
from services.panel.web.practice.room import Practising, Room, Stated, Word, stated, strip
from services.panel.web.practice.young_people import PATH as LIST

OPERATION = "panel.young_person"
_Ref = Annotated[str, Path(max_length=80)]


@dataclass(frozen=True)
class Given:
    """What an address says, as it was written."""

    purpose: str
    by: str
    what: str
    known: str
    order: str
    whole: bool

    def query(self) -> dict[str, str]:
        """The address, without order."""
        given = {"purpose": self.purpose, "from": self.by, "what": self.what, "known": self.known}
        return {name: value for name, value in given.items() if value}


@dataclass(frozen=True)
class Found:
    """What is found of one young person: whether there is anybody, who else is named, and who looked."""

    known: bool
    own: frozenset[str] = frozenset()
    """References of the records about the young person; others are opened for what people and places are called."""
    others: Sequence[Mention] = ()
    looks: Sequence[Look] = ()
    elsewhere: Mapping[str, Sequence[Told]] = field(default_factory=dict)
    """When the agency was told, for other purposes alone, that the young person was found."""


def install(router: APIRouter, room: Room) -> None:
    """`/young-people/<reference>`, and its timeline as data."""

    @router.get(f"{LIST}/{{ref}}")
    def young_person(
        request: Request, who: Practising, ref: _Ref, given: Annotated[Given, Depends(_given)]
    ) -> Response:
        if not given.purpose:
            return room.ask_purpose(request, who)
        asked, agencies = stated(given.purpose), room.joined(who)
        until, error = _until(given.known)
        current = _find(room, who, asked, ref, until)
        timeline, called = _timeline(ref, given, current), callings(current.records)
        own = _own(current)
        episodes = episodes_opened(own, current.found.elsewhere).get(ref, [])
        hrefs = {
            one.name: address(request, f"{LIST}/{one.name}", purpose=asked.value)
            for one in current.found.others
            if one.kind is SubjectKind.YOUNG_PERSON
        }
        order = order_asked(given.order, child_timeline.COLUMNS, child_timeline.ORDER)
        narrowed = _narrowed(own, given)
        title = child_page.heading(ref, called)
        return room.page(
            request,
            who,
            "child.html",
            title,
            strip=strip(request, asked, current.as_of),
            breadcrumbs=[Link("Young people", address(request, LIST, purpose=asked.value))],
            error=[error] if error else None,
            status=422 if error else 200,
            agency=agencies[who.partner],
            reference=short_ref(ref),
            named=called.is_named(ref),
            plans=[] if until else _plans(room, who, asked, ref, own),
            alerts=[]
            if until
            else child_page.alerts(
                episodes,
                current.as_of,
                room.clocks,
                lambda other: address(request, f"{LIST}/{ref}", purpose=other.value),
            ),
            facts=child_page.facts(ref, own, called, episodes),
            sections=child_timeline.sections(episodes, own, narrowed, current, called, order.descending),
            withheld=[] if until else child_page.withheld(own, current),
            together=child_page.together(ref, own, called, hrefs),
            looks=child_page.looks_shown(current.found.looks),
            count=len(narrowed),
            list=timeline,
            shown=shown(request, timeline),
            known=given.known,
            everything_open=given.whole,
            opened=address(request, f"{LIST}/{ref}", **given.query(), order=given.order, whole="yes"),
            closed=address(request, f"{LIST}/{ref}", **given.query(), order=given.order),
            everything=address(request, f"{LIST}/{ref}", purpose=asked.value),
            refer=address(request, "/room/referrals/new", purpose=asked.value, about="child", young=ref),
            discussion=address(request, "/room/discussions/new", purpose=asked.value, young=ref),
            network=address(request, "/network", purpose=asked.value, about=ref),
            as_known=day_words(until) if until else None,
        )

    @router.get(f"{LIST}/{{ref}}/timeline.csv")
    @router.get(f"{LIST}/{{ref}}/timeline.json")
    def timeline_as_data(
        request: Request, who: Practising, ref: _Ref, given: Annotated[Given, Depends(_given)]
    ) -> Response:
        asked = stated(given.purpose)
        room.joined(who)
        until, error = _until(given.known)
        if error:
            raise Problem(422, "not_a_day", "That is not a day", "Write it as 2026-04-18.")
        return twin(_timeline(ref, given, _find(room, who, asked, ref, until)), request)


def _given(
    purpose: Stated = "",
    by: Annotated[str, Query(alias="from", max_length=200)] = "",
    what: Word = "",
    known: Annotated[str, Query(max_length=40)] = "",
    order: Word = "",
    whole: Word = "",
) -> Given:
    return Given(purpose, by, what, known, order, whole == "yes")


def _find(room: Room, who: Caller, purpose: Purpose, ref: str, until: datetime | None) -> Current[Found]:
    """What the agency holds about somebody. Raises the 404 problem, after the trace, if that is nothing."""

    def find(session: Session, _: datetime) -> tuple[Found, list[Held]]:
        mentions = mentions_of(session, who.partner, purpose, [ref])
        if not any(one.kind is SubjectKind.YOUNG_PERSON for one in mentions):
            return Found(known=False), []
        held = held_of(session, who.partner, purpose, sorted({one.item for one in mentions}))
        own = [one for one in held if one.form is not Form.PSEUDONYMISED and _was_known(one, until)]
        beside = mentions_in(session, who.partner, purpose, [one.item for one in own])
        others = [one for one in beside if one.name != ref]
        named = identities_of(session, who.partner, purpose, {one.name for one in others})
        items = sorted(named - {one.item for one in own})
        looks = looks_at(session, who.partner, [one.rendering.reference for one in own])
        elsewhere = found_elsewhere(session, who.partner, purpose, EVER, [ref]) if until is None else {}
        found = Found(True, frozenset(one.rendering.reference for one in own), others, looks, elsewhere)
        return found, [*own, *(one for one in held_of(session, who.partner, purpose, items) if _was_known(one, until))]

    current = room.reading.look(who, purpose, OPERATION, find)
    if not current.found.known:
        raise Problem(
            404,
            "young_person_not_known",
            "Your agency has nothing here",
            "For this purpose it has no record of a young person by this reference.",
        )
    return current


def _was_known(held: Held, until: datetime | None) -> bool:
    """Whether the hub had been told; of a record that doesn't tell when, nobody may say that it had."""
    return until is None or (held.form in TIMED and held.recorded <= until)


def _own(current: Current[Found]) -> list[Opened]:
    return [one for one in current.records if one.held.rendering.reference in current.found.own]


def _plans(room: Room, who: Caller, purpose: Purpose, name: str, own: Sequence[Opened]) -> list[datetime]:
    """Since when the reader, as the lead professional of this young person, is told of a plan for a context."""
    refs = {ref for one in own for ref, told in one.held.rendering.about.items() if told == name}
    return [datetime.fromisoformat(one.since) for one in room.back_links.about(who, purpose, name, refs)]


def _narrowed(own: Sequence[Opened], given: Given) -> list[Opened]:
    return [one for one in own if given.by in ("", one.held.by) and given.what in ("", one.held.data_class)]


def _timeline(ref: str, given: Given, current: Current[Found]) -> Listing:
    own = _own(current)
    order: Order = order_asked(given.order, child_timeline.COLUMNS, child_timeline.ORDER)
    rows = child_timeline.timeline_rows(_narrowed(own, given), current, callings(current.records), order.descending)
    return Listing(
        caption="Timeline",
        path=f"{LIST}/{ref}/timeline",
        query=given.query(),
        columns=child_timeline.COLUMNS,
        rows=rows,
        order=order,
        filters=child_timeline.filters(own, current, given.by, given.what),
        purpose=given.purpose,
        as_of=current.as_of,
        page_path=f"{LIST}/{ref}",
        own_fields=("known",),
    )


def _until(known: str) -> tuple[datetime | None, FieldError | None]:
    """The end of the day that the address asks for, in London."""
    if not known:
        return None, None
    try:
        day = datetime.fromisoformat(known).date()
    except ValueError:
        return None, FieldError("known", "Write a day, such as 2026-04-18")
    return datetime.combine(day, time.max, LONDON), None
