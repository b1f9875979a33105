"""Finding a young person by a name or a number, among those whom the agency's own records name.

What is typed is sent, and never stands in an address: addresses are kept by browsers and logs. Names lie sealed; they
are opened to be compared, and only what is then shown leaves the hub and is traced (decision record 15).
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from fastapi import APIRouter, Request
from fastapi.responses import Response
from sqlalchemy.orm import Session

from schemas.classes import Purpose
from services.kernel.identity import Caller
from services.kernel.pages import FieldError, Link, address, short_ref
from services.kernel.pages.forms import Sent, first
from services.panel.domain.held import Held, Opened
from services.panel.domain.seeking import Sought, sought
from services.panel.projections.holdings import held_of
from services.panel.projections.sought import known_by, known_by_marks, naming_items
from services.panel.reading import Current
from services.panel.web.practice.called import IDENTITY, callings
from services.panel.web.practice.room import Practising, Room, Stated, stated, strip
from services.panel.web.practice.young_people import PATH as LIST

PATH: Final = f"{LIST}/find"
OPERATION: Final = "panel.sought"
TYPED_MAX: Final = 100
SHOWN_MAX: Final = 50
_TOO_SHORT: Final = FieldError("typed", "Type at least two letters of a name, or a whole number")


@dataclass(frozen=True)
class Somebody:
    """A young person who was found. `full_name` where it says more than what they are called."""

    words: str
    full_name: str
    reference: str
    href: str


@dataclass(frozen=True)
class Naming:
    """What is sought, whom the agency knows by a reference like it, and which record names whom."""

    wanted: Sought
    known: Mapping[str, str]
    """Reference -> one record that names them."""
    items: Mapping[str, Collection[str]]

    def people(self, records: Sequence[Opened]) -> list[str]:
        """The references of those who are meant; one more than is shown, where there are more."""
        meant = {*self.known, *(name for record in records for name in self._meant(record))}
        return sorted(meant)[: SHOWN_MAX + 1]

    def released(self, records: Sequence[Opened]) -> list[Opened]:
        """Of what was opened to be compared, what says whom it finds and what these are called."""
        people = set(self.people(records))
        behind = set(self.known.values())
        return [
            record
            for record in records
            if record.held.item in behind
            or people & (set(self._meant(record)) | (self._named(record) if record.held.section == IDENTITY else set()))
        ]

    def _meant(self, record: Opened) -> list[str]:
        """Of whom a record says what was typed."""
        parts = {name: part for name, part in record.each.items() if name in self._named(record)}
        if record.held.section == IDENTITY:
            return [name for name, part in parts.items() if self.wanted.is_name_of(part)]
        return [name for name, part in parts.items() if self.wanted.is_number_in(part.get("numbers", ()))]

    def _named(self, record: Opened) -> set[str]:
        return set(self.items.get(record.held.item, ()))


def install(router: APIRouter, room: Room) -> None:
    """`/young-people/find`: the form, and whom it finds."""

    @router.get(PATH)
    def ask(request: Request, who: Practising, purpose: Stated = "") -> Response:
        return _page(room, request, who, stated(purpose), "") if purpose else room.ask_purpose(request, who)

    @router.post(PATH)
    def find(request: Request, who: Practising, sent: Sent, purpose: Stated = "") -> Response:
        asked, typed = stated(purpose), " ".join(first(sent, "typed").split())[:TYPED_MAX]
        room.joined(who)
        wanted = sought(typed)
        if not wanted.is_enough:
            return _page(room, request, who, asked, typed, error=_TOO_SHORT)
        return _page(room, request, who, asked, typed, _found(room, who, asked, wanted))


def _found(room: Room, who: Caller, purpose: Purpose, wanted: Sought) -> Current[Naming]:
    def find(session: Session, _: object) -> tuple[Naming, list[Held]]:
        marks = [room.reading.mark(one) for one in wanted.identifiers]
        known = {
            **known_by(session, who.partner, purpose, wanted.reference),
            **known_by_marks(session, who.partner, marks),
        }
        naming = Naming(wanted, known, naming_items(session, who.partner, purpose))
        return naming, held_of(session, who.partner, purpose, sorted({*naming.items, *known.values()}))

    return room.reading.look(who, purpose, OPERATION, find, lambda naming, opened: naming.released(opened))


def _page(
    room: Room,
    request: Request,
    who: Caller,
    purpose: Purpose,
    typed: str,
    current: Current[Naming] | None = None,
    error: FieldError | None = None,
) -> Response:
    found = _somebodies(request, purpose, current) if current else []
    return room.page(
        request,
        who,
        "seeking.html",
        "Find a young person",
        strip=strip(request, purpose, current.as_of if current else None),
        breadcrumbs=[Link("Young people", address(request, LIST, purpose=purpose.value))],
        error=[error] if error else None,
        status=422 if error else 200,
        typed=typed,
        action=address(request, PATH, purpose=purpose.value),
        asked=current is not None,
        found=found[:SHOWN_MAX],
        further=len(found) > SHOWN_MAX,
    )


def _somebodies(request: Request, purpose: Purpose, current: Current[Naming]) -> list[Somebody]:
    called = callings(current.records)
    shown = [
        Somebody(
            called.words(name),
            called.people[name].full_name if name in called.people else "",
            short_ref(name),
            address(request, f"{LIST}/{name}", purpose=purpose.value),
        )
        for name in current.found.people(current.records)
    ]
    return sorted(shown, key=lambda one: (one.words.casefold(), one.reference))
