import base64
import hashlib
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from http_message_signatures import HTTPMessageSigner, MappingKeyResolver
from http_message_signatures.algorithms import ED25519
from hypothesis import given
from hypothesis import strategies as st

from security.signatures import (
    DigestMismatch,
    SignatureFromTheFuture,
    SignatureIncomplete,
    SignatureInvalid,
    SignatureKeyExpired,
    SignatureKeyUnknown,
    SignatureMissing,
    SignatureRefused,
    SignatureTooOld,
    VerifiedSignature,
    sign,
    verify,
)
from security.signing_keys import SigningKey
from security.suites import Signer, suite

NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
URL = "https://city.example/departments/tax/decisions"
BODY = b'{"verdict": "approved"}'
JSON = {"Content-Type": "application/json"}
KEY = SigningKey.generate("tax.1")
KEYS = {"tax.1": KEY.verification_key()}


def signed(method: str = "POST", url: str = URL, body: bytes = BODY, now: datetime = NOW) -> dict[str, str]:
    headers = JSON if body else {}
    return {**headers, **sign(method, url, headers, body, KEY, now)}


def test_a_signed_request_tells_who_and_when() -> None:
    assert verify("POST", URL, signed(), BODY, KEYS.get, NOW) == VerifiedSignature("tax.1", NOW)


@given(
    st.sampled_from(["GET", "POST", "PUT"]),
    st.text(alphabet="abc123-._~/", max_size=30),
    st.none() | st.text(alphabet="abc=&%20", max_size=20).filter(lambda query: "%" not in query),
    st.binary(max_size=300),
)
def test_whatever_is_signed_verifies(method: str, path: str, query: str | None, body: bytes) -> None:
    url = f"https://city.example/{path}" + ("" if query is None else f"?{query}")
    assert verify(method, url, signed(method, url, body), body, KEYS.get, NOW).key_id == "tax.1"


def test_without_a_given_time_the_clock_is_used() -> None:
    before = datetime.now(UTC).replace(microsecond=0)
    headers = {**JSON, **sign("POST", URL, JSON, BODY, KEY)}
    assert verify("POST", URL, headers, BODY, KEYS.get).created >= before


def test_proxies_may_change_the_authority_and_the_receiver_may_know_only_the_path() -> None:
    assert verify("POST", "http://127.0.0.1:8000/departments/tax/decisions", signed(), BODY, KEYS.get, NOW)
    assert verify("POST", "/departments/tax/decisions", signed(), BODY, KEYS.get, NOW)


def test_headers_may_be_given_as_lines_in_any_case_and_with_others_beside_them() -> None:
    lines = [(name.upper(), value) for name, value in signed().items()] + [("Accept", "a"), ("Accept", "b")]
    assert verify("POST", URL, lines, BODY, KEYS.get, NOW)
    assert verify("POST", URL, httpx.Headers(lines), BODY, KEYS.get, NOW)


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
def test_a_changed_method_is_noticed(method: str) -> None:
    with pytest.raises(SignatureInvalid):
        verify(method, URL, signed(), BODY, KEYS.get, NOW)


@pytest.mark.parametrize("url", ["/departments/customs/decisions", "/departments/tax/decisions/", "/", "/departments"])
def test_a_changed_path_is_noticed(url: str) -> None:
    with pytest.raises(SignatureInvalid):
        verify("POST", url, signed(), BODY, KEYS.get, NOW)


def test_a_changed_added_or_removed_query_is_noticed() -> None:
    with_query = signed(url=URL + "?after=1")
    assert verify("POST", URL + "?after=1", with_query, BODY, KEYS.get, NOW)
    with pytest.raises(SignatureInvalid):
        verify("POST", URL + "?after=2", with_query, BODY, KEYS.get, NOW)
    with pytest.raises(SignatureInvalid):
        verify("POST", URL, with_query, BODY, KEYS.get, NOW)
    with pytest.raises(SignatureIncomplete, match="@query"):
        verify("POST", URL + "?after=1", signed(), BODY, KEYS.get, NOW)


