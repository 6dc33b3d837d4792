"""Who is calling: bearer tokens (JWT, RFC 7519) of an outside issuer (OIDC), judged and turned into a Principal.

`EmbeddedIssuer` stands in for the outside issuer where a whole city runs on one machine.
"""

import json
import os
from collections.abc import Callable, Collection
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Any, Final, Self
from uuid import uuid4

from joserfc import errors, jwt
from joserfc.jwk import JWKRegistry, Key, KeySet, KeySetSerialization
from joserfc.jws import JWSRegistry
from pydantic import BaseModel, Field, SecretStr, ValidationError, model_validator

from .errors import SecurityError
from .suites import DEFAULT_SUITE, suite
from .token_keys import StaticKeys, TokenKeys

KEY_FILE: Final = "issuer-key.json"
LONGEST_SUBJECT: Final = 200
"""Characters of a ``sub``: as many as the record keeps of an owner."""


class Role(StrEnum):
    """What someone may be to this platform."""

    APPLICANT = "applicant"
    OPERATOR = "operator"
    OFFICER = "officer"
    SUPERVISOR = "supervisor"
    """Beside ``officer``: approves what another officer of the department asks for."""


class Principal(BaseModel, frozen=True):
    """A caller whose token was verified."""

    subject: str = Field(
        min_length=1,
        max_length=LONGEST_SUBJECT,
        pattern=r"^[^\x00-\x1f\x7f]+$",
        description="Stable and unique within the issuer; opaque, never shown.",
    )
    roles: frozenset[Role] = Field(min_length=1)
    departments: frozenset[str] = Field(default=frozenset(), description="Departments an officer decides for.")
    expires_at: datetime = Field(description="When the token ends, and with it any stream opened with it.")
    identity: SecretStr | None = Field(
        default=None, description="The identity number or credit code that the issuer has verified; shown to nobody."
    )
    person: str | None = Field(
        default=None, description="An opaque name of that identity, given by who judges the token; fit for the record."
    )

    @model_validator(mode="after")
    def _officers_belong_somewhere(self) -> Self:
        if Role.OFFICER in self.roles and not self.departments:
            raise ValueError("an officer decides for at least one department")
        return self

    def has(self, role: Role) -> bool:
        """Whether the caller has this role."""
        return role in self.roles


class TokenRefused(SecurityError):
    """A token that proves nothing; the message never quotes it."""


class TokenMalformed(TokenRefused):
    """Not a signed JWT."""

    code = "token-malformed"


class TokenAlgorithmRefused(TokenRefused):
    """Signed with an algorithm that the suite does not accept, or with none."""

    code = "token-algorithm-refused"


class TokenKeyUnknown(TokenRefused):
    """Signed with a key that the issuer does not publish."""

    code = "token-key-unknown"


class TokenSignatureInvalid(TokenRefused):
    """The signature does not fit the token."""

    code = "token-signature-invalid"


class TokenExpired(TokenRefused):
    """The token's time has passed."""

    code = "token-expired"


class TokenIssuerForeign(TokenRefused):
    """Issued by someone else."""

    code = "token-issuer-foreign"


class TokenAudienceWrong(TokenRefused):
    """Issued for someone else."""

    code = "token-audience-wrong"


class TokenClaimsInvalid(TokenRefused):
    """A claim is missing, not yet valid, or makes no principal (no role of ours, an officer of no department)."""

    code = "token-claims-invalid"


