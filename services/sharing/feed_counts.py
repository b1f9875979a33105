"""Feed counts: how many records, and recalls, each partner's feed has had; each feed counts for itself."""

import sqlalchemy as sa
from sqlalchemy.orm import Session

metadata = sa.MetaData()

_feeds = sa.Table(
    "feed_counts",
    metadata,
    sa.Column("partner", sa.String(63), primary_key=True),
    sa.Column("partition", sa.Integer, primary_key=True),
    sa.Column("records", sa.Integer, nullable=False),
    sa.Column("recalls", sa.Integer, nullable=False),
)

_this_feed = _feeds.delete().where(_feeds.c.partner == sa.bindparam("of"), _feeds.c.partition == sa.bindparam("in"))


class FeedCounts:
    """Numbers the records, and the recalls, of each partner's feed within a partition, from 1 and without gaps."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._counts = {
            (row.partner, row.partition): [row.records, row.recalls] for row in session.execute(sa.select(_feeds))
        }
        self._changed: set[tuple[str, int]] = set()

    def next_record(self, partner: str, partition: int) -> int:
        return self._next(partner, partition, 0)

    def next_recall(self, partner: str, partition: int) -> int:
        return self._next(partner, partition, 1)

    def _next(self, partner: str, partition: int, which: int) -> int:
        counts: list[int] = self._counts.setdefault((partner, partition), [0, 0])
        counts[which] += 1
        self._changed.add((partner, partition))
        return counts[which]

    def save(self) -> None:
        """Write what was counted, in the session's transaction."""
        rows: list[dict[str, object]] = []
        for place in sorted(self._changed):
            records, recalls = self._counts[place]
            rows.append({"partner": place[0], "partition": place[1], "records": records, "recalls": recalls})
        if rows:
            self._session.execute(_this_feed, [{"of": row["partner"], "in": row["partition"]} for row in rows])
            self._session.execute(_feeds.insert(), rows)
