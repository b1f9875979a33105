"""The town of the demo: as many reports as asked for, the same each time, and a hub that takes every one of them."""

import json
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from schemas.reports.types import REPORT_TYPES
from services.composition import Hub
from services.console.demo import NAMES, STORY
from services.console.rehearsal.hubs import Refused, hub_at
from services.console.rehearsal.parts import embedded_settings
from services.console.story.script import load
from services.console.town.happening import happenings
from services.console.town.preparing import prepare, send
from services.kernel.clock import SimulatedClock
from services.kernel.pages.times import LONDON
from tests.support.demo import demo

NOW = datetime(2026, 4, 24, 9, tzinfo=UTC)
REPORTS = 2_000


@pytest.fixture(scope="module")
def year() -> list[dict[str, object]]:
    return happenings(REPORTS, NOW)


def _of(year: list[dict[str, object]], kind: str) -> list[dict[str, object]]:
    return [event for event in year if event["type"] == f"cairn.{kind}.v1"]


def test_it_has_as_many_reports_as_asked_for_oldest_first_and_none_of_the_future(year: list[dict[str, object]]) -> None:
    times = [datetime.fromisoformat(str(event["time"])) for event in year]

    assert len(year) == REPORTS
    assert times == sorted(times)
    assert NOW - timedelta(days=367) < times[0] < times[-1] <= NOW


def test_the_same_seed_gives_the_same_year_and_another_another(year: list[dict[str, object]]) -> None:
    assert happenings(REPORTS, NOW) == year
    assert happenings(REPORTS, NOW, seed=7) != year


@pytest.mark.parametrize("reports", [1, 7, 60, 300])
def test_a_small_town_can_be_asked_for(reports: int) -> None:
    assert len(happenings(reports, NOW)) == reports


def test_every_report_is_one_that_the_published_language_takes(year: list[dict[str, object]]) -> None:
    for event in year:
        REPORT_TYPES[str(event["type"])].model_validate_json(json.dumps(event["data"]))


def test_some_are_missing_again_and_again_some_together_and_some_still(year: list[dict[str, object]]) -> None:
    def identifiers(event: dict[str, object]) -> list[str]:
        people: dict[str, dict[str, list[str]]] = event["data"]["people"]  # type: ignore[index]
        return [one["identifiers"][0] for one in people.values()]

    missed = Counter(one for event in _of(year, "missing-episode.reported") for one in identifiers(event))
    found = Counter(one for event in _of(year, "missing-episode.located") for one in identifiers(event))

    assert max(missed.values()) > 5
    assert any(len(identifiers(event)) > 1 for event in _of(year, "missing-episode.located"))
    assert sum((missed - found).values()) == 3
    assert not found - missed


def test_a_place_is_reported_at_hours_of_its_own(year: list[dict[str, object]]) -> None:
    seen: dict[str, set[int]] = {}
    for event in year:
        context: dict[str, str] = event["data"].get("context", {})  # type: ignore[attr-defined]
        if context:
            observed = datetime.fromisoformat(context["observed"]).astimezone(LONDON)
            seen.setdefault(context["location_band"], set()).add(observed.hour)

    assert seen["bus_station"] <= {15, 16, 17}
    assert seen["car_park"] <= {20, 21, 22, 23}
    assert len(seen) > 8


def test_the_hub_takes_every_report_and_says_so_where_one_is_refused(tmp_path: Path) -> None:
    events = happenings(120, NOW)
    clock = SimulatedClock(NOW)
    hub = Hub(embedded_settings(tmp_path), clock)
    try:
        with hub_at(hub, clock) as stage:
            assert list(prepare(stage, load(STORY).scenario, NAMES, events)) == [120]

            matrix = stage.ask("GET", "/governance/v1/matrix", "governance/lead", params={"limit": "500"}).json()
            assert len({item["report"] for item in matrix["items"]}) == 120
            with pytest.raises(Refused):
                send(
                    stage,
                    "police",
                    [_of(events, "missing-episode.risk-assessed")[0] | {"time": "2027-01-01T00:00:00Z"}],
                )
    finally:
        hub.close()


def test_a_town_is_served_and_kept(tmp_path: Path) -> None:
    arguments = ["--town", "--reports", "60", "--data", str(tmp_path / "town")]
    with demo(arguments) as first:
        first.interrupt()

    with demo(["--data", str(tmp_path / "town")]) as again:
        _, out, _ = again.interrupt()

    assert "Preparing" not in out
    assert "The data is kept in" in out
