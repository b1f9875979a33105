"""The pack of a context conference: what a bus operator, a landlord or a shop is told, with nobody in it.

It is made from values of closed lists alone, so that nothing in it could name, number or describe anybody. It needs
three reports to be made at all, and says how many there are in fives: no pack differs from another by one report.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import TypeAdapter, ValidationError

from schemas.classes import Published
from schemas.reports.codes import Harm
from schemas.reports.context import Ask, ContextKind, Days, LocationBand, Spot, TimeBand
from services.panel.domain.refusing import Refused

COUNT_STEP = 5
"""A number is told as at least a multiple of this: a smaller one, or the difference of two, would point at somebody."""
REPORTS_MIN = 3
"""As for what agreements let be told of a context in general terms."""

_LISTS: Mapping[str, TypeAdapter[Any]] = {
    "location_band": TypeAdapter(LocationBand),
    "spot": TypeAdapter(Spot),
    "time_band": TypeAdapter(TimeBand),
    "days": TypeAdapter(Days),
    "ask": TypeAdapter(Ask),
    "harms": TypeAdapter(tuple[Harm, ...]),
}


class TooFewReports(Refused):
    """Too few reports stand behind a context for anything to be told of it outside the professional network."""

    code = "too_few_reports"
    title = "Too few reports stand behind this context"
    detail = "A pack can be made from three reports upwards: fewer would point at somebody."


class ConferencePackTold(Published):
    """A pack as it is handed over: values of closed lists, each list in the order of its alphabet."""

    kind: ContextKind | None
    location_bands: tuple[LocationBand, ...]
    spots: tuple[Spot, ...]
    time_bands: tuple[TimeBand, ...]
    days: tuple[Days, ...]
    harms: tuple[Harm, ...]
    asks: tuple[Ask, ...]
    reports: str
    """From how many reports it is made, as far as it is told, such as `at least 5`."""


@dataclass(frozen=True)
class ConferencePack:
    """What may be told of a context. Each list is in the order of its alphabet, which tells nothing."""

    kind: str | None
    location_bands: tuple[str, ...]
    spots: tuple[str, ...]
    time_bands: tuple[str, ...]
    days: tuple[str, ...]
    harms: tuple[str, ...]
    asks: tuple[str, ...]
    reports: int | None
    """From how many reports it is made at least, in fives; None where they are fewer than five."""

    def document(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "kind": self.kind,
            "location_bands": list(self.location_bands),
            "spots": list(self.spots),
            "time_bands": list(self.time_bands),
            "days": list(self.days),
            "harms": list(self.harms),
            "asks": list(self.asks),
            "reports": self.reports_words(),
        }

    def reports_words(self) -> str:
        """From how many reports it is made, as far as it is told."""
        return f"at least {self.reports}" if self.reports else "fewer than five"


def conference_pack(kind: ContextKind | None, reports: Iterable[Mapping[str, Any]]) -> ConferencePack:
    """The pack of a context, from the content of the reports about it: whatever is not a coded value is passed over.

    Raises TooFewReports.
    """
    told = list(reports)
    if len(told) < REPORTS_MIN:
        raise TooFewReports
    values = {name: _values(name, told) for name in _LISTS}
    return ConferencePack(
        kind=kind.value if kind else None,
        location_bands=tuple(band for band in values["location_band"] if band != LocationBand.PRIVATE_DWELLING),
        spots=values["spot"],
        time_bands=values["time_band"],
        days=values["days"],
        harms=values["harms"],
        asks=tuple(ask for ask in values["ask"] if ask != Ask.NOTHING_YET),
        reports=len(told) // COUNT_STEP * COUNT_STEP or None,
    )


def _values(name: str, reports: Iterable[Mapping[str, Any]]) -> tuple[str, ...]:
    return tuple(sorted({value for content in reports for value in _coded(name, content.get(name))}))


def _coded(name: str, value: object) -> list[str]:
    """The values of a closed list that this is, or nothing."""
    if value is None:
        return []
    try:
        said = _LISTS[name].validate_python(value)
    except ValidationError:
        return []
    return [str(each) for each in said] if isinstance(said, tuple) else [str(said)]
