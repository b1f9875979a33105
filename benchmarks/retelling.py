"""Retelling: what a hub was told in its first nights, told again of other people and places, straight onto its log.

So a long history is made in minutes. It is what intake and the pipeline said, under other refs and numbers; the
dates of birth are sealed anew, as the pipeline opens them. Other content opens only where it was first told.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from itertools import product
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from benchmarks.worlds import embedded
from schemas.binding import bound_birth
from schemas.sealed import Sealed
from services.kernel import topics
from services.kernel.keys.opening import open_keys
from services.kernel.log import BEFORE_FIRST, Entry, Log, Record
from services.kernel.log.opening import open_log
from services.kernel.store.opening import open_store
from services.kernel.store.positions import remember_all
from services.sharing import feed_counts, holdings
from services.sharing.pipeline import Pipeline

_REF = re.compile(r"\b([acinkprsy]-)([a-z2-7]{4})([a-z2-7]{22})\b")
_BIRTH = re.compile(r'"born":(\{"v":1,[^{}]*"keys":\{"(s-[a-z2-7]{26})":[^{}]*\}[^{}]*\})')
_BORN_HERE = re.compile(r'"born":"\x01(s-[a-z2-7]{26})"')
_SEQUENCE = re.compile(r'"sequence":\d+')
_REPORT_SEQUENCE = re.compile(r'"report_sequence":(\d+)')
_NUMBERED_APART = 1_000_000
_LETTERS = "abcdefghijklmnopqrstuvwxyz234567"
_SAID_ONCE = ("cairn.feed.current.v1", "cairn.label.answered.v1")
"""What speaks of no item: it is so whoever the items are about."""
_AT_ONCE = 2_000


class Retelling:
    """Everything that the hub in a folder was told, to be told again."""

    def __init__(self, data: Path) -> None:
        settings = embedded(data)
        self._log: Log = open_log(settings.log or f"sqlite:///{data}/log.db")
        self._store = open_store(f"sqlite:///{data}", "sharing")
        self._keys = open_keys(settings.keys)
        self._births: dict[str, date] = {}
        self._counts: dict[tuple[str, int], int] = {}
        self._told = [self._read(entry) for topic in self._topics() for entry in self._entries(topic)]
        self._tables = holdings.metadata.tables.values()
        self._marks = self._free_marks()
        self._held = {table.name: [self._row(row) for row in self._rows(table)] for table in self._tables}

    def tell(self, number: int) -> None:
        """Tell it again, of other people and places; `number` was not used before and is not 0."""
        mark = next(self._marks)
        named = {_renamed(ref, mark): born for ref, born in self._births.items()}
        self._keys.prepare(sorted(named))
        births = {ref: self._sealed(ref, born) for ref, born in named.items()}
        said = [self._again(record, mark, number, births) for record in self._told]
        for start in range(0, len(said), _AT_ONCE):
            self._log.append(said[start : start + _AT_ONCE])
        with self._store.transaction() as session:
            for table in self._tables:
                if rows := [_row_again(row, mark, births) for row in self._held[table.name]]:
                    session.execute(table.insert(), rows)

    def close(self) -> None:
        """Let the pipeline know that it has said all this itself."""
        counts = feed_counts.metadata.tables["feed_counts"]
        with self._store.transaction() as session:
            for (topic, partition), sequence in self._counts.items():
                place = {"partner": topic.removeprefix(topics.disclosures("")), "partition": partition}
                session.execute(sa.update(counts).filter_by(**place).values(records=sequence))
            partitions = range(self._log.partitions(topics.REPORTS))
            reached = {(topics.REPORTS, one): self._log.end(topics.REPORTS, one) for one in partitions}
            remember_all(session, Pipeline.name, reached)
        self._keys.close()
        self._store.close()
        self._log.close()

    def _free_marks(self) -> Iterator[str]:
        """What refs may begin with when they are told again: nothing that a ref began with the first time."""
        taken = {found[2] for _, text in self._told for found in _REF.finditer(text)}
        return (mark for mark in map("".join, product(_LETTERS, repeat=4)) if mark not in taken)

    def _topics(self) -> list[str]:
        with self._store.reading() as session:
            partners = session.scalars(sa.select(feed_counts.metadata.tables["feed_counts"].c.partner).distinct())
            feeds = [topics.disclosures(partner) for partner in partners]
        return [topics.CONTEXTS, topics.REPORTS, topics.DECISIONS, *feeds]

    def _entries(self, topic: str) -> Iterator[Entry]:
        for partition in range(self._log.partitions(topic)):
            after = BEFORE_FIRST
            while entries := self._log.read(topic, partition, after):
                after = entries[-1].position
                for entry in entries:
                    said = json.loads(entry.value)
                    if topic.startswith(topics.disclosures("")):
                        self._counts[topic, partition] = said["data"]["sequence"]
                    if said["type"] not in _SAID_ONCE:
                        yield entry

    def _read(self, entry: Entry) -> tuple[Record, str]:
        """The record, and its text with each date of birth laid aside."""
        text = self._with_births_aside(entry.value.decode())
        return Record(entry.topic, entry.key, entry.id, b"", entry.partition), text

    def _with_births_aside(self, text: str) -> str:
        for sealed, ref in _BIRTH.findall(text):
            if ref not in self._births:
                opened = self._keys.open(Sealed.model_validate_json(sealed), bound_birth(ref))
                self._births[ref] = date.fromisoformat(opened.decode())
        return _BIRTH.sub('"born":"\x01\\2"', text)

    def _rows(self, table: sa.Table) -> list[dict[str, Any]]:
        with self._store.reading() as session:
            return [dict(row._mapping) for row in session.execute(sa.select(table))]

    def _row(self, row: dict[str, Any]) -> dict[str, Any]:
        if "subjects" in row:
            compact = json.dumps(json.loads(row["subjects"]), separators=(",", ":"))
            return row | {"subjects": self._with_births_aside(compact)}
        return row

    def _sealed(self, ref: str, born: date) -> str:
        return self._keys.seal(born.isoformat().encode(), (ref,), bound_birth(ref)).model_dump_json()

    def _again(self, told: tuple[Record, str], mark: str, number: int, births: dict[str, str]) -> Record:
        record, text = told
        again = _text_again(text, mark, births)
        place = (record.topic, record.partition or 0)
        if place not in self._counts:
            return replace(record, key=_renamed(record.key, mark), id=_renamed(record.id, mark), value=again.encode())
        sequence = self._counts[place] = self._counts[place] + 1
        name = f"{record.id.rpartition(':')[0]}:{sequence}"
        again = again.replace(f'"id":"{record.id}"', f'"id":"{name}"', 1)
        again = _SEQUENCE.sub(f'"sequence":{sequence}', again, count=1)
        again = _REPORT_SEQUENCE.sub(lambda found: _counted_apart(found, number), again)
        return replace(record, id=name, value=again.encode())


def _renamed(text: str, mark: str) -> str:
    return _REF.sub(rf"\g<1>{mark}\g<3>", text)


def _text_again(text: str, mark: str, births: dict[str, str]) -> str:
    renamed = _renamed(text, mark)
    return _BORN_HERE.sub(lambda found: f'"born":{births[found[1]]}', renamed) if "\x01" in renamed else renamed


def _row_again(row: dict[str, Any], mark: str, births: dict[str, str]) -> dict[str, Any]:
    return {name: _text_again(value, mark, births) if isinstance(value, str) else value for name, value in row.items()}


def _counted_apart(found: re.Match[str], number: int) -> str:
    return f'"report_sequence":{int(found[1]) + number * _NUMBERED_APART}'


def retell(data: Path, times: int) -> None:
    """Tell what the hub in this folder was told so many times more."""
    retelling = Retelling(data)
    for number in range(1, times + 1):
        retelling.tell(number)
    retelling.close()
