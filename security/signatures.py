"""Signatures over HTTP requests (RFC 9421), for any framework: plain method, URL, headers and body in, headers out.

A signature covers method, path, query, content type and the body's digest. It does not cover the authority, which
proxies change on the way: a key therefore belongs to one deployment. A repeat within the window is the receiver's to
recognise, by the id of what was sent.
"""

import base64
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import Any, Final

from http_message_signatures import (
    HTTPMessageSignaturesException,
    HTTPMessageSigner,
    HTTPMessageVerifier,
    HTTPSignatureAlgorithm,
    HTTPSignatureKeyResolver,
)
from http_sf.compat import InnerList

from .errors import SecurityError
from .signing_keys import SigningKey, VerificationKey
from .suites import DEFAULT_SUITE, Signer, Verifier, suite

WINDOW_SECONDS: Final = 300
_LABEL: Final = "sig1"
# Path and query alone are signed, so any authority serves where the caller knows none.
_ANY_AUTHORITY: Final = "https://any.invalid"

Headers = Mapping[str, str] | Iterable[tuple[str, str]]
KeyLookup = Callable[[str], VerificationKey | None]


class SignatureRefused(SecurityError):
    """A request whose origin is not proved."""


class SignatureMissing(SignatureRefused):
    """The request carries no signature."""

    code = "signature-missing"


class SignatureKeyUnknown(SignatureRefused):
    """Nobody is known under the signature's key id."""

    code = "signature-key-unknown"


class SignatureKeyExpired(SignatureRefused):
    """The key is known, but is not valid now: its time has ended, or has not come yet."""

    code = "signature-key-expired"


class SignatureTooOld(SignatureRefused):
    """Signed more than WINDOW_SECONDS ago, or past the expiry its signer set."""

    code = "signature-too-old"


class SignatureFromTheFuture(SignatureRefused):
    """Signed more than WINDOW_SECONDS ahead of our clock."""

    code = "signature-from-the-future"


class SignatureIncomplete(SignatureRefused):
    """The signature does not cover all that it must; the message names what is left out."""

    code = "signature-incomplete"


class SignatureInvalid(SignatureRefused):
    """The signature is malformed, or does not fit the request and the key."""

    code = "signature-invalid"


class DigestMismatch(SignatureRefused):
    """The body is not the one whose digest was signed."""

    code = "digest-mismatch"


@dataclass(frozen=True)
class VerifiedSignature:
    """Who signed the request, and when."""

    key_id: str
    created: datetime


def sign(
    method: str, url: str, headers: Headers, body: bytes, key: SigningKey, now: datetime | None = None
) -> dict[str, str]:
    """The headers to add to a request: Signature-Input, Signature and, with a body, Content-Digest.

    `url` is absolute or begins with the path, percent-encoded as sent. `headers` must hold the Content-Type when
    there is a body. Raises SignatureIncomplete without it, SignatureInvalid for a URL or header no signature can cover.
    """
    covered = _components_to_cover(url, has_content=bool(body))
    request = _Request(method.upper(), _absolute(url), _ContentHeaders.of(headers))
    if body and "content-type" not in request.headers:
        raise SignatureIncomplete("set Content-Type before signing: a body is signed together with its type")
    try:
        prepared = _message_signer(key.suite_name).prepare(
            request,
            key_id=key.id,
            created=now or datetime.now(UTC),
            label=_LABEL,
            covered_component_ids=covered,
            body=body or None,
        )
    except HTTPMessageSignaturesException as error:
        raise SignatureInvalid(f"this request cannot be signed: {error}") from error
    algorithm = _algorithm(key.suite_name)
    signature = algorithm(private_key=key.signer).sign(prepared.signature_base)
    # Not the library's apply(): it builds the signature base once more, to notice changes made by a remote signer.
    added = {
        "Signature-Input": f"{prepared.label}={prepared.signature_params}",
        "Signature": f"{prepared.label}={_byte_sequence(signature)}",
    }
    digest = request.headers.get("content-digest")
    return {"Content-Digest": digest, **added} if digest else added


def verify(
    method: str, url: str, headers: Headers, body: bytes, key_lookup: KeyLookup, now: datetime | None = None
) -> VerifiedSignature:
    """Prove where a request comes from. Raises a SignatureRefused, each with its own code.

    `url` is absolute or begins with the path, percent-encoded as received; `headers` are all of the request, `body`
    the bytes before decoding. The key, not the request, decides the algorithm (RFC 9421, section 7.3.6). Checked in
    this order: present, complete, key known, key valid at `now` (default: the clock), signed within WINDOW_SECONDS of
    it, signature, digest.
    """
    fields = _FieldLines.of(headers)
    if "signature" not in fields.names or "signature-input" not in fields.names:
        raise SignatureMissing("the request needs the headers Signature-Input and Signature (RFC 9421)")
    # A digest that is present counts even without a body: else a signed body could be cut off.
    required = _components_to_cover(url, has_content=bool(body) or "content-digest" in fields.names)
    verification = _Verification(key_lookup, now or datetime.now(UTC), required)
    try:
        (result,) = verification.verify(_Request(method.upper(), _absolute(url), fields), max_age=None)
    except HTTPMessageSignaturesException as error:
        raise SignatureInvalid(f"the signature does not fit the request: {error}") from error
    key = verification.key()
    digest = result.covered_components.get('"content-digest"')
    if digest is not None:
        _check_digest(digest, body, key)
    return VerifiedSignature(key.id, datetime.fromtimestamp(int(result.parameters["created"]), UTC))


