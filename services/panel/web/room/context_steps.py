"""What can be done to a context case: what is asked for each step, and the command that it becomes."""

from collections.abc import Callable, Sequence
from typing import Final

from schemas.reports.codes import Harm
from schemas.reports.context import Ask, ContextKind, Days, LocationBand
from services.kernel.pages.words import spaced
from services.panel.application.context_views import ContextView
from services.panel.domain.context_terms import WEIGHT_MAX, Measure, NotProposed, Side, Weighed
from services.panel.web.room.answers import Question, Shape
from services.panel.web.room.setting import PanelRoom, Visit
from services.panel.web.room.steps import Call, Step, Steps
from services.panel.web.room.wording import KINDS, MEASURES, SIDES, WEIGHED, codes

_WEIGHTS: Final = [(str(weight), words) for weight, words in enumerate(
    ("0, does not bear on it", "1, a little", "2", "3", "4", "5, bears on it most")
)]  # fmt: skip


def _confirm(call: Call) -> object:
    said = call.answers
    kind, handle = said.chosen("kind", ContextKind), said.one("personal_handle") == "yes"
    name, due, uprn = said.text("name"), said.day("review_due"), said.text("uprn") or None
    said.check()
    if kind is None:
        raise NotProposed
    contexts = call.setting.room.contexts
    return contexts.confirm(call.visit.who, call.ref, kind, name, due, uprn, handle, seen=call.seen)


def _dismiss(call: Call) -> object:
    reason = call.answers.text("reason")
    call.answers.check()
    return call.setting.room.contexts.dismiss(call.visit.who, call.ref, reason, seen=call.seen)


def _join(call: Call) -> object:
    call.answers.check()
    alike = call.setting.room.packs.alike(call.visit.who, call.visit.purpose, call.ref)
    return call.setting.room.contexts.join(call.visit.who, call.ref, alike, seen=call.seen)


def _note(call: Call) -> object:
    said = call.answers
    text, happened = said.text("text"), said.moment("happened")
    said.check()
    at = happened.isoformat() if happened else ""
    return call.setting.room.contexts.note(call.visit.who, call.ref, text, at, seen=call.seen)


def _guardian(call: Call) -> object:
    said = call.answers
    who, present, on = said.text("who"), said.one("present") == "yes", said.day("observed_on")
    said.check()
    contexts = call.setting.room.contexts
    return contexts.observe_guardian(call.visit.who, call.ref, who, present, on, seen=call.seen)


def _assess(call: Call) -> object:
    sides = {side: call.answers.text(side.value) for side in Side}
    call.answers.check()
    return call.setting.room.contexts.assess(call.visit.who, call.ref, sides, seen=call.seen)


def _weigh(call: Call) -> object:
    weights = {each: call.answers.one(f"weight-{each.value}") for each in Weighed}
    call.answers.check()
    weighting = {each: int(weight) for each, weight in weights.items()}
    return call.setting.room.contexts.weigh(call.visit.who, call.ref, weighting, seen=call.seen)


def _plan(call: Call) -> object:
    said = call.answers
    step, aim, owner = said.text("step"), said.text("aim"), said.one("owner")
    due, measure = said.day("due"), said.chosen("measure", Measure)
    said.check()
    contexts = call.setting.room.contexts
    seen_by = measure or Measure.INCIDENTS_PER_WEEK
    return contexts.plan_step(call.visit.who, call.ref, step, aim, owner, due, seen_by, seen=call.seen)


def _review(call: Call) -> object:
    findings, due = call.answers.text("findings"), call.answers.day("next_due")
    call.answers.check()
    return call.setting.room.contexts.review(call.visit.who, call.ref, findings, due, seen=call.seen)


def _outcome(call: Call) -> object:
    said = call.answers
    measure, before, after = said.chosen("measure", Measure), said.text("before"), said.text("after")
    on = said.day("measured_on")
    said.check()
    contexts = call.setting.room.contexts
    measured = measure or Measure.INCIDENTS_PER_WEEK
    return contexts.record_outcome(call.visit.who, call.ref, measured, before, after, on, seen=call.seen)


def _close(call: Call) -> object:
    reason = call.answers.text("reason")
    call.answers.check()
    return call.setting.room.contexts.close(call.visit.who, call.ref, reason, seen=call.seen)


def _convert(call: Call) -> object:
    reason = call.answers.text("reason")
    call.answers.check()
    return call.setting.room.contexts.convert(call.visit.who, call.ref, reason, seen=call.seen)


def _publish(call: Call) -> object:
    said = call.answers
    told: dict[str, object] = {name: said.one(name) for name in ("location_band", "days", "ask")}
    told["harms"] = said.many("harms")
    said.check()
    chosen = {name: value for name, value in told.items() if value}
    return call.setting.room.contexts.publish(call.visit.who, call.ref, chosen, seen=call.seen)  # type: ignore[arg-type]


def _options(kind: type[LocationBand] | type[Days] | type[Ask] | type[Harm]) -> list[tuple[str, str]]:
    return [(code.value, spaced(code.value)) for code in kind]


def _reason(hint: str) -> Callable[[PanelRoom, Visit, ContextView], Sequence[Question]]:
    return lambda *_: (Question("reason", "Why?", Shape.TEXT, hint),)


