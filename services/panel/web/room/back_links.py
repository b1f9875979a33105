"""Telling a lead professional that a plan for a context exists, from the page of its case."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from fastapi import APIRouter, Path
from fastapi.responses import RedirectResponse, Response

from services.kernel.pages import FieldError, Link, short_ref
from services.kernel.pages.forms import Fields, Sent
from services.panel.application.context_views import ContextView
from services.panel.domain.context_terms import State
from services.panel.web.room.answers import Answers, Question, Shape
from services.panel.web.room.asking import Failed, Form, attempted, form_page
from services.panel.web.room.context_page import title_of
from services.panel.web.room.meeting_forms import person_of
from services.panel.web.room.setting import AT, ContextRef, PanelRoom, Visit, Visiting
from services.panel.web.room.wording import Called, day_of

_PATH: Final = f"{AT}/contexts/{{context}}/lead"
_UNKNOWN: Final = FieldError("young_person", "Which young person: the panel knows nobody by this reference")


@dataclass(frozen=True)
class LeadTold:
    """One lead professional who was told; `young_person` is None where the panel has no reference for them any more."""

    who: str
    young_person: str | None
    href: str
    since: str
    take_back: str


def told_shown(setting: PanelRoom, visit: Visit, case: ContextView) -> list[LeadTold]:
    """Who was told of the plan for a case."""
    called = setting.called(visit.who)
    return [
        LeadTold(
            called.person(one.lead),
            short_ref(one.young_person) if one.young_person else None,
            visit.near(f"/young-people/{one.young_person}"),
            day_of(one.since),
            visit.at(f"/contexts/{case.ref}/lead/{one.ref}"),
        )
        for one in setting.room.back_links.of_case(visit.who, visit.purpose, case.ref)
    ]


def may_tell(case: ContextView) -> bool:
    """Whether there is a plan to tell of."""
    return case.state == State.OPEN and bool(case.plan)


def install(router: APIRouter, setting: PanelRoom) -> None:
    """`/room/contexts/{ref}/lead`: the form, and taking it back."""

    def page(visit: Visit, ref: str, sent: Fields | None = None, failed: Failed | None = None) -> Response:
        case = setting.room.contexts.case(visit.who, visit.purpose, ref)
        title, here = title_of(case.name, case.kind), visit.at(f"/contexts/{ref}")
        form = Form(
            "Tell a lead professional", "Tell them", _questions(setting.called(visit.who)),
            lead="They are shown that a plan exists, on the young person’s page. Nobody else is, and nothing of the "
                 "plan itself is told.",
            about=title, given={"young_person": [visit.request.query_params.get("young", "")[:80]]},
        )  # fmt: skip
        crumbs = [Link("Contexts", visit.at("/contexts")), Link(title, here)]
        return form_page(setting, visit, form, here, visit.at(f"/contexts/{ref}/lead"), crumbs, sent, failed)

    @router.get(_PATH)
    def ask(visit: Visiting, ref: ContextRef) -> Response:
        return page(visit, ref)

    @router.post(_PATH)
    def tell(visit: Visiting, ref: ContextRef, sent: Sent) -> Response:
        setting.room.kept.for_panel(visit.who)
        called = setting.called(visit.who)
        questions = _questions(called)

        def act() -> None:
            said = Answers(sent, questions)
            young_person, partner, name = said.text("young_person"), said.one("partner"), said.text("name")
            said.check()
            lead = person_of(partner, name)
            setting.room.back_links.tell(visit.who, ref, young_person, lead, called.agencies)

        failed = attempted(act, questions, {"young_person": _UNKNOWN})
        return page(visit, ref, sent, failed) if failed else _back(visit, ref)

    @router.post(f"{_PATH}/{{back_link}}")
    def take_back(visit: Visiting, ref: ContextRef, back_link: str = Path(max_length=60)) -> Response:
        setting.room.back_links.take_back(visit.who, ref, back_link)
        return _back(visit, ref)


def _back(visit: Visit, ref: str) -> Response:
    return RedirectResponse(visit.at(f"/contexts/{ref}") + "#leads", 303)


def _questions(called: Called) -> Sequence[Question]:
    return (
        Question(
            "young_person", "Which young person?", Shape.LINE,
            "By the reference under which the panel knows them. It stands in a referral, and on their page.",
        ),
        Question("partner", "Whose lead professional is it?", Shape.SELECT, options=list(called.agencies.items())),
        Question("name", "Who?", Shape.LINE, "The name with which they sign in, such as duty-worker."),
    )  # fmt: skip