def test_every_changed_byte_of_the_body_is_noticed() -> None:
    headers = signed()
    for position in range(len(BODY)):
        body = bytearray(BODY)
        body[position] ^= 1
        with pytest.raises(DigestMismatch):
            verify("POST", URL, headers, bytes(body), KEYS.get, NOW)


@pytest.mark.parametrize("body", [b"", BODY + b" ", BODY[:-1]])
def test_a_cut_or_lengthened_body_is_noticed(body: bytes) -> None:
    with pytest.raises(DigestMismatch):
        verify("POST", URL, signed(), body, KEYS.get, NOW)


def test_a_body_with_a_digest_to_match_does_not_fit_the_signature() -> None:
    body = BODY.replace(b"approved", b"refused")
    digest = base64.b64encode(hashlib.sha256(body).digest()).decode()
    with pytest.raises(SignatureInvalid):
        verify("POST", URL, {**signed(), "Content-Digest": f"sha-256=:{digest}:"}, body, KEYS.get, NOW)


def test_a_removed_digest_with_its_body_is_noticed() -> None:
    headers = {name: value for name, value in signed().items() if name != "Content-Digest"}
    with pytest.raises(SignatureInvalid):
        verify("POST", URL, headers, b"", KEYS.get, NOW)


def test_a_body_added_to_a_request_without_one_is_noticed() -> None:
    headers = signed(method="GET", body=b"")
    assert verify("GET", URL, headers, b"", KEYS.get, NOW)
    with pytest.raises(SignatureIncomplete, match="content-digest, content-type"):
        verify("GET", URL, {**headers, **JSON}, BODY, KEYS.get, NOW)


def test_a_changed_or_doubled_content_type_is_noticed() -> None:
    with pytest.raises(SignatureInvalid):
        verify("POST", URL, {**signed(), "Content-Type": "text/html"}, BODY, KEYS.get, NOW)
    with pytest.raises(SignatureInvalid):
        verify("POST", URL, [*signed().items(), ("Content-Type", "text/html")], BODY, KEYS.get, NOW)


def test_every_altered_byte_of_the_signature_is_noticed() -> None:
    headers = signed()
    signature = base64.b64decode(headers["Signature"].removeprefix("sig1=:").removesuffix(":"))
    for position in range(len(signature)):
        altered = bytearray(signature)
        altered[position] ^= 1
        value = f"sig1=:{base64.b64encode(altered).decode()}:"
        with pytest.raises(SignatureInvalid):
            verify("POST", URL, {**headers, "Signature": value}, BODY, KEYS.get, NOW)


def test_every_altered_character_of_the_signature_input_is_noticed() -> None:
    headers = signed()
    value = headers["Signature-Input"]
    for position, character in enumerate(value):
        altered = value[:position] + ("1" if character != "1" else "2") + value[position + 1 :]
        with pytest.raises(SignatureRefused):
            verify("POST", URL, {**headers, "Signature-Input": altered}, BODY, KEYS.get, NOW)


@pytest.mark.parametrize("header", ["Signature", "Signature-Input"])
def test_a_missing_signature_is_told_apart(header: str) -> None:
    headers = {name: value for name, value in signed().items() if name != header}
    with pytest.raises(SignatureMissing):
        verify("POST", URL, headers, BODY, KEYS.get, NOW)


def test_an_unknown_key_is_told_apart_from_a_wrong_one() -> None:
    with pytest.raises(SignatureKeyUnknown):
        verify("POST", URL, signed(), BODY, lambda key_id: None, NOW)
    stranger = SigningKey.generate("tax.1").verification_key()
    with pytest.raises(SignatureInvalid):
        verify("POST", URL, signed(), BODY, {"tax.1": stranger}.get, NOW)


def test_a_key_is_accepted_from_its_first_moment_up_to_its_last() -> None:
    key, tick = KEYS["tax.1"], timedelta(microseconds=1)
    for dates in ({}, {"valid_from": NOW}, {"valid_until": NOW + tick}, {"valid_from": NOW, "valid_until": NOW + tick}):
        assert verify("POST", URL, signed(), BODY, {"tax.1": replace(key, **dates)}.get, NOW)
    for dates in ({"valid_until": NOW}, {"valid_from": NOW + tick}):
        with pytest.raises(SignatureKeyExpired):
            verify("POST", URL, signed(), BODY, {"tax.1": replace(key, **dates)}.get, NOW)


