"""Discussions between agencies: those that one's own agency has closed, and closing one."""

from collections.abc import Sequence
from typing import Final

from fastapi import APIRouter, Request
from fastapi.responses import Response

from schemas.reports.decision import STATUTORY
from services.kernel.pages import Cell, Part, text
from services.kernel.pages.listing import ROWS_OF_A_TWIN, Column, Listing, Order, Row, shown, twin
from services.panel.application.discussions import DiscussionView
from services.panel.domain.prompts import Given
from services.panel.web.room import discussion_forms
from services.panel.web.room.discussion_questions import OUTCOMES, TAKING_PART
from services.panel.web.room.setting import AT, PanelRoom, Visit, Visiting
from services.panel.web.room.wording import day_of

PATH: Final = f"{AT}/discussions"
_COLUMNS: Final = (
    Column("closed", "Closed"),
    Column("outcome", "How it ended"),
    Column("took_part", "Took part"),
    Column("questions", "Questions of quality"),
)


def install(router: APIRouter, setting: PanelRoom) -> None:
    """`/room/discussions`, the same as data, and closing one."""

    @router.get(PATH)
    def discussions(request: Request, visit: Visiting) -> Response:
        setting.called(visit.who)
        listing = _listing(setting, visit)
        return setting.page(
            visit, "discussions.html", "Discussions", list=listing, shown=shown(request, listing)
        )  # fmt: skip

    @router.get(f"{PATH}.csv")
    @router.get(f"{PATH}.json")
    def discussions_as_data(request: Request, visit: Visiting) -> Response:
        setting.called(visit.who)
        return twin(_listing(setting, visit), request)

    discussion_forms.install(router, setting)


def _listing(setting: PanelRoom, visit: Visit) -> Listing:
    found = setting.room.discussions.discussions(visit.who, visit.purpose)
    latest = sorted(found, key=lambda one: (one.closed_at, one.ref), reverse=True)
    return Listing(
        caption="Discussions", path=PATH, query={"purpose": visit.purpose.value}, columns=_COLUMNS,
        rows=[_row(one) for one in latest[:ROWS_OF_A_TWIN]], order=Order("closed", descending=True),
        purpose=visit.purpose.value,
    )  # fmt: skip


def _row(one: DiscussionView) -> Row:
    absent = [TAKING_PART[agency] for agency in sorted(STATUTORY - set(one.took_part))]
    present = [TAKING_PART[agency] for agency in TAKING_PART if agency in one.took_part]
    skipped = sum(1 for given in one.prompts.values() if given == Given.SKIPPED)
    answered = f"{len(one.prompts) - skipped} answered" + (f", {skipped} skipped" if skipped else "")
    parts = [Part(", ".join(present) or "Nobody")]
    if absent:
        parts.append(Part(f"Not there, with a reason: {', '.join(absent)}", quiet=True))
    return Row(
        one.ref,
        (text(day_of(one.closed_at)), text(OUTCOMES[one.outcome]), Cell(tuple(parts)), text(answered)),
        _data(one, present, absent, answered),
    )


def _data(one: DiscussionView, present: Sequence[str], absent: Sequence[str], answered: str) -> dict[str, str | None]:
    return {
        "reference": one.ref,
        "closed": one.closed_at,
        "outcome": OUTCOMES[one.outcome],
        "took_part": ", ".join(present),
        "not_there": ", ".join(absent) or None,
        "questions": answered,
    }
