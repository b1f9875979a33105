"""Closing an inter-agency referral discussion: who took part, who leads, and what was asked before it ended.

Police, social work and health take part (national guidance for Scotland, 3.21 to 3.26); where one did not, it is said
why, one by one. The record names the lead professional before it is closed.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from schemas.reports.codes import Agency
from schemas.reports.decision import STATUTORY, Outcome
from services.panel.domain.prompts import Prompt, PromptAnswer, PromptsOpen, open_prompts
from services.panel.domain.refusing import Refused, Sort


class ParticipationMissing(Refused):
    """One of those who must take part neither did nor is it said why not; `missing` names them."""

    sort = Sort.CONTENT
    code = "participation_missing"
    title = "Police, social work and health take part in a discussion"
    detail = "Record that each took part, or why it did not."


class ClosingIncomplete(Refused):
    """Something that the record of a discussion holds is not said; `missing` names it."""

    sort = Sort.CONTENT
    code = "closing_incomplete"
    title = "The record of the discussion is not complete"
    detail = "Name the lead professional, give the reasons, and the young person's view or why there is none."


@dataclass(frozen=True)
class Closing:
    """How a discussion is to be closed."""

    outcome: Outcome
    took_part: frozenset[Agency]
    reasons: str
    lead_professional: str
    """A role and a team."""
    not_taken_part: Mapping[Agency, str] = field(default_factory=dict)
    """Why one of those who must take part did not."""
    young_persons_view: str | None = None
    no_view_because: str | None = None
    dissent: str | None = None
    prompts: Mapping[Prompt, PromptAnswer] = field(default_factory=dict)

    def checked(self) -> "Closing":
        """This closing, complete. Raises ParticipationMissing, ClosingIncomplete, PromptsOpen."""
        absent = [
            agency.value
            for agency in sorted(STATUTORY - self.took_part)
            if not (self.not_taken_part.get(agency) or "").strip()
        ]
        if absent:
            raise ParticipationMissing(absent)
        said = {
            "reasons": self.reasons.strip(),
            "lead_professional": self.lead_professional.strip(),
            "young_persons_view": (self.young_persons_view or "").strip() or (self.no_view_because or "").strip(),
        }
        missing = [name for name, text in said.items() if not text]
        if missing:
            raise ClosingIncomplete(missing)
        waiting = open_prompts(self.prompts)
        if waiting:
            raise PromptsOpen(waiting)
        return self

    def why_not_taken_part(self) -> str | None:
        """The reasons of those who must take part and did not, in one text."""
        absent = sorted(STATUTORY - self.took_part)
        said = [f"{agency.value.replace('_', ' ').capitalize()}: {self.not_taken_part[agency]}" for agency in absent]
        return "\n".join(said) or None
