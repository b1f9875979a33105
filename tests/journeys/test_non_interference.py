"""Non-interference: worlds that differ only in what a partner may not know give it the same bytes of everything."""

import json
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from schemas.classes import Purpose
from services.composition import SERVICES
from services.console.rehearsal.scenario import JSON
from tests.journeys.families_watched import Leaked, compare
from tests.journeys.leaking import Leak
from tests.journeys.made_up import NOW, text
from tests.journeys.planted_leaks import LEAKS
from tests.journeys.secret_families import family_of
from tests.journeys.secret_weaver import worlds_of
from tests.journeys.secret_worlds import PARTNERS, START, Agree, Correct, Move, Report, Secret, Settle, Trail, World
from tests.journeys.watched_hub import BARE_SERVICES, WatchedHub, watched_hub
from tests.journeys.watching import told_apart

_NO_SHRINKING = (Phase.explicit, Phase.reuse, Phase.generate)
"""A failing seed is made smaller by its secrets, not by its digits."""


_RICH_SEEDS = (560, 14, 468, 308)
"""Worlds with much to hide and many kinds of it."""


def _nobody_can_tell(worlds: Sequence[World], partitions: int = 1, services: Sequence[str] = BARE_SERVICES) -> None:
    found = told_apart(worlds, partitions, services)
    if found is None:
        return
    (world, how), bare = found, worlds[0]
    for secret in world.secrets:
        less = world.without(secret)
        if Trail(less).is_as(Trail(bare)) and told_apart([bare, less], partitions, services):
            world = less
    secrets = "\n".join(str(secret) for secret in world.secrets)
    pytest.fail(f"{bare.watcher} can tell\n{secrets}\n\nby\n\n{how}", pytrace=False)


@given(seed=st.integers(0, 2**32 - 1))
@settings(max_examples=10, deadline=None, phases=_NO_SHRINKING, suppress_health_check=list(HealthCheck))
def test_no_secret_changes_a_byte_of_what_a_partner_is_answered(seed: int) -> None:
    _nobody_can_tell(worlds_of(seed, 3), services=SERVICES if seed % 3 == 0 else BARE_SERVICES)


@given(seed=st.integers(0, 2**32 - 1))
@settings(max_examples=2, deadline=None, phases=_NO_SHRINKING, suppress_health_check=list(HealthCheck))
def test_nor_on_a_hub_with_several_partitions(seed: int) -> None:
    _nobody_can_tell(worlds_of(seed, 3), partitions=4)


def test_who_else_is_named_first_does_not_change_the_order_of_a_feed() -> None:
    agreed = _agreed("A1", ["health", "police"], {"health": {"voice_safety": "full"}})
    spoken = [_told(f"E{n}", "return-discussion.completed", voice_safety=["K1"]) for n in range(4)]
    bare = World("health", (agreed, Settle(), *spoken, Settle()))
    hidden = [
        _told(f"E{n}", "return-discussion.completed", voice_private=[f"K{n + 2}"], voice_safety=["K1"])
        for n in range(4)
    ]
    other = replace(bare, secrets=tuple(Secret(n + 2, act, instead=True) for n, act in enumerate(hidden)))

    assert told_apart([bare, other], 4, BARE_SERVICES) is None


def test_what_is_decided_at_once_comes_in_an_order_that_tells_nothing() -> None:
    bare, other = decided_at_once()

    assert told_apart([bare, other], services=BARE_SERVICES) is None


def decided_at_once() -> list[World]:
    """An agreement and a context let the watcher have several items at one moment; in the other world, at the same
    moment others agree on some of them."""
    first = _agreed("A1", ["health", "police"], {"health": {"context": "generalised"}})
    second = _agreed("A2", ["health", "police"], {"health": {"identity": "full"}})
    hidden = _agreed("H1", ["police", "education"], {"education": {"context": "full"}})
    bare = World(
        "health",
        (
            *(first, Settle(), Move(1), _gathered("E1", ["K1", "K2"]), Settle()),
            *(Move(1), _told("E2", "missing-episode.reported", identity=["K1"]), Settle(), Move(1)),
            *(second, _gathered("E3", ["K3", "K4"]), _gathered("E4", ["K5", "K6"]), Settle()),
        ),
    )
    return [bare, replace(bare, secrets=(Secret(bare.common.index(second), hidden),))]


