"""The panel's room over HTTP, for those who work in another system than the pages."""

from fastapi import APIRouter

from services.panel.api import actions, back_links, contexts, discussions, meetings, referrals
from services.panel.domain.missing_clocks import Clocks
from services.panel.room import Room


def routes(room: Room, clocks: Clocks) -> list[APIRouter]:
    """All of its routes."""
    return [
        contexts.routes(room),
        referrals.routes(room),
        meetings.routes(room),
        actions.routes(room),
        back_links.routes(room),
        discussions.routes(room, clocks),
    ]
