"""Leaks of the kinds that hubs like this one have had, each planted in the code while a test lasts."""

from dataclasses import replace
from datetime import datetime, timedelta
from itertools import count
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from schemas.binding import token
from schemas.classes import Form
from schemas.disclosures import ReportReflected
from services.intake import application as intake
from services.intake import register
from services.intake.resolution import People
from services.intake.sitting import Sitting, Taken
from services.kernel import topics
from services.kernel.access import AccessGate
from services.kernel.http.problems import Problem
from services.kernel.projecting import instant_text
from services.sharing import holdings
from services.sharing import reading as reading_side
from services.sharing.api import feed as feed_api
from services.sharing.api import records as records_api
from services.sharing.application import Agreements
from services.sharing.disclosure import Disclosable, Disclosure
from services.sharing.domain.agreement import Agreement, UnknownAgreement
from services.sharing.feed_counts import FeedCounts
from services.sharing.outgoing import Outgoing
from services.sharing.projections import partner_record, record_fold, record_queries
from services.sharing.projections.record_tables import ACKNOWLEDGED, FEEDS, NAMES, RECALLS, RECORDS
from services.sharing.reading import Reading
from tests.journeys.leaking import Leak, Patch, around
from tests.journeys.leaks_in_answers import LEAKS_IN_ANSWERS
from tests.journeys.leaks_in_records import LEAKS_IN_RECORDS


def _a_feed_is_numbered_over_all_partners(patch: Patch) -> None:
    def feed(sound: Any, taking: Any, partner: str, partition: int) -> dict[str, Any]:
        found = sound(taking, partner, partition)
        newest = taking._session.scalar(select(func.max(FEEDS.c.ordinal))) or 0
        return {**found, "ordinal": max(found["ordinal"], newest)}

    around(patch, partner_record._Taking, "_feed", feed)


def _a_cursor_tells_how_far_the_hub_is(patch: Patch) -> None:
    def cursor(sound: Any, reading: Any, asked: Any, place: Any, words: Any) -> Any:
        return sound(reading, asked, (*place, reading._currency._log.end(topics.REPORTS, 0) + 1), words)

    around(patch, Reading, "_cursor", cursor)


def _references_are_counted(patch: Patch) -> None:
    numbers: dict[int, count[int]] = {}

    def reference(_: Any, disclosure: Any, *_words: str) -> str:
        return f"n-{next(numbers.setdefault(id(disclosure), count(1)))}"

    around(patch, Disclosure, "_reference", reference)


def _receipts_are_numbered_over_all_agencies(patch: Patch) -> None:
    def begin(sound: Any, numbering: Any, session: Session, _agency: str) -> None:
        sound(numbering, session, "all")

    around(patch, register.Numbering, "__init__", begin)


def _partners_have_one_name_for_a_young_person(patch: Patch) -> None:
    def name(_: Any, disclosure: Any, _partner: str, ref: str) -> str:
        return token("y", disclosure._keys.mac("partner-subject", ref))

    around(patch, Disclosure, "_name", name)


def _pseudonyms_are_the_same_for_every_agreement(patch: Patch) -> None:
    def pseudonymised(sound: Any, disclosure: Any, item: Any, partner: str, purpose: Any, _agreement: str) -> Any:
        return sound(disclosure, item, partner, purpose, "any")

    around(patch, Disclosure, "_pseudonymised", pseudonymised)


def _a_header_counts_the_records_of_everybody(patch: Patch) -> None:
    total = [0]

    def listed(sound: Any, reading: Any, asked: Any, *given: Any) -> Any:
        with reading._currency._store.reading() as session:
            wanted = select(func.count()).select_from(RECORDS).where(RECORDS.c.purpose == asked.purpose)
            total[0] = session.scalar(wanted)
        return sound(reading, asked, *given)

    def answer(sound: Any, *given: Any, **named: Any) -> Any:
        made = sound(*given, **named)
        made.headers["X-Total-Count"] = str(total[0])
        return made

    around(patch, Reading, "listed", listed)
    around(patch, records_api, "page_answer", answer)


def _what_is_decided_at_once_comes_as_it_was_looked_up(patch: Patch) -> None:
    of_labels: set[holdings.Place] = set()

    def labelled(sound: Any, session: Any, keys: Any) -> Any:
        found = sound(session, keys)
        of_labels.clear()
        of_labels.update(found)
        return found

    def read(sound: Any, session: Any, places: Any) -> Any:
        yield from sound(session, places & of_labels)
        yield from sound(session, places - of_labels)

    around(patch, holdings, "labelled", labelled)
    around(patch, holdings, "read", read)


