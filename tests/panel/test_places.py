"""Places and times: when and where things happen, counted without a number that leads to one young person."""

from datetime import UTC, date, datetime

from schemas.classes import Form
from services.panel.domain.places import Count, Tally, What, calendar, hours, instants, most_told, places
from tests.panel.test_network import BUS, K1, K2, told


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


def test_an_hour_is_one_of_london_whatever_zone_it_was_told_in() -> None:
    counted = calendar(hours([at("2026-04-16T23:30:00+00:00")] * 5, None, None))

    assert counted[0][4] == Count(5)  # Friday, half past midnight in summer
    assert counted[23][3] == Count(0)


def test_a_number_from_one_to_four_is_not_said() -> None:
    instant = at("2026-04-16T21:00:00+01:00")

    for number, said in ((0, 0), (1, None), (4, None), (5, 5), (9, 9)):
        assert calendar(hours([instant] * number, None, None))[21][3] == Count(said)


def test_only_the_days_that_were_asked_for_are_counted() -> None:
    told_at = [at("2026-04-15T23:59:00+01:00")] * 5 + [at("2026-04-16T00:00:00+01:00")] * 6

    counted = calendar(hours(told_at, date(2026, 4, 16), date(2026, 4, 16)))

    assert (counted[23][2], counted[0][3]) == (Count(0), Count(6))


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


def test_a_place_is_counted_as_it_was_tallied_and_described_by_the_records_that_are_there() -> None:
    content = {"kind": "place", "location_band": "bus_station", "spot": "stance 3", "time_band": "15:30-17:30",
               "days": "weekdays", "ask": "lighting"}  # fmt: skip
    records = [told("context", [BUS], content, report=f"r-{n}") for n in range(2)]

    (place,) = places([Tally(BUS, 6, ("agency-0", "agency-1"), date(2026, 4, 21))], records)

    assert (place.label, place.kind, place.reports) == ("Bus station, stance 3", "place", Count(6))
    assert (place.from_agencies, place.when, place.asks) == (
        ("agency-0", "agency-1"), ["15:30-17:30 weekdays"], ["lighting"],
    )  # fmt: skip
    assert place.last == date(2026, 4, 21)


def test_the_order_of_places_does_not_tell_small_numbers_apart() -> None:
    many, one = Tally("c-b", 4, ("police",)), Tally("c-a", 1, ("police",))
    records = [
        told("context", ["c-b"], {"location_band": "park"}),
        told("context", ["c-a"], {"location_band": "street"}),
    ]

    assert [tally.place for tally in most_told([many, one])] == ["c-a", "c-b"]
    assert [place.label for place in places([many, one], records)] == ["Park", "Street"]
    assert [tally.place for tally in most_told([one, Tally("c-z", 5, ("police",))])] == ["c-z", "c-a"]


def test_a_place_of_which_nothing_can_be_read_is_still_counted() -> None:
    erased = told("context", [BUS], {"location_band": "park"}, erased=True)

    (place,) = places([Tally(BUS, 7, ("police",))], [erased])

    assert (place.label, place.reports) == ("A place that is not described", Count(7))


def test_in_general_terms_a_place_has_no_day_and_no_reference() -> None:
    content = {"location_band": "bus_station", "spot": "stance 3"}

    (place,) = places([], [told("context", [], content, form=Form.GENERALISED)])

    assert (place.label, place.last, place.reference) == ("Bus station, stance 3", None, None)


def test_a_report_that_may_only_be_known_to_exist_is_no_place() -> None:
    assert places([], [told("context", [], {"held_by": "police"}, form=Form.EXISTENCE)]) == []


def test_the_calendar_counts_an_hour_that_comes_twice_as_one_hour() -> None:
    twice = [datetime(2026, 10, 25, 0, 30, tzinfo=UTC), datetime(2026, 10, 25, 1, 30, tzinfo=UTC)]

    assert calendar(hours(twice * 3, None, None))[1][6] == Count(6)
