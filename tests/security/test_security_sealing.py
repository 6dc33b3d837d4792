from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from security.keys import MasterKeyRing, MasterKeyUnknown
from security.sealing import (
    CaseKey,
    CaseKeyErased,
    CaseKeyUnusable,
    SealedData,
    master_key_id,
    open_json,
    open_text,
    rewrap,
    seal_json,
    seal_text,
)
from security.suites import SealBroken, UnknownSuite

CASE = "4419-2026-000017"
OLD = MasterKeyRing.generate("m1")
NEW = MasterKeyRing.generate("m2")
BOTH = MasterKeyRing.from_setting(f"{NEW.to_setting()},{OLD.to_setting()}")
KEY = CaseKey.generate(CASE)

JSON_VALUES: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


@given(JSON_VALUES)
def test_json_survives_sealing(value: Any) -> None:
    sealed = seal_json(KEY, value, "form")
    assert sealed.suite == "international"
    assert open_json(KEY, sealed, "form") == value


@given(st.text())
def test_text_survives_sealing(text: str) -> None:
    assert open_text(KEY, seal_text(KEY, text, "form"), "form") == text


def test_sealed_data_shows_nothing_and_never_repeats() -> None:
    first, second = (seal_text(KEY, "测试申请人甲", "form") for _ in range(2))
    assert first != second
    assert "测试" not in first.data


def test_a_seal_opens_only_for_its_case_and_purpose() -> None:
    sealed = seal_text(KEY, "text", "form")
    with pytest.raises(SealBroken):
        open_text(KEY, sealed, "result")
    same_secret_elsewhere = CaseKey("4419-2026-000018", KEY.suite_name, KEY._secret)
    with pytest.raises(SealBroken):
        open_text(same_secret_elsewhere, sealed, "form")
    with pytest.raises(SealBroken):
        open_text(CaseKey.generate(CASE), sealed, "form")


def test_case_number_and_purpose_cannot_be_shifted_against_each_other() -> None:
    secret = KEY._secret
    sealed = seal_text(CaseKey("ab", KEY.suite_name, secret), "text", "c")
    with pytest.raises(SealBroken):
        open_text(CaseKey("a", KEY.suite_name, secret), sealed, "bc")


def test_every_altered_character_breaks_the_seal() -> None:
    sealed = seal_text(KEY, "some text", "form")
    for position, character in enumerate(sealed.data):
        altered = "B" if character != "B" else "C"
        data = sealed.data[:position] + altered + sealed.data[position + 1 :]
        with pytest.raises(SealBroken):
            open_text(KEY, SealedData(sealed.suite, data), "form")


@pytest.mark.parametrize("data", ["", "A", "äöü", "not base64 at all", "AAAA\n"])
def test_what_is_no_seal_is_broken(data: str) -> None:
    with pytest.raises(SealBroken):
        open_text(KEY, SealedData("international", data), "form")


def test_a_seal_of_another_suite_is_broken() -> None:
    with pytest.raises(SealBroken, match="guomi"):
        open_text(KEY, SealedData("guomi", seal_text(KEY, "text", "form").data), "form")


def test_a_wrapped_key_opens_again() -> None:
    wrapped = KEY.wrap(OLD)
    assert CaseKey.unwrap(wrapped, CASE, OLD) == KEY
    assert master_key_id(wrapped) == "m1"


def test_a_destroyed_key_is_erased_not_broken() -> None:
    with pytest.raises(CaseKeyErased, match="erased") as refused:
        CaseKey.unwrap(None, CASE, OLD)
    assert refused.value.code == "case-key-erased"


def test_a_key_wrapped_under_a_missing_master_key_names_it() -> None:
    with pytest.raises(MasterKeyUnknown, match="'m1'"):
        CaseKey.unwrap(KEY.wrap(OLD), CASE, NEW)


def test_a_master_key_with_other_bytes_is_told_apart_from_a_missing_one() -> None:
    with pytest.raises(CaseKeyUnusable, match="same bytes"):
        CaseKey.unwrap(KEY.wrap(OLD), CASE, MasterKeyRing.generate("m1"))


def test_a_wrapped_key_belongs_to_its_case() -> None:
    with pytest.raises(CaseKeyUnusable):
        CaseKey.unwrap(KEY.wrap(OLD), "4419-2026-000018", OLD)


def test_malformed_wrapped_keys_are_refused() -> None:
    suite_name, master, key_suite, data = KEY.wrap(OLD).split(":")
    with pytest.raises(CaseKeyUnusable):
        CaseKey.unwrap("nonsense", CASE, OLD)
    with pytest.raises(CaseKeyUnusable):
        CaseKey.unwrap(f"{suite_name}:{master}:guomi:{data}", CASE, OLD)
    with pytest.raises(UnknownSuite):
        CaseKey.unwrap(f"guomi:{master}:{key_suite}:{data}", CASE, OLD)
    with pytest.raises(CaseKeyUnusable):
        CaseKey.unwrap(f"{suite_name}:{master}:{key_suite}:{data[:-4]}", CASE, OLD)


def test_rotation_wraps_anew_and_leaves_the_sealed_data_alone() -> None:
    sealed = seal_text(KEY, "text", "form")
    wrapped = KEY.wrap(OLD)
    rotated = rewrap(wrapped, CASE, BOTH)
    assert master_key_id(rotated) == "m2"
    assert open_text(CaseKey.unwrap(rotated, CASE, NEW), sealed, "form") == "text"
    assert rewrap(rotated, CASE, BOTH) == rotated


def test_a_case_key_does_not_show_itself() -> None:
    assert repr(KEY) == f"CaseKey(case_no='{CASE}', suite_name='international')"