def test_what_was_withdrawn_before_an_agreement_is_not_given_for_a_moment() -> None:
    # given a report that is withdrawn before the watcher has an agreement, and a hub that hears all of it late
    agreed = _agreed("A1", ["health", "police"], {"health": {"identity": "full"}})
    bare = World("health", (Settle(), agreed, Settle()))
    secret = _told("S1", "missing-episode.reported", identity=["K1"])
    other = replace(bare, secrets=(Secret(1, secret), Secret(1, Correct("withdraw", "police", "S1", "S1-withdrawn"))))

    # then the watcher is neither given it nor asked to remove it
    assert told_apart([bare, other], services=BARE_SERVICES) is None


def test_a_hidden_report_by_another_identifier_changes_nothing_but_what_a_young_person_is_called() -> None:
    # given a young person of whom the watcher reports, and who was known to others by another identifier before
    agreed = _agreed("A1", ["health", "police"], {"health": {"identity": "full"}})
    own = replace(_told("E1", "missing-episode.reported", identity=["K1"], missing=["K1", "K2"]))
    own = replace(own, report=own.report | {"by": "health"})
    shared = _told("E2", "missing-episode.reported", identity=["K1"])
    bare = World("health", (agreed, Settle(), own, shared, Settle()))
    before = _told("S1", "return-discussion.completed", voice_private=["K1"])
    known = replace(before, also=(("K1", "secret|K1"),), before=True)
    other = replace(bare, secrets=(Secret(1, known),))

    # when the watcher reads what it has
    with watched_hub(bare, services=BARE_SERVICES) as one, watched_hub(other, services=BARE_SERVICES) as two:
        read = [_read_by_name(watched) for watched in (one, two)]

    # then but for the opaque name it is the same, and hidden identifiers find nothing
    assert read[0] == read[1]


def _read_by_name(watched: WatchedHub) -> list[str]:
    """The bodies that the watcher reads, with each opaque name replaced by when it is first met."""
    asked = {"purpose": "child_protection"}
    feed = watched.ask("GET", "/sharing/v1/feed", "health/system", params=asked)
    records = watched.ask("GET", "/sharing/v1/records", "health/system", params=asked)
    name = json.loads(feed.content.splitlines()[0])["record"]["about"][0]
    timeline = watched.ask("GET", f"/sharing/v1/subjects/{name}", "health/system", params=asked)
    found = [
        watched.ask("POST", "/sharing/v1/search", "health/worker-1", json=asked | {"identifier": identifier})
        for identifier in ("scenario|K1", "secret|K1")
    ]
    met: dict[str, str] = {}
    return [
        re.sub(r"y-[a-z2-7]{26}", lambda one: met.setdefault(one[0], f"y-{len(met)}"), answer.text)
        for answer in (feed, records, timeline, *found)
    ]


@pytest.mark.parametrize("leak", LEAKS, ids=lambda leak: leak.name.replace(" ", "_"))
def test_a_planted_leak_is_found(leak: Leak, monkeypatch: pytest.MonkeyPatch) -> None:
    leak.plant(monkeypatch)

    tried = (decided_at_once() if seed is None else worlds_of(seed) for seed in (leak.seed, *_RICH_SEEDS))

    assert any(told_apart(worlds, services=BARE_SERVICES) for worlds in tried)


def test_no_partner_can_tell_which_secrets_of_a_family_there_are() -> None:
    # given every combination of three groups of secrets
    family = family_of(2, 3)

    # when all four partners ask everything of each world
    seen = compare(family)

    # then those that may not tell two worlds apart were answered the same in both
    assert (seen.worlds, seen.views) == (8, 32)
    assert seen.pairs > 28, "the pairs of its watcher alone"


