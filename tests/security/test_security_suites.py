import pytest
from hypothesis import given
from hypothesis import strategies as st

from security.suites import SealBroken, SignatureBroken, UnknownSuite, UnreadableKey, suite, suite_names

INTERNATIONAL = suite("international")
KEY = INTERNATIONAL.new_key()


def test_an_unknown_suite_names_those_that_exist() -> None:
    with pytest.raises(UnknownSuite, match=r"'guomi'.*international") as refused:
        suite("guomi")
    assert refused.value.code == "suite-unknown"
    assert suite_names() == ("international",)


@given(st.binary(max_size=200), st.binary(max_size=40))
def test_what_is_sealed_opens_again(plaintext: bytes, context: bytes) -> None:
    sealed = INTERNATIONAL.seal(KEY, plaintext, context)
    assert INTERNATIONAL.open(KEY, sealed, context) == plaintext
    assert INTERNATIONAL.seal(KEY, plaintext, context) != sealed


def test_every_altered_byte_breaks_the_seal() -> None:
    sealed = INTERNATIONAL.seal(KEY, b"nonce, ciphertext and tag", b"here")
    for position in range(len(sealed)):
        altered = bytearray(sealed)
        altered[position] ^= 1
        with pytest.raises(SealBroken):
            INTERNATIONAL.open(KEY, bytes(altered), b"here")


def test_every_shortened_seal_is_broken() -> None:
    sealed = INTERNATIONAL.seal(KEY, b"short", b"here")
    for length in range(len(sealed)):
        with pytest.raises(SealBroken):
            INTERNATIONAL.open(KEY, sealed[:length], b"here")


def test_another_key_or_context_does_not_open() -> None:
    sealed = INTERNATIONAL.seal(KEY, b"text", b"here")
    with pytest.raises(SealBroken):
        INTERNATIONAL.open(INTERNATIONAL.new_key(), sealed, b"here")
    with pytest.raises(SealBroken):
        INTERNATIONAL.open(KEY, sealed, b"there")
    with pytest.raises(SealBroken):
        INTERNATIONAL.open(b"too short", sealed, b"here")


def test_digest_and_mac_match_published_vectors() -> None:
    # FIPS 180-2, appendix B.1, and RFC 4231, test case 2.
    assert INTERNATIONAL.digest(b"abc").hex() == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    mac = bytes.fromhex("5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843")
    assert INTERNATIONAL.mac(b"Jefe", b"what do ya want for nothing?") == mac
    assert INTERNATIONAL.mac_matches(b"Jefe", b"what do ya want for nothing?", mac)
    assert not INTERNATIONAL.mac_matches(b"Jefe", b"what do ya want for nothing!", mac)


def test_derived_keys_depend_on_key_and_purpose() -> None:
    derived = INTERNATIONAL.derive_key(KEY, b"one")
    assert len(derived) == INTERNATIONAL.key_size
    assert derived == INTERNATIONAL.derive_key(KEY, b"one")
    assert derived not in (KEY, INTERNATIONAL.derive_key(KEY, b"two"))


def test_signing_keys_survive_their_text_form() -> None:
    signer = INTERNATIONAL.new_signing_key()
    signature = INTERNATIONAL.read_signer(signer.to_pem()).sign(b"data")
    verifier = INTERNATIONAL.read_verifier(signer.verifier().to_pem())
    verifier.verify(signature, b"data")
    with pytest.raises(SignatureBroken):
        verifier.verify(signature, b"date")
    with pytest.raises(SignatureBroken):
        verifier.verify(signature[:-1], b"data")


def test_keys_of_the_wrong_kind_are_refused() -> None:
    signer = INTERNATIONAL.new_signing_key()
    with pytest.raises(UnreadableKey, match="PRIVATE KEY"):
        INTERNATIONAL.read_signer(signer.verifier().to_pem())
    with pytest.raises(UnreadableKey, match="PUBLIC KEY"):
        INTERNATIONAL.read_verifier(signer.to_pem())
    with pytest.raises(UnreadableKey):
        INTERNATIONAL.read_verifier("nothing")
    assert signer.to_pem() not in repr(signer)
