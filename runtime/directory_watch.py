"""Keeps the directory of departments as its file is now, without a restart; a file that is broken changes nothing.

The file and the files of secrets that it names are looked at every few seconds. A change counts once two looks in a
row saw the same: an editor that is still writing is not taken at its word. SIGHUP looks at once, and so does whoever
misses something in it (`catch_up`).
"""

from __future__ import annotations

import asyncio
import hashlib
import logging
import time
from collections.abc import Awaitable, Callable, Iterable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Final

from adapters.configuration.kinds import Kind
from adapters.configuration.maintenance import away_until
from adapters.translated import in_our_words
from observability import metrics
from one_things.office_days import OfficeDays
from runtime.department_directory import DirectoryUnusable, LoadedDirectory, load_directory
from security.signing_keys import VerificationKey

_LOG = logging.getLogger("onething.departments")
_BETWEEN_LOOKS: Final = 2.0
"""Seconds."""
_SETTLES_SECONDS: Final = 0.5
"""What somebody waits for has to look the same twice so far apart."""
_CATCHES_UP_EVERY_SECONDS: Final = 1.0
Take = Callable[[LoadedDirectory], Awaitable[None]]


class DirectoryWatch:
    """The directory in force: what it says now, and whether the file has become unusable since."""

    def __init__(self, file: Path, between_looks: float = _BETWEEN_LOOKS) -> None:
        """Reads the file. Raises DirectoryUnusable: a process does not start with a broken one."""
        self._file = file
        self._between_looks = between_looks
        self._nudged = asyncio.Event()
        self._reading, self._catching_up = asyncio.Lock(), asyncio.Lock()
        self._take: Take | None = None
        self._catch_ups, self._caught_up_at = 0, -_CATCHES_UP_EVERY_SECONDS
        self.current = load_directory(file)
        self._taken = self._seen = self._look()
        self._faults = ""
        metrics.DIRECTORY_STALE.set(0)

    @property
    def is_stale(self) -> bool:
        """Whether the file cannot be used as it is now: what it said before is in force."""
        return bool(self._faults)

    def key(self, key_id: str) -> VerificationKey | None:
        """The public key of this id; None when nobody signs with it."""
        return self.current.keys.get(key_id)

    def in_our_words(self, department: str, body: bytes) -> bytes:
        """What this department sent, with our names where it has codes of its own."""
        known = self.current.departments.get(department)
        return body if known is None else in_our_words(known.entry.codes, body)

    def maintenance_until(self, department: str, at: datetime) -> datetime | None:
        """Until when this department is in maintenance, if it is at this moment."""
        known = self.current.departments.get(department)
        return None if known is None else away_until(known.entry.maintenance, at)

    def office_days(self, department: str) -> OfficeDays:
        """On which days its office is closed or open otherwise than the official calendar says."""
        known = self.current.departments.get(department)
        return OfficeDays() if known is None else known.entry.calendar

    def is_on_workbench(self, department: str) -> bool:
        """Whether the officers of this department work on our pages."""
        known = self.current.departments.get(department)
        return known is not None and known.entry.kind is Kind.WORKBENCH

    def look_now(self) -> None:
        """Somebody says that the file has changed and is complete."""
        self._nudged.set()

    async def catch_up(self) -> None:
        """Look once more, now, and take what the file says: somebody relies on what it did not say before.

        A worker may have read a change already that this process has not. Strangers may ask for it as well: there is
        one look in a second, for all who came before it began, and a file that is being written is not taken by it.
        """
        asked = self._catch_ups
        async with self._catching_up:
            if self._catch_ups > asked or self._take is None:
                return  # a look that began since has answered this one too
            await asyncio.sleep(self._caught_up_at + _CATCHES_UP_EVERY_SECONDS - time.monotonic())
            self._catch_ups += 1
            seen = await asyncio.to_thread(self._look)
            if seen != self._taken:
                await asyncio.sleep(_SETTLES_SECONDS)
                self._seen = await asyncio.to_thread(self._look)
                if self._seen == seen:
                    await self._read_anew(self._take)
            self._caught_up_at = time.monotonic()

    async def run(self, take: Take) -> None:
        """Look until cancelled; ``take`` carries out what a new file says before it is in force."""
        self._take = take
        while True:
            settled = await self._told_or_settled()
            if settled and (self._seen != self._taken or self.is_stale):
                await self._read_anew(take)

    async def _told_or_settled(self) -> bool:
        """Waits for the next look; whether what it saw may be taken."""
        told = True
        try:
            async with asyncio.timeout(self._between_looks):
                await self._nudged.wait()
        except TimeoutError:
            told = False
        self._nudged.clear()
        before, self._seen = self._seen, await asyncio.to_thread(self._look)
        return told or self._seen == before

    async def _read_anew(self, take: Take) -> None:
        async with self._reading:
            seen = self._seen
            if seen == self._taken and not self.is_stale:
                return  # taken while this one waited
            try:
                loaded = await asyncio.to_thread(load_directory, self._file)
                await take(loaded)
            except DirectoryUnusable as unusable:
                self._stays_as_it_was(str(unusable))
            except Exception as fault:  # whatever a kind may raise: this process goes on with what it has
                self._stays_as_it_was(f"{type(fault).__name__}: {fault}")
            else:
                changed = sorted(_changed(self.current, loaded))
                self.current, self._taken, self._faults = loaded, seen, ""
                metrics.DIRECTORY_STALE.set(0)
                _LOG.info("the directory of departments is in force anew; changed: %s", ", ".join(changed) or "nothing")

    def _stays_as_it_was(self, faults: str) -> None:
        metrics.DIRECTORY_STALE.set(1)
        if faults != self._faults:  # told once, not at every look
            _LOG.error("the directory of departments cannot be used and stays as it was: %s", faults)
        self._faults = faults

    def _look(self) -> bytes:
        secrets = (
            known.base / credential[1].file
            for known in self.current.departments.values()
            if (credential := known.entry.credential) is not None and credential[1].file is not None
        )
        return _fingerprint(self._file, secrets)


def _fingerprint(file: Path, secrets: Iterable[Path]) -> bytes:
    digest = hashlib.sha256()
    for one in (file, *secrets):
        try:
            content = hashlib.sha256(one.read_bytes()).digest()
        except OSError as error:
            content = f"errno {error.errno}".encode()
        digest.update(content)
    return digest.digest()


def _changed(before: LoadedDirectory, now: LoadedDirectory) -> Iterator[str]:
    """The departments that are reached, or sign, in another way than before."""
    for code in before.departments.keys() | now.departments.keys():
        if before.departments.get(code) != now.departments.get(code):
            yield code
