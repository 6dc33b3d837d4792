"""What the system is told by its environment."""

import os
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Settings:
    """Paths and numbers; seconds."""

    database: Path
    token: str
    key_id: str
    key_file: Path
    decision_seconds: float
    """After how long this skeleton decides by itself; your officers will take longer."""


def from_environment() -> Settings:
    """Read the settings. Raises OSError when a file is missing."""
    here = Path(os.environ.get("DEPARTMENT_FOLDER", "."))
    token_file = Path(os.environ.get("DEPARTMENT_TOKEN_FILE", here / "secrets/token"))
    return Settings(
        database=Path(os.environ.get("DEPARTMENT_DATABASE", here / "department.db")),
        token=token_file.read_text().strip(),
        key_id=os.environ.get("DEPARTMENT_KEY_ID", "DEPARTMENT_CODE.1"),
        key_file=Path(os.environ.get("DEPARTMENT_KEY_FILE", here / "secrets/DEPARTMENT_CODE.1.pem")),
        decision_seconds=float(os.environ.get("DEPARTMENT_DECISION_SECONDS", "0.5")),
    )
