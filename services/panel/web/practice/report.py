"""Posting a report: one thing on a page, everything to be checked at the end, and nothing that was typed is lost."""

import uuid
from typing import Annotated, Final

from fastapi import APIRouter, Path, Query, Request
from fastapi.responses import RedirectResponse, Response

from services.kernel.http.problems import Problem
from services.kernel.identity import Caller
from services.kernel.pages import FieldError, address
from services.kernel.pages.forms import Fields, Sent, first
from services.panel.application.drafts import KEPT_DAYS, Draft
from services.panel.intake import IntakeAway, IntakeRefused, relayed
from services.panel.web.practice import report_wording
from services.panel.web.practice.report_naming import PEOPLE_MAX
from services.panel.web.practice.report_questions import KINDS, Names, ReportKind
from services.panel.web.practice.report_views import check_rows, draft_rows, page_of_step, people_rows
from services.panel.web.practice.report_writing import Step, Wrong, people_in, step_of, steps, write
from services.panel.web.practice.room import Practising, Room

_Draft = Annotated[str, Path(max_length=40, pattern=r"^d-[0-9a-f]{32}$")]
_Step = Annotated[str, Path(max_length=40, pattern=r"^[a-z0-9-]+$")]
_From = Annotated[str, Query(alias="from", max_length=10)]
CHECK: Final = "check"


def install(router: APIRouter, room: Room) -> None:
    """`/report` and all below it."""
    _install_start(router, room)
    report_wording.install(router, room)
    _install_end(router, room)
    _install_steps(router, room)


def _install_start(router: APIRouter, room: Room) -> None:
    @router.get("/report")
    def start(request: Request, who: Practising) -> Response:
        return _start(room, request, who)

    @router.post("/report")
    def begin(request: Request, who: Practising, sent: Sent) -> Response:
        kind = KINDS.get(first(sent, "kind"))
        room.joined(who)
        if kind is None:
            return _start(room, request, who, [FieldError("kinds", "Choose what you want to report")])
        draft = room.drafts.begin(who, {"kind": kind.slug, "event": str(uuid.uuid4()), "answers": {}})
        return _to(request, draft, steps(kind, {})[0].slug)

    @router.get("/report/{draft}")
    def go_on(request: Request, who: Practising, draft: _Draft) -> Response:
        room.joined(who)
        kept = room.drafts.get(who, draft)
        return _to(request, draft, "sent" if "sent" in kept.content else CHECK)

    @router.post("/report/{draft}/delete")
    def delete(request: Request, who: Practising, draft: _Draft, sent: Sent) -> Response:  # noqa: ARG001 - its origin
        room.joined(who)
        room.drafts.get(who, draft)
        room.drafts.delete(who, draft)
        return RedirectResponse(address(request, "/report"), status_code=303)


def _install_end(router: APIRouter, room: Room) -> None:
    @router.get("/report/{draft}/check")
    def check(request: Request, who: Practising, draft: _Draft) -> Response:
        kept = _unsent(room, who, draft)
        return _check(room, request, who, kept)

    @router.post("/report/{draft}/send")
    def send(request: Request, who: Practising, draft: _Draft, sent: Sent) -> Response:  # noqa: ARG001 - its origin
        kept = _unsent(room, who, draft)
        return _send(room, request, who, kept)


def _install_steps(router: APIRouter, room: Room) -> None:
    @router.get("/report/{draft}/{step}")
    def ask(request: Request, who: Practising, draft: _Draft, step: _Step, come_from: _From = "") -> Response:
        kept = _unsent(room, who, draft)
        kind, answers = _read(kept)
        found = _step(kind, answers, step)
        if found.slug == "people" and found.names is Names.SOME and not people_in(answers):
            return _to(request, draft, "person-1", come_from)
        return _ask(room, request, who, kept, found, come_from)

    @router.post("/report/{draft}/{step}")
    def answer(
        request: Request, who: Practising, draft: _Draft, step: _Step, sent: Sent, come_from: _From = ""
    ) -> Response:
        kept = _unsent(room, who, draft)
        kind, answers = _read(kept)
        found = _step(kind, answers, step)
        taken = _taken(kind, found, answers, sent)
        room.drafts.save(who, draft, kept.content | {"answers": taken})
        if first(sent, "go") == "later":
            return RedirectResponse(address(request, "/report", kept="yes"), status_code=303)
        if found.slug == "people" and (first(sent, "remove") or first(sent, "go") == "add"):
            return _to(request, draft, _after_people(taken, sent), come_from)
        again = Draft(kept.draft, kept.saved, kept.expires, kept.content | {"answers": taken})
        wrong = [one for one in write(kind, taken, room.clock.now()).wrong if one.step == found.slug]
        if wrong:
            return _ask(room, request, who, again, found, come_from, wrong)
        return _to(request, draft, _next(kind, taken, found, come_from), come_from if come_from != CHECK else "")


