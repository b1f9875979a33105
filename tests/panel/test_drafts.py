"""Drafts: what somebody began to write, sealed for their eyes, and gone when it is sent, deleted or seven days old."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from services.kernel.clock import SimulatedClock
from services.kernel.http.problems import Problem
from services.kernel.identity import Caller, Role
from services.kernel.keys import Keys, KeysUnavailable
from services.kernel.keys.opening import open_keys
from services.kernel.store import Store
from services.kernel.store.opening import open_store
from services.panel.application.drafts import Drafts

NOW = datetime(2026, 4, 24, 9, tzinfo=UTC)
WORKER = Caller("social-work/duty", "social-work", frozenset({Role.PRACTITIONER}))
COLLEAGUE = Caller("social-work/colleague", "social-work", frozenset({Role.PRACTITIONER}))


class Desk:
    """Drafts, and what lies behind them."""

    def __init__(self, folder: Path) -> None:
        self.clock = SimulatedClock(NOW)
        self.keys: Keys = open_keys(f"file://{folder}/keys")
        self.store: Store = open_store(f"sqlite:///{folder}", "panel")
        self.drafts = Drafts(self.store, self.keys, self.clock)

    def rows(self) -> list[Any]:
        with self.store.reading() as session:
            return list(session.execute(text("SELECT draft, sealed FROM panel_drafts")))


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """An empty desk."""
    opened = Desk(tmp_path)
    yield opened
    opened.store.close()
    opened.keys.close()


def _unknown(desk: Desk, who: Caller, draft: str) -> bool:
    with pytest.raises(Problem) as refused:
        desk.drafts.get(who, draft)
    return (refused.value.status, refused.value.code) == (404, "draft_unknown")


def test_a_draft_is_kept_as_it_was_saved_last(desk: Desk) -> None:
    draft = desk.drafts.begin(WORKER, {"answers": {}})
    desk.clock.move(NOW + timedelta(days=3))
    desk.drafts.save(WORKER, draft, {"answers": {"a": ["1"]}})

    kept = desk.drafts.get(WORKER, draft)

    assert (kept.content, kept.saved, kept.expires) == (
        {"answers": {"a": ["1"]}}, NOW + timedelta(days=3), NOW + timedelta(days=10),
    )  # fmt: skip
    assert [one.draft for one in desk.drafts.of(WORKER)] == [draft]


def test_nobody_else_finds_changes_or_deletes_it(desk: Desk) -> None:
    draft = desk.drafts.begin(WORKER, {"a": 1})

    assert _unknown(desk, COLLEAGUE, draft)
    desk.drafts.save(COLLEAGUE, draft, {"a": 2})
    desk.drafts.delete(COLLEAGUE, draft)

    assert desk.drafts.get(WORKER, draft).content == {"a": 1}
    assert desk.drafts.of(COLLEAGUE) == []


def test_a_row_moved_to_somebody_else_does_not_open(desk: Desk) -> None:
    draft = desk.drafts.begin(WORKER, {"a": 1})
    with desk.store.transaction() as session:
        session.execute(text("UPDATE panel_drafts SET practitioner = 'social-work/colleague'"))

    assert _unknown(desk, COLLEAGUE, draft)


def test_a_deleted_draft_cannot_be_opened_even_from_a_copy_of_its_row(desk: Desk) -> None:
    draft = desk.drafts.begin(WORKER, {"a": 1})
    ((_, sealed),) = desk.rows()
    desk.drafts.delete(WORKER, draft)
    assert desk.rows() == []

    with desk.store.transaction() as session:
        values = {"d": draft, "s": sealed}
        session.execute(
            text("INSERT INTO panel_drafts VALUES (:d, 'social-work/duty', '2026-04-24', '2026-12-31', 0, :s)"), values
        )

    assert _unknown(desk, WORKER, draft)


def test_a_draft_of_seven_days_is_gone_and_whoever_comes_next_clears_it_away(desk: Desk) -> None:
    draft = desk.drafts.begin(WORKER, {"a": 1})
    desk.clock.move(NOW + timedelta(days=7))

    assert _unknown(desk, WORKER, draft)
    assert desk.drafts.of(WORKER) == []
    other = desk.drafts.begin(COLLEAGUE, {})
    assert [row.draft for row in desk.rows()] == [other]


def test_while_keys_are_away_a_deleted_draft_is_empty_and_the_key_is_destroyed_later(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(_: str) -> None:
        raise KeysUnavailable("later")

    draft = desk.drafts.begin(WORKER, {"a": 1})
    with monkeypatch.context() as patched:
        patched.setattr(desk.keys, "shred", away)
        desk.drafts.delete(WORKER, draft)

    assert [tuple(row) for row in desk.rows()] == [(draft, "")]
    assert _unknown(desk, WORKER, draft)
    desk.drafts.forget_expired()
    assert desk.rows() == []


def test_what_cannot_be_sealed_is_not_kept_and_the_writer_is_told(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*_: object) -> None:
        raise KeysUnavailable("later")

    monkeypatch.setattr(desk.keys, "seal", away)

    with pytest.raises(Problem) as refused:
        desk.drafts.begin(WORKER, {"a": "The canal bridge."})

    assert (refused.value.status, refused.value.code) == (503, "draft_not_kept")
    assert desk.rows() == []
