"""The receipt of a report, and the prompts about its language: the writer changes the words, or says why they stay.

Nothing waits for it: the report was taken in already. A change goes to the hub as an amendment, which keeps both.
"""

import copy
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Path, Request
from fastapi.responses import RedirectResponse, Response

from services.kernel.identity import Caller
from services.kernel.pages import FieldError, Option, address
from services.kernel.pages.forms import Fields, Sent, first
from services.kernel.pages.times import time_words
from services.kernel.pages.words import spaced
from services.panel.application.drafts import Draft
from services.panel.application.wording import REASONS, Reason
from services.panel.intake import IntakeAway, IntakeRefused, relayed
from services.panel.web.practice.report_questions import KINDS, ReportKind
from services.panel.web.practice.room import Practising, Room

_Draft = Annotated[str, Path(max_length=40, pattern=r"^d-[0-9a-f]{32}$")]
_AMENDED = "cairn.report.amended.v1"
_FRAME = frozenset({"people", "contexts", "about_contexts", "present"})


@dataclass(frozen=True)
class Marked:
    """A run of text, and whether a prompt is about it."""

    text: str
    about: bool = False


@dataclass(frozen=True)
class Prompted:
    """A text with what was prompted about it; `input` names what is sent for it."""

    input: str
    pointer: str
    label: str
    text: str
    marked: Sequence[Marked]
    prompts: Sequence[str]


def kept_after(
    slug: str, title: str, event: Mapping[str, Any], receipt: Mapping[str, Any], now: datetime
) -> dict[str, Any]:
    """What stays of a draft that was sent: its receipt, and its words only while there is a prompt about them."""
    prompts = [dict(prompt) for prompt in receipt.get("prompts", ())]
    sent = {
        "receipt": receipt["receipt"],
        "status": receipt["status"],
        "at": now.isoformat(),
        "prompts": prompts,
        "report": dict(event) if prompts else None,
    }
    return {"kind": slug, "title": title, "sent": sent}


def install(router: APIRouter, room: Room) -> None:
    """`/report/{draft}/sent`: the receipt, and the prompts."""

    @router.get("/report/{draft}/sent")
    def receipt(request: Request, who: Practising, draft: _Draft) -> Response:
        room.joined(who)
        kept = room.drafts.get(who, draft)
        if "sent" not in kept.content:
            return RedirectResponse(address(request, f"/report/{draft}"), status_code=303)
        return _receipt(room, request, who, kept)

    @router.post("/report/{draft}/sent")
    def worded(request: Request, who: Practising, draft: _Draft, sent: Sent) -> Response:
        room.joined(who)
        kept = room.drafts.get(who, draft)
        if "sent" in kept.content and kept.content["sent"]["prompts"]:
            return _worded(room, request, who, kept, sent)
        return RedirectResponse(address(request, f"/report/{draft}"), status_code=303)


def _receipt(
    room: Room,
    request: Request,
    who: Caller,
    kept: Draft,
    given: Fields | None = None,
    errors: Sequence[FieldError] = (),
    told: tuple[str, str] | None = None,
    status: int = 200,
) -> Response:
    sent = kept.content["sent"]
    kind = KINDS.get(kept.content["kind"])
    return room.page(
        request,
        who,
        "report_sent.html",
        "Report sent",
        status=422 if errors else status,
        error=list(errors) or None,
        kind_title=kept.content["title"],
        receipt=sent["receipt"],
        held=sent["status"] != "accepted",
        at=time_words(datetime.fromisoformat(sent["at"])),
        changed=bool(sent.get("changed")),
        prompted=_prompted(sent, kind),
        given=given or {},
        told=told,
        reasons=[Option("", "Choose a reason"), *(Option(each.value, words) for each, words in REASONS.items())],
        action=address(request, f"/report/{kept.draft}/sent"),
        start=address(request, "/report"),
        kept_until=kept.expires,
    )


def _prompted(sent: Mapping[str, Any], kind: ReportKind | None) -> list[Prompted]:
    """The texts that prompts are about, each once."""
    by_pointer: dict[str, list[Mapping[str, Any]]] = {}
    for prompt in sent["prompts"]:
        by_pointer.setdefault(prompt["pointer"], []).append(prompt)
    found = []
    for number, (pointer, prompts) in enumerate(by_pointer.items(), start=1):
        text = _at(sent["report"], pointer)
        if text is None:
            continue
        words = list(dict.fromkeys(str(prompt["prompt"]) for prompt in prompts))
        label = _asked_as(kind, pointer)
        found.append(Prompted(f"text-{number}", pointer, label, text, _marked(text, prompts), words))
    return found


