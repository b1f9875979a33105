"""What is asked for a meeting: when it is, what is on its agenda, who takes part, and who is there."""

import uuid
from collections.abc import Sequence
from typing import Final

from fastapi import APIRouter
from fastapi.responses import RedirectResponse, Response

from services.kernel.pages import Link
from services.kernel.pages.forms import Fields, Sent, first
from services.panel.application.convening import ItemAsked
from services.panel.application.meeting_views import ItemView, MeetingView
from services.panel.domain.meeting_terms import ItemKind, Membership, Part, WrongTimes
from services.panel.domain.panel_referral import Standing
from services.panel.domain.refusing import WordsMissing
from services.panel.web.room.answers import Answers, Question, Shape
from services.panel.web.room.asking import Failed, Form, attempted, form_page, given_moment
from services.panel.web.room.context_page import title_of
from services.panel.web.room.setting import AT, MeetingRef, PanelRoom, Visit, Visiting
from services.panel.web.room.steps import Call, Step, Steps, step_of
from services.panel.web.room.wording import ABOUT, ITEM_KINDS, MEMBERSHIPS, PARTS, STAGES, codes, day_of, time_of

_PATH: Final = f"{AT}/meetings"
_TIMES: Final = (Question("starts", "Starts", Shape.MOMENT), Question("ends", "Ends", Shape.MOMENT))
_PARTS: Final = tuple(
    Question(part.value, PARTS[part], Shape.LINE, hint, needed=part is not Part.DEPUTY)
    for part, hint in (
        (Part.CHAIR, "The name by which they sign in, such as chair."),
        (Part.DEPUTY, "Who stands in for the chair."),
        (Part.COORDINATOR, None),
        (Part.MINUTE_TAKER, "Not the chair, nor the deputy."),
    )
)


def person_of(partner: str, name: str) -> str:
    """Somebody of an agency, by the name with which they sign in; with the agency's own in front, or without."""
    return name if name.startswith(f"{partner}/") else f"{partner}/{name.strip().lower().replace(' ', '-')}"


def install_convening(router: APIRouter, setting: PanelRoom) -> None:
    """`/room/meetings/new`."""
    questions = (*_TIMES, *_PARTS)

    def page(visit: Visit, sent: Fields | None = None, failed: Failed | None = None) -> Response:
        panel = setting.room.kept.panel
        given = {"key": [uuid.uuid4().hex]} | {
            part.value: [part.value.replace("_", "-")] for part in Part if part is not Part.DEPUTY
        }
        if visit.who.practitioner != f"{panel}/coordinator":
            given[Part.COORDINATOR] = ["coordinator"]
        form = Form("Convene a meeting", "Convene it", questions, given=given,
                    lead="The agenda is built afterwards, and goes out when you send it.")  # fmt: skip
        crumbs = [Link("Meetings", visit.at("/meetings"))]
        return form_page(setting, visit, form, visit.at("/meetings"), visit.at("/meetings/new"), crumbs, sent, failed)

    @router.get(f"{_PATH}/new")
    def ask(visit: Visiting) -> Response:
        setting.room.kept.for_panel(visit.who)
        return page(visit)

    @router.post(f"{_PATH}/new")
    def convene(visit: Visiting, sent: Sent) -> Response:
        setting.room.kept.for_panel(visit.who)
        made: list[str] = []

        def act() -> None:
            said = Answers(sent, questions)
            starts, ends = said.moment("starts"), said.moment("ends")
            names = {part: said.text(part.value) for part in Part}
            said.check()
            if starts is None or ends is None:
                raise WrongTimes
            parts = {part: person_of(setting.room.kept.panel, name) for part, name in names.items() if name}
            key = first(sent, "key") or uuid.uuid4().hex
            made.append(setting.room.convening.convene(visit.who, key, starts, ends, parts).ref)

        failed = attempted(act, questions, {})
        return page(visit, sent, failed) if failed else RedirectResponse(visit.at(f"/meetings/{made[0]}"), 303)


def _reschedule(call: Call) -> object:
    starts, ends = call.answers.moment("starts"), call.answers.moment("ends")
    call.answers.check()
    if starts is None or ends is None:
        raise WrongTimes
    return call.setting.room.convening.reschedule(call.visit.who, call.ref, starts, ends, seen=call.seen)


def _item_questions(setting: PanelRoom, visit: Visit, meeting: MeetingView) -> Sequence[Question]:
    called = setting.called(visit.who)
    taken = {one.case for one in meeting.items}
    referrals = [
        (one.ref, f"{ABOUT[one.about]}, from {called.agency(one.by_partner)}, {day_of(one.received_at)}")
        for one in setting.room.referrals.lines(visit.who, visit.purpose, Standing.RECEIVED)
    ]
    cases = [
        (one.ref, title_of(one.name, one.kind))
        for one in setting.room.contexts.lines(visit.who, visit.purpose, "open")
        if one.ref not in taken
    ]
    return (
        Question("kind", "What is it about?", Shape.CHOICE, options=codes(ITEM_KINDS)),
        Question(
            "title", "Title", Shape.LINE, "As those who are invited to it read it. No name of a young person.",
        ),
        Question("referral", "Which referral?", Shape.SELECT, "Those that wait for a meeting.", referrals, False),
        Question("case", "Which context?", Shape.SELECT, "Open cases.", cases, False),
    )  # fmt: skip


