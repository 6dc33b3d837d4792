import base64
import hmac
import json
import stat
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from joserfc import jwt
from joserfc.jwk import Key, KeySet, OKPKey, RSAKey
from pydantic import ValidationError

from security.suites import suite
from security.token_keys import StaticKeys
from security.tokens import (
    KEY_FILE,
    EmbeddedIssuer,
    IssuerKeyExposed,
    Principal,
    Role,
    TokenAlgorithmRefused,
    TokenAudienceWrong,
    TokenClaimsInvalid,
    TokenExpired,
    TokenIssuerForeign,
    TokenKeyUnknown,
    TokenMalformed,
    TokenRefused,
    TokenSignatureInvalid,
    TokenVerifier,
    _write_once,
)

NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
ISSUER, AUDIENCE = "https://identity.example", "one-thing"
KEY = OKPKey.generate_key("Ed25519", auto_kid=True)


class Clock:
    """A clock the test moves."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def issuer(tmp_path: Path, clock: Clock) -> EmbeddedIssuer:
    return EmbeddedIssuer(tmp_path, issuer=ISSUER, audience=AUDIENCE, now=clock)


def verifier(key: Key = KEY, **options: Any) -> TokenVerifier:
    keys = StaticKeys(KeySet([key]).as_dict(private=False))
    return TokenVerifier(issuer=ISSUER, audience=AUDIENCE, keys=keys, now=lambda: NOW, **options)


def token(key: Key = KEY, algorithm: str = "Ed25519", **changes: Any) -> str:
    claims: dict[str, Any] = {
        "iss": ISSUER,
        "aud": AUDIENCE,
        "sub": "applicant-1",
        "exp": int(NOW.timestamp()) + 60,
        "roles": ["applicant"],
        **changes,
    }
    claims = {name: value for name, value in claims.items() if value is not None}
    return jwt.encode({"alg": algorithm, "kid": key.kid}, claims, key, algorithms=[algorithm])


def by_hand(header: dict[str, Any], signature: bytes | Callable[[bytes], bytes] | None = None) -> str:
    """A token with headers that the library would not write; rightly signed unless a signature is given."""

    def part(data: bytes) -> bytes:
        return base64.urlsafe_b64encode(data).rstrip(b"=")

    _, claims, _ = token().encode().split(b".")
    signed = part(json.dumps({"alg": "Ed25519", "kid": KEY.kid, **header}).encode()) + b"." + claims
    if signature is None:
        private_key = KEY.get_op_key("sign")
        assert isinstance(private_key, Ed25519PrivateKey)
        signature = private_key.sign(signed)
    elif callable(signature):
        signature = signature(signed)
    return (signed + b"." + part(signature)).decode()


async def test_a_minted_token_becomes_a_principal(issuer: EmbeddedIssuer) -> None:
    minted = issuer.mint("officer-1", [Role.OFFICER, Role.OPERATOR], ["tax", "customs"], timedelta(hours=1))
    principal = await issuer.verifier().verify(minted)
    assert principal == Principal(
        subject="officer-1",
        roles=frozenset({Role.OFFICER, Role.OPERATOR}),
        departments=frozenset({"tax", "customs"}),
        expires_at=NOW + timedelta(hours=1),
    )
    assert principal.has(Role.OFFICER)
    assert not principal.has(Role.APPLICANT)


async def test_a_verified_identity_is_there_and_never_shown(issuer: EmbeddedIssuer) -> None:
    minted = issuer.mint("applicant-1", [Role.APPLICANT], identity="11010519491231002X")
    principal = await issuer.verifier().verify(minted)
    assert principal.identity is not None
    assert principal.identity.get_secret_value() == "11010519491231002X"
    assert "11010519491231002X" not in f"{principal!r} {principal.model_dump_json()}"
    assert (await verifier().verify(token())).identity is None
    nested = await verifier(identity_claim="verified.number").verify(token(verified={"number": "91110000600037341L"}))
    assert nested.identity is not None
    assert nested.identity.get_secret_value() == "91110000600037341L"


async def test_a_token_ends_at_its_expiry_plus_the_leeway(issuer: EmbeddedIssuer, clock: Clock) -> None:
    minted = issuer.mint("applicant-1", [Role.APPLICANT], valid_for=timedelta(minutes=1))
    clock.now = NOW + timedelta(seconds=69)
    assert await issuer.verifier().verify(minted)
    clock.now = NOW + timedelta(seconds=70)
    with pytest.raises(TokenExpired):
        await issuer.verifier().verify(minted)


async def test_a_foreign_issuer_is_refused() -> None:
    with pytest.raises(TokenIssuerForeign):
        await verifier().verify(token(iss="https://elsewhere.example"))


async def test_a_token_for_someone_else_is_refused() -> None:
    with pytest.raises(TokenAudienceWrong):
        await verifier().verify(token(aud="other"))
    with pytest.raises(TokenAudienceWrong):
        await verifier().verify(token(aud=["other", "another"]))
    assert await verifier().verify(token(aud=["other", AUDIENCE]))


@pytest.mark.parametrize(
    "changes",
    [
        {"iss": None},
        {"aud": None},
        {"sub": None},
        {"sub": ""},
        {"sub": "s" * 201},
        {"sub": "s\x00"},
        {"exp": None},
        {"exp": "tomorrow"},
        {"exp": 1e300},
        {"nbf": int(NOW.timestamp()) + 60},
        {"roles": None},
        {"roles": []},
        {"roles": ["administrator"]},
        {"roles": {"applicant": True}},
        {"roles": ["officer"]},
        {"roles": ["officer"], "departments": [7]},
    ],
)
async def test_claims_that_make_no_principal_are_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(TokenClaimsInvalid):
        await verifier().verify(token(**changes))


async def test_a_subject_of_the_most_characters_is_accepted_and_a_longer_one_told_why_not() -> None:
    assert (await verifier().verify(token(sub="s" * 200))).subject == "s" * 200
    with pytest.raises(TokenClaimsInvalid, match="a subject of at most 200 characters"):
        await verifier().verify(token(sub="s" * 201))


async def test_roles_that_are_not_ours_are_passed_over_and_may_be_nested() -> None:
    nested = token(roles=None, realm_access={"roles": ["offline_access", "operator"]})
    principal = await verifier(roles_claim="realm_access.roles").verify(nested)
    assert principal.roles == {Role.OPERATOR}


async def test_headers_of_the_issuers_own_are_accepted_unless_critical() -> None:
    assert await verifier().verify(by_hand({"nonce": "n"}))
    with pytest.raises(TokenMalformed):
        await verifier().verify(by_hand({"nonce": "n", "crit": ["nonce"]}))


@pytest.mark.parametrize("algorithm", ["none", "None", "HS256", "EdDSA", "ES512", "unheard-of"])
@pytest.mark.parametrize("signature", [b"", b"signature"])
async def test_algorithms_that_are_not_accepted_are_refused(algorithm: str, signature: bytes) -> None:
    with pytest.raises(TokenAlgorithmRefused):
        await verifier().verify(by_hand({"alg": algorithm}, signature))


async def test_a_public_key_used_as_a_shared_secret_is_refused() -> None:
    def public_key_as_secret(signed: bytes) -> bytes:
        return hmac.digest(KEY.as_pem(private=False), signed, "sha256")

    with pytest.raises(TokenAlgorithmRefused):
        await verifier().verify(by_hand({"alg": "HS256"}, public_key_as_secret))


async def test_an_issuers_rsa_keys_are_accepted() -> None:
    key = RSAKey.generate_key(2048, auto_kid=True)
    assert await verifier(key).verify(token(key, "RS256"))


async def test_another_key_of_the_same_id_does_not_fit() -> None:
    stranger = suite("international").new_token_key()
    impostor = type(stranger).import_key({**stranger.as_dict(private=True), "kid": KEY.kid or ""})
    with pytest.raises(TokenSignatureInvalid):
        await verifier().verify(token(impostor))


async def test_an_unknown_key_is_told_apart() -> None:
    with pytest.raises(TokenKeyUnknown):
        await verifier().verify(token(suite("international").new_token_key()))


async def test_every_altered_character_is_noticed() -> None:
    good = token()
    # The last character of the signature carries two spare bits, which mean nothing.
    for position in range(len(good) - 1):
        altered = good[:position] + ("A" if good[position] != "A" else "B") + good[position + 1 :]
        with pytest.raises(TokenRefused):
            await verifier().verify(altered)


@pytest.mark.parametrize("text", ["", "a.b.c", "..", "token", "é.é.é", "W10.W10.W10", "e30.e30.e30", "bnVsbA.e30.e30"])
async def test_nonsense_is_malformed(text: str) -> None:
    with pytest.raises(TokenMalformed):
        await verifier().verify(text)


async def test_refusals_do_not_quote_the_token() -> None:
    bad = token(sub="secret-subject", aud="other")
    with pytest.raises(TokenRefused) as refused:
        await verifier().verify(bad)
    assert "secret-subject" not in str(refused.value)
    assert bad not in str(refused.value)


def test_an_officer_of_no_department_cannot_be_minted(issuer: EmbeddedIssuer) -> None:
    with pytest.raises(ValidationError):
        issuer.mint("officer-1", [Role.OFFICER])


async def test_the_issuers_key_is_kept_private_and_reused(tmp_path: Path, clock: Clock) -> None:
    directory = tmp_path / "new"
    first = EmbeddedIssuer(directory, issuer=ISSUER, audience=AUDIENCE, now=clock)
    second = EmbeddedIssuer(directory, issuer=ISSUER, audience=AUDIENCE, now=clock)
    assert stat.S_IMODE((directory / KEY_FILE).stat().st_mode) == 0o600
    assert [file.name for file in directory.iterdir()] == [KEY_FILE]
    assert await second.verifier().verify(first.mint("applicant-1", [Role.APPLICANT]))


def test_of_processes_that_start_at_once_the_first_one_makes_the_key(tmp_path: Path) -> None:
    # Both have seen that there is no file; what the slower one writes must not replace the other's key.
    file = tmp_path / KEY_FILE
    _write_once(file, "first")
    _write_once(file, "second")
    assert file.read_text() == "first"
    assert list(tmp_path.iterdir()) == [file]


def test_published_keys_are_public_only(issuer: EmbeddedIssuer) -> None:
    (published,) = issuer.jwks()["keys"]
    assert "d" not in published
    assert published["alg"] == "Ed25519"


def test_a_readable_issuer_key_is_refused_with_advice(issuer: EmbeddedIssuer, tmp_path: Path) -> None:
    (tmp_path / KEY_FILE).chmod(0o644)
    with pytest.raises(IssuerKeyExposed, match="chmod 600"):
        EmbeddedIssuer(tmp_path, issuer=ISSUER, audience=AUDIENCE)