def test_control_a_family_with_a_leak_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    next(leak for leak in LEAKS if leak.name == "references are counted").plant(monkeypatch)

    with pytest.raises(Leaked, match="can tell a world"):
        compare(family_of(2, 2))


def test_who_has_a_hand_in_a_secret_may_tell_it() -> None:
    # given a family of which each partner knows other secrets
    family = family_of(2, 3)

    # when the worlds are laid together that a partner may not tell apart
    classes = {partner: family.classes(partner) for partner in PARTNERS}

    # then all are one to its watcher, and every partner has each world once
    assert len(classes[family.watcher]) == 1
    assert any(len(found) > 1 for found in classes.values())
    every = sorted(family.choices())
    assert all(sorted(world for alike in found for world in alike) == every for found in classes.values())


def test_there_are_forty_planted_leaks_and_more() -> None:
    assert len({leak.name for leak in LEAKS}) == len(LEAKS) >= 40


def test_the_worlds_are_worth_watching() -> None:
    # given some worlds
    families = [worlds_of(seed, 3) for seed in range(12)]

    # when it is counted what watchers have, and what is kept from them
    forms = Counter(form for bare, *_ in families for form in Trail(bare).cells[-1].values())
    secrets = Counter(
        (type(one.act).__name__, one.instead) for _, *others in families for world in others for one in world.secrets
    )

    # then no form and no kind of secret is left out
    assert set(forms) == {"own", "full", "pseudonymised", "generalised", "existence"}
    assert {kind for kind, instead in secrets if not instead} >= {
        *("Report", "Correct", "Agree", "Ruling", "Leave", "Look", "Acknowledge", "Fumble"),
    }
    assert {kind for kind, instead in secrets if instead} == {"Report", "Nothing"}
    assert sum(secrets.values()) > 15 * len(families)


@pytest.mark.parametrize("seed", [1, 2])
def test_the_watcher_has_what_the_text_of_the_rule_gives_it(seed: int) -> None:
    # given a world with its secrets, and the answer by the text alone
    world = worlds_of(seed)[1]
    items = {item["id"]: item for _, act in world.acts() if isinstance(act, Report) for item in act.report["items"]}
    expected = Counter(
        (purpose, items[item]["class"], form) for (item, purpose), form in Trail(world).cells[-1].items()
    )

    # when the watcher reads its feed for every purpose
    with watched_hub(world, services=BARE_SERVICES) as watched:
        watched.acknowledge(world.watcher)
        watched.hub.settle()
        given_now = Counter(
            (purpose.value, line["record"]["class"], line["record"]["form"])
            for purpose in Purpose
            for line in _lines(watched, purpose)
            if line["kind"] == "disclosed"
        )

    # then it has just that
    assert given_now == expected


def _lines(watched: WatchedHub, purpose: Purpose) -> list[JSON]:
    query = {"purpose": purpose.value, "limit": "500"}
    answer = watched.ask("GET", "/sharing/v1/feed", f"{watched.watcher}/system", params=query)
    return [json.loads(line) for line in answer.content.splitlines()]


def _agreed(name: str, parties: list[str], grants: JSON) -> Agree:
    starts, ends = text(NOW - timedelta(days=90)), text(NOW + timedelta(days=90))
    document = {"id": name, "title": name, "purpose": "child_protection", "starts": starts, "ends": ends}
    return Agree(document | {"parties": parties, "grants": grants})


def _told(name: str, kind: str, **about: list[str]) -> Report:
    """A report of the police with an item of each class."""
    items = [{"id": f"F-{name}-{one}", "class": one, "about": people} for one, people in about.items()]
    return Report({"id": name, "at": text(START - timedelta(hours=1)), "by": "police", "type": kind, "items": items})


def _gathered(name: str, people: list[str]) -> Report:
    told = _told(name, "context.observed", context=["context:park"])
    return replace(told, report=told.report | {"context": "park", "young_people": people})
