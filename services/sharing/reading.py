"""Reading: what a partner is served of its own records, never without a trace.

Every answer is made from one consistent view, and is on the access log before its first byte leaves.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import Row
from sqlalchemy.orm import Session

from schemas.access import Seen
from schemas.classes import Purpose
from services.kernel.access import AccessGate
from services.kernel.cursors import Cursors, CursorUnknown
from services.kernel.http.problems import Problem
from services.kernel.identity import Caller
from services.kernel.keys import Keys, KeysUnavailable, NotAuthentic
from services.kernel.positions import parse_position
from services.sharing.currency import Currency
from services.sharing.projections import record_queries as records
from services.sharing.projections.record_queries import FEED_STATES, Wanted
from services.sharing.release import Released, release

_T = TypeVar("_T")


@dataclass(frozen=True)
class Asked:
    """One read: who asks, for which purpose, from where on, and how much at most."""

    caller: Caller
    purpose: Purpose
    after: str | None = None
    limit: int = 100
    at_least: str | None = None


@dataclass(frozen=True)
class Page:
    """What one read released: lines in order, each with its cursor; `last` is where to go on from."""

    lines: tuple[dict[str, Any], ...]
    last: str
    more: bool

    def records(self) -> list[dict[str, Any]]:
        """The records of the lines, without cursors."""
        return [line["record"] for line in self.lines]


@dataclass(frozen=True)
class Search:
    """What a search asks for beside its purpose; instants are since <= occurred < until."""

    identifier: str | None = None
    subject: str | None = None
    data_class: str | None = None
    form: str | None = None
    since: datetime | None = None
    until: datetime | None = None

    def words(self) -> tuple[str, ...]:
        """All that a cursor of this search is bound to."""
        instants = (one.isoformat() if one else "" for one in (self.since, self.until))
        return (self.identifier or "", self.subject or "", self.data_class or "", self.form or "", *instants)


class Reading:
    """Serves partners their own records.

    Every read raises Problem: 400 `cursor_unknown` or `position_unknown`, 403 `not_a_partner`, 404 `subject_unknown`,
    409 `recalls_overdue`, 503 `decisions_not_current`, `not_yet_reflected`, `content_unavailable` or
    `access_not_recorded`.
    """

    def __init__(self, currency: Currency, keys: Keys, gate: AccessGate) -> None:
        self._currency, self._keys, self._gate = currency, keys, gate
        self._cursors = Cursors(keys)

    def feed(self, asked: Asked) -> Page:
        """The next lines of the feed, what is disclosed and what is recalled, each with its cursor."""
        wanted = Wanted(asked.caller.partner, asked.purpose, states=FEED_STATES)
        return self._in_order(asked, lambda _: wanted, "feed.read", ("feed",))

    def listed(self, asked: Asked, data_class: str | None, form: str | None) -> Page:
        """The records that the partner has, in the order of its feed."""
        wanted = Wanted(asked.caller.partner, asked.purpose, data_class=data_class, form=form)
        return self._in_order(asked, lambda _: wanted, "records.list", ("records", data_class or "", form or ""))

    def found(self, asked: Asked, search: Search) -> Page:
        """The records that a search finds, in the order of the feed."""
        partner = asked.caller.partner

        def wanted(session: Session) -> Wanted:
            return Wanted(
                partner,
                asked.purpose,
                data_class=search.data_class,
                form=search.form,
                names=self._names(session, partner, search),
                since=search.since,
                until=search.until,
            )

        return self._in_order(asked, wanted, "records.search", ("search", *search.words()))

    def timeline(self, asked: Asked, name: str) -> Page:
        """The records about one young person, by when they happened. Raises Problem 404 `subject_unknown`, which is
        the same whether nobody has this name or another partner's records do."""
        words = (asked.caller.partner, asked.purpose, "timeline", name)
        after = self._read_cursor(asked.after, words) if asked.after is not None else ()
        wanted = Wanted(asked.caller.partner, asked.purpose, names=frozenset({name}))
        rows = self._ask(
            asked, "subjects.timeline", lambda session: records.timeline(session, wanted, after, asked.limit + 1)
        )
        if not rows and not after:
            self._gate.record(asked.caller, "subjects.timeline", asked.purpose, ())
            raise Problem(404, "subject_unknown", "Not found", "Your records name nobody like this for this purpose.")
        shown = rows[: asked.limit]
        released = self._opened(asked, shown)
        last = self._cursors.make(records.timeline_place(shown[-1]), *words) if shown else asked.after or ""
        page = Page(tuple(one.line for one in released), last, len(rows) > len(shown))
        return self._gate.release(asked.caller, "subjects.timeline", asked.purpose, _seen(released), page)

    def open_stream(self, asked: Asked) -> tuple[int, ...]:
        """Check that a stream may begin, leave its trace, and return the place where it begins."""
        after = self._after(asked, ("feed",))
        place = self._ask(asked, "stream.open", lambda _: self._begin(asked, after))
        self._gate.record(asked.caller, "stream.open", asked.purpose, ())
        return place

    def next_line(self, asked: Asked, place: Sequence[int]) -> tuple[dict[str, Any], tuple[int, ...]] | None:
        """The one line behind a place and the place behind it, or None; does not wait."""
        wanted = Wanted(asked.caller.partner, asked.purpose, states=FEED_STATES)
        rows = self._currency.ask(
            asked.caller.partner, lambda session: records.lines(session, wanted, place, 1), wait=False
        )
        if not rows:
            return None
        page = self._page(asked, rows, place, ("feed",), "stream.next")
        return page.lines[0], _behind(place, rows[0])

    def _in_order(
        self, asked: Asked, wanted: Callable[[Session], Wanted], operation: str, words: tuple[str, ...]
    ) -> Page:
        after = self._after(asked, words)

        def question(session: Session) -> "tuple[tuple[int, ...], list[Row[Any]]]":
            place = self._begin(asked, after)
            return place, records.lines(session, wanted(session), place, asked.limit + 1)

        place, rows = self._ask(asked, operation, question)
        return self._page(asked, rows, place, words, operation)

    def _ask(self, asked: Asked, operation: str, question: Callable[[Session], _T]) -> _T:
        own_report = self._own_report(asked)
        try:
            return self._currency.ask(asked.caller.partner, question, own_report)
        except Problem as problem:
            if problem.status != 503:
                self._gate.record(asked.caller, operation, asked.purpose, ())
            raise

    def _page(
        self, asked: Asked, rows: "list[Row[Any]]", place: Sequence[int], words: tuple[str, ...], operation: str
    ) -> Page:
        shown = rows[: asked.limit]
        released = self._opened(asked, shown)
        lines = []
        for row, one in zip(shown, released, strict=True):
            place = _behind(place, row)
            kind, *rest = one.line.items()
            lines.append(dict([kind, ("cursor", self._cursor(asked, place, words)), *rest]))
        page = Page(tuple(lines), self._cursor(asked, place, words), len(rows) > len(shown))
        return self._gate.release(asked.caller, operation, asked.purpose, _seen(released), page)

    def _opened(self, asked: Asked, rows: "list[Row[Any]]") -> list[Released]:
        """The rows as the partner is to read them; nothing may leave before its trace is on the log."""
        try:
            return [release(row, asked.purpose, self._keys) for row in rows]
        except (KeysUnavailable, NotAuthentic) as error:
            raise Problem(
                503, "content_unavailable", "Content cannot be opened", "Nothing was released; try again later."
            ) from error

    def _names(self, session: Session, partner: str, search: Search) -> frozenset[str] | None:
        names = None if search.subject is None else frozenset({search.subject})
        if search.identifier is not None:
            marked = records.names_marked(session, partner, identifier_mark(self._keys, search.identifier))
            names = marked if names is None else names & marked
        return names

    def _own_report(self, asked: Asked) -> int | None:
        if asked.at_least is None:
            return None
        agency, sequence = parse_position(self._keys, asked.at_least)
        if agency != asked.caller.partner:
            raise Problem(400, "position_unknown", "Unknown position", "Give a position of your own agency's receipts.")
        return sequence

    def _after(self, asked: Asked, words: tuple[str, ...]) -> tuple[int, ...] | None:
        if asked.after is None:
            return None
        return self._read_cursor(asked.after, (asked.caller.partner, asked.purpose, *words))

    def _begin(self, asked: Asked, after: tuple[int, ...] | None) -> tuple[int, ...]:
        return after if after is not None else (0,) * self._currency.partitions(asked.caller.partner)

    def _cursor(self, asked: Asked, place: Sequence[int], words: tuple[str, ...]) -> str:
        return self._cursors.make(place, asked.caller.partner, asked.purpose, *words)

    def _read_cursor(self, cursor: str, words: tuple[str, ...]) -> tuple[int, ...]:
        try:
            return self._cursors.read(cursor, *words)
        except CursorUnknown:
            raise Problem(
                400, "cursor_unknown", "Unknown cursor", "Give a cursor as an answer to this very question stated it."
            ) from None


def _behind(place: Sequence[int], row: "Row[Any]") -> tuple[int, ...]:
    return tuple(row.ordinal if number == row.partition else ordinal for number, ordinal in enumerate(place))


def _seen(released: Sequence[Released]) -> list[Seen]:
    return [seen for one in released for seen in one.seen]


def identifier_mark(keys: Keys, identifier: str) -> str:
    """The keyed hash by which an identifier `system|value` is known, as intake makes it."""
    return keys.mac("identifier", identifier).hex()
