"""Watching: everything that one partner can ask of a hub, with whatever of the other partners came into its hands."""

import json
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import select

from schemas.classes import Purpose
from services.composition import SERVICES
from services.console.rehearsal.scenario import JSON
from services.sharing.projections.record_tables import NAMES, RECALLS, RECORDS
from tests.journeys.secret_worlds import KNOWN, PARTNERS, START, Agree, World, reported_anew
from tests.journeys.watched_hub import Reply, ToldApart, WatchedHub, event_with, watched_hub

_PAGE = 3
_PAGES_MAX = 8


@dataclass(frozen=True)
class Probes:
    """What only other agencies should know, as if the watcher had got hold of it."""

    names: frozenset[str] = frozenset()
    recalls: frozenset[str] = frozenset()
    receipts: frozenset[str] = frozenset()
    positions: frozenset[str] = frozenset()
    cursors: frozenset[str] = frozenset()
    agreements: frozenset[str] = frozenset()

    def with_those_of(self, other: "Probes") -> "Probes":
        """Those of both worlds, few of each kind; above all what is in one world alone."""
        return Probes(**{name: _few(getattr(self, name), getattr(other, name)) for name in vars(self)})


def _few(one: frozenset[str], other: frozenset[str]) -> frozenset[str]:
    return frozenset([*sorted(one ^ other)[:3], *sorted(one & other)[:1]])


def probes_of(watched: WatchedHub) -> Probes:
    """What the other agencies were told."""
    with watched.records.reading() as session:
        names = session.scalars(select(NAMES.c.name).where(NAMES.c.partner != watched.watcher).distinct()).all()
        recalls = session.scalars(select(RECALLS.c.recall).where(RECALLS.c.partner != watched.watcher)).all()
    receipts = [one for agency, given in watched.receipts.items() if agency != watched.watcher for one in given]
    return Probes(
        names=frozenset(names),
        recalls=frozenset(recalls),
        receipts=frozenset(one["receipt"] for one in receipts),
        positions=frozenset(one["position"] for one in receipts if one["position"]),
        cursors=frozenset(_cursors(watched)),
        agreements=frozenset(act.agreement["id"] for _, act in watched.world.acts() if isinstance(act, Agree)),
    )


def _cursors(watched: WatchedHub) -> Iterator[str]:
    for partner in PARTNERS:
        if partner != watched.watcher:
            query = {"purpose": "child_protection", "limit": "1"}
            answer = watched.send("GET", "/sharing/v1/feed", f"{partner}/system", params=query)
            lines = answer.content.splitlines() if answer.status_code == 200 else []
            yield from (json.loads(line)["cursor"] for line in lines)


def shared_names(watched: WatchedHub) -> list[str]:
    """Names, references and pseudonyms by which two partners, or two agreements, could be joined."""
    c = RECORDS.c
    with watched.records.reading() as session:
        joined = (NAMES.c.partner == c.partner) & (NAMES.c.reference == c.reference)
        wanted = select(c.partner, c.reference, c.form, c.agreements, NAMES.c.name)
        rows = session.execute(wanted.select_from(RECORDS.outerjoin(NAMES, joined))).all()
    holders: dict[str, set[tuple[str, str]]] = {}
    for row in rows:
        basis = json.loads(row.agreements)[0] if row.form == "pseudonymised" else ""
        for name in (row.reference, row.name):
            if name is not None:
                holders.setdefault(name, set()).add((row.partner, basis))
    return sorted(name for name, places in holders.items() if len(places) > 1)


def told_apart(
    worlds: Sequence[World], partitions: int = 1, services: Sequence[str] = SERVICES
) -> tuple[World, str] | None:
    """A world that the watcher can tell from the first, and by what; or None. A name that joins two counts as well."""
    world = worlds[0]
    try:
        with ExitStack() as opened:
            hubs, probes = list[WatchedHub](), Probes()
            for world in worlds:
                bare = hubs[0].answers if hubs else ()
                hubs.append(opened.enter_context(watched_hub(world, partitions, services, bare)))
                probes = probes.with_those_of(probes_of(hubs[-1]))
            for hub in hubs:
                world = hub.world
                watch(hub, probes)
                if shared := shared_names(hub):
                    return world, f"what joins two partners or agreements: {shared}"
                if len(hub.answers) != len(hubs[0].answers):
                    return world, "the number of answers"
    except ToldApart as how:
        return world, str(how)
    return None


def watch(watched: WatchedHub, probes: Probes) -> None:
    """Ask everything; the answers are kept."""
    _Watching(watched, probes).ask_everything()


