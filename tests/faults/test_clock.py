"""The clock: at each boundary of an agreement partners have exactly what the instant allows, also on odd nights."""

import json
from contextlib import AbstractContextManager
from copy import deepcopy
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from services.console.rehearsal.hubs import Stage, throw_away_hub
from services.console.rehearsal.parts import embedded_settings
from services.console.rehearsal.scenario import Scenario, instant
from tests.journeys.night import HOUSE_B, Night, played

SECOND = timedelta(seconds=1)
SPRING = datetime(2026, 3, 29, 1, 0, tzinfo=UTC)
"""Clocks go forward: local time has no 01:30."""
AUTUMN = datetime(2026, 10, 25, 1, 0, tzinfo=UTC)
"""Clocks go back: local time has 01:30 twice."""
LEAP_DAY = datetime(2028, 2, 29, tzinfo=UTC)


def _between(starts: datetime, ends: datetime) -> Scenario:
    """One report of the house, and one agreement that lets police have it between two instants."""
    agreement = deepcopy(next(one for one in HOUSE_B.agreements if one["id"] == "A2"))
    agreement |= {"starts": starts.isoformat(), "ends": ends.isoformat()}
    report = deepcopy(HOUSE_B.reports[0]) | {"at": (starts - timedelta(days=2)).isoformat()}
    return replace(
        HOUSE_B, now=starts - timedelta(days=1), agreements=(agreement,), reports=(report,), what_if=(), expect={}
    )


def _a_day_before(boundary: datetime) -> AbstractContextManager[Stage]:
    return throw_away_hub(boundary - timedelta(days=1), embedded_settings)


def _given(night: Night, when: datetime) -> bool:
    """Whether police can read, for the purpose of finding somebody missing, anything at this instant."""
    night.stage.move(when)
    lines = [json.loads(line) for line in night.feed_bytes("police", "missing").splitlines()]
    return any(line["kind"] == "disclosed" for line in lines)


@pytest.mark.parametrize("boundary", [SPRING, AUTUMN, LEAP_DAY, instant("2026-04-24T09:00:00Z")])
def test_an_agreement_governs_from_its_first_instant_and_up_to_its_last(boundary: datetime) -> None:
    ends = boundary + timedelta(hours=1)
    with played(_between(boundary, ends), _a_day_before(boundary)) as night:
        seen = [_given(night, when) for when in (boundary - SECOND, boundary, boundary + SECOND)]
        seen += [_given(night, when) for when in (ends - SECOND, ends, ends + SECOND)]

    assert seen == [False, True, True, True, False, False]


@pytest.mark.parametrize("boundary", [AUTUMN, LEAP_DAY])
def test_a_clock_that_jumps_back_an_hour_takes_back_what_an_agreement_let_through(boundary: datetime) -> None:
    # given a reader that was served as an agreement began
    with played(_between(boundary, boundary + timedelta(days=1)), _a_day_before(boundary)) as night:
        assert _given(night, boundary + SECOND)

        # when the clock jumps back to an hour before, and comes to the boundary a second time
        back = _given(night, boundary + SECOND - timedelta(hours=1))
        again = _given(night, boundary + SECOND)

    # then the reader has what the clock says at each of these instants
    assert (back, again) == (False, True)