def _start(room: Room, request: Request, who: Caller, error: list[FieldError] | None = None) -> Response:
    room.joined(who)
    kept = room.drafts.of(who)
    return room.page(
        request,
        who,
        "report_start.html",
        "What do you want to report?",
        status=422 if error else 200,
        error=error,
        kinds=list(KINDS.values()),
        drafts=draft_rows([one for one in kept if "sent" not in one.content]),
        sent=draft_rows([one for one in kept if "sent" in one.content]),
        kept=request.query_params.get("kept") == "yes",
        kept_days=KEPT_DAYS,
    )


def _unsent(room: Room, who: Caller, draft: str) -> Draft:
    room.joined(who)
    kept = room.drafts.get(who, draft)
    if "sent" in kept.content:
        raise Problem(
            409,
            "report_sent",
            "This report was sent",
            "What was sent stays as it is. Its receipt is listed under “Post a report”.",
        )
    return kept


def _read(kept: Draft) -> tuple[ReportKind, dict[str, list[str]]]:
    kind = KINDS.get(kept.content["kind"])
    if kind is None:
        raise Problem(404, "page_unknown", "This cannot be reported here any more", "Begin a new report.")
    return kind, dict(kept.content["answers"])


def _step(kind: ReportKind, answers: Fields, slug: str) -> Step:
    """The page of this name, if the kind of report has it."""
    there = {step.slug: step for step in steps(kind, answers)}
    if "people" in there:
        there |= {f"person-{n}": Step(f"person-{n}") for n in range(1, PEOPLE_MAX + 1)}
    if slug not in there:
        raise Problem(404, "page_unknown", "This page is not here", "Go back to the report, and on from there.")
    return there[slug]


def _taken(kind: ReportKind, step: Step, answers: Fields, sent: Fields) -> Fields:
    """The answers with those of this page as they were sent, whatever was meant."""
    taken = dict(answers)
    gone = first(sent, "remove") if step.slug == "people" else ""
    if gone.isascii() and gone.isdigit():
        return {name: values for name, values in taken.items() if not name.startswith(f"person{int(gone)}.")}
    if step.slug == "people":
        return taken
    for name in page_of_step(step, kind).inputs:
        values = sent.get(name, [])
        if any(value.strip() for value in values):
            taken[name] = values
        else:
            taken.pop(name, None)
    return taken


def _after_people(answers: Fields, sent: Fields) -> str:
    if first(sent, "remove"):
        return "people"
    free = [n for n in range(1, PEOPLE_MAX + 1) if n not in people_in(answers)]
    return f"person-{free[0]}" if free else "people"


def _next(kind: ReportKind, answers: Fields, step: Step, come_from: str) -> str:
    """Where it goes on: to the next page, or back to the check that one came from."""
    way = [each.slug for each in steps(kind, answers)]
    if step.slug.startswith("person-") and "people" in way:
        return "people"
    if come_from == CHECK:
        return CHECK
    further = way[way.index(step.slug) + 1 :]
    return further[0] if further else CHECK


def _before(kind: ReportKind, answers: Fields, step: Step, come_from: str) -> str:
    way = [each.slug for each in steps(kind, answers)]
    if step.slug.startswith("person-") and "people" in way:
        return "people" if people_in(answers) else _slug_before(way, "people")
    return CHECK if come_from == CHECK else _slug_before(way, step.slug)


def _slug_before(way: list[str], slug: str) -> str:
    at = way.index(slug)
    return way[at - 1] if at else ""


