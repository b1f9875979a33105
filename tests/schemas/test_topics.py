"""The topics that a hub makes are those that are published, with as many partitions as is said there."""

from pathlib import Path

from schemas.catalogue import topics
from services.kernel import topics as names
from services.kernel.log.sqlite import SQLiteLog


def test_a_hub_makes_the_topics_that_are_published(tmp_path: Path) -> None:
    log = SQLiteLog(tmp_path / "log.db")

    names.make_topics(log, 3)

    made_as_partners_join = names.disclosures("{partner}")
    wanted = {name: topic.partitions for name, topic in topics().items() if name != made_as_partners_join}
    assert {name: log.partitions(name) for name in wanted} == {
        name: 3 if partitions == "setting" else partitions for name, partitions in wanted.items()
    }
    assert topics()[made_as_partners_join].partitions == names.REPORTS
    log.close()
