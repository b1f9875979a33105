"""The network as a page shows it: the same links as a list, which is there first, and as a drawing beside it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from services.kernel.pages import Cell, Option, Part, short_ref, text
from services.kernel.pages.listing import Column, Filter, Order, Row, Value
from services.kernel.pages.times import day_words
from services.kernel.pages.words import spaced
from services.panel.domain.network import Kind, Link, Network, Node

KINDS: Final = {
    Kind.YOUNG_PERSON: "Young person",
    Kind.ADULT: "Adult",
    Kind.PLACE: "Place",
    Kind.SCHOOL: "School",
    Kind.GROUP: "Group",
    Kind.ONLINE: "Online space",
    Kind.PHONE: "Phone",
    Kind.VEHICLE: "Vehicle",
}
SHOWN: Final[Mapping[str, tuple[str, frozenset[Kind]]]] = {
    "": ("Everything", frozenset(Kind)),
    "people": ("People", frozenset({Kind.YOUNG_PERSON, Kind.ADULT})),
    "places": ("Places and groups", frozenset({Kind.PLACE, Kind.SCHOOL, Kind.GROUP, Kind.ONLINE})),
    "things": ("Phones and vehicles", frozenset({Kind.PHONE, Kind.VEHICLE})),
}
"""What can be asked for -> what people call it, and which kinds stand at an end of its links."""

_TIES: Final = {
    "online": "In touch online",
    "conflict": "In conflict",
    "concern_about_adult": "Concern about this adult",
    "phone": "Has this phone",
    "vehicle": "Uses this vehicle",
    "attends": "Goes to this school",
    "same_report": "Named in the same report",
}
_SOURCES: Final = {"1": "reliable source", "2": "untested source", "3": "source not reliable"}
_ASSESSMENTS: Final = {
    "A": "known directly",
    "B": "known indirectly, corroborated",
    "C": "known indirectly",
    "D": "not known",
    "E": "suspected to be false",
}
COLUMNS: Final = (
    Column("who", "Who", ("Name, A first", "Name, Z first")),
    Column("how", "How"),
    Column("with", "With"),
    Column("source", "Source", ("Source, A first", "Source, Z first")),
    Column("grade", "Grade"),
    Column("observed", "Observed", ("Observed first", "Observed last"), descending_first=True),
    Column("holds", "Holds until", ("Runs out first", "Runs out last")),
)
ORDER: Final = Order("who")
DAYS: Final = {"30": "The last 30 days", "": "The last 90 days", "180": "The last 180 days", "all": "All days"}
DRAWN_MAX: Final = 60
"""The most links that are drawn: a drawing of more says nothing."""


@dataclass(frozen=True)
class Drawing:
    """What the drawing is made of, and the kinds it needs a key for. The list says the same."""

    graph: dict[str, Any]
    legend: Sequence[tuple[str, str]]


def narrowed(found: Network, show: str) -> Network:
    """The links of which an end is of a kind that was asked for; links between people need both."""
    _, kinds = SHOWN.get(show, SHOWN[""])
    enough = all if show == "people" else any

    def asked(link: Link) -> bool:
        return enough(found.nodes[end].kind in kinds for end in link.ends)

    return Network(
        found.nodes, [one for one in found.links if asked(one)], [one for one in found.run_out if asked(one)]
    )


def in_order(links: Sequence[Link], order: Order, found: Network, agencies: Mapping[str, str]) -> list[Link]:
    """The links in the order that was asked for; those that it does not tell apart stay as they are."""

    def key(link: Link) -> str:
        match order.by:
            case "source":
                return agencies.get(link.source, link.source).casefold()
            case "observed":
                return link.observed.isoformat()
            case "holds":
                return link.holds_until.isoformat()
        return words_for(found.nodes[link.ends[0]]).casefold()

    return sorted(links, key=key, reverse=order.descending)


def filters(show: str, days: str, about: str) -> list[Filter]:
    """By what the list can be narrowed."""
    found = [Filter("show", "Show", [Option(each, words) for each, (words, _) in SHOWN.items()], show)]
    if not about:
        found.append(Filter("days", "Told in", [Option(each, words) for each, words in DAYS.items()], days))
    return found


def drawing(found: Network, here: str) -> Drawing | None:
    """The links that hold as a drawing, where there are some and not too many."""
    if not 0 < len(found.links) <= DRAWN_MAX:
        return None
    drawn = {end for link in found.links for end in link.ends}
    nodes = [node for key, node in found.nodes.items() if key in drawn]
    legend = [(kind.value, words) for kind, words in KINDS.items() if any(node.kind is kind for node in nodes)]
    return Drawing(_graph(nodes, found, here), legend)


def words_for(node: Node) -> str:
    """What a node is called where there is one line for it."""
    if node.label:
        return node.label
    return f"{_kind(node)} {short_ref(node.key)}"


def tie_words(tie: str) -> str:
    """What a tie is called."""
    return _TIES.get(tie) or spaced(tie)


def grade_words(link: Link) -> str:
    """A grading in words, with its letters; each scheme's own, as neither can be read as the other."""
    grade = link.grade
    if grade is None:
        return "Not graded"
    if grade.get("scheme") == "5x5x5":
        return f"{grade.get('source', '')}{grade.get('information', '')}{grade.get('handling', '')} (5x5x5)"
    source, assessment = str(grade.get("source", "")), str(grade.get("assessment", ""))
    words = ", ".join(filter(None, (_SOURCES.get(source), _ASSESSMENTS.get(assessment))))
    return f"{words[:1].upper()}{words[1:]} ({source}{assessment})"


