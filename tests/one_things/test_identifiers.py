"""Identifiers as people type them: what is accepted, and what a refusal says without repeating the number."""

from collections.abc import Callable
from datetime import date
from typing import Annotated

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import AfterValidator, TypeAdapter
from stdnum.cn import ric, uscc
from stdnum.exceptions import ValidationError
from stdnum.iso7064 import mod_37_36

from one_things.identifiers import (
    IdentifierFault,
    credit_code,
    e_licence_identifier,
    identity_number,
    item_code,
    mobile_phone,
)

STANDARD_EXAMPLE = "11010519491231002X"  # the example of GB 11643 itself
COMPANY = "91441900MA0000000W"
unhurried = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])  # a busy machine is no fault


def checked_identity(body: str) -> str:
    return body + ric.calc_check_digit(body + "0")


def checked_credit_code(body: str) -> str:
    return body + uscc.calc_check_digit(body)


def checked_e_licence(*fields: str) -> str:
    return ".".join(("1.2.156.3005.2", *fields, mod_37_36.calc_check_digit("".join(fields))))


E_LICENCE = checked_e_licence("11100000000013338W011", checked_credit_code("11441900000000000"), "20260000001", "001")


@pytest.mark.parametrize(
    "typed",
    [
        STANDARD_EXAMPLE,
        "11010519491231002x",
        " 110105 19491231 002X ",
        "110105-19491231-002x",
        "１１０１０５１９４９１２３１００２Ｘ",
        "\ufeff11010519491231002X\n",
    ],
)
def test_an_identity_number_has_one_normal_form(typed: str) -> None:
    assert identity_number(typed) == STANDARD_EXAMPLE


@pytest.mark.parametrize(
    ("area", "born", "why"),
    [
        ("442527", "19631105", "东莞县, abolished in 1985"),
        ("442521", "19950312", "惠阳县: the code of a county that was abolished before the birth"),
        ("441901", "19890701", "not in the table of the library at all"),
        ("512222", "19600101", "开县, Sichuan until Chongqing became a municipality"),
        ("110103", "20110101", "崇文区, merged in 2010"),
        ("810000", "19800101", "residence card of Hong Kong"),
        ("830000", "19800101", "residence card of Taiwan"),
        ("911840", "19800101", "permanent residence card of a foreigner"),
    ],
)
def test_abolished_and_special_area_codes_are_accepted(area: str, born: str, why: str) -> None:
    number = checked_identity(f"{area}{born}123")
    assert identity_number(number) == number, why


def test_the_library_alone_would_refuse_them() -> None:
    with pytest.raises(ValidationError):
        ric.validate(checked_identity("44252119950312123"))
    with pytest.raises(KeyError):  # a county it has never heard of, in a province it knows
        ric.validate(checked_identity("44190119890701123"))
    with pytest.raises(ValidationError):
        uscc.validate(checked_credit_code("N2441900MA0000000"))


IDENTITY_FAULTS = [
    ("", "identity-number-length", None),
    ("110105194912310", "identity-number-first-generation", None),
    ("1101054912310021", "identity-number-length", None),
    ("11010519491231002", "identity-number-length", None),
    ("110105194912310021X", "identity-number-length", None),
    ("1101O519491231002X", "identity-number-character", 5),
    ("110105194912310X2X", "identity-number-character", 16),
    ("11010519491231002Y", "identity-number-character", 18),
    ("01010519491231002X", "identity-number-area", 1),
    ("11010500001231002X", "identity-number-birth-date", 7),
    ("11010519491331002X", "identity-number-birth-date", 11),
    ("11010519490001002X", "identity-number-birth-date", 11),
    ("11010519490229002X", "identity-number-birth-date", 13),
    ("11010519491200002X", "identity-number-birth-date", 13),
    ("110105194912310020", "identity-number-check-digit", 18),
    ("11010519491230102X", "identity-number-check-digit", 18),
]
CREDIT_FAULTS = [
    ("", "credit-code-length", None),
    ("441900600037341", "credit-code-length", None),
    ("91441900MA0000000", "credit-code-length", None),
    ("I1441900MA00000001", "credit-code-character", 1),
    ("9Z441900MA00000001", "credit-code-character", 2),
    ("9144190OMA00000001", "credit-code-character", 8),
    ("91441900MA0O000001", "credit-code-character", 12),
    ("91441900MA0000000S", "credit-code-character", 18),
    ("91441900AM00000001", "credit-code-check-digit", 18),
]
E_LICENCE_FAULTS = [
    ("", "e-licence-root", 1),
    ("1.2.156.3005.21.A.B.C.001.X", "e-licence-root", 1),
    (E_LICENCE.removeprefix("1.2.156."), "e-licence-root", 1),
    ("1.2.156.3005.2.A.B.001.X", "e-licence-fields", None),
    (E_LICENCE + ".0", "e-licence-fields", None),
    ("1.2.156.3005.2.A..C.001.X", "e-licence-character", 18),
    ("1.2.156.3005.2.A.B.C_1.001.X", "e-licence-character", 21),
    ("1.2.156.3005.2.A.B.C.1.X", "e-licence-version", None),
    ("1.2.156.3005.2.A.B.C.OO1.X", "e-licence-version", None),
    (E_LICENCE + "0", "e-licence-check-digit", len(E_LICENCE) + 1),
    (E_LICENCE.replace("20260000001", "20260000010"), "e-licence-check-digit", len(E_LICENCE)),
]
PHONE_FAULTS = [
    ("", "mobile-phone-length", None),
    ("1380013800", "mobile-phone-length", None),
    ("138001380000", "mobile-phone-length", None),
    ("1380013800O", "mobile-phone-character", 11),
    ("+85291234567", "mobile-phone-character", 1),
    ("23800138000", "mobile-phone-range", 1),
    ("12800138000", "mobile-phone-range", 2),
]
FAULTS = [
    *((identity_number, *row) for row in IDENTITY_FAULTS),
    *((credit_code, *row) for row in CREDIT_FAULTS),
    *((e_licence_identifier, *row) for row in E_LICENCE_FAULTS),
    *((mobile_phone, *row) for row in PHONE_FAULTS),
]


