"""The queue as a page: its rows by kind, how many there are of each, and whether there is news."""

from collections import Counter
from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from services.kernel.pages import Option
from services.kernel.pages.listing import Column, Filter, Order
from services.panel.web.practice.queue_rows import QueueRow
from services.panel.web.practice.queue_waiting import Kind, Waiting

COLUMNS: Final = (
    Column("kind", "What"),
    Column("who", "Young person"),
    Column("state", "State"),
    Column("since", "Since"),
    Column("due", "Due"),
    Column("told_by", "Told by"),
    Column("words", "Latest words"),
)
ORDER: Final = Order("kind")
DAYS: Final = {"1": "The last 24 hours", "7": "The last 7 days", "28": "The last 28 days"}
DAYS_OTHERWISE: Final = "7"
_KNOWN_BY: Final = 6
KNOWN_MAX: Final = 12_000
"""Letters of an address that tell what is known: of two thousand rows."""
HEADINGS: Final[Mapping[Kind, str]] = {
    Kind.MISSING: "Missing now",
    Kind.DISCUSSION: "Return discussions",
    Kind.REFERRAL: "New referrals and concerns",
    Kind.TASK: "Tasks",
}
NOTHING: Final[Mapping[Kind, str]] = {
    Kind.MISSING: "Nobody is missing, as far as your agency is told.",
    Kind.DISCUSSION: "No return discussion is due.",
    Kind.REFERRAL: "Nothing new was referred.",
    Kind.TASK: "You have no tasks.",
}


@dataclass(frozen=True)
class Counts:
    """How much there is of each kind, and how much of it is late."""

    all: Mapping[Kind, int]
    late: Mapping[Kind, int]

    @classmethod
    def of(cls, waiting: Sequence[Waiting], tasks: Sequence[QueueRow]) -> "Counts":
        """Of what waits, and of what the panel asks."""
        kinds = [*(one.kind for one in waiting), *(one.kind for one in tasks)]
        late = [*(one.kind for one in waiting if one.late), *(one.kind for one in tasks if one.tone == "red")]
        return cls(Counter(kinds), Counter(late))


@dataclass(frozen=True)
class Group:
    """The rows of a kind that are shown. `count` is how many there are, `late` how many of them are red."""

    kind: Kind
    heading: str
    rows: Sequence[QueueRow]
    nothing: str
    count: int
    late: int
    whole: str | None
    """Where all of them are, if these are not."""


@dataclass(frozen=True)
class Tile:
    """How many rows of a kind there are, and where they are alone; `current` where they are alone now."""

    count: int
    words: str
    href: str
    current: bool
    late: bool
    note: str


def groups(
    rows: Sequence[QueueRow], kinds: Container[Kind], counts: Counts, whole: Callable[[Kind], str | None]
) -> list[Group]:
    """The rows by kind; `whole` is where there is all of it. Whoever has no tasks is not told of tasks."""
    found = []
    for kind in Kind:
        count, own = counts.all[kind], [row for row in rows if row.kind is kind]
        if kind in kinds and (kind is not Kind.TASK or count):
            rest = whole(kind) if count > len(own) else None
            found.append(Group(kind, HEADINGS[kind], own, NOTHING[kind], count, counts.late[kind], rest))
    return found


def filters(show: str, days: str) -> list[Filter]:
    """What the queue can be narrowed by."""
    kinds = [Option("", "Everything"), *(Option(kind.value, HEADINGS[kind]) for kind in Kind)]
    return [
        Filter("show", "Show", kinds, show),
        Filter("days", "Referred in", [Option(value, words) for value, words in DAYS.items()], days, DAYS_OTHERWISE),
    ]


def known_of(waiting: Iterable[Waiting]) -> str:
    """What stands for all that waits, in an address: enough of each key to tell it from the others."""
    return "".join(one.key[:_KNOWN_BY] for one in waiting)[:KNOWN_MAX]


def news_words(waiting: Iterable[Waiting], known: str) -> str:
    """What to announce to somebody whose page counted what is known; empty where nothing is new."""
    counted = {known[start : start + _KNOWN_BY] for start in range(0, len(known), _KNOWN_BY)}
    new = {one.key[:_KNOWN_BY] for one in waiting} - counted
    return f"{len(new)} new" if new else ""
