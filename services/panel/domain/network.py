"""The network: who and what the records of one agency name together, each link with its source, grade, date and end.

A link is what somebody observed, never a label, and it runs out. Everybody goes by the name that this agency has for
them: a pseudonym is never joined with anything else, because a record under a pseudonym must not lead to a person.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from itertools import combinations
from typing import Any, Final

from schemas.classes import DataClass, Form, SubjectKind
from services.panel.domain.held import TIMED, Held, Opened, day_told, kind_of

HOLDS_DAYS: Final = 90
"""How long a link holds that was not observed again, where its source does not say."""

DRAWN_FROM: Final = frozenset(
    {
        DataClass.PEER_LINKS,
        DataClass.MISSING_COMPANIONS,
        DataClass.ADULT_OF_CONCERN,
        DataClass.CONTEXT,
        DataClass.IDENTITY,
        DataClass.SCHOOL,
    }
)
_OTHERS: Final = (SubjectKind.CONTEXT, SubjectKind.ADULT)
WITH_PEOPLE: Final = frozenset({*TIMED, Form.PSEUDONYMISED})


class Kind(StrEnum):
    """What stands at an end of a link."""

    YOUNG_PERSON = "young_person"
    ADULT = "adult"
    PLACE = "place"
    SCHOOL = "school"
    GROUP = "group"
    ONLINE = "online"
    PHONE = "phone"
    VEHICLE = "vehicle"


_CONTEXTS: Final = {"school": Kind.SCHOOL, "peer_group": Kind.GROUP, "online_space": Kind.ONLINE}


@dataclass(frozen=True)
class Node:
    """Somebody or something that a record names. `key` is the agency's own name for it, and tells no more."""

    key: str
    kind: Kind
    label: str | None = None
    """What people call it, where a record says so."""
    pseudonym: bool = False


@dataclass(frozen=True)
class Link:
    """Two that were named together by one source, when that was last observed, and until when it holds."""

    ends: tuple[str, str]
    tie: str
    source: str
    observed: date
    holds_until: date
    grade: Mapping[str, Any] | None = None
    records: tuple[str, ...] = ()
    """The agency's own references of the records that say so."""


@dataclass(frozen=True)
class Network:
    """The nodes of links that hold, those links, and the links that have run out."""

    nodes: Mapping[str, Node]
    links: Sequence[Link]
    run_out: Sequence[Link]


def tells_links(held: Held) -> bool:
    """Whether a record is in a form that can name two together."""
    return held.form in WITH_PEOPLE


def network(records: Iterable[Opened], today: date, about: str | None = None) -> Network:
    """The network as it holds today; or what is linked to one young person, by the agency's own reference."""
    drawn = [record for record in records if tells_links(record.held) and not record.erased]
    drawn.sort(key=lambda one: (one.held.occurred.date(), one.held.rendering.reference))
    nodes: dict[str, Node] = {}
    for record in drawn:
        for node in _nodes(record):
            nodes[node.key] = _merged(nodes.get(node.key), node)
    links = _latest(link for record in drawn for link in _links(record))
    links += _latest(_named_in_one_report(drawn))
    if about is not None:
        links = _around(links, about)
    order = {key: (list(Kind).index(node.kind), (node.label or "").casefold(), key) for key, node in nodes.items()}
    links.sort(key=lambda link: (order[link.ends[0]], order[link.ends[1]], link.tie, link.source))
    live = [link for link in links if link.holds_until >= today]
    ends = {end for link in links for end in link.ends}
    return Network(
        {key: nodes[key] for key in sorted(ends, key=order.__getitem__)},
        live,
        [link for link in links if link.holds_until < today],
    )


def _around(links: Iterable[Link], about: str) -> list[Link]:
    """The links of one, and those between the ones it is linked with."""
    links = list(links)
    near = {end for link in links if about in link.ends for end in link.ends}
    return [link for link in links if about in near and near.issuperset(link.ends)]


def _merged(known: Node | None, said: Node) -> Node:
    if known is None:
        return said
    kind = said.kind if said.kind is not Kind.PLACE else known.kind
    return replace(known, kind=kind, label=said.label or known.label)


def _nodes(record: Opened) -> Iterator[Node]:
    held = record.held
    pseudonym = held.form is Form.PSEUDONYMISED
    for ref, name in held.rendering.about.items():
        part = record.each.get(name, {})
        match kind_of(ref):
            case SubjectKind.CONTEXT:
                yield Node(name, _CONTEXTS.get(record.content.get("kind", ""), Kind.PLACE), _place(record), pseudonym)
            case SubjectKind.ADULT:
                yield Node(name, Kind.ADULT, part.get("name") or part.get("nickname"), pseudonym)
                yield from _things(Kind.VEHICLE, part.get("vehicle"))
            case _:
                yield Node(name, Kind.YOUNG_PERSON, _called(part), pseudonym)
                yield from _things(Kind.PHONE, part.get("phone"))
    if held.data_class == DataClass.SCHOOL:
        yield from _things(Kind.SCHOOL, record.content.get("school"))