def row_of(
    link: Link, found: Network, agencies: Mapping[str, str], about: Callable[[str], str], here: str, holds: bool
) -> Row:
    """A link as a row: cells for the page, and data for its twins."""
    who, with_whom = (found.nodes[end] for end in link.ends)
    source = agencies.get(link.source, spaced(link.source))
    cells = (
        _end(who, about, here),
        text(tie_words(link.tie), *([f"{len(link.records)} records"] if len(link.records) > 1 else [])),
        _end(with_whom, about, here),
        text(source),
        text(grade_words(link)),
        text(day_words(link.observed)),
        text(day_words(link.holds_until)),
    )
    data: dict[str, Value] = {
        "who": words_for(who),
        "who_kind": who.kind.value,
        "who_reference": _reference(who),
        "how": tie_words(link.tie),
        "with": words_for(with_whom),
        "with_kind": with_whom.kind.value,
        "with_reference": _reference(with_whom),
        "source": source,
        "grade": grade_words(link),
        "observed": link.observed.isoformat(),
        "holds_until": link.holds_until.isoformat(),
        "holds": holds,
        "records": " ".join(link.records),
    }
    return Row(" ".join((*link.ends, link.tie, link.source)), cells, data)


def _kind(node: Node) -> str:
    return "Pseudonym" if node.pseudonym else KINDS[node.kind]


def _reference(node: Node) -> str | None:
    """The agency's own reference; a thing has none."""
    return None if ":" in node.key else node.key


def _end(node: Node, about: Callable[[str], str], here: str) -> Cell:
    kind = Part(text=_kind(node), quiet=True)
    called = node.label or short_ref(node.key)
    if node.kind is Kind.YOUNG_PERSON and not node.pseudonym and node.key != here:
        return Cell((Part(text=called, href=about(node.key), hidden="and whom they are linked with"), kind))
    return Cell((Part(text=called, code=not node.label), kind))


def _graph(nodes: Sequence[Node], found: Network, here: str) -> dict[str, Any]:
    """Shapes, and one line for two that are linked, with short ids: it holds no reference that the list does not."""
    ids = {node.key: f"n{number}" for number, node in enumerate(nodes)}
    joined: dict[frozenset[str], list[Link]] = {}
    for link in found.links:
        joined.setdefault(frozenset(link.ends), []).append(link)
    return {
        "nodes": [
            {"id": ids[node.key], "label": words_for(node), "kind": node.kind.value, "here": node.key == here}
            for node in nodes
        ],
        "links": [
            {
                "id": f"l{number}",
                "source": ids[links[0].ends[0]],
                "target": ids[links[0].ends[1]],
                "label": ", ".join(dict.fromkeys(tie_words(link.tie) for link in links)),
                "weight": min(sum(len(link.records) for link in links), 4),
            }
            for number, links in enumerate(joined.values())
        ],
    }