def _add_item(call: Call) -> object:
    said = call.answers
    kind, title = said.chosen("kind", ItemKind), said.text("title")
    referral, case = said.one("referral") or None, said.one("case") or None
    said.check()
    if kind is ItemKind.REFERRAL and referral is None:
        raise WordsMissing(["referral"])
    if kind is ItemKind.CONTEXT and case is None:
        raise WordsMissing(["case"])
    asked = ItemAsked(kind or ItemKind.MATTER, title, referral, None if referral else case)
    return call.setting.room.convening.add_item(call.visit.who, call.ref, asked, seen=call.seen)


def _member_questions(setting: PanelRoom, visit: Visit, meeting: MeetingView) -> Sequence[Question]:
    panel = setting.room.kept.panel
    agencies = [(ref, name) for ref, name in setting.called(visit.who).agencies.items() if ref != panel]
    return (
        Question("partner", "Agency", Shape.SELECT, options=agencies),
        Question("name", "Who?", Shape.LINE, "The name by which they sign in, such as teacher."),
        Question("membership", "How do they take part?", Shape.CHOICE, options=codes(MEMBERSHIPS)),
        Question(
            "items", "In which items?", Shape.CHOICES, "Not for core members, who take part in all.",
            _numbered(meeting.items), False,
        ),
    )  # fmt: skip


def _add_member(call: Call) -> object:
    said = call.answers
    partner, name = said.one("partner"), said.text("name")
    membership, items = said.chosen("membership", Membership), said.many("items")
    said.check()
    return call.setting.room.convening.add_member(
        call.visit.who, call.ref, person_of(partner, name), partner, membership or Membership.INVITED,
        () if membership is Membership.CORE else items, seen=call.seen,
    )  # fmt: skip


def _present_questions(setting: PanelRoom, visit: Visit, meeting: MeetingView) -> Sequence[Question]:
    called = setting.called(visit.who)
    everybody = [*dict.fromkeys([*meeting.parts.values(), *meeting.members])]
    return (
        Question("present", "Who is there?", Shape.CHOICES, options=[(who, called.person(who)) for who in everybody]),
        Question(
            "stated", "Has it been said that what is heard here stays here, and has everybody been asked whether they "
            "have an interest in an item?", Shape.CHOICE, options=(("yes", "Yes, both"),),
        ),
    )  # fmt: skip


def _begin(call: Call) -> object:
    present = call.answers.many("present")
    call.answers.check()
    return call.setting.room.proceedings.begin(call.visit.who, call.ref, present, seen=call.seen)


STEPS: Final[Steps[MeetingView]] = {
    "reschedule": Step(
        "Meet at another time", "Change the time", lambda *_: _TIMES, _reschedule,
        "When packs open and shut goes by the new time.",
        lambda meeting: {**given_moment("starts", meeting.starts), **given_moment("ends", meeting.ends)},
    ),
    "add-item": Step(
        "Put something on the agenda", "Put it on the agenda", _item_questions, _add_item,
        "Contexts are heard first: what can be changed around young people comes before what is said about them.",
        anchor="agenda",
    ),
    "add-member": Step("Invite somebody", "Invite them", _member_questions, _add_member, anchor="members"),
    "begin": Step("Begin the meeting", "Begin", _present_questions, _begin, "For the chair, or the deputy."),
}  # fmt: skip


def install(router: APIRouter, setting: PanelRoom) -> None:
    """`/room/meetings/{ref}/{step}`: one form for each."""

    def page(visit: Visit, ref: str, step: str, sent: Fields | None = None, failed: Failed | None = None) -> Response:
        setting.room.kept.for_panel(visit.who)
        asked, meeting = step_of(STEPS, step, "meeting"), setting.room.meetings.meeting(visit.who, visit.purpose, ref)
        form = Form(
            asked.title, asked.button, asked.ask(setting, visit, meeting), asked.lead,
            about=f"Panel meeting, {time_of(meeting.starts)}", seen=meeting.version, given=asked.given(meeting),
            now=[("Stage", STAGES[meeting.stage]), ("Items", str(len(meeting.items))),
                 ("Members", str(len(meeting.members)))],
        )  # fmt: skip
        here = visit.at(f"/meetings/{ref}")
        crumbs = [Link("Meetings", visit.at("/meetings")), Link("Panel meeting", here)]
        return form_page(setting, visit, form, here, visit.at(f"/meetings/{ref}/{step}"), crumbs, sent, failed)

    @router.get(f"{_PATH}/{{meeting}}/{{step}}")
    def ask(visit: Visiting, ref: MeetingRef, step: str) -> Response:
        return page(visit, ref, step)

    @router.post(f"{_PATH}/{{meeting}}/{{step}}")
    def act(visit: Visiting, ref: MeetingRef, step: str, sent: Sent) -> Response:
        setting.room.kept.for_panel(visit.who)
        asked, meeting = step_of(STEPS, step, "meeting"), setting.room.meetings.meeting(visit.who, visit.purpose, ref)
        failed = asked.take(setting, visit, ref, meeting, sent)
        if failed:
            return page(visit, ref, step, sent, failed)
        return RedirectResponse(asked.after(visit.at(f"/meetings/{ref}")), 303)


def _numbered(items: Sequence[ItemView]) -> list[tuple[str, str]]:
    return [(one.item, f"{one.number}. {one.title or 'Not shown to you'}") for one in items]
