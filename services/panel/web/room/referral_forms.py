"""The forms of a referral: sending one in, its questions of quality, answering the panel, and peer review."""

import uuid
from collections.abc import Mapping
from typing import Final

from fastapi import APIRouter
from fastapi.responses import RedirectResponse, Response

from services.kernel.http.problems import Problem
from services.kernel.pages import FieldError, Link
from services.kernel.pages.forms import Fields, Sent, first
from services.panel.application.referrals import Submission
from services.panel.domain.panel_referral import About
from services.panel.domain.prompts import QUESTIONS, Given, Prompt, PromptAnswer
from services.panel.web.room.answers import Answers, Question, Shape
from services.panel.web.room.asking import Failed, Form, attempted, form_page, seen_in
from services.panel.web.room.setting import AT, PanelRoom, ReferralRef, Visit, Visiting
from services.panel.web.room.wording import (
    ABOUT,
    GIVEN,
    STANDINGS,
    codes,
)

PATH: Final = f"{AT}/referrals"
_SUBMITTED: Final = (
    Question("about", "What do you refer?", Shape.CHOICE, options=codes(ABOUT)),
    Question("young_people", "Which young people?", Shape.TEXT,
             "By the references under which your agency knows them, one on each line. They stand on a young person's "
             "page. Needed for a young person, or a group.", needed=False),
    Question("contexts", "Which places or groups?", Shape.TEXT,
             "By your agency's references, one on each line, if you know any.", needed=False),
    Question("personal_handle", "For an online space: is its name made of its members' names?", Shape.CHOICE,
             options=(("no", "No"), ("yes", "Yes")), needed=False),
    Question("asked", "What do you ask of the panel?", Shape.TEXT),
    Question("concern", "What are you worried about?", Shape.TEXT,
             "What happened, when and where; what around the young people makes harm possible."),
    Question("strengths", "What goes well?", Shape.TEXT, "Who and what keeps them safe."),
    Question("immediate_safety", "Is everybody safe now?", Shape.TEXT, "And what was done for it."),
    Question("views", "What do the young people say?", Shape.TEXT, "In their own words.", needed=False),
    Question("no_views_because", "If nothing: why?", Shape.TEXT, needed=False),
)  # fmt: skip
_NO_VIEWS: Final = FieldError("views", "What do the young people say: give their words, or say why there are none")


def install_sending(router: APIRouter, setting: PanelRoom) -> None:
    def page(visit: Visit, sent: Fields | None = None, failed: Failed | None = None) -> Response:
        asked = visit.request.query_params
        given = {
            "key": [uuid.uuid4().hex],
            "about": [asked.get("about", "group")[:40]],
            "young_people": ["\n".join(one[:80] for one in asked.getlist("young")[:50])],
        }
        form = Form("Refer to the panel", "Send it in", _SUBMITTED, given=given,
                    lead="For harm outside the home: to a young person, a group, or in a place, school or online "
                         "space. A group is referred as one, so that what harms them is looked at as one.")  # fmt: skip
        back = visit.at("/referrals")
        return form_page(
            setting, visit, form, back, visit.at("/referrals/new"), [Link("Referrals", back)], sent, failed
        )

    @router.get(f"{PATH}/new")
    def ask(visit: Visiting) -> Response:
        return page(visit)

    @router.post(f"{PATH}/new")
    def submit(visit: Visiting, sent: Sent) -> Response:
        made: list[str] = []
        setting.called(visit.who)

        def act() -> None:
            submission = _submission(Answers(sent, _SUBMITTED))
            key = first(sent, "key") or uuid.uuid4().hex
            made.append(setting.room.referrals.submit(visit.who, key, submission).ref)

        failed = attempted(act, _SUBMITTED, {"views_or_why_not": _NO_VIEWS})
        return page(visit, sent, failed) if failed else RedirectResponse(visit.at(f"/referrals/{made[0]}"), 303)