def _an_agreement_of_others_is_forbidden_and_not_unknown(patch: Patch) -> None:
    def visible(sound: Any, desk: Any, who: Any, name: str) -> Any:
        try:
            return sound(desk, who, name)
        except UnknownAgreement:
            if name in desk._noted("agreement"):
                raise Problem(403, "not_a_party", "Forbidden", "Your agency is not a party.") from None
            raise

    around(patch, Agreements, "_visible", visible)


def _a_withdrawal_checks_the_party_before_the_agreement(patch: Patch) -> None:
    def withdraw(sound: Any, desk: Any, who: Any, name: str, party: str, reason: str, seen: Any = None) -> Any:
        if name in desk._noted("agreement"):
            found: Agreement = desk.repository.get(Agreement.create_id(name))
            if not found.concerns(party):
                raise Problem(409, "not_a_party", "Not a party", "Only a party can leave.")
        return sound(desk, who, name, party, reason, seen)

    around(patch, Agreements, "withdraw", withdraw)


def _a_record_tells_the_revision_of_the_rules(patch: Patch) -> None:
    def release(sound: Any, row: Any, *given: Any) -> Any:
        made = sound(row, *given)
        return replace(made, line=made.line | {"revision": row.revision})

    around(patch, reading_side, "release", release)


def _a_link_tells_the_position_of_the_rules(patch: Patch) -> None:
    position = [0]

    def feed(sound: Any, reading: Any, asked: Any) -> Any:
        position[0] = reading._currency._log.end(topics.RULES, 0)
        return sound(reading, asked)

    def encoded(sound: Any, query: Any) -> Any:
        return sound(query | {"rules": position[0]})

    around(patch, Reading, "feed", feed)
    around(patch, feed_api, "urlencode", encoded)


def _recalls_are_numbered_over_all_partners(patch: Patch) -> None:
    def following(_: Any, counts: Any, _partner: str, partition: int) -> int:
        return int(counts._next("all", partition, 1))

    around(patch, FeedCounts, "next_recall", following)


def _a_record_counts_whom_its_report_names_elsewhere(patch: Patch) -> None:
    def copy(sound: Any, disclosure: Any, item: Disclosable, *given: Any) -> Any:
        made = sound(disclosure, item, *given)
        return made.model_copy(update={"adults_left_out": len(item.kinds) - len(made.about)})

    around(patch, Disclosure, "_sealed_copy", copy)


def _the_time_of_receipt_counts_what_was_received(patch: Patch) -> None:
    def sitting(sound: Any, session: Session, submissions: Any, keys: Any, agency: str, recorded: datetime) -> Sitting:
        received = session.scalar(select(func.count()).select_from(register._received)) or 0
        return sound(session, submissions, keys, agency, recorded + timedelta(microseconds=received))  # type: ignore[no-any-return]

    around(patch, intake, "Sitting", sitting)


def _every_feed_reflects_the_reports_of_all(patch: Patch) -> None:
    def reflected(_: Any, outgoing: Any, report: Any, partition: int) -> None:
        for partner in sorted(outgoing._rules.partners):
            sequence = outgoing._counts.next_record(partner, partition)
            said = ReportReflected(
                partner=partner, sequence=sequence, report=report.report, report_sequence=report.sequence
            )
            outgoing._feed("cairn.report.reflected.v1", partition, said)

    around(patch, Outgoing, "say_reflected", reflected)


def _a_search_finds_by_what_others_call_a_young_person(patch: Patch) -> None:
    def copy(sound: Any, disclosure: Any, item: Disclosable, *given: Any) -> Any:
        marks = {ref: marks for ref, marks in item.marks.items() if marks}
        return sound(disclosure, item, *given).model_copy(update={"marks": marks})

    def keep(sound: Any, fold: Any, partner: str, item: str, rendering: Any) -> None:
        sound(fold, partner, item, rendering.model_copy(update={"form": Form.OWN}))

    around(patch, Disclosure, "_sealed_copy", copy)
    around(patch, record_fold.RecordFold, "_keep_marks", keep)


def _a_timeline_tells_that_others_have_the_name(patch: Patch) -> None:
    def timeline(sound: Any, reading: Any, asked: Any, name: str) -> Any:
        try:
            return sound(reading, asked, name)
        except Problem:
            with reading._currency._store.reading() as session:
                if session.execute(select(NAMES).filter_by(name=name)).first():
                    raise Problem(404, "subject_unknown", "Not found", "You may not see this one.") from None
            raise

    around(patch, Reading, "timeline", timeline)


