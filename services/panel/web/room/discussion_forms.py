"""Closing a discussion between agencies: the form, and what becomes of it, a report of the agency that leads."""

import uuid
from collections.abc import Mapping
from typing import Any, Final

from fastapi import APIRouter
from fastapi.responses import RedirectResponse, Response

from services.kernel.pages import FieldError, Link
from services.kernel.pages.forms import Fields, Sent, first
from services.panel.application.discussions import Closed
from services.panel.intake import IntakeAway, IntakeRefused, relayed
from services.panel.web.practice.report_wording import kept_after
from services.panel.web.room.answers import Answers
from services.panel.web.room.asking import FORM, Failed, attempted
from services.panel.web.room.discussion_questions import ALL, GROUPS, REFUSED, closing_in
from services.panel.web.room.setting import AT, PanelRoom, Visit, Visiting

_PATH: Final = f"{AT}/discussions/new"
_SENT: Final = ("discussion", "How a discussion ended")


def install(router: APIRouter, setting: PanelRoom) -> None:
    """`/room/discussions/new`; `young` names somebody by the agency's own reference."""

    @router.get(_PATH)
    def ask(visit: Visiting) -> Response:
        setting.called(visit.who)
        return _page(setting, visit, {"key": [uuid.uuid4().hex]} | _young_person(setting, visit))

    @router.post(_PATH)
    def close(visit: Visiting, sent: Sent) -> Response:
        setting.called(visit.who)
        made: list[Closed] = []
        failed = _attempted(setting, visit, sent, made)
        if failed:
            return _page(setting, visit, sent, failed)
        content = kept_after(*_SENT, made[0].report, made[0].accepted.receipt, setting.room.clock.now())
        draft = setting.drafts.begin(visit.who, content, sent=True)
        return RedirectResponse(visit.near(f"/report/{draft}/sent"), 303)


def _attempted(setting: PanelRoom, visit: Visit, sent: Fields, made: list[Closed]) -> Failed | None:
    def act() -> None:
        young_people, closing = closing_in(Answers(sent, ALL))
        key = first(sent, "key") or uuid.uuid4().hex
        made.append(setting.room.discussions.close(visit.who, relayed(visit.request), key, young_people, closing))

    try:
        return attempted(act, ALL, REFUSED)
    except IntakeRefused as refused:
        problem = refused.problem
        return Failed(problem.status, [FieldError(FORM, f"{problem.title}. {problem.detail or ''}".strip())])
    except IntakeAway:
        words = "It is not known whether it arrived. Send it again: to send it twice does no harm."
        return Failed(503, [FieldError(FORM, words)])


def _young_person(setting: PanelRoom, visit: Visit) -> Fields:
    """Somebody's numbers, as far as the records of the visitor's agency give them."""
    name = visit.request.query_params.get("young", "")[:80]
    numbers = setting.room.numbers.of(visit.who, visit.purpose, name) if name else ()
    return {"young_people": [", ".join(number.replace("|", " ", 1) for number in numbers)]}


def _page(setting: PanelRoom, visit: Visit, answers: Fields, failed: Failed | None = None) -> Response:
    failed = failed or Failed(200)
    content: Mapping[str, Any] = {"groups": GROUPS, "answers": answers}
    return setting.page(
        visit,
        "discussion.html",
        "Close a discussion",
        crumbs=[Link("Discussions", visit.at("/discussions"))],
        error=failed.errors,
        status=failed.status,
        action=visit.at("/discussions/new"),
        back=visit.at("/discussions"),
        **content,
    )
