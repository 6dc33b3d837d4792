"""Key pairs for signatures, each with the id under which the other side knows it and the suite it belongs to."""

from dataclasses import dataclass
from datetime import datetime
from typing import Self

from .suites import DEFAULT_SUITE, Signer, Verifier, suite


@dataclass(frozen=True)
class VerificationKey:
    """A public key. The id names its owner and version, for example `tax.2`."""

    id: str
    suite_name: str
    verifier: Verifier
    valid_from: datetime | None = None
    valid_until: datetime | None = None
    """What is signed with it is accepted from the one moment up to the other, which is no longer part of it."""

    @classmethod
    def from_pem(
        cls,
        key_id: str,
        pem: str,
        suite_name: str = DEFAULT_SUITE,
        *,
        valid_from: datetime | None = None,
        valid_until: datetime | None = None,
    ) -> Self:
        """Read a public key. Raises UnreadableKey, UnknownSuite."""
        return cls(key_id, suite_name, suite(suite_name).read_verifier(pem), valid_from, valid_until)

    def is_valid(self, moment: datetime) -> bool:
        """Whether what comes signed with it at this moment is accepted."""
        return not (
            (self.valid_from is not None and moment < self.valid_from)
            or (self.valid_until is not None and moment >= self.valid_until)
        )

    def to_pem(self) -> str:
        """The text `from_pem` reads; not secret."""
        return self.verifier.to_pem()


@dataclass(frozen=True)
class SigningKey:
    """A private key. The id names its owner and version, for example `tax.2`."""

    id: str
    suite_name: str
    signer: Signer

    @classmethod
    def generate(cls, key_id: str, suite_name: str = DEFAULT_SUITE) -> Self:
        """A new random key pair."""
        return cls(key_id, suite_name, suite(suite_name).new_signing_key())

    @classmethod
    def from_pem(cls, key_id: str, pem: str, suite_name: str = DEFAULT_SUITE) -> Self:
        """Read a private key. Raises UnreadableKey, UnknownSuite."""
        return cls(key_id, suite_name, suite(suite_name).read_signer(pem))

    def to_pem(self) -> str:
        """The text `from_pem` reads: secret, store it readable by its owner only."""
        return self.signer.to_pem()

    def verification_key(self) -> VerificationKey:
        """The public half, to be given to whoever verifies."""
        return VerificationKey(self.id, self.suite_name, self.signer.verifier())