STEPS: Final[Steps[ContextView]] = {
    "confirm": Step(
        "Confirm this context",
        "Confirm it",
        lambda *_: (
            Question("kind", "What kind of context is it?", Shape.CHOICE, options=codes(KINDS)),
            Question(
                "name", "What do agencies call it?", Shape.LINE,
                "Its public name, such as Wellbrae bus station. No name of a person.",
            ),
            Question(
                "uprn", "Property number (UPRN), if it has one", Shape.LINE,
                "By it, reports that come later are recognised.", needed=False,
            ),
            Question(
                "personal_handle", "If it is online: is its name made of its members' names?", Shape.CHOICE,
                "Then the name is personal data, and it is handled as a matter between young people.",
                (("no", "No"), ("yes", "Yes")),
            ),
            Question("review_due", "Look at it again by", Shape.DAY),
        ),
        _confirm,
        "You say that these reports are about one context. It becomes a case of its own; no young person is linked "
        "to another by it.",
        lambda case: {"kind": [case.kind or ""], "personal_handle": ["no"]},
    ),
    "dismiss": Step(
        "Dismiss this proposal", "Dismiss it", _reason("What makes these reports different from one another?"),
        _dismiss, "You say that these reports are not about one context. The reports themselves stay as they are.",
    ),
    "join": Step(
        "Join what is described alike", "Join them",
        lambda *_: (
            Question("sure", "Are they one and the same context?", Shape.CHOICE, options=(("yes", "Yes, they are"),)),
        ),
        _join,
        "Other reports describe a context of the same kind, at the same sort of place and time, under another name.",
    ),
    "note": Step(
        "Add to the timeline", "Add it",
        lambda *_: (
            Question("text", "What happened there?", Shape.TEXT, "About the context, without names of people."),
            Question("happened", "When?", Shape.MOMENT),
        ),
        _note, anchor="timeline",
    ),
    "guardian": Step(
        "An adult who looks out", "Save",
        lambda *_: (
            Question("who", "Who is it?", Shape.LINE, "Their role, such as the kiosk's owner. No name."),
            Question("present", "Are they there?", Shape.CHOICE, options=(("yes", "Yes"), ("no", "No longer"))),
            Question("observed_on", "On which day was that seen?", Shape.DAY),
        ),
        _guardian, anchor="guardians",
    ),
    "assess": Step(
        "Assess the three sides", "Save the assessment",
        lambda *_: (
            Question("young_people", SIDES[Side.YOUNG_PEOPLE], Shape.TEXT, "What do they do there, like and need?"),
            Question("guardianship", SIDES[Side.GUARDIANSHIP], Shape.TEXT, "Who is there, and what would help them?"),
            Question("resources", SIDES[Side.RESOURCES], Shape.TEXT, "Light, sight, staff, things to do, ways home."),
        ),
        _assess, "Say for each side what there is, and what is needed.",
        lambda case: {side: [words] for side, words in case.triangle.items()}, "assessment",
    ),
    "weigh": Step(
        "What has to change first?", "Save the weights",
        lambda *_: [
            Question(f"weight-{each.value}", WEIGHED[each], Shape.SELECT, options=_WEIGHTS) for each in Weighed
        ],
        _weigh, f"How much does each bear on safety, from 0 to {WEIGHT_MAX}? The heaviest is where to begin.",
        lambda case: {f"weight-{each}": [str(weight)] for each, weight in case.weighting.items()}, "assessment",
    ),
    "plan": Step(
        "Agree a step", "Save the step",
        lambda setting, visit, _: (
            Question("step", "The step in a few words", Shape.LINE, "Such as: lights. The same words replace it."),
            Question("aim", "What will be different?", Shape.TEXT),
            Question("owner", "Who does it?", Shape.SELECT, options=list(setting.called(visit.who).agencies.items())),
            Question("due", "By when?", Shape.DAY),
            Question("measure", "What will show it?", Shape.CHOICE, options=codes(MEASURES)),
        ),
        _plan, anchor="plan",
    ),
    "review": Step(
        "Review", "Save the review",
        lambda *_: (
            Question("findings", "How far has it come?", Shape.TEXT),
            Question("next_due", "Look at it again by", Shape.DAY),
        ),
        _review, anchor="reviews",
    ),
    "outcome": Step(
        "Record an outcome", "Save the outcome",
        lambda *_: (
            Question("measure", "What was measured?", Shape.CHOICE, options=codes(MEASURES)),
            Question("before", "Before", Shape.LINE, "A number, a share or a day."),
            Question("after", "After", Shape.LINE),
            Question("measured_on", "Measured on", Shape.DAY),
        ),
        _outcome, "That fewer referrals come in is no outcome: say what became different in the context.",
        anchor="outcomes",
    ),
    "close": Step(
        "Close the case", "Close it", _reason("What changed in the context?"), _close,
        "A case is closed when its context has become safer, as an outcome shows.",
    ),
    "convert": Step(
        "It is somebody's home", "Handle it as a home", _reason("How was this found out?"), _convert,
        "From then on what is known there belongs to the people who live there, and what other agencies were told "
        "of it as a context is taken back.",
    ),
    "publish": Step(
        "Tell other agencies", "Tell them",
        lambda *_: (
            Question("location_band", "What sort of place?", Shape.SELECT, options=_options(LocationBand)),
            Question("days", "On which days?", Shape.SELECT, options=_options(Days), needed=False),
            Question("ask", "What would help?", Shape.SELECT, options=_options(Ask), needed=False),
            Question("harms", "What happens there?", Shape.CHOICES, options=_options(Harm), needed=False),
        ),
        _publish, "Only these answers go out, to those whose agreements let them know, and nothing that anybody wrote.",
    ),
}  # fmt: skip
