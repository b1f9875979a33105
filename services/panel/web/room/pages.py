"""The pages of the panel room, in the order in which their addresses are tried."""

from pathlib import Path

from fastapi import APIRouter, FastAPI

from services.kernel.http.apps import add_routes
from services.panel.application.drafts import Drafts
from services.panel.room import Room
from services.panel.web.room import (
    actions,
    contexts,
    discussions,
    meeting_forms,
    meetings,
    papers,
    referrals,
    reviews,
    sitting,
)
from services.panel.web.room.setting import make, room_route


def install(app: FastAPI, room: Room, drafts: Drafts, templates: Path, front: str | None) -> None:
    """Add the pages to the app. Raises PagesNotSetUp."""
    setting = make(room, drafts, templates, front)
    router = APIRouter(route_class=room_route(setting), include_in_schema=False)
    meetings.install(router, setting)
    meeting_forms.install_convening(router, setting)
    papers.install(router, setting)
    sitting.install(router, setting)
    meetings.install_one(router, setting)
    meeting_forms.install(router, setting)
    for module in (contexts, referrals, actions, reviews, discussions):
        module.install(router, setting)
    add_routes(app, router)
