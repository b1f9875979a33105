"""Discussions: closing an inter-agency referral discussion, by a report of the agency that leads it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from schemas.access import Seen
from schemas.classes import Form, Purpose
from schemas.envelope import source_of
from services.kernel.access import AccessGate
from services.kernel.identity import Caller
from services.panel.application.kept import Kept
from services.panel.domain.discussion import Discussion
from services.panel.domain.ird_closing import Closing
from services.panel.domain.refusing import WordsMissing
from services.panel.intake import Accepted, Intake

KIND = "discussion"
TYPE = "cairn.ird.closed.v1"


@dataclass(frozen=True)
class DiscussionView:
    """A closed discussion as the agency that closed it reads it."""

    ref: str
    closed_at: str
    outcome: str
    took_part: Sequence[str]
    not_taken_part: Sequence[str]
    prompts: Mapping[str, str]
    prompts_words: Mapping[str, str]


@dataclass(frozen=True)
class Closed:
    """What became of it: what intake answered, and the report that it was told in."""

    accepted: Accepted
    report: Mapping[str, Any]


class Discussions:
    """Closes discussions, and lists those that the caller's agency has closed."""

    def __init__(self, kept: Kept, gate: AccessGate, intake: Intake) -> None:
        self._kept, self._gate, self._intake = kept, gate, intake

    def close(
        self,
        who: Caller,
        credentials: Mapping[str, str],
        unique: str,
        young_people: Sequence[Sequence[str]],
        closing: Closing,
    ) -> Closed:
        """Report how a discussion ended; `young_people` are identifiers of each. `unique` names it for the agency.

        Raises ParticipationMissing, ClosingIncomplete, PromptsOpen, WordsMissing; IntakeRefused, IntakeAway, and then
        nothing is kept.
        """
        said = closing.checked()
        if not young_people or not all(young_people):
            raise WordsMissing(["young_people"])
        ref, at = self._kept.ref("d", f"{who.partner}\n{unique}"), self._kept.now()
        report = _report(who.partner, ref, at, young_people, said)
        known = self._kept.listed(KIND, ref=ref)
        if known:
            kept = self._kept.find(Discussion, Discussion.create_id(ref))
            report = {**report, "time": kept.at}
            report["data"]["decision"]["decided_on"] = kept.at[:10]
        answer = self._intake.post(report, credentials)
        if not known:
            self._note(who, ref, report["id"], at, said)
        return Closed(answer, report)

    def discussions(self, who: Caller, purpose: Purpose) -> list[DiscussionView]:
        """Those that the caller's agency has closed, in that order."""
        found = [
            self._kept.find(Discussion, Discussion.create_id(ref))
            for ref in self._kept.listed(KIND, partner=who.partner)
        ]
        self._gate.record(who, "panel.discussions", purpose, [_seen(one) for one in found])
        return [
            DiscussionView(
                one.ref,
                one.at,
                one.outcome,
                one.took_part,
                one.not_taken_part,
                one.prompts,
                self._kept.texts.open(one.ref, one.words),
            )
            for one in found
        ]

    def _note(self, who: Caller, ref: str, report: str, at: str, said: Closing) -> None:
        words = {prompt.value: answer.words for prompt, answer in said.prompts.items()}
        with self._kept.store.transaction():
            made = Discussion(
                ref,
                who.partner,
                report,
                said.outcome.value,
                sorted(agency.value for agency in said.took_part),
                sorted(agency.value for agency in said.not_taken_part),
                {prompt.value: answer.given.value for prompt, answer in said.prompts.items()},
                self._kept.texts.of(ref)("prompts", **words),
                who.practitioner,
                at,
            )
            self._kept.keep(made, KIND, ref, "closed", who.partner)


def _report(partner: str, ref: str, at: str, young_people: Sequence[Sequence[str]], said: Closing) -> dict[str, Any]:
    people = {
        f"k{n}": {"kind": "young_person", "identifiers": list(identifiers)}
        for n, identifiers in enumerate(young_people, start=1)
    }
    told = {
        "outcome": said.outcome.value,
        "reasons": said.reasons,
        "decided_on": at[:10],
        "took_part": sorted(agency.value for agency in said.took_part),
        "not_taken_part_because": said.why_not_taken_part(),
        "lead_professional": said.lead_professional,
        "dissent": said.dissent,
        "young_persons_view": said.young_persons_view,
        "no_view_because": said.no_view_because,
    }
    section = {"about": list(people), **{name: value for name, value in told.items() if value is not None}}
    return {
        "specversion": "1.0",
        "id": str(uuid5(NAMESPACE_URL, f"urn:cairn:discussion:{ref}")),
        "source": source_of(partner),
        "type": TYPE,
        "time": at,
        "datacontenttype": "application/json",
        "data": {"people": people, "decision": section},
    }


def _seen(found: Discussion) -> Seen:
    return Seen(
        item=found.ref, reference=found.ref, subjects=(), form=Form.OWN, agreements=(), revision=f"v{found.version}"
    )
