"""An identifier with a published rule is taken only if its check holds, and a refusal never repeats it."""

from string import ascii_uppercase

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError
from pydantic_core import PydanticCustomError

from schemas.identifiers import Identifier, Postcode, Uprn, check_chi, check_identifier, check_pnc, check_scn, check_upn

IDENTIFIER: TypeAdapter[str] = TypeAdapter(Identifier)
POSTCODE: TypeAdapter[str] = TypeAdapter(Postcode)
UPRN: TypeAdapter[str] = TypeAdapter(Uprn)

VALID = [
    "chi|0101011237",
    "chi|1503111237",
    "chi|1503111245",
    "chi|5503111230",
    "nhs|9434765919",
    "nhs|9990000018",
    "scn|161234567",
    "scn|150001234",
    "scn|176543213",
    "pnc|21/0123456K",
    "pnc|19/0000007W",
    "pnc|03/1234567Q",
    "upn|H801200001001",
    "swis|4711",
    "niche|PS/2026 0042",
    "scenario|K1",
]


@pytest.mark.parametrize("identifier", VALID)
def test_a_published_vector_or_an_agencys_own_number_is_taken(identifier: str) -> None:
    assert IDENTIFIER.validate_python(identifier) == identifier


@pytest.mark.parametrize(
    ("identifier", "rule"),
    [
        ("chi|0101011238", "identifier_check"),
        ("chi|010101123", "identifier_format"),
        ("chi|01010112377", "identifier_format"),
        ("chi|010101 1237", "identifier_format"),
        ("chi|٠١٠١٠١١٢٣٧", "identifier_format"),
        ("chi|3113011230", "identifier_date"),
        ("chi|0013011230", "identifier_date"),
        ("chi|7213011230", "identifier_date"),
        ("chi|3002011230", "identifier_date"),
        ("nhs|9434765918", "identifier_check"),
        ("nhs|943 476 5919", "identifier_format"),
        ("scn|161234568", "identifier_check"),
        ("scn|16123456", "identifier_format"),
        ("pnc|21/0123456L", "identifier_check"),
        ("pnc|21/0123456k", "identifier_format"),
        ("pnc|2021/0123456K", "identifier_format"),
        ("upn|B801200001001", "identifier_check"),
        ("upn|801200001001A", "identifier_format"),
        ("SWIS|4711", "string_pattern_mismatch"),
        ("4711", "string_pattern_mismatch"),
        ("swis|", "string_pattern_mismatch"),
        ("swis| 4711", "identifier_value"),
        ("swis|4711 ", "identifier_value"),
        ("swis|" + "1" * 65, "identifier_value"),
        ("swis|e\u0301", "identifier_value"),
    ],
)
def test_a_wrong_identifier_is_refused_by_rule_and_without_its_value(identifier: str, rule: str) -> None:
    with pytest.raises(ValidationError) as refused:
        IDENTIFIER.validate_python(identifier)

    (error,) = refused.value.errors(include_input=False, include_url=False)
    assert error["type"] == rule
    assert len(identifier) < 6 or identifier.partition("|")[2] not in error["msg"]


def _taken(identifier: str) -> bool:
    try:
        return check_identifier(identifier) == identifier
    except PydanticCustomError:
        return False


@given(st.integers(0, 99_999_999))
def test_at_most_one_check_digit_fits_a_candidate_number(serial: int) -> None:
    taken = [check for check in "0123456789" if _taken(f"scn|{serial:08d}{check}")]

    assert len(taken) <= 1


@given(st.integers(0, 99), st.integers(0, 9_999_999))
def test_exactly_one_check_letter_fits_a_police_number(year: int, serial: int) -> None:
    taken = [check for check in ascii_uppercase if _taken(f"pnc|{year:02d}/{serial:07d}{check}")]

    assert len(taken) == 1


@given(st.sampled_from([one for one in VALID if one[:3] in ("chi", "nhs", "scn")]), st.data())
def test_one_wrong_digit_is_always_noticed(identifier: str, data: st.DataObject) -> None:
    place = data.draw(st.integers(4, len(identifier) - 1))
    digit = data.draw(st.sampled_from("0123456789"))
    assume(digit != identifier[place])

    mutated = identifier[:place] + digit + identifier[place + 1 :]

    with pytest.raises(ValidationError):
        IDENTIFIER.validate_python(mutated)


@given(st.sampled_from([one for one in VALID if one[:3] in ("chi", "nhs")]), st.data())
def test_two_neighbouring_digits_swapped_are_always_noticed(identifier: str, data: st.DataObject) -> None:
    place = data.draw(st.integers(4, len(identifier) - 2))
    assume(identifier[place] != identifier[place + 1])

    mutated = identifier[:place] + identifier[place + 1] + identifier[place] + identifier[place + 2 :]

    with pytest.raises(ValidationError):
        IDENTIFIER.validate_python(mutated)


def test_a_leap_day_is_a_possible_date_of_birth_only_in_a_leap_year() -> None:
    assert check_chi("2902001002")

    with pytest.raises(PydanticCustomError, match="possible date"):
        check_chi("2902011230")


def test_a_serial_whose_check_would_need_two_digits_is_refused() -> None:
    with pytest.raises(PydanticCustomError, match="fails its check"):
        check_scn("000000060")


@pytest.mark.parametrize("postcode", ["ZZ1 1AA", "ML1 1AA", "G1 1AA", "EC1A 1BB"])
def test_a_postcode_is_taken_as_it_is_written(postcode: str) -> None:
    assert POSTCODE.validate_python(postcode) == postcode


@pytest.mark.parametrize("postcode", ["zz1 1aa", "ZZ11AA", "ZZ1  1AA", "ZZ1 1CI", "1ZZ 1AA"])
def test_a_postcode_in_another_form_is_refused(postcode: str) -> None:
    with pytest.raises(ValidationError):
        POSTCODE.validate_python(postcode)


@pytest.mark.parametrize("uprn", ["0123", "1234567890123", "12a", "", "12\n"])
def test_a_property_number_in_another_form_is_refused(uprn: str) -> None:
    with pytest.raises(ValidationError):
        UPRN.validate_python(uprn)


def test_a_police_number_and_a_pupil_number_keep_their_zeros() -> None:
    assert check_pnc("19/0000007W") == "19/0000007W"
    assert check_upn("H801200001001") == "H801200001001"
