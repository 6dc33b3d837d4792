"""What the sandbox departments know and nobody else: the tokens they accept and the keys they sign with."""

from __future__ import annotations

from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict, SecretStr, ValidationError

from security.errors import SecurityError
from security.signing_keys import SigningKey


class CredentialsUnusable(Exception):
    """The credentials file cannot be used; the message never quotes a secret."""

    code = "sandbox-credentials-unusable"


class SandboxCredential(BaseModel):
    """One sandbox department's accepted token and private signing key (PEM) with its id."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    token: SecretStr
    key_id: str
    signing_key: SecretStr

    def signing(self) -> SigningKey:
        """The key that signs decisions. Errors: `UnreadableKey`."""
        return SigningKey.from_pem(self.key_id, self.signing_key.get_secret_value())


def load_sandbox_credentials(file: Path) -> dict[str, SandboxCredential]:
    """The credentials by department code. Errors: `CredentialsUnusable`."""
    try:
        read = yaml.safe_load(file.read_text())
        credentials = {str(code): SandboxCredential.model_validate(entry) for code, entry in read.items()}
        for credential in credentials.values():
            credential.signing()
    except OSError as error:
        raise CredentialsUnusable(f"{file} cannot be read: {error.strerror}") from None
    except ValidationError as error:
        raise CredentialsUnusable(f"{file}: {error.error_count()} faults, first: {error.errors()[0]['msg']}") from None
    except (yaml.YAMLError, AttributeError, SecurityError) as error:
        raise CredentialsUnusable(f"{file} is not as expected ({type(error).__name__})") from None
    return credentials