def _asked_as(kind: ReportKind | None, pointer: str) -> str:
    """What was asked for the text, in the words of its page."""
    path = [part for part in pointer.removeprefix("/data/").split("/") if part != "k1"]
    for question in kind.questions if kind else ():
        for asked in question.fields:
            if asked.name.split(".") == path:
                return question.title if len(question.fields) == 1 else asked.label or question.title
    return spaced(path[-1])


def _marked(text: str, prompts: Sequence[Mapping[str, Any]]) -> list[Marked]:
    """The text in runs; where prompts overlap, the run is marked once."""
    runs, at = [], 0
    for prompt in sorted(prompts, key=lambda one: one["start"]):
        start, end = max(at, int(prompt["start"])), int(prompt["end"])
        if start >= end:
            continue
        runs += [Marked(text[at:start]), Marked(text[start:end], about=True)]
        at = end
    return [run for run in [*runs, Marked(text[at:])] if run.text]


def _at(event: Mapping[str, Any], pointer: str) -> str | None:
    value: Any = event
    for part in pointer.removeprefix("/").split("/"):
        value = value.get(part) if isinstance(value, Mapping) else None
    return value if isinstance(value, str) else None


def _worded(room: Room, request: Request, who: Caller, kept: Draft, given: Fields) -> Response:
    sent = kept.content["sent"]
    prompted = _prompted(sent, KINDS.get(kept.content["kind"]))
    errors = [error for one in prompted if (error := _undecided(one, given))]
    if errors:
        return _receipt(room, request, who, kept, given, errors)
    changed = {one.pointer: first(given, one.input).strip() for one in prompted if _is_changed(one, given)}
    prompts: list[Mapping[str, Any]] = []
    if changed:
        try:
            prompts = list(room.intake.post(_amendment(sent, changed), relayed(request)).receipt.get("prompts", ()))
        except IntakeRefused as refused:
            told = ("The change was not taken", refused.problem.detail or refused.problem.title)
            return _receipt(room, request, who, kept, given, told=told, status=422)
        except IntakeAway:
            told = ("It is not known whether the change arrived", "Save it again: to change it twice does no harm.")
            return _receipt(room, request, who, kept, given, told=told, status=503)
    _note_kept(room, who, sent, [one for one in prompted if one.pointer not in changed], given)
    again = [dict(one) for one in prompts if one["pointer"] in changed]
    report = _with(sent["report"], changed) if again else None
    after = {"receipt": sent["receipt"], "status": sent["status"], "at": sent["at"], "changed": bool(changed)}
    content = {
        "kind": kept.content["kind"],
        "title": kept.content["title"],
        "sent": after | {"prompts": again, "report": report},
    }
    room.drafts.save(who, kept.draft, content, sent=True)
    return RedirectResponse(address(request, f"/report/{kept.draft}/sent"), status_code=303)


def _is_changed(one: Prompted, given: Fields) -> bool:
    return first(given, one.input).strip() not in ("", one.text)


def _undecided(one: Prompted, given: Fields) -> FieldError | None:
    if not first(given, one.input).strip():
        return FieldError(one.input, "Write what should stand in the place of these words")
    if _is_changed(one, given) or first(given, f"{one.input}-reason") in set(Reason):
        return None
    return FieldError(one.input, "Change the words, or choose why they should stay")


def _note_kept(room: Room, who: Caller, sent: Mapping[str, Any], kept: Sequence[Prompted], given: Fields) -> None:
    for one in kept:
        reason = Reason(first(given, f"{one.input}-reason"))
        for code in sorted({str(each["code"]) for each in sent["prompts"] if each["pointer"] == one.pointer}):
            room.wording.keep(who, code, reason)


def _amendment(sent: Mapping[str, Any], changed: Mapping[str, str]) -> dict[str, Any]:
    """The report anew in the sections that change, under an id of its own."""
    report = _with(sent["report"], changed)
    sections = {pointer.split("/")[2] for pointer in changed}
    data = {name: value for name, value in report["data"].items() if name in _FRAME | sections}
    return report | {"id": str(uuid.uuid4()), "type": _AMENDED, "data": {"report": report["id"], **data}}


def _with(event: Mapping[str, Any], changed: Mapping[str, str]) -> dict[str, Any]:
    report: dict[str, Any] = copy.deepcopy(dict(event))
    for pointer, text in changed.items():
        *way, last = pointer.removeprefix("/").split("/")
        place: Any = report
        for part in way:
            place = place[part]
        place[last] = text
    return report