def _ask(
    room: Room,
    request: Request,
    who: Caller,
    kept: Draft,
    step: Step,
    come_from: str,
    wrong: list[Wrong] | None = None,
) -> Response:
    kind, answers = _read(kept)
    shown = page_of_step(step, kind)
    back = _before(kind, answers, step, come_from)
    errors = [FieldError(one.input, one.words) for one in wrong or ()]
    return room.page(
        request,
        who,
        "report_people.html" if step.slug == "people" else "report_step.html",
        shown.title,
        status=422 if errors else 200,
        error=errors or None,
        kind=kind,
        step=shown,
        answers=answers,
        people=people_rows(answers, room.clock.now()),
        people_max=PEOPLE_MAX,
        action=_at(request, kept.draft, step.slug, come_from),
        back=_at(request, kept.draft, back, "") if back else address(request, "/report"),
        base=_at(request, kept.draft, "", "").rstrip("/"),
        come_from=come_from,
    )


def _check(
    room: Room,
    request: Request,
    who: Caller,
    kept: Draft,
    wrong: list[Wrong] | None = None,
    told: tuple[str, str] | None = None,
    status: int = 200,
) -> Response:
    kind, answers = _read(kept)
    written = write(kind, answers, room.clock.now())
    summary = [
        (_at(request, kept.draft, one.step, CHECK, one.input) if one.step else "#send", one.words)
        for one in wrong or ()
    ]
    return room.page(
        request,
        who,
        "report_check.html",
        "Check before you send",
        status=status,
        error=[FieldError("send", words) for _, words in summary] or None,
        kind=kind,
        summary=summary,
        rows=check_rows(kind, answers, written, lambda slug: _at(request, kept.draft, slug, CHECK)),
        told=told,
        waiting="sending" in kept.content,
        send=_at(request, kept.draft, "send", ""),
        delete=_at(request, kept.draft, "delete", ""),
        kept_until=kept.expires,
        later=address(request, "/report", kept="yes"),
    )


def _send(room: Room, request: Request, who: Caller, kept: Draft) -> Response:
    """Send what is whole, under an id of its own, so that to send it again is harmless."""
    kind, answers = _read(kept)
    event = kept.content.get("sending")
    if event is None:
        written = write(kind, answers, room.clock.now())
        if written.wrong or written.type is None:
            return _check(room, request, who, kept, written.wrong, status=422)
        event = written.event(kept.content["event"], who.partner, room.clock.now())
        room.drafts.save(who, kept.draft, kept.content | {"sending": event})
    try:
        accepted = room.intake.post(event, relayed(request))
    except IntakeRefused as refused:
        content = {name: value for name, value in kept.content.items() if name != "sending"}
        content["event"] = str(uuid.uuid4())
        room.drafts.save(who, kept.draft, content)
        again = Draft(kept.draft, kept.saved, kept.expires, content)
        return _check(room, request, who, again, _refused(kind, answers, refused.problem), status=422)
    except IntakeAway:
        again = Draft(kept.draft, kept.saved, kept.expires, kept.content | {"sending": event})
        words = "The hub could not be reached. What you wrote is kept: send it again. It will count once."
        return _check(room, request, who, again, told=("It is not known whether this arrived", words), status=503)
    remains = report_wording.kept_after(kind.slug, kind.title, event, accepted.receipt, room.clock.now())
    room.drafts.save(who, kept.draft, remains, sent=True)
    return _to(request, kept.draft, "sent")


def _refused(kind: ReportKind, answers: Fields, problem: Problem) -> list[Wrong]:
    """What intake would not take, where it is to be put right."""
    wrong = []
    for each in problem.errors:
        path = [part for part in each.get("pointer", "").split("/") if part]
        place = step_of(kind, answers, path[1:] if path[:1] == ["data"] else path)
        step, name = (place.step, place.input) if place else ("", "")
        wrong.append(Wrong(step, name, each.get("detail") or problem.title))
    return wrong or [Wrong("", "", problem.detail or problem.title)]


def _at(request: Request, draft: str, slug: str, come_from: str, anchor: str = "") -> str:
    found = address(request, f"/report/{draft}/{slug}", **({"from": come_from} if come_from else {}))
    return f"{found}#{anchor}" if anchor else found


def _to(request: Request, draft: str, slug: str, come_from: str = "") -> Response:
    return RedirectResponse(_at(request, draft, slug, come_from), status_code=303)
