"""Who looked, as a list shows it: one row for each agency, practitioner, young person, agreement or day."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import Final

from services.governance.projections.looking import Looked
from services.governance.projections.tallies import By
from services.kernel.pages import Cell, Option, Part, short_ref, text
from services.kernel.pages.listing import Column, Filter, Order, Row
from services.kernel.pages.times import LONDON, day_words
from services.kernel.pages.words import spaced

DAYS: Final = {"7": "The last 7 days", "28": "The last 28 days", "90": "The last 90 days", "all": "All time"}
USUAL_DAYS: Final = "28"
HEADINGS: Final[Mapping[By, str]] = {
    By.AGENCY: "Agency",
    By.PRACTITIONER: "Practitioner",
    By.YOUNG_PERSON: "Young person",
    By.AGREEMENT: "Agreement",
    By.DAY: "Day",
}
ORDER: Final = Order("readings", descending=True)


def columns(by: By) -> tuple[Column, ...]:
    """The columns of the list, the first of which is what the accesses are put together by."""
    first = ("The first day first", "The last day first") if by is By.DAY else ("By name", "By name, backwards")
    return (
        Column("key", HEADINGS[by], first),
        Column("readings", "Readings", ("Fewest readings first", "Most readings first"), descending_first=True),
        Column("items", "Items shown", ("Fewest items first", "Most items first"), descending_first=True),
        Column("latest", "Latest", ("Longest ago first", "Latest first"), descending_first=True),
    )


def filters(partner: str, days: str, agencies: Mapping[str, str]) -> list[Filter]:
    """What the list can be narrowed by."""
    every = [Option("", "Every agency"), *(Option(each, name) for each, name in agencies.items())]
    return [
        Filter("partner", "Agency that looked", every, partner),
        Filter("days", "In", [Option(value, words) for value, words in DAYS.items()], days, USUAL_DAYS),
    ]


def in_order(rows: Sequence[Looked], order: Order) -> list[Looked]:
    """The rows as they were asked for; those that are alike go by what they are called."""
    return sorted(sorted(rows, key=lambda one: one.key), key=_ORDERS[order.by], reverse=order.descending)


_ORDERS: Final[Mapping[str, Callable[[Looked], tuple[object, ...]]]] = {
    "key": lambda one: (one.key,),
    "readings": lambda one: (one.accesses,),
    "items": lambda one: (one.items,),
    "latest": lambda one: (one.latest,),
}


def row_of(one: Looked, by: By, words: Mapping[str, str], href: str) -> Row:
    """A row, which leads to its accesses; `words` tells what agencies, or agreements, are called."""
    return Row(
        key=one.key,
        cells=(
            Cell(_called(one.key, by, words, href)),
            text(f"{one.accesses:,}"),
            text(f"{one.items:,}"),
            Cell((Part(at=one.latest),)),
        ),
        data={
            by.value: one.key,
            "readings": one.accesses,
            "items": one.items,
            "latest": one.latest.isoformat(),
        },
    )


def _called(key: str, by: By, words: Mapping[str, str], href: str) -> tuple[Part, ...]:
    match by:
        case By.PRACTITIONER:
            agency, _, name = key.partition("/")
            return Part((name or key).replace("-", " "), href), Part(words.get(agency, spaced(agency)), quiet=True)
        case By.YOUNG_PERSON:
            return (Part(short_ref(key), href, hidden="whom this reference stands for"),)
        case By.AGREEMENT:
            return Part(words.get(key, key), href), Part(key, quiet=True)
        case By.DAY:
            return (Part(day_words(date.fromisoformat(key)), href),)
        case By.AGENCY:
            return (Part(words.get(key, spaced(key)), href),)


def accesses_query(one: Looked, by: By, partner: str, since: datetime | None) -> dict[str, str]:
    """What to ask of "Who saw what" for the accesses behind a row."""
    query = {"partner": partner, "from": since.isoformat() if since else ""}
    match by:
        case By.AGENCY:
            query["partner"] = one.key
        case By.DAY:
            begins = datetime.combine(date.fromisoformat(one.key), time(), tzinfo=LONDON)
            ends = datetime.combine(begins.date() + timedelta(days=1), time(), tzinfo=LONDON)
            query |= {"from": begins.isoformat(), "to": ends.isoformat()}
        case _:
            query[by.value] = one.key
    return {name: value for name, value in query.items() if value}
