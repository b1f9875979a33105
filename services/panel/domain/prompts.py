"""The quality prompts that are answered, or skipped with a reason, before a discussion or a referral may end.

After the checklist of the Argyll and Bute record of inter-agency referral discussions.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from services.panel.domain.refusing import Refused, Sort


class Prompt(StrEnum):
    """What is asked."""

    ENQUIRIES_CONCLUDED = "enquiries_concluded"
    YOUNG_PERSONS_VIEWS = "young_persons_views"
    PARENTS_VIEWS = "parents_views"
    CHRONOLOGY_CONSIDERED = "chronology_considered"
    INFORMATION_SHARED = "information_shared"
    EMERGENCY_PROTECTION = "emergency_protection"
    OTHER_YOUNG_PEOPLE = "other_young_people"
    MEDICAL = "medical"
    LANGUAGE = "language"


QUESTIONS = {
    Prompt.ENQUIRIES_CONCLUDED: "Are the open enquiries and actions concluded?",
    Prompt.YOUNG_PERSONS_VIEWS: "Were the young person's views heard and considered?",
    Prompt.PARENTS_VIEWS: "Were the views of parents or carers heard and considered?",
    Prompt.CHRONOLOGY_CONSIDERED: "Was what is known over time considered together?",
    Prompt.INFORMATION_SHARED: "Has each agency shared what bears on safety?",
    Prompt.EMERGENCY_PROTECTION: "Was protection without delay considered?",
    Prompt.OTHER_YOUNG_PEOPLE: "Were other young people considered who may be harmed?",
    Prompt.MEDICAL: "Was a medical examination, or health care, considered?",
    Prompt.LANGUAGE: "Is it written in words that the young person could read about themselves?",
}


class Given(StrEnum):
    """An answer in a word; `skipped` needs a reason."""

    YES = "yes"
    NO = "no"
    NOT_APPLICABLE = "not_applicable"
    SKIPPED = "skipped"


@dataclass(frozen=True)
class PromptAnswer:
    """One prompt answered. `words` are the reason where it was skipped."""

    given: Given
    words: str | None = None


class PromptsOpen(Refused):
    """Prompts wait for an answer; `missing` names them."""

    sort = Sort.CONTENT
    code = "prompts_open"
    title = "Some prompts are still open"
    detail = "Answer each prompt, or skip it and say why."


def open_prompts(answers: Mapping[Prompt, PromptAnswer]) -> list[str]:
    """The prompts that have no answer, or were skipped without a reason."""
    return [
        prompt.value
        for prompt in Prompt
        if (answer := answers.get(prompt)) is None
        or (answer.given is Given.SKIPPED and not (answer.words or "").strip())
    ]
