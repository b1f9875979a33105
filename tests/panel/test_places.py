"""Places and times: when and where things happen, counted without a number that leads to one young person."""

from datetime import UTC, date, datetime

from schemas.classes import Form
from services.panel.domain.places import Count, What, calendar, instants, is_within, places
from tests.panel.test_network import BUS, K1, K2, told


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


def test_an_hour_is_one_of_london_whatever_zone_it_was_told_in() -> None:
    hours = calendar([at("2026-04-16T23:30:00+00:00")] * 5, None, None)

    assert hours[0][4] == Count(5)  # Friday, half past midnight in summer
    assert hours[23][3] == Count(0)


def test_a_number_from_one_to_four_is_not_said() -> None:
    instant = at("2026-04-16T21:00:00+01:00")

    for number, said in ((0, 0), (1, None), (4, None), (5, 5), (9, 9)):
        assert calendar([instant] * number, None, None)[21][3] == Count(said)


def test_only_the_days_that_were_asked_for_are_counted() -> None:
    told_at = [at("2026-04-15T23:59:00+01:00")] * 5 + [at("2026-04-16T00:00:00+01:00")] * 6

    hours = calendar(told_at, date(2026, 4, 16), date(2026, 4, 16))

    assert (hours[23][2], hours[0][3]) == (Count(0), Count(6))


def test_a_young_person_who_went_missing_counts_once_however_many_reports_say_so() -> None:
    since = {"since": "2026-04-16T19:40:00+01:00"}
    records = [told("missing", [K1], since, report=f"r-{n}") for n in range(3)]

    assert list(instants(records, What.WENT_MISSING)) == [at("2026-04-16T19:40:00+01:00")]
    assert len(list(instants([*records, told("missing", [K2], since)], What.WENT_MISSING))) == 2
    assert list(instants(records, What.FOUND)) == []


def test_a_record_whose_form_tells_no_time_is_in_no_calendar() -> None:
    since = {"since": "2026-04-16", "observed": "2026-04-16"}
    records = [
        told(name, [K1], since, form=form)
        for name in ("missing", "context")
        for form in (Form.PSEUDONYMISED, Form.GENERALISED, Form.EXISTENCE)
    ]

    assert [list(instants(records, what)) for what in What] == [[], [], [], []]


def test_what_has_no_day_in_its_form_is_there_whatever_days_are_asked_for() -> None:
    general = told("context", [], {"kind": "place"}, form=Form.GENERALISED).held
    full = told("context", [BUS]).held

    assert is_within(general, date(2030, 1, 1), None)
    assert not is_within(full, date(2030, 1, 1), None)


def test_a_place_is_described_by_its_records_and_counts_its_reports() -> None:
    content = {"kind": "place", "location_band": "bus_station", "spot": "stance 3", "time_band": "15:30-17:30",
               "days": "weekdays", "ask": "lighting"}  # fmt: skip
    records = [told("context", [BUS], content, report=f"r-{n}", by=f"agency-{n % 2}") for n in range(6)]

    (place,) = places(records)

    assert (place.label, place.kind, place.reports) == ("Bus station, stance 3", "place", Count(6))
    assert (place.from_agencies, place.when, place.asks) == (
        ["agency-0", "agency-1"], ["15:30-17:30 weekdays"], ["lighting"],
    )  # fmt: skip
    assert place.last == date(2026, 4, 21)


def test_the_order_of_places_does_not_tell_small_numbers_apart() -> None:
    many = [told("context", ["c-a"], {"location_band": "park"}, report=f"r-{n}") for n in range(4)]
    one = [told("context", ["c-b"], {"location_band": "car_park"}, report="r-9")]

    assert [place.label for place in places([*many, *one])] == ["Car park", "Park"]


def test_in_general_terms_a_place_has_no_day_and_no_reference() -> None:
    content = {"location_band": "bus_station", "spot": "stance 3"}

    (place,) = places([told("context", [], content, form=Form.GENERALISED)])

    assert (place.label, place.last, place.reference) == ("Bus station, stance 3", None, None)


def test_a_report_that_may_only_be_known_to_exist_is_no_place() -> None:
    assert places([told("context", [], {"held_by": "police"}, form=Form.EXISTENCE)]) == []


def test_the_calendar_counts_an_hour_that_comes_twice_as_one_hour() -> None:
    twice = [datetime(2026, 10, 25, 0, 30, tzinfo=UTC), datetime(2026, 10, 25, 1, 30, tzinfo=UTC)]

    assert calendar(twice * 3, None, None)[1][6] == Count(6)