@pytest.mark.parametrize(("check", "typed", "code", "position"), FAULTS, ids=[f"{f[2]}-{f[1]}" for f in FAULTS])
def test_a_refusal_says_what_and_where(
    check: Callable[[str], str], typed: str, code: str, position: int | None
) -> None:
    with pytest.raises(IdentifierFault) as refused:
        check(typed)
    fault = refused.value
    assert (fault.code, fault.position) == (code, position)
    for text in (fault.reason.zh, fault.reason.en, fault.fix.zh, fault.fix.en):
        assert text
    for said in (str(fault), repr(fault)):
        assert not typed or typed not in said


@pytest.mark.parametrize("typed", [COMPANY, COMPANY.lower(), " 9144 1900 MA00 0000 0W"])
def test_a_credit_code_has_one_normal_form(typed: str) -> None:
    assert credit_code(typed) == COMPANY


@pytest.mark.parametrize("body", ["N2441900MA0000000", "A1110000MA0000000", "Y1440300MA0000000", "1244190000000000X"])
def test_letters_of_the_registering_authority_are_accepted(body: str) -> None:
    code = checked_credit_code(body)
    assert credit_code(code) == code


@pytest.mark.parametrize("typed", [E_LICENCE, E_LICENCE.lower(), f" {E_LICENCE}\n", E_LICENCE.replace(".", "．")])
def test_an_e_licence_identifier_has_one_normal_form(typed: str) -> None:
    assert e_licence_identifier(typed) == E_LICENCE


def test_issuers_differ_in_the_length_of_their_fields() -> None:
    identifier = checked_e_licence("11100000MB03271699022", "441900", "209FA4E88F9E4C878F3E9BED2CE7EA49", "012")
    assert e_licence_identifier(identifier) == identifier


@pytest.mark.parametrize(
    "typed", ["13800138000", "138 0013 8000", "138-0013-8000", "+86 13800138000", "0086-13800138000", "8613800138000"]
)
def test_a_mobile_phone_has_one_normal_form(typed: str) -> None:
    assert mobile_phone(typed) == "13800138000"


def test_an_item_code_follows_the_configured_pattern_and_stays_opaque() -> None:
    pattern = r"[0-9A-Za-z]{31}|[0-9]{12}"
    assert item_code(" 440117034000 ", pattern) == "440117034000"
    with pytest.raises(IdentifierFault) as refused:
        item_code("440117034000x", pattern)
    assert refused.value.code == "item-code-pattern"


def test_a_fault_becomes_one_of_an_application() -> None:
    with pytest.raises(IdentifierFault) as refused:
        identity_number("11010519491231002")
    fault = refused.value.at("form.applicant.identity_number")
    assert (fault.field, fault.code) == ("form.applicant.identity_number", "identity-number-length")
    assert (fault.reason, fault.fix) == (refused.value.reason, refused.value.fix)


def test_pydantic_passes_the_fault_through_and_does_not_repeat_the_number() -> None:
    form = TypeAdapter(Annotated[str, AfterValidator(identity_number)])
    assert form.validate_python("11010519491231002x") == STANDARD_EXAMPLE
    with pytest.raises(IdentifierFault) as refused:
        form.validate_python("110105194912310020")
    assert "110105" not in str(refused.value)


bodies = st.builds(
    lambda area, born, serial: f"{area}{born:%Y%m%d}{serial:03}",
    st.integers(100000, 999999),
    st.dates(min_value=date(1900, 1, 1)),
    st.integers(0, 999),
)


@unhurried
@given(bodies)
def test_every_well_formed_identity_number_is_accepted_and_stays(body: str) -> None:
    number = checked_identity(body)
    assert identity_number(identity_number(number.lower())) == number


@unhurried
@given(bodies, st.integers(0, 16), st.integers(1, 9))
def test_one_mistyped_digit_is_always_noticed(body: str, place: int, off: int) -> None:
    number = checked_identity(body)
    mistyped = number[:place] + str((int(number[place]) + off) % 10) + number[place + 1 :]
    with pytest.raises(IdentifierFault):
        identity_number(mistyped)


@unhurried
@given(st.text(max_size=60))
def test_no_text_makes_a_check_fail_otherwise(text: str) -> None:
    for check in (identity_number, credit_code, e_licence_identifier, mobile_phone):
        try:
            assert check(check(text)) == check(text)
        except IdentifierFault as fault:
            assert fault.code  # noqa: PT017