def _things(kind: Kind, value: object) -> Iterator[Node]:
    if isinstance(value, str):
        yield Node(_thing(kind, value), kind, value)


def _thing(kind: Kind, value: str) -> str:
    """A thing has no reference: it is the same where it is written the same."""
    return f"{kind}:{' '.join(value.split()).casefold()}"


def _called(part: Mapping[str, Any]) -> str | None:
    given, family, known = part.get("given_name"), part.get("family_name"), part.get("known_as")
    return " ".join(word for word in (known or given, family) if word) or None


def _place(record: Opened) -> str | None:
    band, spot = record.content.get("location_band"), record.content.get("spot")
    words = [str(word).replace("_", " ") for word in (band, spot) if word]
    return ", ".join(words).capitalize() or None


def _links(record: Opened) -> Iterator[Link]:
    held = record.held
    people = _people(held)
    match held.data_class:
        case DataClass.PEER_LINKS:
            for pair in combinations(people, 2):
                yield _link(record, pair, record.content.get("kind") or "named_together")
        case DataClass.MISSING_COMPANIONS:
            for pair in combinations(people, 2):
                yield _link(record, pair, "missing_together")
        case DataClass.ADULT_OF_CONCERN:
            for adult in _of(held, SubjectKind.ADULT):
                for young in people:
                    yield _link(record, (young, adult), "concern_about_adult")
                if isinstance(vehicle := record.each.get(adult, {}).get("vehicle"), str):
                    yield _link(record, (adult, _thing(Kind.VEHICLE, vehicle)), "vehicle")
        case DataClass.IDENTITY:
            for young in people:
                if isinstance(phone := record.each.get(young, {}).get("phone"), str):
                    yield _link(record, (young, _thing(Kind.PHONE, phone)), "phone")
        case DataClass.SCHOOL:
            if isinstance(school := record.content.get("school"), str):
                for young in people:
                    yield _link(record, (young, _thing(Kind.SCHOOL, school)), "attends")
        case DataClass.CONTEXT:
            for place in _of(held, SubjectKind.CONTEXT):
                for young in people:
                    yield _link(record, (young, place), "seen_there")


def _people(held: Held) -> list[str]:
    """The young people of a record, by the agency's own names for them."""
    return sorted({name for ref, name in held.rendering.about.items() if kind_of(ref) not in _OTHERS})


def _of(held: Held, kind: SubjectKind) -> list[str]:
    return sorted({name for ref, name in held.rendering.about.items() if kind_of(ref) is kind})


def _named_in_one_report(records: Iterable[Opened]) -> Iterator[Link]:
    """Young people and places that one report names, where the agency has the whole of what names them."""
    reports: dict[str, list[Opened]] = {}
    for record in records:
        if record.held.form in TIMED:
            reports.setdefault(record.held.report, []).append(record)
    for together in reports.values():
        if all(one.held.data_class != DataClass.CONTEXT for one in together):
            continue
        places = {place: one for one in together for place in _of(one.held, SubjectKind.CONTEXT)}
        people = {young for one in together for young in _people(one.held)}
        for place, one in places.items():
            within = set(_people(one.held))
            for young in sorted(people - within):
                yield _link(one, (young, place), "same_report")


def _link(record: Opened, ends: tuple[str, str], tie: str) -> Link:
    held = record.held
    observed = _day(record.content.get("observed_on")) or day_told(held.form, held.occurred) or held.occurred.date()
    stated = _day(record.content.get("holds_until"))
    grade = record.content.get("grading")
    return Link(
        ends=ends,
        tie=tie,
        source=held.by,
        observed=observed,
        holds_until=stated or observed + timedelta(days=HOLDS_DAYS),
        grade=grade if isinstance(grade, dict) else None,
        records=(held.rendering.reference,),
    )


def _day(value: object) -> date | None:
    try:
        return date.fromisoformat(value[:10]) if isinstance(value, str) else None
    except ValueError:
        return None


def _latest(links: Iterable[Link]) -> list[Link]:
    """One link for the same two, tie and source: as last observed, which affirms what was observed before."""
    found: dict[tuple[frozenset[str], str, str], Link] = {}
    for link in links:
        key = (frozenset(link.ends), link.tie, link.source)
        known = found.get(key)
        if known is None:
            found[key] = link
            continue
        newer = max(known, link, key=lambda one: (one.observed, one.holds_until))
        found[key] = replace(newer, records=tuple(sorted({*known.records, *link.records})))
    return list(found.values())
