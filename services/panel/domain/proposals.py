"""Proposed contexts: reports of several agencies that name one place, group, school or online space.

Told from what the panel's own feed holds, without opening anything. A proposal is evidence for a person to look at; it
makes no link between young people.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Protocol

from schemas.classes import SubjectKind
from services.panel.domain.held import Opened, kind_of

REPORTS_MIN = 2
SOURCES_MIN = 2
"""Separate reports, of separate agencies: one agency that reports twice is not yet a pattern (our proposal)."""


@dataclass(frozen=True, order=True)
class Evidence:
    """One record that names a context."""

    item: str
    report: str
    by: str

    def document(self) -> dict[str, str]:
        """As it is recorded."""
        return {"item": self.item, "report": self.report, "by": self.by}


class Naming(Protocol):
    """A record that names a context to the agency that holds it; `context` is the hub's ref."""

    @property
    def context(self) -> str: ...
    @property
    def partner(self) -> str: ...
    @property
    def item(self) -> str: ...
    @property
    def report(self) -> str: ...
    @property
    def by(self) -> str: ...


def evidence_by_context(naming: Iterable[Naming]) -> dict[str, list[Evidence]]:
    """Ref of each context that records name -> those records, once each; the panel's own reports are no evidence."""
    found: dict[str, set[Evidence]] = defaultdict(set)
    for one in naming:
        if one.by != one.partner:
            found[one.context].add(Evidence(one.item, one.report, one.by))
    return {context: sorted(evidence) for context, evidence in sorted(found.items())}


def is_enough(evidence: Iterable[Evidence]) -> bool:
    """Whether these make a proposal: several reports, and several agencies."""
    known = list(evidence)
    return len({one.report for one in known}) >= REPORTS_MIN and len({one.by for one in known}) >= SOURCES_MIN


def alike(context: str, records: Iterable[Opened]) -> list[str]:
    """Other contexts that are described alike: the same kind of place and the same spot, at overlapping times.

    For a person to say whether they are one; under another name they may be another place.
    """
    described: dict[str, set[tuple[str, str]]] = defaultdict(set)
    bands: dict[str, set[tuple[str, str]]] = defaultdict(set)
    for record in records:
        where, spot, band = (record.content.get(name) for name in ("location_band", "spot", "time_band"))
        for ref in record.held.rendering.about:
            if kind_of(ref) is SubjectKind.CONTEXT and where and spot:
                described[ref].add((str(where), str(spot)))
                if isinstance(band, str):
                    start, _, end = band.partition("-")
                    bands[ref].add((start, end))
    return [
        other
        for other in sorted(described)
        if other != context and described[other] & described[context] and _overlap(bands, context, other)
    ]


def _overlap(bands: Mapping[str, set[tuple[str, str]]], one: str, other: str) -> bool:
    """Whether two contexts were described at a common time of day, or one of them at none."""
    mine, theirs = bands.get(one, set()), bands.get(other, set())
    if not mine or not theirs:
        return True
    return any(start < others_end and others_start < end for start, end in mine for others_start, others_end in theirs)
