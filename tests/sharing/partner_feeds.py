"""A hub with nothing but its read side, and a hand that writes partners' feeds as the pipeline would."""

import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

from fastapi.testclient import TestClient
from sqlalchemy import select

from schemas.access import AccessRecorded
from schemas.binding import bound
from schemas.classes import DataClass, Form, Published, Purpose
from schemas.disclosures import Change, FeedCurrent, ItemDisclosed, Rendering, ReportReflected
from schemas.envelope import Event
from schemas.rules import PartnerJoined
from schemas.sealed import Sealed
from services.kernel import topics
from services.kernel.access import AccessGate
from services.kernel.clock import SimulatedClock
from services.kernel.following import settle
from services.kernel.http.apps import add_routes, new_app
from services.kernel.identity.demo import DemoIdentity
from services.kernel.keys.keyfile import KeyFile
from services.kernel.log import Log, Record
from services.kernel.log.sqlite import SQLiteLog
from services.kernel.store import Store
from services.kernel.store.sqlite import open_sqlite
from services.sharing.api.serving import ReadSide, create_reading
from services.sharing.currency import Limits
from services.sharing.projections.record_tables import METADATA
from tests.support.described import operation_at, undescribed

NOW = datetime(2026, 4, 24, 9, 0, tzinfo=UTC)
OCCURRED = datetime(2026, 4, 16, 21, 40, tzinfo=UTC)
RECORDED = datetime(2026, 4, 16, 22, 5, tzinfo=UTC)
TYPE = "cairn.missing-episode.reported.v1"
REVISION = "0f1e2d3c4b5a6978"
AT_ONCE = Limits(currency_wait_seconds_max=0, at_least_wait_seconds_max=0)


class _Checking(TestClient):
    """Whoever asks, every answer is as the interface is described."""

    def request(self, method: str, url: Any, *given: Any, **named: Any) -> Any:
        answer = super().request(method, url, *given, **named)
        operation = operation_at("sharing", method, urlsplit(str(url)).path)
        assert operation is not None, url
        assert undescribed(operation, answer.status_code, answer.headers["content-type"], answer.content) == []
        return answer


