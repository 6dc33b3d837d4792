"""Signature test vectors (RFC 9421, Ed25519): requests with their base and headers, and some to be refused."""

import base64
import hashlib
import json
from datetime import UTC, datetime
from typing import Any, Final, NamedTuple
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from adapters.collected import Door
from security.signatures import sign
from security.signing_keys import SigningKey

KEY_ID: Final = "tax.1"
CREATED: Final = datetime(2026, 11, 23, 2, 0, 5, tzinfo=UTC)
_SEED: Final = hashlib.sha256(b"one-thing department contract: signature test vectors").digest()
_JSON: Final = "application/json"
_DECISION: Final = (
    '{"decision_id":"T-2026-0042","case_no":"4419-2026-000017","item":"tax-clearance","attempt":1,'
    '"verdict":"refused","code":"owes-tax","reason":"尚有未结清税款"}'
).encode()

_ACT: Final = (
    '{"act":"extended","act_id":"a-5","case_no":"4419-2026-000017","item":"tax-clearance","attempt":1,'
    '"working_days":5,"approver":"办公室 001","reason":"案情复杂"}'
).encode()


class _Case(NamedTuple):
    name: str
    method: str
    url: str
    body: bytes


_CASES: Final = (
    _Case("a decision", "POST", "https://onething.example.org/departments/tax/decisions", _DECISION),
    _Case("an address with a query", "POST", "https://onething.example.org/departments/tax/decisions?r=1", _DECISION),
    _Case(
        "fetching a material",
        "GET",
        "https://onething.example.org/departments/tax/cases/4419-2026-000017/materials/sha-256:0e1b4a",
        b"",
    ),
)


def document() -> dict[str, Any]:
    """All vectors."""
    key = _key()
    vectors = [_vector(case, key) for case in _CASES]
    return {
        "about": "The private key is published: for tests only.",
        "key": {
            "keyid": KEY_ID,
            "algorithm": "ed25519",
            "private_seed_hex": _SEED.hex(),
            "public_pem": key.verification_key().to_pem(),
        },
        "created": int(CREATED.timestamp()),
        "accepted": vectors,
        "refused": _refused(vectors[0]),
        "kept": _kept(key),
    }


def example_list() -> dict[str, Any]:
    """What a department answers to ``GET /decisions``, signed with the published key."""
    bodies = ((Door.DECISIONS, _DECISION), (Door.ACTS, _ACT))
    entries = [
        {
            "cursor": f"{CREATED.timestamp() + number}~{42 + number}",
            "door": door.value,
            "signature": _over(door, body, _key()),
            "body": body.decode(),
        }
        for number, (door, body) in enumerate(bodies, 1)
    ]
    return {"entries": entries, "more": False}


def _key() -> SigningKey:
    private = Ed25519PrivateKey.from_private_bytes(_SEED)
    pem = private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    return SigningKey.from_pem(KEY_ID, pem)


def _vector(case: _Case, key: SigningKey) -> dict[str, Any]:
    headers = {"Content-Type": _JSON} if case.body else {}
    added = sign(case.method, case.url, headers, case.body, key, CREATED)
    return {
        "name": case.name,
        "method": case.method,
        "url": case.url,
        "headers": {**headers, **added},
        "body": case.body.decode(),
        "signature_base": signature_base(case.method, case.url, {**headers, **added}),
    }


def signature_base(method: str, url: str, headers: dict[str, str]) -> str:
    """The text that is signed, put together from the headers (RFC 9421, 2.5)."""
    parts = urlsplit(url)
    values = {
        "@method": method,
        "@path": parts.path,
        "@query": f"?{parts.query}",
        "content-digest": headers.get("Content-Digest", ""),
        "content-type": headers.get("Content-Type", ""),
    }
    parameters = headers["Signature-Input"].removeprefix("sig1=")
    covered = parameters[1 : parameters.index(")")].replace('"', "").split()
    lines = [f'"{name}": {values[name]}' for name in covered]
    return "\n".join([*lines, f'"@signature-params": {parameters}'])


def _refused(good: dict[str, Any]) -> list[dict[str, Any]]:
    """The first vector, spoilt in the ways in which it is spoilt most often."""
    body = good["body"].replace("refused", "approved")
    headers = good["headers"]
    digest = base64.b64encode(hashlib.sha256(body.encode()).digest()).decode()
    unsigned = {name: value for name, value in headers.items() if not name.startswith("Signature")}
    return [
        {**good, "name": "another body than the digest says", "body": body, "code": "digest-mismatch"},
        {
            **good,
            "name": "another body with its own digest",
            "body": body,
            "headers": {**headers, "Content-Digest": f"sha-256=:{digest}:"},
            "code": "signature-invalid",
        },
        {**good, "name": "another path", "url": good["url"].replace("/tax/", "/bank/"), "code": "signature-invalid"},
        {**good, "name": "no signature", "headers": unsigned, "code": "signature-missing"},
        {
            **good,
            "name": "an unknown key",
            "headers": {**headers, "Signature-Input": headers["Signature-Input"].replace("tax.1", "tax.9")},
            "code": "signature-key-unknown",
        },
        {**good, "name": "301 seconds later", "received": int(CREATED.timestamp()) + 301, "code": "signature-too-old"},
    ]


def _over(door: Door, body: bytes, key: SigningKey, *, method: str = "POST", path: str = "") -> dict[str, str]:
    return sign(method, path or f"/departments/tax/{door}", {"Content-Type": _JSON}, body, key, CREATED)


def _kept(key: SigningKey) -> dict[str, Any]:
    """Entries of a list that is fetched: the headers are those of the decision sent to its door."""
    good = example_list()["entries"][0]
    written_anew = json.dumps(json.loads(good["body"]), ensure_ascii=False)
    asked = _over(Door.DECISIONS, _DECISION, key, method="GET", path="/decisions")
    return {
        "department": "tax",
        "accepted": example_list()["entries"],
        "refused": [
            {"name": "signed over the call that fetches it", **good, "signature": asked, "code": "signature-invalid"},
            {"name": "named for another door", **good, "door": "acts", "code": "signature-invalid"},
            {"name": "written anew after signing", **good, "body": written_anew, "code": "digest-mismatch"},
            {"name": "no signature", **good, "signature": {}, "code": "signature-missing"},
            {
                "name": "signed when it was decided, fetched 301 seconds later",
                **good,
                "received": int(CREATED.timestamp()) + 301,
                "code": "signature-too-old",
            },
        ],
    }
