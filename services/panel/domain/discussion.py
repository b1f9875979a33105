"""An inter-agency referral discussion as it was closed: who took part, and how the quality prompts were answered."""

from uuid import NAMESPACE_URL, UUID, uuid5

from eventsourcing.domain import Aggregate, event

from services.panel.domain.sealing import Words


class Discussion(Aggregate):
    """One discussion, closed. It is the agency's own record; what others may know of it goes out as its report."""

    TOPIC = "discussion"

    @staticmethod
    def create_id(ref: str) -> UUID:
        return uuid5(NAMESPACE_URL, f"urn:cairn:panel:discussion:{ref}")

    @event("Created", topic="discussion.closed")
    def __init__(
        self,
        ref: str,
        partner: str,
        report: str,
        outcome: str,
        took_part: list[str],
        not_taken_part: list[str],
        prompts: dict[str, str],
        words: Words,
        by: str,
        at: str,
    ) -> None:
        """`report` is the CloudEvents id of the agency's report; `prompts` a word for each, `words` the reasons."""
        self.ref, self.partner, self.report, self.outcome = ref, partner, report, outcome
        self.took_part, self.not_taken_part = list(took_part), list(not_taken_part)
        self.prompts, self.words, self.by, self.at = dict(prompts), words, by, at
