"""Answers: what was decided about each label, and how far the feeds say it; a restart learns here what was given.

The pipeline's own memory, in the tables of its store.
"""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from schemas.decisions import Answer, Label

Decided = dict[str, tuple[Label, Answer]]
"""Label key -> the label and what was decided about it."""

metadata = sa.MetaData()

_answers = sa.Table(
    "label_answers",
    metadata,
    sa.Column("label_key", sa.String(32), primary_key=True),
    sa.Column("label", sa.Text, nullable=False),
    sa.Column("answer", sa.Text, nullable=False),
    sa.Column("revision", sa.String(16), nullable=False),
)

_standing = sa.Table(
    "standing",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("revision", sa.String(16), nullable=False),
    sa.Column("rules_position", sa.BigInteger, nullable=True),
    sa.Column("valid_from", sa.String(40), nullable=True),
    sa.Column("valid_until", sa.String(40), nullable=True),
)


def keep_answers(session: Session, decided: Decided, revision: str) -> None:
    """Keep what was decided, so that a restart knows what partners were given."""
    for key, (label, answer) in decided.items():
        session.execute(_answers.delete().where(_answers.c.label_key == key))
        session.execute(
            _answers.insert(),
            {
                "label_key": key,
                "label": label.model_dump_json(),
                "answer": answer.model_dump_json(),
                "revision": revision,
            },
        )


def kept_answers(session: Session) -> list[tuple[str, Label, Answer, str]]:
    """Label key, label, answer and revision of everything decided."""
    return [
        (row.label_key, Label.model_validate_json(row.label), Answer.model_validate_json(row.answer), row.revision)
        for row in session.execute(sa.select(_answers))
    ]


Current = tuple[int, datetime | None, datetime | None]
"""What the feeds say: up to which position on `hub.rules`, and between which instants."""


def standing(session: Session) -> tuple[str, Current | None]:
    """The revision that all labels were last decided under, and what the feeds say; "" and None before any."""
    row = session.execute(sa.select(_standing)).first()
    if row is None:
        return "", None
    current = (row.rules_position, _instant(row.valid_from), _instant(row.valid_until))
    return row.revision, current if row.rules_position is not None else None


def keep_standing(session: Session, revision: str, current: Current | None) -> None:
    """All labels are decided under this revision, and the feeds say so."""
    position, valid_from, valid_until = current or (None, None, None)
    row = {
        "id": 1,
        "revision": revision,
        "rules_position": position,
        "valid_from": valid_from and valid_from.isoformat(),
        "valid_until": valid_until and valid_until.isoformat(),
    }
    session.execute(_standing.delete())
    session.execute(_standing.insert(), row)


def _instant(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
