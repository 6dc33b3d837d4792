"""The root of everything that `security` refuses."""

from typing import ClassVar


class SecurityError(Exception):
    """Refused for a reason with a stable code; the message never holds a secret or personal data."""

    code: ClassVar[str] = "security"
