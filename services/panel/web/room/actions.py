"""Actions: the tracker, overdue first, and each action with how far it has come and by what that is seen."""

from collections.abc import Mapping, Sequence
from typing import Final

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from services.kernel.http.problems import Problem
from services.kernel.pages import Cell, Link, Option, Part, link, text
from services.kernel.pages.forms import Fields, Sent
from services.kernel.pages.listing import ROWS_OF_A_TWIN, Column, Filter, Listing, Order, Row, shown, twin
from services.panel.application.actions import ActionView
from services.panel.domain.action import OVER, Progress
from services.panel.web.practice.room import Word
from services.panel.web.progress import PROGRESSES
from services.panel.web.room.answers import Answers, Question, Shape
from services.panel.web.room.asking import Failed, Form, attempted, form_page, seen_in
from services.panel.web.room.setting import AT, ActionRef, PanelRoom, Visit, Visiting
from services.panel.web.room.wording import Called, codes, day_of, time_of

PATH: Final = f"{AT}/actions"
_STATES: Final = {"overdue": "Overdue", **PROGRESSES}
_COLUMNS: Final = (
    Column("text", "What is to be done"),
    Column("owner", "By whom"),
    Column("due", "By when"),
    Column("progress", "How far"),
)
_TONES: Final[Mapping[str, str]] = {Progress.DONE: "green", Progress.UNDER_WAY: "yellow"}
_PROGRESS: Final = (
    Question("progress", "How far is it?", Shape.CHOICE, options=codes(PROGRESSES, Progress.UNDER_WAY, *OVER)),
    Question(
        "evidence", "What shows it?", Shape.TEXT,
        "Needed when it is done; when it is not possible, say why.", needed=False,
    ),
)  # fmt: skip
_POSTPONE: Final = (Question("due", "New day", Shape.DAY), Question("reason", "Why is it given more time?", Shape.TEXT))
_HAPPENED: Final = {**PROGRESSES, Progress.ASSIGNED: "Assigned"}
_ESCALATED: Final = {"chair": "the chair", "child_protection_committee": "the child protection committee"}


def install(router: APIRouter, setting: PanelRoom) -> None:
    """`/room/actions`, the same as data, and each of them."""

    @router.get(PATH)
    def actions(request: Request, visit: Visiting, state: Word = "", owner: Word = "") -> Response:
        listing = _found(setting, visit, state, owner)
        return setting.page(
            visit,
            "actions.html",
            "Actions",
            list=listing,
            shown=shown(request, listing),
            late=sum(1 for row in listing.rows if row.data["days_late"]),
        )

    @router.get(f"{PATH}.csv")
    @router.get(f"{PATH}.json")
    def actions_as_data(request: Request, visit: Visiting, state: Word = "", owner: Word = "") -> Response:
        return twin(_found(setting, visit, state, owner), request)

    @router.get(f"{PATH}/{{action}}")
    def action(visit: Visiting, ref: ActionRef) -> Response:
        return _page(setting, visit, ref)

    _install_forms(router, setting)


def _install_forms(router: APIRouter, setting: PanelRoom) -> None:
    @router.get(f"{PATH}/{{action}}/{{step}}")
    def ask(visit: Visiting, ref: ActionRef, step: str) -> Response:
        return _form(setting, visit, ref, step)

    @router.post(f"{PATH}/{{action}}/{{step}}")
    def act(visit: Visiting, ref: ActionRef, step: str, sent: Sent) -> Response:
        setting.called(visit.who)
        asked = _questions(step)
        said = Answers(sent, asked)

        def tell() -> None:
            if step == "progress":
                progress, evidence = said.chosen("progress", Progress), said.text("evidence")
                said.check()
                setting.room.actions.report_progress(
                    visit.who, ref, progress or Progress.UNDER_WAY, evidence, seen=seen_in(sent)
                )
            else:
                due, reason = said.day("due"), said.text("reason")
                said.check()
                setting.room.actions.postpone(visit.who, ref, due, reason, seen=seen_in(sent))

        failed = attempted(tell, asked, {})
        if failed:
            return _form(setting, visit, ref, step, sent, failed)
        return RedirectResponse(visit.at(f"/actions/{ref}"), 303)


def _questions(step: str) -> tuple[Question, ...]:
    if step not in ("progress", "postpone"):
        raise Problem(404, "page_unknown", "This page is not here", "Go back to the action, and on from there.")
    return _PROGRESS if step == "progress" else _POSTPONE


