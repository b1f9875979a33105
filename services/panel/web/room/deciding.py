"""The decision on an item as a form asks for it: what, why, what has to change first, dissent, views, who is told."""

from typing import Final

from services.kernel.pages import FieldError
from services.panel.application.actions import Asked
from services.panel.domain.context_terms import WEIGHT_MAX, Weighed
from services.panel.domain.meeting_terms import Decision, Destination, PanelOutcome
from services.panel.domain.refusing import WordsMissing
from services.panel.web.room.answers import Answers, NotGiven, Question, Shape
from services.panel.web.room.wording import DESTINATIONS, OUTCOMES, WEIGHED, Called, codes

ACTIONS: Final = 3
"""How many actions a decision has room for at once; more are added afterwards."""
_WEIGHTS: Final = tuple((str(weight), str(weight)) for weight in range(WEIGHT_MAX + 1))


def weight_name(each: Weighed) -> str:
    """What the question for a weight is called."""
    return f"weight-{each.value}"


def groups(called: Called, panel: str) -> list[tuple[str, str, list[Question]]]:
    """The questions, under their headings and with what is to be borne in mind."""
    agencies = [(ref, name) for ref, name in called.agencies.items() if ref != panel]
    return [
        (
            "What is decided", "",
            [
                Question("outcome", "Decision", Shape.CHOICE, options=codes(OUTCOMES)),
                Question("to", "Where to?", Shape.SELECT, "For what is redirected or escalated.",
                         codes(DESTINATIONS), False),
                Question("reason", "Why is nothing more done, or what is the referrer asked for?", Shape.TEXT,
                         "For no further action, and for what is returned.", needed=False),
                Question("review_due", "Look at it again by", Shape.DAY,
                         "For what is accepted, assessed or acted on together.", needed=False),
                Question("rationale", "Why is this decided?", Shape.TEXT,
                         "In words that a young person could read about themselves."),
            ],
        ),
        (
            "What has to change first", "How much does each bear on safety, from 0 to 5? The heaviest comes first.",
            [Question(weight_name(each), WEIGHED[each], Shape.SELECT, options=_WEIGHTS) for each in Weighed],
        ),
        (
            "Who saw it differently", "",
            [
                Question("agreed", "Does everybody agree?", Shape.CHOICE,
                         options=(("yes", "Yes, nobody sees it differently"), ("no", "No"))),
                Question("dissent", "Who sees it differently, and how?", Shape.TEXT, "If not everybody agrees.",
                         needed=False),
            ],
        ),
        (
            "What young people say", "Give their words, or say why there are none.",
            [
                Question("views", "In their own words", Shape.TEXT, needed=False),
                Question("no_views_because", "Or: why are there none?", Shape.TEXT, needed=False),
            ],
        ),
        (
            "Who is told", "Whoever has an action is told that action, and no more, unless they are chosen here.",
            [
                Question("disclosed_to", "Who is told the decision?", Shape.CHOICES, options=agencies, needed=False),
                Question("disclosure", "Why these, and not others?", Shape.TEXT),
            ],
        ),
    ]  # fmt: skip


def action_questions(called: Called, panel: str, n: int, needed: bool = False) -> list[Question]:
    """The questions for one action."""
    agencies = [(ref, name) for ref, name in called.agencies.items() if ref != panel]
    return [
        Question(f"owner{n}", "Who does it?", Shape.SELECT, options=agencies, needed=needed),
        Question(f"text{n}", "What is to be done?", Shape.TEXT,
                 "Written for that agency alone: it can be read without the decision.", needed=needed),
        Question(f"due{n}", "By when?", Shape.DAY, needed=needed),
    ]  # fmt: skip


def questions(called: Called, panel: str) -> list[Question]:
    """All questions of the form."""
    asked = [question for _, _, group in groups(called, panel) for question in group]
    return [*asked, *(question for n in range(1, ACTIONS + 1) for question in action_questions(called, panel, n))]


def decision_in(said: Answers) -> tuple[Decision, list[Asked]]:
    """What was decided. Raises NotGiven, and what the decision itself refuses."""
    outcome = said.chosen("outcome", PanelOutcome)
    to, review_due = said.chosen("to", Destination), said.day("review_due")
    weights = {each: said.one(weight_name(each)) for each in Weighed}
    agreed, dissent = said.one("agreed") == "yes", said.text("dissent")
    views, no_views_because = said.text("views"), said.text("no_views_because")
    told, disclosure = said.many("disclosed_to"), said.text("disclosure")
    rationale, reason = said.text("rationale"), said.text("reason")
    actions = [asked for n in range(1, ACTIONS + 1) if (asked := action_in(said, n))]
    said.check()
    if outcome is None:
        raise WordsMissing(["outcome"])
    _not_both(agreed and dissent, "dissent", "Say who sees it differently, or that nobody does, and not both")
    _not_both(views and no_views_because, "no_views_because", "Give their words, or say why there are none, not both")
    decision = Decision(
        outcome=outcome, rationale=rationale, weighting={each: int(weight) for each, weight in weights.items()},
        disclosure=disclosure, disclosed_to=tuple(told), dissent=dissent or None, no_dissent=agreed,
        views=views or None, no_views_because=no_views_because or None, reason=reason or None, to=to,
        review_due=review_due or None,
    )  # fmt: skip
    return decision, actions


def action_in(said: Answers, n: int) -> Asked | None:
    """The action that was asked for, if any was. Raises NotGiven for one that is half written."""
    owner, text, due = said.one(f"owner{n}"), said.text(f"text{n}"), said.day(f"due{n}")
    if not (owner or text or due):
        return None
    missing = [
        FieldError(field, f"Action {n}: {words}")
        for field, given, words in (
            (f"owner{n}", owner, "choose who does it"),
            (f"text{n}", text, "say what is to be done"),
            (f"due{n}-day", due, "give a day by which it is done"),
        )
        if not given
    ]
    if missing:
        said.check()
        raise NotGiven(missing)
    return Asked(owner, text, due)


def _not_both(both: object, field: str, words: str) -> None:
    if both:
        raise NotGiven([FieldError(field, words)])
