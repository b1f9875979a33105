"""The looks: who of an agency looked of late at what it still holds; a look goes with what was looked at."""

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from schemas.access import AccessRecorded, Seen
from schemas.classes import DataClass, Form, Purpose
from schemas.disclosures import Change, ItemDisclosed, Rendering
from services.kernel import topics
from services.kernel.log import Entry
from services.kernel.store import Store
from services.kernel.store.opening import open_store
from services.panel.projections.holdings import HoldingsProjection
from services.panel.projections.looks import LooksProjection, looks_at
from services.panel.projections.tables import METADATA
from tests.support.query_plans import plans

NOW = datetime(2026, 4, 24, 9, tzinfo=UTC)


class Following:
    """The two follow their topics in whichever order they are told to."""

    def __init__(self, store: Store) -> None:
        self.store, self.sequences = store, Counter[str]()

    def disclosed(self, *forms: tuple[Purpose, Form], recall: str | None = None, partner: str = "health") -> None:
        """The feed says in which form the partner may have one item for each purpose."""
        self.sequences[partner] += 1
        changes = tuple(
            Change(
                purpose=purpose, form=form, reasons=("agreement_grants",), recall=recall,
                rendering=None if form is Form.NONE else Rendering(reference=f"n-{form}", form=form, about={}),
            )
            for purpose, form in forms
        )  # fmt: skip
        said = ItemDisclosed(
            partner=partner, sequence=self.sequences[partner], item="i-1", report="r-1", by="police",
            type="cairn.missing-episode.reported.v1", section="missing", data_class=DataClass.MISSING,
            subjects=("s-1",), occurred=NOW, recorded=NOW, changes=changes, revision="r1", decided=NOW,
        )  # fmt: skip
        with self.store.transaction() as session:
            HoldingsProjection().fold(session, [(_entry(topics.disclosures(partner)), said)])

    def looked(self, form: Form = Form.FULL, at: datetime = NOW, access: str = "a-1") -> None:
        """A practitioner of health looked at the item."""
        seen = Seen(item="i-1", reference=f"n-{form}", subjects=("s-1",), form=form, agreements=(), revision="r1")
        said = AccessRecorded(
            access=access, at=at, practitioner="health/nurse", partner="health", operation="panel.queue",
            purpose=Purpose.MISSING, seen=(seen,),
        )  # fmt: skip
        with self.store.transaction() as session:
            LooksProjection().fold(session, [(_entry(topics.ACCESS), said)])

    def looks(self, form: Form = Form.FULL) -> list[datetime]:
        """When the record in this form was looked at, the latest first."""
        with self.store.reading() as session:
            return [look.at for look in looks_at(session, "health", [f"n-{form}"])]


def _entry(topic: str) -> Entry:
    return Entry(topic=topic, partition=0, position=0, key="", id="", value=b"")


@pytest.fixture
def following(tmp_path: Path) -> Iterator[Following]:
    made = open_store(f"sqlite:///{tmp_path}/panel.db", "panel")
    made.create_tables(METADATA)
    yield Following(made)
    made.close()


def test_a_look_goes_with_the_record_that_is_recalled(following: Following) -> None:
    following.disclosed((Purpose.MISSING, Form.FULL))
    following.looked()
    assert following.looks() == [NOW]

    following.disclosed((Purpose.MISSING, Form.NONE), recall="c-1")

    assert following.looks() == []


def test_a_look_that_is_read_after_the_recall_is_not_kept_either(following: Following) -> None:
    following.disclosed((Purpose.MISSING, Form.FULL))
    following.disclosed((Purpose.MISSING, Form.NONE), recall="c-1")

    following.looked()

    assert following.looks() == []


def test_a_look_stays_while_the_record_is_held_for_something_else(following: Following) -> None:
    following.disclosed((Purpose.MISSING, Form.FULL), (Purpose.CHILD_PROTECTION, Form.FULL))
    following.looked()

    following.disclosed((Purpose.MISSING, Form.NONE), recall="c-1")
    following.looked(at=NOW + timedelta(hours=1), access="a-2")

    assert following.looks() == [NOW + timedelta(hours=1), NOW]


def test_of_a_record_that_is_told_in_less_only_the_looks_at_what_is_left_stay(following: Following) -> None:
    following.disclosed((Purpose.MISSING, Form.FULL))
    following.looked()

    following.disclosed((Purpose.MISSING, Form.GENERALISED), recall="c-1")
    following.looked(Form.GENERALISED, access="a-2")

    assert (following.looks(), following.looks(Form.GENERALISED)) == ([], [NOW])


def test_what_another_agency_must_remove_takes_no_look_of_this_one_s(following: Following) -> None:
    following.looked()  # its own feed is read later

    following.disclosed((Purpose.MISSING, Form.NONE), recall="c-1", partner="police")

    assert following.looks() == [NOW]


def test_a_look_that_was_read_before_the_record_stays(following: Following) -> None:
    following.looked()

    following.disclosed((Purpose.MISSING, Form.FULL))

    assert following.looks() == [NOW]


def test_looks_of_more_than_a_year_ago_are_let_go_of_with_the_next(following: Following) -> None:
    following.disclosed((Purpose.MISSING, Form.FULL))
    following.looked()

    following.looked(at=NOW + timedelta(days=366), access="a-2")
    assert len(following.looks()) == 2
    following.looked(at=NOW + timedelta(days=367), access="a-3")

    assert following.looks() == [NOW + timedelta(days=367), NOW + timedelta(days=366)]


def test_what_is_still_held_of_a_recalled_item_is_looked_up_by_the_item(following: Following) -> None:
    following.disclosed((Purpose.MISSING, Form.FULL), (Purpose.CHILD_PROTECTION, Form.FULL))
    following.looked()

    with plans(of_changes=True) as told:
        following.disclosed((Purpose.MISSING, Form.NONE), recall="c-1")
        following.looked(access="a-2")

    of_records = [step for step in told if " panel_outsides" in step or " panel_looked" in step]
    assert [step for step in of_records if "(partner=? AND " not in step and "(at<?" not in step] == []
    assert any("panel_looked_item (partner=? AND item=?)" in step for step in of_records)
