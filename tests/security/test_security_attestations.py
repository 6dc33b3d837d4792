"""Signed statements: anybody verifies them, nobody alters them, and keys are changed without losing the old ones."""

import base64
import json
import subprocess
from pathlib import Path

import pytest

from security.attestations import (
    Attestation,
    AttestationAltered,
    AttestationDamaged,
    AttestationKeys,
    AttestationKeysInvalid,
    AttestationKeyUnknown,
    AttestationRefused,
)
from security.suites import suite

STATEMENT = b'{"number":"4419-2026-000017"}'


@pytest.fixture(scope="module")
def keys() -> AttestationKeys:
    return AttestationKeys.generate("r1")


def body(pem: str) -> str:
    return "".join(pem.splitlines()[1:-1])


def part(token: str, place: int, content: bytes) -> str:
    """The token with one of its parts exchanged."""
    parts = token.split(".")
    parts[place] = base64.urlsafe_b64encode(content).rstrip(b"=").decode()
    return ".".join(parts)


def test_what_was_signed_is_verified_and_signing_again_gives_the_same(keys: AttestationKeys) -> None:
    token = keys.sign("receipt", STATEMENT)
    assert keys.sign("receipt", STATEMENT) == token
    assert keys.verify("receipt", token) == Attestation(STATEMENT, "r1")


def test_a_kind_is_not_taken_for_another(keys: AttestationKeys) -> None:
    with pytest.raises(AttestationDamaged):
        keys.verify("notice", keys.sign("receipt", STATEMENT))


def test_a_changed_statement_is_altered(keys: AttestationKeys) -> None:
    token = keys.sign("receipt", STATEMENT)
    with pytest.raises(AttestationAltered):
        keys.verify("receipt", part(token, 1, STATEMENT.replace(b"17", b"18")))


def test_every_way_of_cutting_off_is_refused(keys: AttestationKeys) -> None:
    token = keys.sign("receipt", STATEMENT)
    for length in range(len(token)):
        with pytest.raises(AttestationRefused):
            keys.verify("receipt", token[:length])


def test_every_other_character_is_refused(keys: AttestationKeys) -> None:
    """Also in the last one, whose spare bits a lenient reader would skip."""
    token = keys.sign("receipt", STATEMENT)
    for place, character in enumerate(token):
        changed = token[:place] + ("A" if character != "A" else "B") + token[place + 1 :]
        with pytest.raises(AttestationRefused):
            keys.verify("receipt", changed)


@pytest.mark.parametrize(
    "token", ["", ".", "..", "a.b.c", "e30.e30.e30", "收据", "a" * 5000, "eyJhbGciOiJub25lIn0.e30.", "W10.W10.W10"]
)
def test_nonsense_is_damaged(keys: AttestationKeys, token: str) -> None:
    with pytest.raises(AttestationDamaged):
        keys.verify("receipt", token)


@pytest.mark.parametrize("algorithm", ["none", "HS256", "ES256"])
def test_the_token_does_not_choose_its_algorithm(keys: AttestationKeys, algorithm: str) -> None:
    token = keys.sign("receipt", STATEMENT)
    header = json.dumps({"alg": algorithm, "kid": "r1", "typ": "receipt"}).encode()
    with pytest.raises(AttestationRefused):
        keys.verify("receipt", part(token, 0, header))


def test_somebody_elses_key_is_unknown_or_does_not_fit(keys: AttestationKeys) -> None:
    with pytest.raises(AttestationKeyUnknown):
        keys.verify("receipt", AttestationKeys.generate("x1").sign("receipt", STATEMENT))
    with pytest.raises(AttestationAltered):
        keys.verify("receipt", AttestationKeys.generate("r1").sign("receipt", STATEMENT))


@pytest.mark.parametrize("kept", ["private", "public"])
def test_after_a_change_of_keys_the_old_statements_stay_valid(keys: AttestationKeys, kept: str) -> None:
    token = keys.sign("receipt", STATEMENT)
    old = keys.to_setting() if kept == "private" else f"r1:{body(keys.published()[0]['pem'])}"
    changed = AttestationKeys.from_setting(f"{AttestationKeys.generate('r2').to_setting()},{old}")
    assert changed.verify("receipt", token) == Attestation(STATEMENT, "r1")
    assert changed.verify("receipt", changed.sign("receipt", STATEMENT)).key_id == "r2"
    assert [key["kid"] for key in changed.published()] == ["r2", "r1"]
    assert AttestationKeys.from_setting(changed.to_setting()).verify("receipt", token).key_id == "r1"


def test_nothing_private_is_published_or_shown(keys: AttestationKeys) -> None:
    secret = keys.to_setting().partition(":")[2]
    (published,) = keys.published()
    assert "d" not in published
    assert secret not in str(published) + repr(keys)


PUBLIC = body(suite("international").new_signing_key().verifier().to_pem())


@pytest.mark.parametrize(
    ("setting", "advice"),
    [
        ("", "no key is set"),
        ("MC4CAQAw", "must be written id:base64"),
        ("r1:hidden", "'r1' cannot be read"),
        ("r1:", "'r1' cannot be read"),
        pytest.param(f"r1:{PUBLIC}", "must be a private key", id="a public key"),
    ],
)
def test_a_wrong_setting_says_what_to_write(setting: str, advice: str) -> None:
    with pytest.raises(AttestationKeysInvalid, match=advice) as refused:
        AttestationKeys.from_setting(setting)
    assert "hidden" not in str(refused.value)
    assert "MC4CAQAw" not in str(refused.value)


def test_a_key_id_stands_once(keys: AttestationKeys) -> None:
    with pytest.raises(AttestationKeysInvalid, match="given twice"):
        AttestationKeys.from_setting(f"{keys.to_setting()},{keys.to_setting()}")


def test_openssl_verifies_it_with_the_published_key_alone(keys: AttestationKeys, tmp_path: Path) -> None:
    signed, _, signature = keys.sign("receipt", STATEMENT).rpartition(".")
    (tmp_path / "key.pem").write_text(keys.published()[0]["pem"])
    (tmp_path / "signed").write_text(signed)
    (tmp_path / "signature").write_bytes(base64.urlsafe_b64decode(signature + "=="))
    command = ["openssl", "pkeyutl", "-verify", "-pubin", "-inkey", "key.pem", "-rawin", "-in", "signed"]
    answered = subprocess.run(
        [*command, "-sigfile", "signature"], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert (answered.returncode, "Verified Successfully" in answered.stdout) == (0, True), answered
