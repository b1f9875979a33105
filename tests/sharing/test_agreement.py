"""An agreement governs once each party has signed it, and only what its people decided becomes of it."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.agreements import Agreement as Document
from schemas.classes import DataClass, Form, Purpose
from services.sharing.domain.agreement import (
    Agreement,
    AgreementNotInForce,
    AgreementNotSuspended,
    AgreementOver,
    AlreadySigned,
    NotAParty,
    NothingProposed,
    NotSignedByAll,
    OtherAgreement,
    OtherVersion,
    State,
    digest_of,
)

AT = "2026-04-20T09:00:00+00:00"
LEAD = "governance/lead"


def document(title: str = "Missing episodes", parties: tuple[str, ...] = ("police", "health")) -> Document:
    return Document(
        id="A2",
        title=title,
        purpose=Purpose.MISSING,
        parties=parties,
        starts=datetime(2026, 1, 5, tzinfo=UTC),
        ends=datetime(2027, 1, 5, tzinfo=UTC),
        grants={"health": {DataClass.MISSING: Form.FULL}},
    )


def drafted(text: Document | None = None) -> Agreement:
    text = text or document()
    return Agreement(text.id, text.model_dump_json(), digest_of(text), LEAD, AT)


def signed(agreement: Agreement) -> Agreement:
    proposed = agreement.proposed_document()
    assert proposed is not None
    for party in proposed.parties:
        agreement.sign(party, f"{party}/signatory", AT)
    return agreement


def in_force() -> Agreement:
    agreement = signed(drafted())
    agreement.bring_into_force(LEAD, AT)
    return agreement


def test_an_agreement_governs_once_all_its_parties_have_signed() -> None:
    agreement = drafted()

    agreement.sign("police", "police/signatory", AT)
    with pytest.raises(NotSignedByAll) as unsigned:
        agreement.bring_into_force(LEAD, AT)
    agreement.sign("health", "health/signatory", AT)
    agreement.bring_into_force(LEAD, AT)

    assert unsigned.value.missing == ("health",)
    assert agreement.state is State.IN_FORCE
    assert agreement.governing_document() == document()
    assert agreement.governing_version == 1
    assert agreement.proposed_document() is None


def test_a_party_signs_a_version_once() -> None:
    agreement = drafted()
    agreement.sign("police", "police/signatory", AT)

    with pytest.raises(AlreadySigned):
        agreement.sign("police", "police/other", AT)

    assert agreement.signatures == {"police": ["police/signatory", AT]}


def test_only_a_party_signs() -> None:
    with pytest.raises(NotAParty):
        drafted().sign("education", "education/signatory", AT)


def test_nobody_signs_or_brings_into_force_another_text_than_the_one_they_read() -> None:
    agreement = signed(drafted())
    read = agreement.proposed_digest
    agreement.amend(document("Missing, and found"), LEAD, AT)

    for version, digest in ((1, None), (None, read), (2, read)):
        with pytest.raises(OtherVersion):
            agreement.sign("police", "police/signatory", AT, version, digest)
    signed(agreement)
    with pytest.raises(OtherVersion):
        agreement.bring_into_force(LEAD, AT, version=1)

    agreement.bring_into_force(LEAD, AT, version=2, digest=digest_of(document("Missing, and found")))
    assert agreement.governing_version == 2


def test_the_older_version_governs_until_the_newer_is_brought_into_force() -> None:
    agreement = in_force()
    newer = document("Wider", ("police", "health", "education"))

    agreement.amend(newer, LEAD, AT)
    assert agreement.governing_document() == document()
    assert agreement.state is State.IN_FORCE
    with pytest.raises(NotSignedByAll):
        agreement.bring_into_force(LEAD, AT)
    signed(agreement).bring_into_force(LEAD, AT)

    assert agreement.governing_document() == newer
    assert agreement.governing_version == 2


def test_signatures_of_one_version_say_nothing_of_the_next() -> None:
    agreement = signed(drafted())

    agreement.amend(document("Other words"), LEAD, AT)

    assert agreement.signatures == {}


def test_an_amendment_is_of_the_same_agreement() -> None:
    other = document().model_copy(update={"id": "A9"})

    with pytest.raises(OtherAgreement):
        drafted().amend(other, LEAD, AT)


def test_a_suspended_agreement_governs_again_when_it_is_reinstated() -> None:
    agreement = in_force()

    agreement.suspend(LEAD, "a breach is looked into", AT)
    while_suspended = agreement.state
    agreement.reinstate(LEAD, "", AT)

    assert [while_suspended, agreement.state] == [State.SUSPENDED, State.IN_FORCE]


def test_a_newer_version_in_force_lifts_a_suspension_and_takes_back_those_who_left() -> None:
    agreement = in_force()
    agreement.withdraw("health", "health/signatory", "", AT)
    agreement.suspend(LEAD, "", AT)

    agreement.amend(document("Again"), LEAD, AT)
    signed(agreement).bring_into_force(LEAD, AT)

    assert agreement.state is State.IN_FORCE
    assert agreement.left == []


def test_a_party_leaves_once() -> None:
    agreement = in_force()

    agreement.withdraw("health", "health/signatory", "", AT)

    assert agreement.left == ["health"]
    for party in ("health", "education"):
        with pytest.raises(NotAParty):
            agreement.withdraw(party, LEAD, "", AT)


def test_what_is_not_in_force_can_be_neither_suspended_nor_ended_nor_left() -> None:
    commands: list[Callable[[Agreement], None]] = [
        lambda agreement: agreement.suspend(LEAD, "", AT),
        lambda agreement: agreement.end(LEAD, "", AT),
        lambda agreement: agreement.withdraw("health", LEAD, "", AT),
    ]

    for command in commands:
        with pytest.raises(AgreementNotInForce):
            command(drafted())
    with pytest.raises(AgreementNotSuspended):
        in_force().reinstate(LEAD, "", AT)
    with pytest.raises(NothingProposed):
        in_force().sign("health", "health/signatory", AT)


def test_an_ended_agreement_stays_ended() -> None:
    agreement = in_force()
    agreement.amend(document("Later"), LEAD, AT)
    agreement.end(LEAD, "no longer needed", AT)
    commands: list[Callable[[Agreement], None]] = [
        lambda one: one.end(LEAD, "", AT),
        lambda one: one.suspend(LEAD, "", AT),
        lambda one: one.reinstate(LEAD, "", AT),
        lambda one: one.sign("health", "health/signatory", AT),
        lambda one: one.bring_into_force(LEAD, AT),
        lambda one: one.amend(document("Later still"), LEAD, AT),
        lambda one: one.withdraw("health", LEAD, "", AT),
    ]

    for command in commands:
        with pytest.raises(AgreementOver):
            command(agreement)

    assert agreement.state is State.ENDED


def test_an_agreement_concerns_the_parties_of_either_version_and_nobody_else() -> None:
    agreement = in_force()

    agreement.amend(document("Wider", ("police", "education")), LEAD, AT)

    assert [agreement.concerns(who) for who in ("police", "health", "education", "youth-work")] == [
        True,
        True,
        True,
        False,
    ]


_COMMANDS = st.sampled_from(["amend", "sign police", "sign health", "force", "suspend", "reinstate", "leave", "end"])


@given(st.lists(_COMMANDS, max_size=25))
def test_whatever_is_done_the_recorded_events_tell_the_same_agreement(commands: list[str]) -> None:
    agreement = drafted()
    refused = (
        AgreementNotInForce,
        AgreementNotSuspended,
        AgreementOver,
        AlreadySigned,
        NotAParty,
        NotSignedByAll,
        NothingProposed,
    )
    perform: dict[str, Callable[[], None]] = {
        "amend": lambda: agreement.amend(document(f"version {agreement.version}"), LEAD, AT),
        "sign police": lambda: agreement.sign("police", "police/signatory", AT),
        "sign health": lambda: agreement.sign("health", "health/signatory", AT),
        "force": lambda: agreement.bring_into_force(LEAD, AT),
        "suspend": lambda: agreement.suspend(LEAD, "", AT),
        "reinstate": lambda: agreement.reinstate(LEAD, "", AT),
        "leave": lambda: agreement.withdraw("health", LEAD, "", AT),
        "end": lambda: agreement.end(LEAD, "", AT),
    }

    for command in commands:
        try:
            perform[command]()
        except refused:
            continue

    replayed = None
    for event in agreement.collect_events():
        replayed = event.mutate(replayed)
    assert replayed == agreement
    governed = agreement.state in (State.IN_FORCE, State.SUSPENDED, State.ENDED)
    assert governed == (agreement.governing is not None)
