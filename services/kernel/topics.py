"""The topics, as `schemas/topics.yaml` describes them."""

from services.kernel.log import Log

REPORTS = "hub.reports"
CONTEXTS = "hub.contexts"
RULES = "hub.rules"
DECISIONS = "hub.decisions"
RECALLS = "hub.recalls"
ACCESS = "hub.access"


def disclosures(partner: str) -> str:
    """The topic of one partner's disclosure feed."""
    return f"hub.disclosures.{partner}"


def make_topics(log: Log, partitions: int) -> None:
    """Make the topics that every hub has; those of the feeds are made as partners join."""
    log.create(REPORTS, partitions)
    for topic in (CONTEXTS, RULES, DECISIONS, RECALLS, ACCESS):
        log.create(topic, 1)
