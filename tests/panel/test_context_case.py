"""A context as a case: proposed, confirmed by a person, weighed, and closed only when the context changed."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from schemas.classes import Purpose
from schemas.reports.context import ContextKind
from services.panel.domain.context_case import ContextCase
from services.panel.domain.context_terms import (
    HandledAs,
    Measure,
    NoContextualOutcome,
    NotAContext,
    NotOpen,
    NotProposed,
    OfAnotherCase,
    Side,
    State,
    Weighed,
    WeightOutOfRange,
)
from services.panel.domain.proposals import Evidence
from services.panel.domain.refusing import NotKnown, NotYours, Over, Refused, StateChanged, WordsMissing
from tests.panel.panel_room import CHAIR, COORDINATOR, KEY_WORKER, WEIGHTING, OpenRoom, sealing

AT = "2026-05-04T09:00:00+00:00"
BY = "efh-panel/coordinator"
SIDES = dict.fromkeys(Side, "There is a kiosk whose owner keeps an eye on everybody.")


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[OpenRoom]:
    room = OpenRoom(tmp_path)
    yield room
    room.close()


def _proposed() -> ContextCase:
    evidence = [{"item": f"i-{n}", "report": f"r-{n}", "by": by} for n, by in enumerate(("education", "health"))]
    return ContextCase("ctx-1", ["c-bus"], None, evidence, None, BY, AT)


def _confirmed(kind: ContextKind = ContextKind.PLACE, personal_handle: bool = False) -> ContextCase:
    case = _proposed()
    case.confirm(kind, "Bus station, stance 3", None, personal_handle, "2026-06-01", BY, AT, sealing)
    return case


def test_a_proposed_context_is_no_case_until_a_person_confirms_it() -> None:
    case = _proposed()

    with pytest.raises(NotOpen):
        case.assess(SIDES, BY, AT, sealing)

    case.confirm(ContextKind.PLACE, "Bus station, stance 3", None, False, "2026-06-01", BY, AT, sealing)
    assert (case.state, case.kind, case.handled_as) == (State.OPEN, ContextKind.PLACE, HandledAs.CONTEXT)
    with pytest.raises(NotProposed):
        case.confirm(ContextKind.PLACE, "Another", None, False, "2026-06-01", BY, AT, sealing)


def test_a_dismissed_proposal_stays_dismissed() -> None:
    case = _proposed()

    case.dismiss("Three different places.", BY, AT, sealing)

    assert case.state is State.DISMISSED
    with pytest.raises(NotProposed):
        case.confirm(ContextKind.PLACE, "Bus station", None, False, "2026-06-01", BY, AT, sealing)


def test_the_weighting_says_which_context_has_to_change_first() -> None:
    case = _confirmed()

    case.weigh(WEIGHTING, BY, AT)

    assert case.weighting == {"home": 0, "peers": 2, "school": 1, "location": 5, "online": 0}
    assert case.first() == ["location"]


@pytest.mark.parametrize("wrong", [{Weighed.HOME: 6}, {Weighed.HOME: -1}])
def test_a_weight_is_from_nothing_to_five(wrong: dict[Weighed, int]) -> None:
    with pytest.raises(WeightOutOfRange):
        _confirmed().weigh(WEIGHTING | wrong, BY, AT)


def test_every_context_has_to_be_weighed() -> None:
    with pytest.raises(WeightOutOfRange):
        _confirmed().weigh({Weighed.LOCATION: 5}, BY, AT)


def test_a_case_has_a_timeline_of_its_own_and_what_happened_stands_where_it_happened() -> None:
    case = _confirmed()
    case.note("The lights went out.", "2026-04-30", BY, AT, sealing)
    case.observe_guardian("Kiosk owner", True, "2026-05-01", BY, AT, sealing)
    case.assess(SIDES, BY, AT, sealing)
    case.plan_step("lights", "The lights work again.", "bus-operator", "2026-05-20", Measure.ENVIRONMENT_REPAIRED, BY,
                   AT, sealing)  # fmt: skip
    case.review("The lights work.", "2026-07-01", BY, AT, sealing)

    assert [one["kind"] for one in case.timeline] == [
        "proposed", "confirmed", "noted", "guardian_observed", "assessed", "step_planned", "reviewed",
    ]  # fmt: skip
    assert case.timeline[2]["at"] == "2026-04-30"
    assert case.review_due == "2026-07-01"
    assert [one["present"] for one in case.guardians.values()] == [True]


def test_the_triangle_needs_all_of_its_sides() -> None:
    with pytest.raises(WordsMissing) as missing:
        _confirmed().assess({Side.GUARDIANSHIP: "A kiosk owner."}, BY, AT, sealing)

    assert missing.value.missing == ("young_people", "resources")


def test_a_case_closes_on_a_change_of_the_context_and_that_nobody_was_referred_is_none() -> None:
    case = _confirmed()
    case.record_outcome(Measure.REFERRALS, "3 a month", "none", "2026-06-01", BY, AT)

    with pytest.raises(NoContextualOutcome):
        case.close("No more referrals.", BY, AT, sealing)

    case.record_outcome(Measure.ENVIRONMENT_REPAIRED, "dark", "lit since 2026-05-20", "2026-06-01", BY, AT)
    case.close("The stance is lit, and a worker is there each afternoon.", BY, AT, sealing)
    assert case.state is State.CLOSED
    with pytest.raises(Over):
        case.note("More.", "2026-06-02", BY, AT, sealing)


def test_a_context_that_is_a_home_is_converted_and_told_of_no_more() -> None:
    case = _confirmed()

    case.convert("It is where a family lives.", BY, AT, sealing)

    assert (case.state, case.handled_as) == (State.CONVERTED, HandledAs.PEOPLE)
    with pytest.raises(Over):
        case.may_be_told()


@pytest.mark.parametrize(
    ("kind", "personal", "handled"),
    [
        (ContextKind.ONLINE_SPACE, True, HandledAs.PEER_LINKS),
        (ContextKind.ONLINE_SPACE, False, HandledAs.CONTEXT),
        (ContextKind.PLACE, True, HandledAs.CONTEXT),
    ],
)
def test_an_online_space_named_by_personal_data_is_a_matter_of_peers(
    kind: ContextKind, personal: bool, handled: HandledAs
) -> None:
    case = _confirmed(kind, personal)

    assert case.handled_as is handled
    if handled is not HandledAs.CONTEXT:
        with pytest.raises(NotAContext):
            case.may_be_told()


def test_no_young_person_gains_a_link_by_a_context(opened: OpenRoom) -> None:
    contexts = opened.room.contexts
    ref = contexts.propose("c-bus", [Evidence("i-1", "r-1", "education"), Evidence("i-2", "r-2", "health")], "system")
    assert ref is not None
    contexts.confirm(COORDINATOR, ref, ContextKind.PLACE, "Bus station", "2026-06-01")
    contexts.weigh(COORDINATOR, ref, WEIGHTING)

    recorded = [stored.state.decode() for stored in opened.room.kept.recorder.select_events(ContextCase.create_id(ref))]

    assert len(recorded) == 3
    assert not any('"s-' in state for state in recorded)
    assert opened.said() == []


def test_what_was_written_of_a_context_is_stored_sealed_and_opened_for_the_panel_alone(opened: OpenRoom) -> None:
    contexts = opened.room.contexts
    ref = contexts.open(COORDINATOR, "one", "Heard at the forum: zaunkoenig.").ref
    contexts.confirm(COORDINATOR, ref, ContextKind.SCHOOL, "Calder zaunkoenig", "2026-06-01")

    stored = b"".join(one.state for one in opened.room.kept.recorder.select_events(ContextCase.create_id(ref)))

    assert b"zaunkoenig" not in stored
    view = contexts.case(CHAIR, Purpose.CONTEXT, ref)
    assert view.name == "Calder zaunkoenig"
    assert view.timeline[0].words == {"why": "Heard at the forum: zaunkoenig."}
    assert [line.name for line in contexts.lines(CHAIR, Purpose.CONTEXT)] == ["Calder zaunkoenig"]


@pytest.mark.parametrize(
    "asking",
    [
        lambda contexts, ref: contexts.case(KEY_WORKER, Purpose.CONTEXT, ref),
        lambda contexts, _: contexts.case(KEY_WORKER, Purpose.CONTEXT, "ctx-none"),
        lambda contexts, _: contexts.lines(KEY_WORKER, Purpose.CONTEXT),
        lambda contexts, ref: contexts.weigh(KEY_WORKER, ref, WEIGHTING),
    ],
)
def test_another_agency_cannot_tell_a_context_that_there_is_from_one_that_there_is_not(
    opened: OpenRoom, asking: Callable[..., object]
) -> None:
    ref = opened.room.contexts.open(COORDINATOR, "one", "Heard at the forum.").ref

    with pytest.raises(NotYours):
        asking(opened.room.contexts, ref)


def test_a_command_on_a_state_that_has_changed_is_refused(opened: OpenRoom) -> None:
    contexts = opened.room.contexts
    case = contexts.open(COORDINATOR, "one", "Heard at the forum.")
    contexts.join(COORDINATOR, case.ref, ["c-bus"], seen=1)

    with pytest.raises(StateChanged):
        contexts.join(COORDINATOR, case.ref, ["c-park"], seen=1)


def test_proposing_again_what_was_proposed_is_harmless_and_a_proposal_says_why(opened: OpenRoom) -> None:
    contexts = opened.room.contexts
    first = contexts.open(COORDINATOR, "one", "Heard at the forum.")

    again = contexts.open(COORDINATOR, "one", "Heard at the forum.")

    assert (again.ref, again.version) == (first.ref, first.version)
    with pytest.raises(WordsMissing):
        contexts.open(COORDINATOR, "two", " ")


def test_a_context_of_the_hub_is_proposed_once(opened: OpenRoom) -> None:
    evidence = [Evidence("i-1", "r-1", "education"), Evidence("i-2", "r-2", "health")]

    first, again = (opened.room.contexts.propose("c-bus", evidence, "system") for _ in range(2))

    assert first is not None
    assert again is None


def test_a_proposal_for_the_same_context_gives_its_evidence_to_the_case_that_it_joins(opened: OpenRoom) -> None:
    contexts = opened.room.contexts
    evidence = [Evidence("i-1", "r-1", "education"), Evidence("i-2", "r-2", "health")]
    case, other = (contexts.propose(context, evidence[n:], "system") for n, context in enumerate(("c-a", "c-b")))
    assert case is not None
    assert other is not None

    contexts.join(COORDINATOR, other, ["c-a"])

    assert contexts.case(CHAIR, Purpose.CONTEXT, case).state == "dismissed"
    merged = contexts.opened(CHAIR, other)
    assert (merged.contexts, [one["item"] for one in merged.evidence]) == (["c-b", "c-a"], ["i-2", "i-1"])
    assert contexts.propose("c-a", evidence, "system") is None


def test_a_context_belongs_to_one_case(opened: OpenRoom) -> None:
    contexts = opened.room.contexts
    evidence = [Evidence("i-1", "r-1", "education")]
    case, other = (contexts.propose(context, evidence, "system") for context in ("c-a", "c-b"))
    assert case is not None
    assert other is not None
    contexts.confirm(COORDINATOR, case, ContextKind.PLACE, "Bus station", "2026-06-01")

    with pytest.raises(OfAnotherCase):
        contexts.join(COORDINATOR, other, ["c-a"])

    assert contexts.case(CHAIR, Purpose.CONTEXT, other).contexts == ["c-b"]


def test_what_was_told_of_a_context_is_taken_back_when_it_is_a_home(opened: OpenRoom) -> None:
    contexts = opened.room.contexts
    ref = contexts.open(COORDINATOR, "one", "Heard at the forum.").ref
    contexts.confirm(COORDINATOR, ref, ContextKind.PLACE, "Flat above the shop", "2026-06-01", uprn="999900001234")
    contexts.publish(COORDINATOR, ref, {"location_band": "shops", "ask": "lighting"})
    (told,) = opened.said()

    contexts.convert(COORDINATOR, ref, "A family lives there.")

    (taken_back,) = opened.said()
    assert told["data"]["contexts"] == {"c1": {"uprn": "999900001234"}}
    assert told["data"]["context"] == {"about": ["c1"], "kind": "place", "location_band": "shops", "ask": "lighting"}
    assert (taken_back["type"], taken_back["data"]) == ("cairn.report.withdrawn.v1", {"report": told["id"]})


def test_there_is_no_case_under_a_ref_of_nothing(opened: OpenRoom) -> None:
    with pytest.raises(NotKnown):
        opened.room.contexts.case(CHAIR, Purpose.CONTEXT, "ctx-none")


def test_every_refusal_says_what_to_do() -> None:
    def every(kind: type[Refused]) -> list[type[Refused]]:
        return [kind, *(one for each in kind.__subclasses__() for one in every(each))]

    found = every(Refused)[1:]

    assert len(found) > 20
    assert len({one.code for one in found}) == len(found)
    assert all(one.detail and one.title for one in found)
