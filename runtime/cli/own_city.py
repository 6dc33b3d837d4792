"""Commands on the record work on the embedded city of this folder when no other database is named."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from runtime.cli.console import errors
from runtime.settings import PREFIX, SECRETS_DIR_VARIABLE, Role

if TYPE_CHECKING:
    from runtime.settings import Settings

_SAYS_WHERE = (f"{PREFIX}DATABASE_URL", SECRETS_DIR_VARIABLE)


def load_settings_here(role: Role) -> Settings:
    """The settings of `role`: those of the environment, else those of the embedded city that was started here.

    Errors: `SettingsFault`.
    """
    from runtime.embedded.places import default_data_dir
    from runtime.settings_loading import load_settings

    if not any(os.environ.get(name) for name in _SAYS_WHERE):
        data_dir = Path(os.environ.get(f"{PREFIX}DATA_DIR") or default_data_dir())
        secrets = data_dir / "secrets"
        if secrets.is_dir():
            errors.print(f"the embedded city in {data_dir}")
            os.environ[SECRETS_DIR_VARIABLE] = str(secrets)
    return load_settings(role)