class TokenVerifier:
    """Judges tokens of one issuer, meant for one audience.

    `roles_claim`, `departments_claim` and `identity_claim` are dotted paths into the claims, for issuers that nest
    them. Roles that are not ours are passed over; a token without an identity stands for nobody in particular.
    `leeway` in seconds allows for clocks that differ.
    """

    def __init__(
        self,
        *,
        issuer: str,
        audience: str,
        keys: TokenKeys,
        suite_name: str = DEFAULT_SUITE,
        roles_claim: str = "roles",
        departments_claim: str = "departments",
        identity_claim: str = "identity_number",
        leeway: int = 10,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._keys = keys
        self._roles_path = roles_claim.split(".")
        self._departments_path = departments_claim.split(".")
        self._identity_path = identity_claim.split(".")
        # Issuers add headers of their own; `crit` still refuses those that must be understood.
        self._registry = JWSRegistry(algorithms=suite(suite_name).accepted_jws_algorithms, strict_check_header=False)
        self._claims = jwt.JWTClaimsRegistry(
            now=lambda: int(now().timestamp()),
            leeway=leeway,
            iss={"essential": True, "value": issuer},
            aud={"essential": True, "value": audience},
            exp={"essential": True},
            sub={"essential": True},
        )

    async def verify(self, token: str) -> Principal:
        """The caller this token stands for. Raises a TokenRefused, or IssuerUnavailable when it cannot be judged."""
        try:
            decoded = self._decode(token, await self._keys.known())
        except TokenKeyUnknown:
            decoded = self._decode(token, await self._keys.renewed())
        self._check(decoded.claims)
        return self._principal(decoded.claims)

    def _decode(self, token: str, keys: KeySet) -> jwt.Token:
        try:
            return jwt.decode(token, keys, registry=self._registry)
        except errors.UnsupportedAlgorithmError as error:
            raise TokenAlgorithmRefused("the token's algorithm is not accepted") from error
        except errors.InvalidKeyIdError as error:
            raise TokenKeyUnknown("the issuer publishes no such key") from error
        except errors.BadSignatureError as error:
            raise TokenSignatureInvalid("the token was altered, or signed by someone else") from error
        except (errors.JoseError, ValueError, TypeError, RecursionError) as error:
            raise TokenMalformed("this is no signed JWT") from error

    def _check(self, claims: dict[str, Any]) -> None:
        try:
            self._claims.validate(claims)
        except errors.ExpiredTokenError as error:
            raise TokenExpired("the token has expired; sign in again") from error
        except errors.InvalidClaimError as error:
            if error.claim == "iss":
                raise TokenIssuerForeign("the token was issued by someone else") from error
            if error.claim == "aud":
                raise TokenAudienceWrong("the token was issued for someone else") from error
            raise TokenClaimsInvalid(f"the claim {error.claim} is not valid") from error
        except errors.ClaimError as error:
            raise TokenClaimsInvalid(f"the token must carry: {error.claim}") from error

    def _principal(self, claims: dict[str, Any]) -> Principal:
        try:
            return Principal(
                subject=claims["sub"],
                roles=frozenset(Role(name) for name in _texts(claims, self._roles_path) if name in set(Role)),
                departments=frozenset(_texts(claims, self._departments_path)),
                expires_at=datetime.fromtimestamp(claims["exp"], UTC),
                identity=_secret(_texts(claims, self._identity_path)),
            )
        except (ValidationError, OverflowError, OSError, ValueError) as error:
            raise TokenClaimsInvalid(
                f"the claims make no principal: a subject of at most {LONGEST_SUBJECT} characters, a role, "
                "an officer's department"
            ) from error


class EmbeddedIssuer:
    """An issuer for a city on one machine: keeps its key in a directory, publishes the JWKS, mints sample tokens."""

    def __init__(
        self,
        directory: Path,
        *,
        issuer: str,
        audience: str,
        suite_name: str = DEFAULT_SUITE,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._issuer = issuer
        self._audience = audience
        self._suite_name = suite_name
        self._now = now
        self._key = _kept_key(directory / KEY_FILE, suite_name)

    def jwks(self) -> KeySetSerialization:
        """The public key, as an issuer publishes it."""
        return KeySet([self._key]).as_dict(private=False)

    def verifier(self) -> TokenVerifier:
        """Judges the tokens of this issuer."""
        return TokenVerifier(
            issuer=self._issuer,
            audience=self._audience,
            keys=StaticKeys(self.jwks()),
            suite_name=self._suite_name,
            now=self._now,
        )

    def mint(
        self,
        subject: str,
        roles: Collection[Role],
        departments: Collection[str] = (),
        valid_for: timedelta = timedelta(hours=8),
        identity: str | None = None,
    ) -> str:
        """A token for `subject`. Raises pydantic's ValidationError for what could not be a Principal."""
        issued_at = self._now()
        principal = Principal(
            subject=subject,
            roles=frozenset(roles),
            departments=frozenset(departments),
            expires_at=issued_at + valid_for,
        )
        algorithm = suite(self._suite_name).jws_algorithm
        claims = {
            "iss": self._issuer,
            "aud": self._audience,
            "sub": principal.subject,
            "iat": int(issued_at.timestamp()),
            "exp": int(principal.expires_at.timestamp()),
            "jti": uuid4().hex,
            "roles": sorted(principal.roles),
            "departments": sorted(principal.departments),
            **({"identity_number": identity} if identity is not None else {}),
        }
        return jwt.encode({"alg": algorithm, "kid": self._key.kid}, claims, self._key, algorithms=[algorithm])


class IssuerKeyExposed(SecurityError):
    """Others than its owner may read the issuer's private key."""

    code = "issuer-key-exposed"


def _kept_key(file: Path, suite_name: str) -> Key:
    if not file.exists():
        _write_once(file, json.dumps(suite(suite_name).new_token_key().as_dict(private=True)))
    if file.stat().st_mode & 0o077:
        raise IssuerKeyExposed(f"others may read {file.name}: run `chmod 600` on it, or delete it to get a new key")
    return JWKRegistry.import_key(json.loads(file.read_text()))


def _write_once(file: Path, text: str) -> None:
    """Several processes may start at once: the first one's key is everybody's key, and none sees half a file."""
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = file.with_name(f"{file.name}.{uuid4().hex}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "w") as stream:
            stream.write(text)
        os.link(draft, file)
    except FileExistsError:
        pass
    finally:
        draft.unlink()


def _secret(texts: list[str]) -> SecretStr | None:
    return SecretStr(texts[0]) if texts else None


def _texts(claims: dict[str, Any], path: list[str]) -> list[str]:
    """The texts at a dotted path; one text counts as a list of one, anything else as nothing."""
    found: Any = claims
    for name in path:
        found = found.get(name) if isinstance(found, dict) else None
    if isinstance(found, str):
        return [found]
    return [text for text in found if isinstance(text, str)] if isinstance(found, list) else []
