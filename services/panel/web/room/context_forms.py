"""The forms of a context case, each on a page of its own: propose, confirm, assess, plan, review, close."""

import uuid
from typing import Final

from fastapi import APIRouter
from fastapi.responses import RedirectResponse, Response

from services.kernel.pages import Link
from services.kernel.pages.forms import Fields, Sent, first
from services.panel.web.room.answers import Answers, Question, Shape
from services.panel.web.room.asking import Failed, Form, attempted, form_page
from services.panel.web.room.context_steps import STEPS
from services.panel.web.room.described import title_described
from services.panel.web.room.setting import AT, ContextRef, PanelRoom, Visit, Visiting
from services.panel.web.room.steps import step_of
from services.panel.web.room.wording import STATES, day_of

_PATH: Final = f"{AT}/contexts"


def install_opening(router: APIRouter, setting: PanelRoom) -> None:
    """`/room/contexts/new`: to propose a case that no report names yet."""
    why = Question("why", "Why should this be looked at?", Shape.TEXT, "What you heard, without names of people.")

    def page(visit: Visit, sent: Fields | None = None, failed: Failed | None = None) -> Response:
        form = Form("Propose a context", "Propose it", (why,), given={"key": [uuid.uuid4().hex]},
                    lead="For a place, school, group or online space that no report names yet.")  # fmt: skip
        crumbs = [Link("Contexts", visit.at("/contexts"))]
        return form_page(setting, visit, form, visit.at("/contexts"), visit.at("/contexts/new"), crumbs, sent, failed)

    @router.get(f"{_PATH}/new")
    def ask(visit: Visiting) -> Response:
        setting.room.kept.for_panel(visit.who)
        return page(visit)

    @router.post(f"{_PATH}/new")
    def propose(visit: Visiting, sent: Sent) -> Response:
        setting.room.kept.for_panel(visit.who)
        made: list[str] = []

        def act() -> None:
            answers = Answers(sent, (why,))
            said = answers.text("why")
            answers.check()
            made.append(setting.room.contexts.open(visit.who, first(sent, "key") or uuid.uuid4().hex, said).ref)

        failed = attempted(act, (why,), {})
        return page(visit, sent, failed) if failed else RedirectResponse(visit.at(f"/contexts/{made[0]}"), 303)


def install(router: APIRouter, setting: PanelRoom) -> None:
    """`/room/contexts/{ref}/{step}`: one form for each thing that can be done."""

    def page(visit: Visit, ref: str, step: str, sent: Fields | None = None, failed: Failed | None = None) -> Response:
        asked, case = step_of(STEPS, step, "case"), setting.room.contexts.case(visit.who, visit.purpose, ref)
        title = title_described(setting, visit, case)
        form = Form(
            asked.title, asked.button, asked.ask(setting, visit, case), asked.lead,
            about=title, seen=case.version, given=asked.given(case),
            now=[("State", STATES[case.state]), ("Review by", day_of(case.review_due or "") or "No day")],
        )  # fmt: skip
        here = visit.at(f"/contexts/{ref}")
        crumbs = [Link("Contexts", visit.at("/contexts")), Link(title, here)]
        return form_page(setting, visit, form, here, visit.at(f"/contexts/{ref}/{step}"), crumbs, sent, failed)

    @router.get(f"{_PATH}/{{context}}/{{step}}")
    def ask(visit: Visiting, ref: ContextRef, step: str) -> Response:
        return page(visit, ref, step)

    @router.post(f"{_PATH}/{{context}}/{{step}}")
    def act(visit: Visiting, ref: ContextRef, step: str, sent: Sent) -> Response:
        asked, case = step_of(STEPS, step, "case"), setting.room.contexts.case(visit.who, visit.purpose, ref)
        failed = asked.take(setting, visit, ref, case, sent)
        if failed:
            return page(visit, ref, step, sent, failed)
        return RedirectResponse(asked.after(visit.at(f"/contexts/{ref}")), 303)