def _submission(said: Answers) -> Submission:
    about = said.chosen("about", About)
    words = {name: said.text(name) for name in ("asked", "concern", "strengths", "immediate_safety")}
    views, because = said.text("views"), said.text("no_views_because")
    young_people, contexts = said.lines("young_people"), said.lines("contexts")
    handle = said.one("personal_handle") == "yes"
    said.check()
    return Submission(
        about=about or About.GROUP, **words, views=views or None, no_views_because=because or None,
        young_people=young_people, contexts=contexts, personal_handle=handle,
    )  # fmt: skip


def _steps() -> Mapping[str, tuple[str, str, tuple[Question, ...]]]:
    asked = tuple(
        question
        for prompt, words in QUESTIONS.items()
        for question in (
            Question(prompt.value, words, Shape.CHOICE, options=codes(GIVEN)),
            Question(f"{prompt.value}_why", "Why, if it is skipped?", Shape.LINE, needed=False),
        )
    )
    return {
        "questions": ("Questions of quality", "Save the answers", asked),
        "again": ("Answer the panel", "Send it in again", (Question("more", "Your answer", Shape.TEXT),)),
        "peer-review": ("Peer review", "Save the review", (
            Question("learning", "What can be learned from how it was worked on?", Shape.TEXT),)),
    }  # fmt: skip


STEPS: Final = _steps()


def install_steps(router: APIRouter, setting: PanelRoom) -> None:
    def page(visit: Visit, ref: str, step: str, sent: Fields | None = None, failed: Failed | None = None) -> Response:
        title, button, questions = _step(step)
        if step != "again":
            setting.room.kept.for_panel(visit.who)
        one = setting.room.referrals.referral(visit.who, visit.purpose, ref)
        given = {name: [said] for name, said in one.prompts.items()} | {
            f"{name}_why": [said] for name, said in one.prompts_words.items()
        }
        sender = setting.called(visit.who).agency(one.line.by_partner)
        form = Form(title, button, questions, about=f"{ABOUT[one.line.about]}, from {sender}",
                    seen=one.version or None, given=given, now=[("How far", STANDINGS[one.line.standing])])  # fmt: skip
        here = visit.at(f"/referrals/{ref}")
        crumbs = [Link("Referrals", visit.at("/referrals")), Link(ABOUT[one.line.about], here)]
        return form_page(setting, visit, form, here, visit.at(f"/referrals/{ref}/{step}"), crumbs, sent, failed)

    @router.get(f"{PATH}/{{referral}}/{{step}}")
    def ask(visit: Visiting, ref: ReferralRef, step: str) -> Response:
        return page(visit, ref, step)

    @router.post(f"{PATH}/{{referral}}/{{step}}")
    def act(visit: Visiting, ref: ReferralRef, step: str, sent: Sent) -> Response:
        questions = _step(step)[2]
        setting.called(visit.who)
        if step != "again":
            setting.room.kept.for_panel(visit.who)
        failed = attempted(
            lambda: _do(setting, visit, ref, step, Answers(sent, questions), seen_in(sent)), questions, {}
        )
        return page(visit, ref, step, sent, failed) if failed else RedirectResponse(visit.at(f"/referrals/{ref}"), 303)


def _do(setting: PanelRoom, visit: Visit, ref: str, step: str, said: Answers, seen: int | None) -> None:
    referrals = setting.room.referrals
    if step == "questions":
        given = {prompt: (said.chosen(prompt.value, Given), said.text(f"{prompt.value}_why")) for prompt in Prompt}
        said.check()
        answers = {prompt: PromptAnswer(given, why or None) for prompt, (given, why) in given.items() if given}
        referrals.answer_prompts(visit.who, ref, answers, seen=seen)
    elif step == "again":
        more = said.text("more")
        said.check()
        referrals.send_in_again(visit.who, ref, more, seen=seen)
    else:
        learning = said.text("learning")
        said.check()
        referrals.review(visit.who, ref, learning, seen=seen)


def _step(step: str) -> tuple[str, str, tuple[Question, ...]]:
    if step not in STEPS:
        raise Problem(404, "page_unknown", "This page is not here", "Go back to the referral, and on from there.")
    return STEPS[step]