def _a_receipt_tells_how_many_were_known(patch: Patch) -> None:
    known = [0]

    def look_up(sound: Any, people: Any, identifiers: Any) -> None:
        sound(people, identifiers)
        known[0] = len(people._known)

    def answer(sound: Any, *given: Any) -> Any:
        taken = sound(*given)
        return replace(taken, receipt=taken.receipt | {"known": known[0]}) if isinstance(taken, Taken) else taken

    around(patch, People, "look_up", look_up)
    around(patch, Sitting, "_answer", answer)


def _the_quarantine_goes_on_after_a_number_of_everybodys(patch: Patch) -> None:
    def waiting(sound: Any, asked: Any, agency: str, *given: Any) -> Any:
        page = sound(asked, agency, *given)
        with asked._store.reading() as session:
            number = page.next and register.number_of(session, agency, page.next)
        return replace(page, next=number and str(number))

    around(patch, intake.Intake, "waiting", waiting)


def _a_cache_forgets_whose_it_is(patch: Patch) -> None:
    kept: dict[tuple[Any, ...], Any] = {}

    def feed(sound: Any, reading: Any, asked: Any) -> Any:
        key = (id(reading), asked.purpose, asked.after)
        if key not in kept:
            kept[key] = sound(reading, asked)
        return kept[key]

    around(patch, Reading, "feed", feed)


def _overdue_recalls_of_anybody_stop_everybody(patch: Patch) -> None:
    def standing(sound: Any, session: Session, partner: str, before: datetime) -> record_queries.Standing:
        late = RECALLS.c.recalled < instant_text(before)
        said = select(ACKNOWLEDGED.c.recall).where(ACKNOWLEDGED.c.recall == RECALLS.c.recall)
        overdue = session.execute(select(RECALLS).where(late, ~said.exists())).first() is not None
        found: record_queries.Standing = replace(sound(session, partner, before), overdue=overdue)
        return found

    around(patch, record_queries, "standing", standing)


def _an_answer_counts_the_accesses_before_it(patch: Patch) -> None:
    def release(sound: Any, gate: Any, caller: Any, operation: str, purpose: Any, seen: Any, page: Any) -> Any:
        made = sound(gate, caller, operation, purpose, seen, page)
        accesses = gate._log.end(topics.ACCESS, 0)
        return replace(made, lines=tuple(line | {"access": accesses} for line in made.lines))

    around(patch, AccessGate, "release", release)


LEAKS = (
    Leak(_a_feed_is_numbered_over_all_partners, 560),
    Leak(_a_cursor_tells_how_far_the_hub_is, 560),
    Leak(_references_are_counted, 560),
    Leak(_receipts_are_numbered_over_all_agencies, 560),
    Leak(_partners_have_one_name_for_a_young_person, 560),
    Leak(_pseudonyms_are_the_same_for_every_agreement, 560),
    Leak(_a_header_counts_the_records_of_everybody, 560),
    Leak(_what_is_decided_at_once_comes_as_it_was_looked_up, None),
    Leak(_an_agreement_of_others_is_forbidden_and_not_unknown, 560),
    Leak(_a_withdrawal_checks_the_party_before_the_agreement, 560),
    Leak(_a_record_tells_the_revision_of_the_rules, 560),
    Leak(_a_link_tells_the_position_of_the_rules, 560),
    Leak(_recalls_are_numbered_over_all_partners, 560),
    Leak(_a_record_counts_whom_its_report_names_elsewhere, 560),
    Leak(_the_time_of_receipt_counts_what_was_received, 560),
    Leak(_every_feed_reflects_the_reports_of_all, 14),
    Leak(_a_search_finds_by_what_others_call_a_young_person, 560),
    Leak(_a_timeline_tells_that_others_have_the_name, 560),
    Leak(_a_receipt_tells_how_many_were_known, 560),
    Leak(_the_quarantine_goes_on_after_a_number_of_everybodys, 468),
    Leak(_a_cache_forgets_whose_it_is, 560),
    Leak(_overdue_recalls_of_anybody_stop_everybody, 560),
    Leak(_an_answer_counts_the_accesses_before_it, 14),
    *LEAKS_IN_ANSWERS,
    *LEAKS_IN_RECORDS,
)