class PartnerFeeds:
    """The read side on real parts, fed by hand."""

    def __init__(self, folder: Path, partitions: int = 1, limits: Limits = AT_ONCE, log: Log | None = None) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder, self.partitions, self.limits = folder, partitions, limits
        self.clock = SimulatedClock(NOW)
        self.log: Log = log or SQLiteLog(folder / "log.db")
        self.keys = KeyFile(folder / "keys", seed=b"cairn tests")
        for topic in (topics.RULES, topics.RECALLS, topics.ACCESS):
            self.log.create(topic, 1)
        self._sequences: dict[tuple[str, int], int] = {}
        self._partners: list[str] = []
        self.read_side = self.start("records-1")

    def start(self, name: str) -> ReadSide:
        """The read side on a store of this name: again, or another one that begins with nothing."""
        return self.start_on(open_sqlite(self.folder / f"{name}.db", "sharing"))

    def start_on(self, store: Store) -> ReadSide:
        """The read side on this store."""
        self.store = store
        gate = AccessGate(self.log, self.clock, "sharing")
        self.read_side = create_reading(self.store, self.log, self.keys, self.clock, gate, self.limits)
        self.app = new_app("sharing", DemoIdentity())
        add_routes(self.app, *self.read_side.routers)
        return self.read_side

    def close(self) -> None:
        self.store.close()
        self.keys.close()
        self.log.close()

    def settle(self) -> None:
        settle([self.read_side.follower])

    def client(self, partner: str, name: str = "system") -> TestClient:
        """How one agency calls."""
        headers = {"Authorization": f"Demo {partner}/{name}"}
        return _Checking(self.app, client=("127.0.0.1", 50_000), headers=headers)

    # what the pipeline and others say

    def join(self, *partners: str) -> None:
        """These agencies join; every feed is current."""
        for partner in partners:
            joined = PartnerJoined(partner=partner, name=partner.title())
            self._append(topics.RULES, "cairn.partner.joined.v1", f"joined:{partner}", joined)
            self.log.create(topics.disclosures(partner), self.partitions)
            self._partners.append(partner)
        self.current()

    def rule_changes(self) -> None:
        """Something is ruled that no feed says yet."""
        joined = PartnerJoined(partner="newcomer", name="Newcomer")
        self._append(topics.RULES, "cairn.partner.joined.v1", "joined:newcomer", joined)

    def current(self, valid_from: datetime | None = None, valid_until: datetime | None = None) -> None:
        """Every partition of every feed says all that the rules say."""
        for partner in self._partners:
            for partition in range(self.partitions):
                marker = FeedCurrent(
                    partner=partner,
                    sequence=self._next(partner, partition),
                    rules_position=self.log.end(topics.RULES, 0),
                    revision=REVISION,
                    valid_from=valid_from,
                    valid_until=valid_until,
                )
                self._feed("cairn.feed.current.v1", partition, marker)
        self.settle()

    def reflect(self, partner: str, report_sequence: int, partition: int = 0) -> None:
        sequence = self._next(partner, partition)
        reflected = ReportReflected(
            partner=partner, sequence=sequence, report=f"r-{report_sequence}", report_sequence=report_sequence
        )
        self._feed("cairn.report.reflected.v1", partition, reflected)
        self.settle()

    def disclose(self, partner: str, item: str, *changes: Change, partition: int = 0, **facts: Any) -> ItemDisclosed:
        """An item is disclosed to a partner, or recalled, for some purposes."""
        disclosed = self.item_disclosed(partner, item, changes, self._next(partner, partition), **facts)
        self._feed("cairn.item.disclosed.v1", partition, disclosed)
        self.settle()
        return disclosed

    def item_disclosed(
        self, partner: str, item: str, changes: Iterable[Change], sequence: int, **facts: Any
    ) -> ItemDisclosed:
        usual: dict[str, Any] = {
            "by": "police",
            "data_class": DataClass.MISSING,
            "subjects": ("s-k1",),
            "occurred": OCCURRED,
            "recorded": RECORDED,
            "decided": self.clock.now(),
            "revision": REVISION,
        }
        return ItemDisclosed(
            partner=partner,
            sequence=sequence,
            item=item,
            report=f"r-of-{item}",
            type=TYPE,
            section="missing",
            changes=tuple(changes),
            **(usual | facts),
        )

    def say(
        self, partner: str, said: ItemDisclosed | ReportReflected | FeedCurrent, kind: str, partition: int = 0
    ) -> None:
        """Put a record on a feed exactly as it is."""
        self._feed(kind, partition, said, topic=topics.disclosures(partner))

    def shared(
        self,
        item: str,
        *,
        form: Form = Form.FULL,
        purpose: Purpose = Purpose.MISSING,
        about: Mapping[str, str] | None = None,
        content: Mapping[str, Any] | None = None,
        parts: Mapping[str, Mapping[str, Any]] | None = None,
        agreements: tuple[str, ...] = ("A2",),
        reference: str | None = None,
        reasons: tuple[str, ...] = ("granted",),
        recall: str | None = None,
        marks: Mapping[str, tuple[str, ...]] | None = None,
        data_class: DataClass = DataClass.MISSING,
    ) -> Change:
        """A change that gives an item in a form, sealed as intake and the pipeline seal."""
        reference = reference or f"n-{item}-{form}"
        named = {"s-k1": "y-one"} if about is None else dict(about)
        own_words = form in (Form.FULL, Form.OWN)
        part = "shared" if own_words else f"rendered:{reference}"
        rendering = Rendering(
            reference=reference,
            form=form,
            about=named,
            marks=dict(marks or {}),
            shared=self._seal(item, content or {"trace": f"trace-{item}-"}, ("s-k1", "s-k2"), part, data_class),
            parts={ref: self._seal(item, each, (ref,), ref, data_class) for ref, each in (parts or {}).items()},
        )
        stands_for: Purpose | Literal["own"] = "own" if form is Form.OWN else purpose
        return Change(
            purpose=stands_for,
            form=form,
            reasons=reasons,
            agreements=() if form is Form.OWN else agreements,
            rendering=rendering,
            recall=recall,
        )

    def removed(self, recall: str, purpose: Purpose = Purpose.MISSING) -> Change:
        """A change that recalls what was given."""
        return Change(purpose=purpose, form=Form.NONE, reasons=("no_agreement_in_force",), recall=recall)

    def _seal(
        self, item: str, content: Mapping[str, Any], subjects: tuple[str, ...], part: str, data_class: DataClass
    ) -> Sealed:
        facts = bound(
            report=f"r-of-{item}", type=TYPE, item=item, section="missing", data_class=data_class.value, part=part
        )
        return self.keys.seal(json.dumps(content).encode(), subjects, facts)

    def _next(self, partner: str, partition: int) -> int:
        self._sequences[partner, partition] = self._sequences.get((partner, partition), 0) + 1
        return self._sequences[partner, partition]

    def _feed(
        self, kind: str, partition: int, data: ItemDisclosed | ReportReflected | FeedCurrent, topic: str | None = None
    ) -> None:
        name = f"{data.partner}:{partition}:{data.sequence}"
        self._append(topic or topics.disclosures(data.partner), kind, name, data, partition)

    def _append(self, topic: str, kind: str, name: str, data: Published, partition: int | None = None) -> None:
        event = Event[type(data)](  # type: ignore[misc,operator]
            id=name, source="urn:cairn:hub:sharing", type=kind, time=self.clock.now(), data=data
        )
        self.log.append([Record(topic, "key", name, event.model_dump_json().encode(), partition)])

    # what tests look at

    def accesses(self) -> list[AccessRecorded]:
        """Everything on the access log, oldest first."""
        entries = self.log.read(topics.ACCESS, 0, -1, 10_000)
        return [Event[AccessRecorded].model_validate_json(entry.value).data for entry in entries]

    def rows(self) -> dict[str, list[tuple[Any, ...]]]:
        """Every row of every table of the partner records, by table, sorted."""
        with self.store.reading() as session:
            return {
                table.name: sorted((tuple(row) for row in session.execute(select(table))), key=repr)
                for table in METADATA.sorted_tables
            }


def lines_of(text: str) -> list[dict[str, Any]]:
    """The lines of NDJSON."""
    return [json.loads(line) for line in text.splitlines()]
