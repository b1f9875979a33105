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


class TopicsMaker:
    """A follower that makes the topics that every hub has; those of the feeds are made as partners join."""

    name = "topics"

    def __init__(self, log: Log, partitions: int) -> None:
        self._log, self._partitions, self._made = log, partitions, False

    def step(self) -> int:
        """Make them, unless that is done. Raises LogUnavailable: then they are made later."""
        if self._made:
            return 0
        make_topics(self._log, self._partitions)
        self._made = True
        return 1

    def wait(self, seconds_max: float) -> None:
        """Return after this many seconds at most."""
        self._log.wait(seconds_max)


def make_topics(log: Log, partitions: int) -> None:
    """Make them now. Raises LogUnavailable."""
    log.create(REPORTS, partitions)
    for topic in (CONTEXTS, RULES, DECISIONS, RECALLS, ACCESS):
        log.create(topic, 1)
