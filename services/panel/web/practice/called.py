"""What young people and places are called: by the name a young person uses, from the latest record that may tell it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from schemas.classes import SubjectKind
from services.kernel.pages import short_ref
from services.kernel.pages.words import spaced
from services.panel.domain.held import TIMED, Opened, kind_of

IDENTITY = "identity"
_NOBODY_SAYS = {SubjectKind.YOUNG_PERSON: "Young person", SubjectKind.ADULT: "Adult", SubjectKind.CONTEXT: "Place"}


@dataclass(frozen=True)
class Called:
    """How one young person is called, and how to speak of them."""

    words: str
    full_name: str
    pronouns: str | None = None


@dataclass(frozen=True)
class Callings:
    """What those whom an agency knows are called; without a record that says it, they go by their reference."""

    people: Mapping[str, Called]
    places: Mapping[str, str]
    kinds: Mapping[str, SubjectKind]

    def is_named(self, name: str) -> bool:
        """Whether a record says what they are called."""
        return name in self.people or name in self.places

    def words(self, name: str) -> str:
        """What to call whoever has this reference."""
        if name in self.people:
            return self.people[name].words
        if name in self.places:
            return self.places[name]
        return f"{_NOBODY_SAYS.get(self.kinds.get(name, SubjectKind.YOUNG_PERSON), '')} {short_ref(name)}"


def callings(records: Iterable[Opened]) -> Callings:
    """What the records say of how people and places are called, the latest last."""
    people: dict[str, Called] = {}
    places: dict[str, str] = {}
    kinds: dict[str, SubjectKind] = {}
    for record in sorted(records, key=lambda one: (one.held.occurred, one.held.rendering.reference)):
        for ref, name in record.held.rendering.about.items():
            kind = kind_of(ref)
            if kind is not None:
                kinds[name] = kind
            if record.held.form not in TIMED:
                continue
            if kind is SubjectKind.CONTEXT and (words := place_words(record.content)):
                places[name] = words
            if record.held.section == IDENTITY and (called := _called(record.each.get(name, {}))):
                people[name] = called
    return Callings(people, places, kinds)


def place_words(content: Mapping[str, Any]) -> str | None:
    """What sort of place, and which spot of it: `Bus station, stance 3`."""
    band, spot = content.get("location_band"), content.get("spot")
    if not isinstance(band, str):
        return None
    return f"{spaced(band)}, {spot}" if isinstance(spot, str) else spaced(band)


def _called(part: Mapping[str, Any]) -> Called | None:
    given, family, used = (str(part.get(name) or "").strip() for name in ("given_name", "family_name", "known_as"))
    words = " ".join(word for word in (used or given, family) if word)
    if not words:
        return None
    full = " ".join(word for word in (given, family) if word)
    return Called(words, full or words, str(part["pronouns"]) if part.get("pronouns") else None)
