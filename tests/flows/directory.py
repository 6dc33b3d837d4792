"""The town's file of departments, as an operator changes it while cases run."""

import copy
import os
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import yaml

from tests.flows.town import Town, eventually

IN_FORCE = "the directory of departments is in force anew"
UNUSABLE = "the directory of departments cannot be used"
_ROLES = ("serve", "worker")


class Directory:
    """The town's file of departments, as an operator changes it."""

    def __init__(self, town: Town) -> None:
        self._town = town
        self.file = town.city.secrets.departments.directory_file
        self.as_it_was = self.file.read_text()

    async def becomes(self, text: str, told: str = IN_FORCE) -> None:
        """Replace the file, tell the processes, and wait until both say what they made of it."""
        async with self.until_both_say(told):
            self.write(text)
            for role in _ROLES:
                os.kill(self._town.city.pids[role], signal.SIGHUP)

    @asynccontextmanager
    async def until_both_say(self, told: str = IN_FORCE) -> AsyncIterator[None]:
        """What is done within has both processes say this, once more than before."""
        before = {role: self._said(role, told) for role in _ROLES}
        yield

        async def said() -> list[str]:
            return [role for role in _ROLES if self._said(role, told) > before[role]]

        await eventually(said, lambda those: len(those) == len(_ROLES), f"both processes to say: {told}")

    def write(self, text: str) -> None:
        """Replace the file; the processes notice it by themselves, within seconds."""
        new = self.file.with_suffix(".new")
        new.write_text(text)
        new.rename(self.file)

    def everywhere(self, **said: object) -> str:
        """What is said of all departments, and this besides of each that is called."""
        written = yaml.safe_load(self.as_it_was)
        for entry in (entry for entry in written["departments"].values() if "url" in entry):
            entry.update(copy.deepcopy(said))  # one for each: YAML would write the same one as an alias
        return yaml.safe_dump(written)

    def without(self, department: str) -> str:
        written = yaml.safe_load(self.as_it_was)
        del written["departments"][department]
        return yaml.safe_dump(written)

    def with_more(self, department: str, **said: object) -> str:
        """What is said of the department, and this besides."""
        written = yaml.safe_load(self.as_it_was)
        written["departments"][department] |= said
        return yaml.safe_dump(written)

    def entry(self, department: str) -> dict[str, Any]:
        """What is said of the department."""
        said: dict[str, Any] = yaml.safe_load(self.as_it_was)["departments"][department]
        return said

    def instead(self, department: str, **entry: object) -> str:
        """This is said of the department, and nothing else."""
        written = yaml.safe_load(self.as_it_was)
        written["departments"][department] = entry
        return yaml.safe_dump(written)

    def _said(self, role: str, told: str) -> int:
        return Path(self._town.city.logs / f"{role}.log").read_text().count(told)
