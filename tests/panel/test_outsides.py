"""The outsides of records: what is counted and put in order unopened, and no more of it than their form tells."""

from datetime import UTC, date, datetime, timedelta
from typing import Literal

from schemas.classes import DataClass, Form, Purpose
from schemas.disclosures import Change, ItemDisclosed, Rendering
from services.kernel.store import Store
from services.kernel.store.rows import Rows
from services.panel.domain.places import Tally
from services.panel.projections.outsides import HourOfDay, hours_of_days, latest, note_outside, undated, undated_items
from services.panel.projections.placed import count_nowhere, items_placed, note_placed, tallies
from services.panel.projections.tables import OUTSIDES, PLACED

EVENING = datetime(2026, 4, 16, 23, 30, tzinfo=UTC)
"""Half past midnight of the 17th in London."""
MINE = ("health", Purpose.CONTEXT)


def told(
    store: Store, item: str, form: Form, at: datetime = EVENING, place: str | None = "y-bus", report: str = "r-1",
    purpose: Purpose | Literal["own"] = Purpose.CONTEXT, by: str = "police",
) -> None:  # fmt: skip
    """The feed says that the agency has a record of a place in this form, or, in none, that it has it no more."""
    rendering = Rendering(reference=f"n-{item}", form=form, about={"c-1": place} if place else {})
    change = Change(
        purpose=purpose, form=form, reasons=("agreement_grants",), rendering=None if form is Form.NONE else rendering
    )  # fmt: skip
    disclosed = ItemDisclosed(
        partner="health", sequence=1, item=item, report=report, by=by, type="cairn.context.observed.v1",
        section="context", data_class=DataClass.CONTEXT, subjects=("c-1",), occurred=at, recorded=at,
        changes=(change,), revision="r1", decided=at,
    )  # fmt: skip
    with store.transaction() as session:
        for note, table in ((note_outside, OUTSIDES), (note_placed, PLACED)):
            rows = Rows(session, table, ["partner", "item"])
            note(rows, disclosed, change)
            rows.keep()


def test_a_record_is_of_its_day_and_hour_in_london_as_far_as_its_form_tells_them(store: Store) -> None:
    told(store, "i-full", Form.FULL)
    told(store, "i-pseudonym", Form.PSEUDONYMISED, place="p-1")
    told(store, "i-general", Form.GENERALISED, place=None)

    with store.reading() as session:
        assert hours_of_days(session, *MINE, None, None) == [HourOfDay(date(2026, 4, 17), 0, 1)]
        assert latest(session, *MINE, 0, 10) == (2, ["i-full", "i-pseudonym"])
        assert (undated(session, *MINE), undated_items(session, *MINE, 0, 10)) == (1, ["i-general"])


def test_a_report_counts_once_and_under_a_pseudonym_joins_nothing(store: Store) -> None:
    for number in range(3):
        told(store, f"i-{number}", Form.FULL)
        told(store, f"p-{number}", Form.PSEUDONYMISED, place="p-1")

    with store.reading() as session:
        assert hours_of_days(session, *MINE, None, None) == [HourOfDay(date(2026, 4, 17), 0, 1)]
        assert set(tallies(session, *MINE, None, None)) == {
            Tally("p-1", 3, ("police",)),
            Tally("y-bus", 1, ("police",), date(2026, 4, 17)),
        }


def test_what_is_recalled_or_held_for_something_else_or_by_others_is_counted_nowhere(store: Store) -> None:
    told(store, "i-kept", Form.FULL)
    told(store, "i-recalled", Form.FULL, report="r-2")
    told(store, "i-other", Form.FULL, report="r-3", purpose=Purpose.MISSING)
    told(store, "i-recalled", Form.NONE, report="r-2")

    with store.reading() as session:
        assert latest(session, *MINE, 0, 10) == (1, ["i-kept"])
        assert tallies(session, *MINE, None, None) == [Tally("y-bus", 1, ("police",), date(2026, 4, 17))]
        assert latest(session, "education", Purpose.CONTEXT, 0, 10) == (0, [])
        assert tallies(session, "education", Purpose.CONTEXT, None, None) == []


def test_what_an_agency_reported_itself_counts_for_every_purpose(store: Store) -> None:
    told(store, "i-own", Form.OWN, purpose="own", by="health")

    with store.reading() as session:
        assert [latest(session, "health", purpose, 0, 10).items for purpose in Purpose] == [["i-own"]] * len(Purpose)


def test_the_latest_come_page_by_page_each_once_in_one_order(store: Store) -> None:
    for number in range(9):
        told(store, f"i-{number}", Form.FULL, EVENING + timedelta(hours=5 * number), report=f"r-{number}")
    told(store, "i-pseudonym", Form.PSEUDONYMISED, EVENING, place="p-1")

    with store.reading() as session:
        whole = latest(session, *MINE, 0, 99).items
        pages = [latest(session, *MINE, first, 4).items for first in range(0, 16, 4)]

    assert whole[:3] == ["i-8", "i-7", "i-6"]
    assert [one for page in pages for one in page] == whole
    assert [len(page) for page in pages] == [4, 4, 2, 0]


def test_what_has_no_day_in_its_form_is_counted_whatever_days_are_asked_for(store: Store) -> None:
    told(store, "i-full", Form.FULL)
    told(store, "i-general", Form.GENERALISED, place=None, report="r-2")
    told(store, "i-exists", Form.EXISTENCE, place=None, report="r-3")

    with store.reading() as session:
        assert tallies(session, *MINE, date(2030, 1, 1), date(2030, 1, 2)) == []
        assert len(tallies(session, *MINE, date(2026, 4, 17), date(2026, 4, 17))) == 1
        assert count_nowhere(session, *MINE) == 1


def test_a_place_is_described_by_its_latest_records_alone(store: Store) -> None:
    for number in range(4):
        at = EVENING - timedelta(days=number)
        told(store, f"i-{number}", Form.FULL, at, report=f"r-{number}")
        told(store, f"j-{number}", Form.FULL, at, place="y-park", report=f"r-{number}")

    with store.reading() as session:
        found = items_placed(session, *MINE, ["y-bus", "y-park"], None, None, 2)
        earlier = items_placed(session, *MINE, ["y-bus"], None, date(2026, 4, 15), 1)

    assert sorted(found) == ["i-0", "i-1", "j-0", "j-1"]
    assert earlier == ["i-2"]
