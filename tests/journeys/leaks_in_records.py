"""Leaks in what a hub tells of records, agreements, recalls and receipts, each planted while a test lasts."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import select

from schemas.classes import Form, Purpose
from schemas.disclosures import Change
from services.intake import application as intake
from services.intake import register
from services.intake.api import events as events_api
from services.kernel import topics
from services.kernel.http.problems import Problem
from services.sharing import application as agreements_side
from services.sharing import disclosure as disclosure_side
from services.sharing import holdings
from services.sharing import reading as reading_side
from services.sharing.api import agreements as agreements_api
from services.sharing.application import Agreements
from services.sharing.disclosure import Disclosure
from services.sharing.domain.agreement import Agreement
from services.sharing.matrix import cell
from services.sharing.projections import record_fold
from services.sharing.projections.record_tables import RECALLS, RECORDS
from services.sharing.recalling import Recalling
from tests.journeys.leaking import Leak, Patch, WholeHub, around


def _the_existence_of_one_record_tells_how_many_there_are(patch: Patch) -> None:
    hub = WholeHub(patch)

    def release(sound: Any, row: Any, *given: Any) -> Any:
        made = sound(row, *given)
        if row.form == Form.EXISTENCE:
            made.line["record"]["of"] = hub.count(RECORDS, by=row.by)
        return made

    around(patch, reading_side, "release", release)


def _a_record_names_the_agreements_of_others_too(patch: Patch) -> None:
    hub = WholeHub(patch)
    register_of_rules = agreements_side._register

    def release(sound: Any, row: Any, *given: Any) -> Any:
        made = sound(row, *given)
        if made.line["kind"] == "disclosed":
            names = select(register_of_rules.c.name).where(register_of_rules.c.kind == "agreement")
            made.line["record"]["agreements"] = [one.name for one in hub.all(names)]
        return made

    around(patch, reading_side, "release", release)


def _a_place_is_told_of_with_the_number_of_all_reports(patch: Patch) -> None:
    hub = WholeHub(patch)

    def content(sound: Any, *given: Any) -> Any:
        return sound(*given) | {"reports": hub.count(holdings._reports)}

    around(patch, disclosure_side, "_generalised_content", content)


def _young_people_are_numbered_as_they_are_met(patch: Patch) -> None:
    met: WeakKeyDictionary[Any, dict[tuple[str, str], str]] = WeakKeyDictionary()

    def name(_: Any, disclosure: Any, partner: str, ref: str) -> str:
        names = met.setdefault(disclosure, {})
        return names.setdefault((partner, ref), f"y-{len(names)}")

    around(patch, Disclosure, "_name", name)


def _what_changes_for_others_is_said_to_all_again(patch: Patch) -> None:
    def purposes(
        sound: Any, disclosure: Any, item: Any, partner: str, before: Any, after: Any, rules: Any
    ) -> Iterator[Change]:
        changed = {change.purpose: change for change in sound(disclosure, item, partner, before, after, rules)}
        yield from changed.values()
        for purpose in [one for one in Purpose if one not in changed]:
            now = cell(after, partner, purpose)
            if now.form is not Form.NONE:
                rendering = disclosure._render(item, partner, purpose, now, rules)
                given = {"reasons": now.reasons, "agreements": now.agreements, "rendering": rendering}
                yield Change(purpose=purpose, form=now.form, **given)

    around(patch, Disclosure, "_purposes", purposes)
    patch.setattr(record_fold, "_looks_the_same", lambda *_: False)


def _partners_are_listed_by_how_much_they_agreed_on(patch: Patch) -> None:
    def partners(sound: Any, desk: Any) -> Any:
        every = [desk.repository.get(Agreement.create_id(name)) for name in desk._noted("agreement")]
        return sorted(sound(desk), key=lambda one: sum(agreement.concerns(one.partner) for agreement in every))

    around(patch, Agreements, "partners", partners)


def _agreements_are_numbered_over_all(patch: Patch) -> None:
    hub = WholeHub(patch)
    c = agreements_side._register.c

    def stands(sound: Any, agreement: Any) -> Any:
        ((number,),) = hub.all(select(c.number).where(c.kind == "agreement", c.name == agreement.agreement))
        found = sound(agreement)
        return found.model_copy(update={"left": (*found.left, f"party-{number}")})

    around(patch, agreements_api, "agreement_stands", stands)


def _a_recall_of_another_is_refused_otherwise_than_none(patch: Patch) -> None:
    hub = WholeHub(patch)

    def known(sound: Any, recalling: Any, caller: Any, recall: str) -> Any:
        if hub.count(RECALLS, recall=recall) > hub.count(RECALLS, recall=recall, partner=caller.partner):
            raise Problem(409, "recall_of_another", "Another's", "Your agency has no recall of this id.")
        return sound(recalling, caller, recall)

    around(patch, Recalling, "_known", known)


def _a_recall_tells_how_many_were_recalled(patch: Patch) -> None:
    hub = WholeHub(patch)
    around(
        patch,
        Recalling,
        "listed",
        lambda sound, *given: [
            one.model_copy(update={"purposes": (*one.purposes, f"of {hub.count(RECALLS)}")}) for one in sound(*given)
        ],
    )


def _a_receipt_of_another_is_forbidden_and_not_unknown(patch: Patch) -> None:
    def receipt(sound: Any, asked: Any, agency: str, name: str) -> Any:
        try:
            return sound(asked, agency, name)
        except Problem:
            with asked._store.reading() as session:
                if register.digests(session, [name]):
                    raise Problem(403, "receipt_of_another", "Forbidden", "It was given to another agency.") from None
            raise

    around(patch, intake.Intake, "receipt", receipt)


def _the_quarantine_is_numbered_over_all_agencies(patch: Patch) -> None:
    def waiting(sound: Any, asked: Any, agency: str, *given: Any) -> Any:
        page = sound(asked, agency, *given)
        with asked._store.reading() as session:
            numbers = {one.receipt: register.number_of(session, agency, one.receipt) for one in page.waiting}
        numbered = (replace(one, reasons=({"number": str(numbers[one.receipt])}, *one.reasons)) for one in page.waiting)
        return replace(page, waiting=tuple(numbered))

    around(patch, intake.Intake, "waiting", waiting)


def _the_address_of_a_receipt_tells_how_many_there_are(patch: Patch) -> None:
    hub = WholeHub(patch)

    def answer(sound: Any, content: Any, headers: Any = None) -> Any:
        located = headers and headers | {"Location": f"{headers['Location']}?of={hub.said(topics.REPORTS)}"}
        return sound(content, located)

    around(patch, events_api, "_answer", answer)


LEAKS_IN_RECORDS = (
    Leak(_the_existence_of_one_record_tells_how_many_there_are, 560),
    Leak(_a_record_names_the_agreements_of_others_too, 560),
    Leak(_a_place_is_told_of_with_the_number_of_all_reports, 560),
    Leak(_young_people_are_numbered_as_they_are_met, 560),
    Leak(_what_changes_for_others_is_said_to_all_again, 560),
    Leak(_partners_are_listed_by_how_much_they_agreed_on, 14),
    Leak(_agreements_are_numbered_over_all, 560),
    Leak(_a_recall_of_another_is_refused_otherwise_than_none, 560),
    Leak(_a_recall_tells_how_many_were_recalled, 560),
    Leak(_a_receipt_of_another_is_forbidden_and_not_unknown, 14),
    Leak(_the_quarantine_is_numbered_over_all_agencies, 468),
    Leak(_the_address_of_a_receipt_tells_how_many_there_are, 560),
)