def _form(
    setting: PanelRoom,
    visit: Visit,
    ref: str,
    step: str,
    sent: Fields | None = None,
    failed: Failed | None = None,
) -> Response:
    asked, one = _questions(step), setting.room.actions.action(visit.who, visit.purpose, ref)
    if step == "postpone":
        setting.room.kept.for_panel(visit.who)
    title = "How far is it?" if step == "progress" else "Give it more time"
    form = Form(title, "Save", asked, about=one.text, seen=one.version,
                now=[("How far", PROGRESSES[one.progress]), ("By", day_of(one.due))])  # fmt: skip
    here = visit.at(f"/actions/{ref}")
    crumbs = [Link("Actions", visit.at("/actions")), Link("Action", here)]
    return form_page(setting, visit, form, here, visit.at(f"/actions/{ref}/{step}"), crumbs, sent, failed)


def _page(setting: PanelRoom, visit: Visit, ref: str) -> Response:
    one, called = setting.room.actions.action(visit.who, visit.purpose, ref), setting.called(visit.who)
    of_panel = setting.of_panel(visit)
    over = one.progress in OVER
    return setting.page(
        visit,
        "action.html",
        one.text if len(one.text) <= 120 else f"{one.text[:117]}…",
        here="Action",
        crumbs=[Link("Actions", visit.at("/actions"))],
        whole=one.text if len(one.text) > 120 else "",
        action=one,
        owner=called.agency(one.owner),
        due=day_of(one.due),
        progress=PROGRESSES[one.progress],
        tone=_tone(one),
        escalated=" and ".join(_ESCALATED.get(to, to) for to in one.escalated),
        history=[_step(step, called, "" if of_panel else setting.room.kept.panel) for step in reversed(one.history)],
        tell=None if over else visit.at(f"/actions/{ref}/progress"),
        postpone=visit.at(f"/actions/{ref}/postpone") if of_panel and not over else None,
        item=visit.at(f"/meetings/{one.meeting}/items/{one.item}") if one.meeting else None,
    )


def _step(step: Mapping[str, str], called: Called, nameless: str) -> tuple[str, str, str, str]:
    """When, how far, by whom, and what was said. Of the people of a `nameless` agency it is told whose they are."""
    partner = step["by"].partition("/")[0]
    who = called.agency(partner) if partner and partner == nameless else called.person(step["by"])
    words = "Given more time" if "reason" in step else _HAPPENED[step["progress"]]
    return time_of(step["at"]), words, who, step.get("said") or step.get("reason") or ""


def _found(setting: PanelRoom, visit: Visit, state: str, owner: str) -> Listing:
    called, of_panel = setting.called(visit.who), setting.of_panel(visit)
    state = state if state in _STATES else ""
    owner = owner if of_panel and owner in called.agencies else ""
    found = setting.room.actions.actions(visit.who, visit.purpose, state or None, owner or None)
    ordered = sorted(found, key=lambda one: (not one.overdue, one.progress in OVER, one.due, one.ref))
    query = {"purpose": visit.purpose.value, "state": state, "owner": owner}
    filters = [Filter("state", "How far", _options(_STATES), state)]
    if of_panel:
        filters.append(Filter("owner", "By whom", _options(called.agencies), owner))
    return Listing(
        caption="Actions", path=PATH, query={name: value for name, value in query.items() if value}, columns=_COLUMNS,
        rows=[_row(one, called, visit) for one in ordered[:ROWS_OF_A_TWIN]], order=Order("due"), filters=filters,
        purpose=visit.purpose.value,
    )  # fmt: skip


def _options(words: Mapping[str, str]) -> Sequence[Option]:
    return [Option("", "All"), *(Option(code, said) for code, said in words.items())]


def _row(one: ActionView, called: Called, visit: Visit) -> Row:
    late = f"{one.days_late} day{'' if one.days_late == 1 else 's'} late" if one.overdue else ""
    due = Cell((Part(day_of(one.due)), *((Part(late, tag="red"),) if late else ())))
    return Row(
        one.ref,
        (
            link(one.text, visit.at(f"/actions/{one.ref}")),
            text(called.agency(one.owner)),
            due,
            Cell((Part(PROGRESSES[one.progress], tag=_tone(one)),)),
        ),
        {
            "reference": one.ref,
            "text": one.text,
            "owner": called.agency(one.owner),
            "due": one.due,
            "progress": PROGRESSES[one.progress],
            "days_late": one.days_late,
        },
    )


def _tone(one: ActionView) -> str:
    return _TONES.get(one.progress, "grey")
