"""The room that every page of practice is served from: what its views work with, and how they understand an address."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Annotated, Any

from fastapi import Depends, Query
from starlette.requests import Request
from starlette.responses import Response

from schemas.classes import Purpose
from services.kernel.clock import Clock
from services.kernel.http.caller import require
from services.kernel.http.problems import Problem
from services.kernel.identity import Caller, Role
from services.kernel.pages import Link, Pages, Strip, address, who_is
from services.kernel.pages.words import PURPOSES, purpose_words
from services.kernel.store import Store
from services.panel.application.actions import Actions
from services.panel.application.back_links import BackLinks
from services.panel.application.drafts import Drafts
from services.panel.application.wording import Wording
from services.panel.domain.gazetteer import Gazetteer
from services.panel.domain.missing_clocks import Clocks, Episode
from services.panel.intake import Intake
from services.panel.missing_told import EpisodesTold, episodes_counted, episodes_told
from services.panel.projections.outsides import HourOfDay, hours_of_days
from services.panel.projections.unchanged import Unchanged
from services.panel.reading import Reading

Practising = Annotated[Caller, Depends(require(Role.PRACTITIONER))]
Word = Annotated[str, Query(max_length=200)]
Stated = Annotated[str, Query(alias="purpose", max_length=40)]
_PURPOSES_IN_WORDS = {
    Purpose.CHILD_PROTECTION: "A young person may be harmed, or is being protected from harm.",
    Purpose.MISSING: "A young person is missing, or has come back and is to be listened to.",
    Purpose.CONTEXT: "A place, school, group or online space is to be made safer.",
    Purpose.ADULT_PROTECTION: "An adult may need support and protection.",
}


@dataclass(frozen=True)
class Room:
    """What every page works with; the pages themselves are installed by one function for each module."""

    pages: Pages
    reading: Reading
    store: Store
    clock: Clock
    intake: Intake
    drafts: Drafts
    wording: Wording
    actions: Actions
    """What the panel asks of agencies; each agency is told of its own."""
    back_links: BackLinks
    """What the panel tells lead professionals, each of their own young people."""
    gazetteer: Gazetteer
    """Where places lie, as far as whoever runs the hub says it."""
    clocks: Clocks
    """Within how long a return discussion is offered and held."""
    episodes_told: Unchanged[EpisodesTold, Purpose, datetime] = field(default_factory=lambda: Unchanged(episodes_told))
    episodes_counted: Unchanged[Mapping[str, Sequence[Episode]], Purpose, datetime] = field(
        default_factory=lambda: Unchanged(episodes_counted)
    )
    hours_of_days: Unchanged[Sequence[HourOfDay], Purpose, date | None, date | None] = field(
        default_factory=lambda: Unchanged(hours_of_days)
    )

    def page(self, request: Request, who: Caller, template: str, title: str, **content: Any) -> Response:
        """A page for a practitioner. Raises the 403 problem `not_a_partner`."""
        return self.pages.page(request, template, title, who=who_is(who, self.joined(who)), **content)

    def joined(self, who: Caller) -> dict[str, str]:
        """Partner id -> what people call it, if the caller's agency is one. Raises the 403 problem `not_a_partner`."""
        agencies = self.reading.agencies()
        if who.partner not in agencies:
            raise Problem(403, "not_a_partner", "Your agency is not part of this hub", "Ask its governance lead.")
        return agencies

    def ask_purpose(self, request: Request, who: Caller) -> Response:
        """The page that asks what for; every answer leads back to the address that was opened."""
        choices = purpose_choices(request)
        return self.page(request, who, "purpose.html", "What do you need this for?", choices=choices)


def purpose_choices(request: Request) -> list[tuple[str, str, str]]:
    """Every purpose, what it means, and the address that was opened for it."""
    return [
        (link.text, meaning, link.href)
        for link, meaning in zip(purpose_links(request, None), _PURPOSES_IN_WORDS.values(), strict=True)
    ]


def stated(purpose: str) -> Purpose:
    """The purpose that an address states. Raises the 422 problem `purpose_unknown`."""
    try:
        return Purpose(purpose)
    except ValueError:
        raise Problem(
            422, "purpose_unknown", "That purpose is not known", "Choose one of the purposes listed."
        ) from None


def purpose_links(request: Request, asked: Purpose | None) -> list[Link]:
    """The address that was opened, for every purpose."""
    kept = {name: value for name, value in request.query_params.items() if name != "purpose"}
    path = request.scope["path"].removeprefix(request.scope.get("root_path", "")) or "/"
    return [
        Link(words, address(request, path, **kept, purpose=each.value), current=each is asked)
        for each, words in PURPOSES.items()
    ]


def strip(request: Request, asked: Purpose, as_of: datetime | None) -> Strip:
    """What the page is read for, which can be changed, and the instant that it shows."""
    return Strip(purpose_words(asked), purpose_links(request, asked), as_of)