def test_the_window_is_300_seconds_either_way_edges_included() -> None:
    headers = signed()
    edge, beyond = timedelta(seconds=300), timedelta(seconds=300, milliseconds=1)
    assert verify("POST", URL, headers, BODY, KEYS.get, NOW + edge)
    assert verify("POST", URL, headers, BODY, KEYS.get, NOW - edge)
    with pytest.raises(SignatureTooOld):
        verify("POST", URL, headers, BODY, KEYS.get, NOW + beyond)
    with pytest.raises(SignatureFromTheFuture):
        verify("POST", URL, headers, BODY, KEYS.get, NOW - beyond)


def by_another_library(created: datetime = NOW, **changes: object) -> dict[str, str]:
    """A department's own software, which chooses what it covers."""
    signer = HTTPMessageSigner(
        signature_algorithm=ED25519,
        key_resolver=MappingKeyResolver(public_keys={}, private_keys={"tax.1": KEY.to_pem().encode()}),
    )
    request = httpx.Request("POST", URL, headers=JSON, content=BODY)
    choices: dict[str, object] = {
        "covered_component_ids": ("content-type", "@path", "@method", "@authority"),
        "body": BODY,
        **changes,
    }
    signer.sign(request, key_id="tax.1", created=created, **choices)  # type: ignore[arg-type]
    return dict(request.headers)


def test_signatures_of_other_software_verify_in_any_order_and_with_more_covered() -> None:
    assert verify("POST", URL, by_another_library(nonce="n", label="theirs"), BODY, KEYS.get, NOW)
    assert verify("POST", URL, by_another_library(include_alg=False), BODY, KEYS.get, NOW)


def test_what_we_sign_is_what_the_standard_says() -> None:
    headers = signed()
    digest = base64.b64encode(hashlib.sha256(BODY).digest()).decode()
    parameters = f'("@method" "@path" "content-digest" "content-type");created={int(NOW.timestamp())}'
    parameters += ';keyid="tax.1";alg="ed25519"'
    assert headers["Content-Digest"] == f"sha-256=:{digest}:"
    assert headers["Signature-Input"] == f"sig1={parameters}"
    signature_base = (
        '"@method": POST\n"@path": /departments/tax/decisions\n'
        f'"content-digest": sha-256=:{digest}:\n"content-type": application/json\n"@signature-params": {parameters}'
    )
    signature = base64.b64decode(headers["Signature"].removeprefix("sig1=:").removesuffix(":"))
    KEYS["tax.1"].verifier.verify(signature, signature_base.encode())


@pytest.mark.parametrize(
    ("covered", "left_out"),
    [
        (("@path", "content-type"), "@method"),
        (("@method", "content-type"), "@path"),
        (("@method", "@path"), "content-type"),
        (("@method", "@path", '"content-type";bs'), "content-type"),
    ],
)
def test_a_signature_that_covers_too_little_is_incomplete(covered: tuple[str, ...], left_out: str) -> None:
    with pytest.raises(SignatureIncomplete, match=left_out):
        verify("POST", URL, by_another_library(covered_component_ids=covered), BODY, KEYS.get, NOW)


def test_a_signature_without_the_digest_is_incomplete() -> None:
    with pytest.raises(SignatureIncomplete, match="content-digest"):
        verify("POST", URL, by_another_library(body=None), BODY, KEYS.get, NOW)


def test_a_digest_covered_in_another_form_does_not_let_the_body_be_cut_off() -> None:
    covered = ("@method", "@path", "content-type", '"content-digest";sf')
    with pytest.raises(SignatureIncomplete, match="content-digest"):
        verify("POST", URL, by_another_library(covered_component_ids=covered), b"", KEYS.get, NOW)


