"""The named: whom each record of an agency names, by the agency's own references, and as long as it has the record."""

from datetime import UTC, datetime

import pytest

from schemas.classes import DataClass, Form, Purpose
from schemas.disclosures import Change, ItemDisclosed, Rendering
from services.kernel.store import Store
from services.kernel.store.rows import Rows
from services.panel.projections.named import Known, mentions_of, note_named, young_people_known
from services.panel.projections.subjects import names_of, refs_of
from services.panel.projections.tables import NAMED
from tests.support.query_plans import plans

NOW = datetime(2026, 4, 24, 9, tzinfo=UTC)
MISSING = ("health", Purpose.MISSING)
REFS = ("s-1", "a-1", "c-1", "s-2")


def told(store: Store, form: Form, item: str = "i-1", **about: str) -> None:
    """The feed says that health has a record in this form, about these; in none, that it has it no more."""
    named = {ref.replace("_", "-"): name for ref, name in about.items()}
    rendering = None if form is Form.NONE else Rendering(reference=f"n-{item}", form=form, about=named)
    disclosed = ItemDisclosed(
        partner="health", sequence=1, item=item, report="r-1", by="police", type="cairn.missing-episode.reported.v1",
        section="missing", data_class=DataClass.MISSING, subjects=("s-1",), occurred=NOW, recorded=NOW, changes=(),
        revision="r1", decided=NOW,
    )  # fmt: skip
    change = Change(purpose=Purpose.MISSING, form=form, reasons=("agreement_grants",), rendering=rendering)
    with store.transaction() as session:
        rows = Rows(session, NAMED, ["partner", "item"])
        note_named(rows, disclosed, change)
        rows.keep()


def known(store: Store) -> list[Known]:
    with store.reading() as session:
        return young_people_known(session, *MISSING)


def names(store: Store, partner: str = "health") -> dict[str, str]:
    with store.reading() as session:
        return names_of(session, partner, REFS)


def test_a_record_names_young_people_by_the_agency_s_own_references(store: Store) -> None:
    told(store, Form.FULL, s_1="y-1", a_1="y-2", c_1="y-3")

    with store.reading() as session:
        times = [one.occurred for one in mentions_of(session, *MISSING, ["y-1"])]
    assert [one.name for one in known(store)] == ["y-1"]
    assert times == [NOW]


def test_a_record_under_a_pseudonym_names_nobody(store: Store) -> None:
    told(store, Form.FULL, s_1="y-1")
    told(store, Form.PSEUDONYMISED, s_1="p-1")

    with store.reading() as session:
        assert mentions_of(session, *MISSING, ["y-1", "p-1"]) == []
    assert known(store) == []


def test_a_record_in_general_terms_names_somebody_and_keeps_no_time(store: Store) -> None:
    told(store, Form.GENERALISED, s_1="y-1")

    assert [(one.name, one.latest) for one in known(store)] == [("y-1", None)]


def test_a_recalled_record_names_nobody_any_more(store: Store) -> None:
    told(store, Form.FULL, s_1="y-1")
    told(store, Form.NONE)

    assert (known(store), names(store)) == ([], {})


def test_whom_an_agency_s_records_name_in_full_is_found_by_the_hub_s_refs_and_back(store: Store) -> None:
    told(store, Form.FULL, s_1="y-1", a_1="y-2", c_1="y-3")
    told(store, Form.OWN, item="i-2", s_1="y-1")

    with store.reading() as session:
        refs = refs_of(session, "health", ["y-3", "y-1", "y-none"])
    assert names(store) == {"s-1": "y-1", "a-1": "y-2", "c-1": "y-3"}
    assert refs == {"y-1": "s-1", "y-3": "c-1"}
    assert names(store, "police") == {}


@pytest.mark.parametrize("form", [Form.PSEUDONYMISED, Form.GENERALISED, Form.EXISTENCE])
def test_a_ref_is_given_back_as_a_name_only_where_a_record_names_it_in_full(store: Store, form: Form) -> None:
    told(store, form, s_1="y-1")

    assert names(store) == {}


def test_whom_a_ref_names_is_looked_up_and_not_sought_in_every_record(store: Store) -> None:
    with plans() as steps:
        names(store)

    assert [step for step in steps if "panel_named" in step] == [
        "SEARCH panel_named USING COVERING INDEX panel_named_ref (partner=? AND ref=? AND form=?)"
    ]
