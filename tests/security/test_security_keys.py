import base64

import pytest

from security.keys import MasterKeyRing, MasterKeySettingInvalid, MasterKeyUnknown

FIRST = base64.b64encode(bytes(range(32))).decode()
SECOND = base64.b64encode(bytes(range(32, 64))).decode()


def test_the_first_key_is_current_and_all_can_be_found() -> None:
    ring = MasterKeyRing.from_setting(f" m2:{SECOND} , m1:{FIRST},")
    assert (ring.current_id, ring.key_ids) == ("m2", ("m2", "m1"))
    assert ring.current() == bytes(range(32, 64))
    assert ring.by_id("m1") == bytes(range(32))


def test_the_setting_survives_a_round_trip() -> None:
    setting = f"m2:{SECOND},m1:{FIRST}"
    assert MasterKeyRing.from_setting(setting).to_setting() == setting
    generated = MasterKeyRing.generate("m9")
    assert MasterKeyRing.from_setting(generated.to_setting()) == generated


@pytest.mark.parametrize(
    ("setting", "advice"),
    [
        ("", "openssl rand -base64 32"),
        (" , ", "openssl rand -base64 32"),
        (FIRST, "id:base64"),
        (f":{FIRST}", "id:base64"),
        (f"has space:{FIRST}", "id:base64"),
        ("m1:not base64!", "'m1' is not base64"),
        ("m1:c2hvcnQ=", "'m1' has 5 bytes instead of 32"),
        (f"m1:{FIRST},m1:{SECOND}", "'m1' is given twice"),
    ],
)
def test_a_wrong_setting_says_what_to_write(setting: str, advice: str) -> None:
    with pytest.raises(MasterKeySettingInvalid, match=advice) as refused:
        MasterKeyRing.from_setting(setting)
    assert FIRST not in str(refused.value)


def test_an_unknown_key_says_which_are_set() -> None:
    ring = MasterKeyRing.from_setting(f"m2:{SECOND}")
    with pytest.raises(MasterKeyUnknown, match=r"'m1'.*only m2"):
        ring.by_id("m1")


def test_keys_do_not_show_in_representations() -> None:
    ring = MasterKeyRing.from_setting(f"m1:{FIRST}")
    assert repr(ring) == "MasterKeyRing(suite_name='international', current_id='m1')"