@pytest.mark.parametrize("parameter", ["created", "keyid"])
def test_a_signature_without_time_or_key_is_incomplete(parameter: str) -> None:
    headers = signed()
    kept = [part for part in headers["Signature-Input"].split(";") if not part.startswith(parameter)]
    with pytest.raises(SignatureIncomplete, match=parameter):
        verify("POST", URL, {**headers, "Signature-Input": ";".join(kept)}, BODY, KEYS.get, NOW)


def test_an_expiry_set_by_the_signer_counts() -> None:
    headers = by_another_library(expires=NOW + timedelta(seconds=10))
    assert verify("POST", URL, headers, BODY, KEYS.get, NOW + timedelta(seconds=10))
    with pytest.raises(SignatureTooOld):
        verify("POST", URL, headers, BODY, KEYS.get, NOW + timedelta(seconds=11))


def test_the_key_decides_the_algorithm_not_the_request() -> None:
    headers = signed()
    claimed = headers["Signature-Input"].replace("ed25519", "hmac-sha256")
    with pytest.raises(SignatureInvalid):
        verify("POST", URL, {**headers, "Signature-Input": claimed}, BODY, KEYS.get, NOW)


def test_two_signatures_leave_open_which_counts() -> None:
    first = signed()
    twice = {name: f"{value}, {value.replace('sig1', 'sig2')}" for name, value in first.items() if "Sign" in name}
    with pytest.raises(SignatureInvalid):
        verify("POST", URL, {**first, **twice}, BODY, KEYS.get, NOW)


@given(st.text(max_size=60), st.text(max_size=60))
def test_any_nonsense_is_refused_with_a_code(signature_input: str, signature: str) -> None:
    headers = {**JSON, "Signature-Input": signature_input, "Signature": signature}
    with pytest.raises(SignatureRefused) as refused:
        verify("POST", URL, headers, BODY, KEYS.get, NOW)
    assert refused.value.code.startswith("signature-")


@pytest.mark.parametrize("created", ["1.5", "99999999999999", "-99999999999999", '"now"'])
def test_odd_times_are_refused(created: str) -> None:
    headers = signed()
    odd = headers["Signature-Input"].replace(f"created={int(NOW.timestamp())}", f"created={created}")
    with pytest.raises(SignatureRefused):
        verify("POST", URL, {**headers, "Signature-Input": odd}, BODY, KEYS.get, NOW)


def test_a_stronger_digest_of_other_software_is_accepted_and_an_unknown_one_is_not() -> None:
    digest = base64.b64encode(hashlib.sha512(BODY).digest()).decode()
    assert verify("POST", URL, with_digest(f"sha-512=:{digest}:"), BODY, KEYS.get, NOW)
    with pytest.raises(DigestMismatch):
        verify("POST", URL, with_digest(f"crc=:{digest}:"), BODY, KEYS.get, NOW)


def with_digest(digest: str) -> dict[str, str]:
    """A request whose signer chose the digest; the signature itself is right."""
    headers = {**JSON, "Content-Digest": digest}
    parameters = signed()["Signature-Input"].removeprefix("sig1=")
    signature_base = (
        '"@method": POST\n"@path": /departments/tax/decisions\n'
        f'"content-digest": {digest}\n"content-type": application/json\n"@signature-params": {parameters}'
    )
    signer: Signer = suite("international").read_signer(KEY.to_pem())
    signature = base64.b64encode(signer.sign(signature_base.encode())).decode()
    return {**headers, "Signature-Input": f"sig1={parameters}", "Signature": f"sig1=:{signature}:"}


def test_signing_needs_the_content_type_and_a_proper_url() -> None:
    with pytest.raises(SignatureIncomplete, match="Content-Type"):
        sign("POST", URL, {}, BODY, KEY, NOW)
    with pytest.raises(SignatureInvalid):
        sign("POST", "/a b", JSON, BODY, KEY, NOW)


def test_each_failure_has_its_own_code() -> None:
    codes = {failure.code for failure in SignatureRefused.__subclasses__()}
    assert codes == {
        "signature-missing",
        "signature-key-unknown",
        "signature-key-expired",
        "signature-too-old",
        "signature-from-the-future",
        "signature-incomplete",
        "signature-invalid",
        "digest-mismatch",
    }