@dataclass
class _Watching:
    watched: WatchedHub
    probes: Probes

    def ask_everything(self) -> None:
        self._get_rid_of_overdue_recalls()
        found = {purpose: self._read(purpose) for purpose in Purpose}
        busiest = max(Purpose, key=lambda purpose: len(found[purpose]))
        records = [one["record"] for one in found[busiest] if one["kind"] == "disclosed"]
        names = sorted({name for one in records for name in one["about"]})
        self._page_by_page(busiest, len(found[busiest]))
        self._narrow(busiest, records)
        for name in (*names[:3], *sorted(self.probes.names), "y-nobody"):
            self._pages(f"/sharing/v1/subjects/{name}", busiest)
        self._search(busiest, names)
        self._recalls()
        self._agreements()
        self._receipts_and_quarantine()
        self._ask_amiss(busiest)
        self._report_anew(busiest)

    def _get(self, path: str, name: str = "system", **query: str) -> Reply:
        return self.watched.ask("GET", path, f"{self.watched.watcher}/{name}", params=query)

    def _send(self, path: str, name: str, body: JSON) -> Reply:
        return self.watched.ask("POST", path, f"{self.watched.watcher}/{name}", json=body)

    def _get_rid_of_overdue_recalls(self) -> None:
        """Recalls that are overdue stand before everything else."""
        if any(one["overdue"] for one in self._get("/sharing/v1/recalls").json()["recalls"]):
            self._get("/sharing/v1/feed", purpose=Purpose.MISSING.value)
            self.watched.acknowledge(self.watched.watcher)
            self.watched.hub.settle()

    def _read(self, purpose: Purpose) -> list[JSON]:
        self._get("/sharing/v1/records", purpose=purpose.value, limit="500")
        page = self._get("/sharing/v1/feed", purpose=purpose.value, limit="500")
        return [json.loads(line) for line in page.content.splitlines()] if page.status_code == 200 else []

    def _page_by_page(self, purpose: Purpose, lines: int) -> None:
        query = {"purpose": purpose.value, "limit": str(_PAGE)}
        for _ in range(-(-lines // _PAGE)):
            for line in self._get("/sharing/v1/feed", **query).content.splitlines()[-1:]:
                query["after"] = json.loads(line)["cursor"]
        self._get("/sharing/v1/feed", **query)
        self._pages("/sharing/v1/records", purpose)
        if lines:
            self.watched.stream("/sharing/v1/stream", f"purpose={purpose.value}", lines)
        if "panel" in self.watched.hub.services:
            self._get("/panel/", "worker-1", purpose=purpose.value)

    def _pages(self, path: str, purpose: Purpose) -> None:
        query = {"purpose": purpose.value, "limit": str(_PAGE)}
        for _ in range(_PAGES_MAX):
            page = self._get(path, **query)
            if page.status_code != 200 or page.json()["next"] is None:
                break
            query["after"] = page.json()["next"]

    def _narrow(self, purpose: Purpose, records: Sequence[JSON]) -> None:
        for data_class in sorted({one["class"] for one in records})[:2]:
            self._get("/sharing/v1/records", purpose=purpose.value, **{"class": data_class})
        for form in sorted({one["form"] for one in records} - {"own"}):
            self._get("/sharing/v1/records", purpose=purpose.value, form=form)

    def _search(self, purpose: Purpose, names: Sequence[str]) -> None:
        asked: list[JSON] = [{"identifier": f"scenario|{name}"} for name in (*KNOWN[:2], "G1", "K9")]
        asked += [{"identifier": f"secret|{name}"} for name in (*KNOWN[:4], "K9")]
        asked += [{"subject": name, "limit": 1} for name in names[:1]]
        asked += [{"class": "missing"}, {"from": (START - timedelta(hours=48)).isoformat(), "limit": 2}]
        for one in asked:
            self._send("/sharing/v1/search", "worker-1", {"purpose": purpose.value} | one)

    def _recalls(self) -> None:
        own = self._get("/sharing/v1/recalls").json()["recalls"]
        self._get("/sharing/v1/recalls", acknowledged="true")
        for recall in (*(one["recall"] for one in own[:1]), *sorted(self.probes.recalls), "k-none"):
            self._send(f"/sharing/v1/recalls/{recall}/ack", "system", {})

    def _agreements(self) -> None:
        self._get("/sharing/v1/agreements")
        self._get("/sharing/v1/partners")
        for agreement in (*sorted(self.probes.agreements), "H0"):
            self._get(f"/sharing/v1/agreements/{agreement}")
            self._send(f"/sharing/v1/agreements/{agreement}/withdrawals", "signatory", {"party": "nobody"})

    def _receipts_and_quarantine(self) -> None:
        own = self.watched.receipts.get(self.watched.watcher, [])
        for receipt in (*(one["receipt"] for one in own[:2]), *sorted(self.probes.receipts), "q-none"):
            self._get(f"/intake/v1/receipts/{receipt}")
        waiting = self._get("/intake/v1/quarantine", limit="1").json()
        if waiting["next"]:
            self._get("/intake/v1/quarantine", limit="1", after=waiting["next"])
        for receipt in sorted(self.probes.receipts)[:2]:
            self._get("/intake/v1/quarantine", after=receipt)

    def _ask_amiss(self, purpose: Purpose) -> None:
        feed = "/sharing/v1/feed"
        for cursor in (*sorted(self.probes.cursors), "x"):
            self._get(feed, purpose=purpose.value, after=cursor)
        for position in (*sorted(self.probes.positions), "x.1.x"):
            self._get(feed, purpose=purpose.value, at_least=position)
        self._get(feed)
        self._get(feed, purpose="curiosity")
        self._get("/sharing/v1/records", purpose=purpose.value, limit="0")
        self._get("/sharing/v1/currency")
        if "governance" in self.watched.hub.services:
            self._get("/governance/v1/who-saw")
            self._get("/governance/v1/disclosures", partner=self.watched.watcher)

    def _report_anew(self, purpose: Purpose) -> None:
        """Report on somebody whom the watcher did not know of, and read that, too early and then in time."""
        by = self.watched.watcher
        receipt = self.watched.post(by, event_with(reported_anew(by))).json()
        for _ in range(2):
            self._get("/sharing/v1/feed", purpose=purpose.value, limit="500", at_least=receipt["position"])
            self._get(f"/intake/v1/receipts/{receipt['receipt']}")
            self.watched.hub.settle()
        self._send("/sharing/v1/search", "worker-1", {"purpose": purpose.value, "identifier": "scenario|K9"})
