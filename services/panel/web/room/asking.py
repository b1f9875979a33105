"""Asking: forms on pages of their own, and what to say where something could not be done.

Nothing that was typed is lost: a form that is refused is shown again as it was sent, with an error for each field.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Final

from starlette.responses import Response

from services.kernel.pages import FieldError, Link
from services.kernel.pages.forms import Fields, first
from services.kernel.pages.times import LONDON
from services.panel.domain.refusing import Refused, Sort
from services.panel.web.room.answers import UNANSWERED, NotGiven, Question
from services.panel.web.room.setting import PanelRoom, Visit

FORM: Final = "form"
"""The id of a form as a whole, for what is wrong with no field of it."""
_STATUS: Final = {Sort.UNKNOWN: 404, Sort.NOT_YOURS: 403, Sort.CONFLICT: 409, Sort.CONTENT: 422}


@dataclass(frozen=True)
class Failed:
    """That something could not be done, and what to say about it. `changed`: somebody else was there first."""

    status: int
    errors: Sequence[FieldError] = ()
    changed: bool = False


def attempted(
    act: Callable[[], object], questions: Sequence[Question], others: Mapping[str, FieldError]
) -> Failed | None:
    """Do it, or say why it could not be done. `others` are for what may be missing that is no question of this form.

    Raises NotKnown, which is a page of its own, and Problem.
    """
    try:
        act()
    except NotGiven as not_given:
        return Failed(422, not_given.errors)
    except Refused as refused:
        if refused.sort is Sort.UNKNOWN:
            raise
        if refused.code == "changed":
            return Failed(409, changed=True)
        return Failed(_STATUS[refused.sort], _errors(refused, questions, others))
    return None


def _errors(refused: Refused, questions: Sequence[Question], others: Mapping[str, FieldError]) -> list[FieldError]:
    known = {question.name: question.error(UNANSWERED[question.shape]) for question in questions} | dict(others)
    errors = [known[name] for name in refused.missing if name in known]
    return errors or [FieldError(FORM, f"{refused.title}. {refused.detail}")]


@dataclass(frozen=True)
class Form:
    """A form on a page of its own. `about` says what it is done to, `seen` which state of it was looked at."""

    title: str
    button: str
    questions: Sequence[Question]
    lead: str = ""
    about: str = ""
    seen: int | None = None
    given: Fields = field(default_factory=dict)
    now: Sequence[tuple[str, str]] = ()
    """What it is like now, in words, for whoever had another state before them."""
    warning: bool = False


def form_page(
    setting: PanelRoom,
    visit: Visit,
    form: Form,
    back: str,
    action: str,
    crumbs: Sequence[Link] = (),
    sent: Fields | None = None,
    failed: Failed | None = None,
) -> Response:
    """The page of a form: new, or again with what was sent and what is wrong with it."""
    failed = failed or Failed(200)
    return setting.page(
        visit,
        "form.html",
        form.title,
        crumbs=crumbs,
        error=failed.errors,
        status=failed.status,
        form=form,
        answers=sent if sent is not None else form.given,
        changed=failed.changed,
        back=back,
        action=action,
    )


def seen_in(sent: Fields) -> int | None:
    """The state that whoever sent a form had before them."""
    said = first(sent, "seen")
    return int(said) if said.isascii() and said.isdigit() and len(said) < 10 else None


def given_day(name: str, day: str) -> Fields:
    """A day as a form has it."""
    if not day:
        return {}
    on = date.fromisoformat(day[:10])
    return {f"{name}-day": [str(on.day)], f"{name}-month": [str(on.month)], f"{name}-year": [str(on.year)]}


def given_moment(name: str, instant: str) -> Fields:
    """An instant as a form has it, in local time."""
    local = datetime.fromisoformat(instant).astimezone(LONDON)
    return {**given_day(name, local.date().isoformat()), f"{name}-time": [f"{local:%H:%M}"]}
