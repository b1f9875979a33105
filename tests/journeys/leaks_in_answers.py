"""Leaks in how a hub answers: in headers, facets, pages, refusals and sizes, each planted while a test lasts."""

import json
from collections import Counter
from dataclasses import replace
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import func, select
from starlette.responses import Response

from services.kernel import topics
from services.kernel.http.headers import SecurityHeaders
from services.kernel.http.problems import Problem
from services.kernel.positions import parse_position
from services.sharing import reading as reading_side
from services.sharing.api import answering
from services.sharing.api import records as records_api
from services.sharing.api import search as search_api
from services.sharing.api import stream as stream_api
from services.sharing.currency import Currency, NotNow
from services.sharing.projections import record_queries
from services.sharing.projections.record_tables import FEEDS, MARKS, RECORDS, REFLECTED
from services.sharing.reading import Reading
from tests.journeys.leaking import Leak, Patch, WholeHub, around


def _an_etag_changes_with_what_is_decided(patch: Patch) -> None:
    hub = WholeHub(patch)

    def answer(sound: Any, *given: Any, **named: Any) -> Any:
        made = sound(*given, **named)
        made.headers["ETag"] = f'"{hub.said(topics.DECISIONS)}"'
        return made

    around(patch, records_api, "page_answer", answer)


def _facets_count_the_records_of_everybody(patch: Patch) -> None:
    hub = WholeHub(patch)

    def answer(sound: Any, *given: Any, **named: Any) -> Any:
        counted = Counter(row.data_class for row in hub.all(select(RECORDS.c.data_class)))
        return answering.json_answer(json.loads(sound(*given, **named).body) | {"facets": sorted(counted.items())})

    around(patch, search_api, "page_answer", answer)


def _an_answer_is_as_long_as_there_are_accesses(patch: Patch) -> None:
    hub = WholeHub(patch)

    def answer(sound: Any, *given: Any, **named: Any) -> Any:
        return Response(sound(*given, **named).body + b" " * hub.said(topics.ACCESS), media_type="application/json")

    around(patch, records_api, "page_answer", answer)


def _requests_are_numbered_over_all_callers(patch: Patch) -> None:
    counts: WeakKeyDictionary[Any, int] = WeakKeyDictionary()

    async def called(sound: Any, headers: Any, scope: Any, receive: Any, send: Any) -> None:
        counts[headers] = number = counts.get(headers, 0) + 1

        async def numbered(message: Any) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], (b"x-request-number", str(number).encode())]
            await send(message)

        await sound(headers, scope, receive, numbered)

    around(patch, SecurityHeaders, "__call__", called)


def _the_time_to_come_again_grows_with_what_is_reported(patch: Patch) -> None:
    hub = WholeHub(patch)

    def answer(sound: Any, *given: Any) -> Any:
        try:
            return sound(*given)
        except NotNow as reason:
            reason.problem.headers["Retry-After"] = str(hub.said(topics.REPORTS))
            raise

    around(patch, Currency, "_answer", answer)


def _a_refusal_says_how_much_is_decided(patch: Patch) -> None:
    hub = WholeHub(patch)

    def answer(sound: Any, *given: Any) -> Any:
        try:
            return sound(*given)
        except NotNow as reason:
            reason.problem.detail = f"{hub.said(topics.DECISIONS)} decisions stand; try again in a few seconds."
            raise

    around(patch, Currency, "_answer", answer)


def _a_refusal_names_the_purposes_in_use(patch: Patch) -> None:
    hub = WholeHub(patch)

    def stated(sound: Any, value: Any) -> Any:
        try:
            return sound(value)
        except Problem as problem:
            used = hub.all(select(RECORDS.c.purpose, func.count()).group_by(RECORDS.c.purpose))
            problem.detail = f"State one of: {sorted(map(tuple, used))}."
            raise

    around(patch, answering, "stated_purpose", stated)


def _an_event_of_a_stream_says_how_far_the_hub_is(patch: Patch) -> None:
    hub = WholeHub(patch)
    around(
        patch,
        stream_api,
        "ServerSentEvent",
        lambda sound, **event: sound(**event, retry=1_000 + hub.said(topics.REPORTS)),
    )


def _a_page_leaves_room_for_what_others_have(patch: Patch) -> None:
    hub = WholeHub(patch)

    def lines(sound: Any, session: Any, wanted: Any, after: Any, limit: int) -> Any:
        hidden = hub.count(RECORDS, purpose=wanted.purpose) - hub.count(RECORDS, partner=wanted.partner)
        return sound(session, wanted, after, limit - hidden % 3 if limit > 3 else limit)

    around(patch, record_queries, "lines", lines)


def _there_is_a_next_page_while_anybody_has_more(patch: Patch) -> None:
    hub = WholeHub(patch)

    def page(sound: Any, *given: Any) -> Any:
        made = sound(*given)
        return replace(made, more=made.more or hub.count(RECORDS) % 7 > 3)

    around(patch, Reading, "_page", page)


def _who_has_read_all_is_sent_on_to_where_the_hub_is(patch: Patch) -> None:
    hub = WholeHub(patch)

    def feed(sound: Any, reading: Any, asked: Any) -> Any:
        page = sound(reading, asked)
        if page.lines:
            return page
        (((furthest,),)) = hub.all(select(func.max(FEEDS.c.ordinal)))
        return replace(page, last=reading._cursor(asked, (furthest or 0,), ("feed",)))

    around(patch, Reading, "feed", feed)


def _who_waits_for_the_report_of_another_learns_whether_it_came(patch: Patch) -> None:
    hub = WholeHub(patch)

    def own_report(sound: Any, reading: Any, asked: Any) -> Any:
        try:
            return sound(reading, asked)
        except Problem:
            agency, number = parse_position(reading._keys, asked.at_least)
            if not hub.count(REFLECTED, partner=agency, report_sequence=number):
                raise Problem(503, "not_yet_reflected", "Not yet", "Try again in a few seconds.") from None
            raise

    around(patch, Reading, "_own_report", own_report)


def _a_search_goes_on_where_others_would_find_more(patch: Patch) -> None:
    hub = WholeHub(patch)

    def found(sound: Any, reading: Any, asked: Any, search: Any) -> Any:
        page = sound(reading, asked, search)
        mark = search.identifier and reading_side.identifier_mark(reading._keys, search.identifier)
        return replace(page, more=page.more or bool(mark and hub.count(MARKS, mark=mark)))

    around(patch, Reading, "found", found)


LEAKS_IN_ANSWERS = (
    Leak(_an_etag_changes_with_what_is_decided, 560),
    Leak(_facets_count_the_records_of_everybody, 560),
    Leak(_an_answer_is_as_long_as_there_are_accesses, 14),
    Leak(_requests_are_numbered_over_all_callers, 560),
    Leak(_the_time_to_come_again_grows_with_what_is_reported, 560),
    Leak(_a_refusal_says_how_much_is_decided, 560),
    Leak(_a_refusal_names_the_purposes_in_use, 560),
    Leak(_an_event_of_a_stream_says_how_far_the_hub_is, 560),
    Leak(_a_page_leaves_room_for_what_others_have, 2),
    Leak(_there_is_a_next_page_while_anybody_has_more, 1),
    Leak(_who_has_read_all_is_sent_on_to_where_the_hub_is, 560),
    Leak(_who_waits_for_the_report_of_another_learns_whether_it_came, 560),
    Leak(_a_search_goes_on_where_others_would_find_more, 560),
)