class _Verification(HTTPMessageVerifier):
    """One verification: what a request must cover, by whose key, at which time."""

    def __init__(self, key_lookup: KeyLookup, now: datetime, required: tuple[str, ...]) -> None:
        super().__init__(signature_algorithm=_algorithm(DEFAULT_SUITE), key_resolver=_FoundKey(self))
        self._key_lookup = key_lookup
        self._now = now.timestamp()
        self._required = required
        self._key: VerificationKey | None = None

    def key(self) -> VerificationKey:
        """The key that the signature names."""
        if self._key is None:
            raise SignatureInvalid("the signature was not examined")
        return self._key

    def validate_created_and_expires(self, sig_input: InnerList, max_age: object = None) -> None:
        """Everything that can be said before any cryptography; the library asks here first, outside its own catch."""
        self._check_coverage(sig_input)
        self._find_key(sig_input.params["keyid"])
        self._check_time(sig_input.params)

    def _check_coverage(self, sig_input: InnerList) -> None:
        # A component with parameters (;sf, ;key, ;req) is another one than what is required here.
        covered = {component.value for component in sig_input if not component.params}
        missing = [name for name in self._required if name not in covered]
        missing += [name for name in ("created", "keyid") if name not in sig_input.params]
        if missing:
            raise SignatureIncomplete(f"the signature must also cover: {', '.join(missing)}")

    def _find_key(self, key_id: str) -> None:
        self._key = self._key_lookup(key_id)
        if self._key is None:
            raise SignatureKeyUnknown("no key is registered under the signature's keyid")
        if not self._key.is_valid(datetime.fromtimestamp(self._now, UTC)):
            raise SignatureKeyExpired("the key is not valid now: sign with one whose time has come and has not ended")
        self.signature_algorithm = _algorithm(self._key.suite_name)

    def _check_time(self, params: Mapping[str, Any]) -> None:
        age = self._now - params["created"]
        if age > WINDOW_SECONDS or self._now > params.get("expires", self._now):
            raise SignatureTooOld(f"sign again: a signature is valid for {WINDOW_SECONDS} seconds")
        if age < -WINDOW_SECONDS:
            raise SignatureFromTheFuture(
                f"signed more than {WINDOW_SECONDS} seconds ahead of our clock: compare clocks"
            )


class _FoundKey(HTTPSignatureKeyResolver):
    """Hands the library the key that the verification found."""

    def __init__(self, verification: _Verification) -> None:
        self._verification = verification

    def resolve_public_key(self, key_id: str) -> Verifier:
        return self._verification.key().verifier


@dataclass(frozen=True)
class _FieldLines:
    """The request's header lines as the library reads them, repeated ones included."""

    lines: list[tuple[str, str]]
    names: frozenset[str]

    @classmethod
    def of(cls, headers: Headers) -> "_FieldLines":
        lines = list(headers.items() if isinstance(headers, Mapping) else headers)
        return cls(lines, frozenset(name.lower() for name, _ in lines))

    def items(self) -> list[tuple[str, str]]:
        return self.lines


class _ContentHeaders(dict[str, str]):
    """The only headers a signature of ours covers, in lower case, to be completed with the digest."""

    @classmethod
    def of(cls, headers: Headers) -> "_ContentHeaders":
        lines = headers.items() if isinstance(headers, Mapping) else headers
        return cls((name.lower(), value) for name, value in lines if name.lower() == "content-type")

    def __setitem__(self, name: str, value: str) -> None:
        super().__setitem__(name.lower(), value)


@dataclass(frozen=True)
class _Request:
    """A request as the library reads it."""

    method: str
    url: str
    headers: Any


@cache
def _algorithm(suite_name: str) -> type[HTTPSignatureAlgorithm]:
    """The library's view of a suite's signatures."""
    chosen = suite(suite_name)

    class OfSuite(HTTPSignatureAlgorithm):
        algorithm_id = chosen.message_signature_name

        def __init__(self, public_key: Verifier | None = None, private_key: Signer | None = None) -> None:
            self._public_key, self._private_key = public_key, private_key

        def sign(self, message: bytes) -> bytes:
            if self._private_key is None:
                raise HTTPMessageSignaturesException("signing needs a private key")
            return self._private_key.sign(message)

        def verify(self, signature: bytes, message: bytes) -> None:
            if self._public_key is None:
                raise HTTPMessageSignaturesException("verifying needs a public key")
            self._public_key.verify(signature, message)

    return OfSuite


@cache
def _message_signer(suite_name: str) -> HTTPMessageSigner:
    class OfSuite(HTTPMessageSigner):
        content_digest_class = suite(suite_name).content_digest

    return OfSuite(signature_algorithm=_algorithm(suite_name))


def _components_to_cover(url: str, *, has_content: bool) -> tuple[str, ...]:
    query = ("@query",) if "?" in url else ()
    content = ("content-digest", "content-type") if has_content else ()
    return ("@method", "@path", *query, *content)


def _absolute(url: str) -> str:
    return _ANY_AUTHORITY + url if url.startswith("/") else url


def _check_digest(digest: str, body: bytes, key: VerificationKey) -> None:
    content_digest = suite(key.suite_name).content_digest
    # The usual spelling needs no parsing.
    if digest == content_digest.create(body):
        return
    try:
        content_digest.verify(digest, body)
    except HTTPMessageSignaturesException as error:
        raise DigestMismatch(f"the body is not the one that was signed: {error}") from error


def _byte_sequence(data: bytes) -> str:
    return f":{base64.b64encode(data).decode()}:"
