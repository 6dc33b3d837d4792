import pytest
from hypothesis import given
from hypothesis import strategies as st

from security.redaction import (
    Mask,
    mask,
    mask_bank_account,
    mask_identity_number,
    mask_name,
    mask_phone,
    redact,
)

# The example of GB 11643.
IDENTITY_NUMBER = "11010519491231002X"


@pytest.mark.parametrize(("name", "shown"), [("张三", "张*"), ("欧阳测试", "欧***"), ("张", "*"), ("", "")])
def test_names(name: str, shown: str) -> None:
    assert mask_name(name) == shown


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        (IDENTITY_NUMBER, "1101**********002X"),
        ("110105491231002", "110*********002"),
        ("E12345678", "E1*****78"),
        ("A1", "**"),
    ],
)
def test_identity_numbers(number: str, shown: str) -> None:
    assert mask_identity_number(number) == shown


@pytest.mark.parametrize(("number", "shown"), [("13800000000", "138****0000"), ("12345678", "12****78"), ("1", "*")])
def test_phones(number: str, shown: str) -> None:
    assert mask_phone(number) == shown


def test_bank_accounts() -> None:
    assert mask_bank_account("6200000000000001234") == "***************1234"
    assert mask_bank_account("123") == "***"


@given(st.sampled_from([kind for kind in Mask if kind is not Mask.EVERYTHING]), st.text(max_size=30))
def test_masks_keep_the_length_and_hide_at_least_a_third(kind: Mask, value: str) -> None:
    shown = mask(kind, value)
    assert len(shown) == len(value)
    assert sum(1 for character in shown if character == "*") * 3 >= len(value)


def test_the_strongest_mask_does_not_show_the_length() -> None:
    assert mask(Mask.EVERYTHING, "a long secret") == mask(Mask.EVERYTHING, "") == "***"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (f"身份证{IDENTITY_NUMBER}无效", "身份证1101**********002X无效"),
        ("call 13800000000 now", "call 138****0000 now"),
        ("case 4419-2026-000017 has 3 items", "case 4419-2026-000017 has 3 items"),
        ("amount 1380000000012 fen", "amount 1380000000012 fen"),
    ],
)
def test_free_text_loses_its_numbers_only(text: str, shown: str) -> None:
    assert redact(text) == shown
