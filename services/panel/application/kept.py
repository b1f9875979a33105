"""What the panel keeps: its aggregates, a register that lists them, and what it has to say to other agencies."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar
from uuid import UUID

from eventsourcing.application import AggregateNotFoundError
from eventsourcing.domain import Aggregate
from eventsourcing.persistence import IntegrityError
from sqlalchemy import delete, insert, select, update

from schemas.binding import token
from services.kernel.clock import Clock
from services.kernel.identity import Caller, Role
from services.kernel.store import Store
from services.kernel.store.application import StoredApplication
from services.panel.application.texts import Texts
from services.panel.domain.refusing import NotKnown, NotYours, StateChanged
from services.panel.domain.room import PANEL, Visitor
from services.panel.projections.kept_tables import CONTEXTS_OF, KEPT_METADATA, LOOKED_AT, REGISTER, SAID

WAITING = "waiting"
_Kept = TypeVar("_Kept", bound=Aggregate)


@dataclass(frozen=True)
class NotTaken:
    """A report of the panel's that intake refused, or put in quarantine."""

    report: str
    type: str
    concerns: str
    state: str


class Kept(StoredApplication):
    """Keeps the panel's aggregates. Safe to call from several threads; `panel` is the panel's own partner id."""

    name = "panel"

    def __init__(self, store: Store, texts: Texts, clock: Clock, mac: Callable[[str, str], bytes], panel: str = PANEL):
        super().__init__(store)
        self.texts, self.clock, self.panel, self.mac = texts, clock, panel, mac
        store.create_tables(KEPT_METADATA)

    def now(self) -> str:
        """The present instant, ISO 8601."""
        return self.clock.now().isoformat()

    def ref(self, prefix: str, unique: str) -> str:
        """An opaque ref, the same for the same `unique`."""
        return token(prefix, self.mac("panel", f"{prefix}\n{unique}"))

    def visitor(self, who: Caller) -> Visitor:
        """Who is asking."""
        return Visitor(who.practitioner, who.partner, who.partner == self.panel and who.may(Role.PRACTITIONER))

    def for_panel(self, who: Caller) -> str:
        """The practitioner, if of the panel. Raises NotYours."""
        if not self.visitor(who).of_panel:
            raise NotYours
        return who.practitioner

    def find(self, kind: type[_Kept], aggregate: UUID) -> _Kept:
        """An aggregate as it stands. Raises NotKnown."""
        try:
            found: _Kept = self.repository.get(aggregate)
        except AggregateNotFoundError:
            raise NotKnown from None
        if not isinstance(found, kind):
            raise NotKnown
        return found

    def as_seen(self, found: _Kept, seen: int | None) -> _Kept:
        """It, unless it changed since it was `seen`: for whom it concerns and who is shown its version, as whoever is
        told that it changed can count what happened to it. Raises StateChanged."""
        if seen not in (None, found.version):
            raise StateChanged
        return found

    def keep(
        self,
        aggregate: Aggregate,
        kind: str,
        ref: str,
        state: str,
        partner: str = "",
        due: str = "",
        line: Mapping[str, Any] | None = None,
    ) -> None:
        """Save an aggregate with its line of the register, in the transaction that is going on."""
        try:
            self.save(aggregate)
        except IntegrityError:
            raise StateChanged from None
        row = {"kind": kind, "state": state, "partner": partner, "due": due, "line": json.dumps(line or {})}
        with self.store.transaction() as session:
            changed = session.execute(update(REGISTER).where(REGISTER.c.ref == ref).values(row))
            if not changed.rowcount:  # type: ignore[attr-defined]
                session.execute(insert(REGISTER).values(row | {"ref": ref}))

    def listed(self, kind: str, **wanted: str) -> list[str]:
        """The refs of one kind, in the order in which they began; `wanted` narrows by a column of the register."""
        query = select(REGISTER.c.ref).where(REGISTER.c.kind == kind)
        for column, value in wanted.items():
            query = query.where(REGISTER.c[column] == value)
        with self.store.reading() as session:
            return list(session.execute(query.order_by(REGISTER.c.number)).scalars())

    def lines(self, kind: str, state: str | None = None) -> list[dict[str, Any]]:
        """What lists show of one kind, in the order in which they began."""
        query = select(REGISTER.c.line).where(REGISTER.c.kind == kind)
        if state:
            query = query.where(REGISTER.c.state == state)
        with self.store.reading() as session:
            return [json.loads(line) for line in session.execute(query.order_by(REGISTER.c.number)).scalars()]

    def case_of(self, context: str) -> str | None:
        """The case of a context of the hub, if it has one."""
        with self.store.reading() as session:
            query = select(CONTEXTS_OF.c.ref).where(CONTEXTS_OF.c.context == context)
            return session.execute(query).scalar_one_or_none()

    def cover(self, contexts: list[str], ref: str) -> None:
        """Let these contexts belong to a case."""
        with self.store.transaction() as session:
            for context in contexts:
                session.execute(delete(CONTEXTS_OF).where(CONTEXTS_OF.c.context == context))
                session.execute(insert(CONTEXTS_OF).values(context=context, ref=ref))

    def say(self, report: Mapping[str, Any], concerns: str, subjects: list[str]) -> None:
        """Keep a report of the panel's own, sealed, until intake has taken it in; the same id is kept once."""
        seal = self.texts.of(concerns, subjects)
        with self.store.transaction() as session:
            known = session.execute(select(SAID.c.number).where(SAID.c.report == report["id"])).first()
            if known is None:
                words = seal(f"said:{report['id']}", report=json.dumps(report))
                session.execute(
                    insert(SAID).values(
                        report=report["id"],
                        type=report["type"],
                        concerns=concerns,
                        state=WAITING,
                        sealed=json.dumps(words),
                    )
                )

    def said(self, concerns: str, type_name: str) -> list[str]:
        """The ids of the reports of a type that the panel made about something."""
        with self.store.reading() as session:
            query = select(SAID.c.report).where(SAID.c.concerns == concerns, SAID.c.type == type_name)
            return list(session.execute(query.order_by(SAID.c.number)).scalars())

    def waiting_to_say(self) -> tuple[str, dict[str, Any]] | None:
        """The oldest report that intake has not answered yet: its id, and the report. Raises Problem 503."""
        query = select(SAID).where(SAID.c.state == WAITING).order_by(SAID.c.number).limit(1)
        with self.store.reading() as session:
            row = session.execute(query).first()
        if row is None:
            return None
        words = self.texts.open(row.concerns, json.loads(row.sealed))
        return row.report, json.loads(words["report"]) if words else {}

    def note_answer(self, report: str, state: str) -> None:
        """What intake answered to a report; its content is kept no longer than until it is accepted."""
        values: dict[str, Any] = {"state": state} | ({"sealed": None} if state == "accepted" else {})
        with self.store.transaction() as session:
            session.execute(update(SAID).where(SAID.c.report == report).values(values))

    def not_taken(self, who: Caller) -> list[NotTaken]:
        """What the panel said that intake did not take in, for a person to look into. Raises NotYours."""
        self.for_panel(who)
        query = select(SAID).where(SAID.c.state.not_in((WAITING, "accepted"))).order_by(SAID.c.number)
        with self.store.reading() as session:
            return [NotTaken(row.report, row.type, row.concerns, row.state) for row in session.execute(query)]

    def unseen(self, reports: list[str]) -> list[str]:
        """Those of these reports that were not looked at yet."""
        with self.store.reading() as session:
            seen = set(session.execute(select(LOOKED_AT.c.report).where(LOOKED_AT.c.report.in_(reports))).scalars())
        return [report for report in reports if report not in seen]

    def note_seen(self, reports: list[str]) -> None:
        """These reports were looked at."""
        with self.store.transaction() as session:
            fresh = self.unseen(reports)
            if fresh:
                session.execute(insert(LOOKED_AT), [{"report": report} for report in fresh])
