"""The drop folder: batches to the department in ``out``, its batches in ``in``, and what we remember beside ours.

Every file appears whole or not at all (a temporary name, then its own). Workers write entries; one gateway at a time
(the collector's turn) makes batches of them and reads what came. What is done, and where, is the business of a `Place`.

A note of ours says what was asked, and what was answered: who could write one would decide in the department's name, or
submit in ours. Others may write there (whoever administers the server), so each carries a MAC by a key of this
deployment, over department, part, name and content. What does not verify is not believed: `NoteRefused`. That a note
is taken away, or an earlier one of the same name put back, is not prevented: it delays or repeats, and forges nothing.
"""

import hashlib
import hmac
import json
import logging
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any, Final, TypeVar
from uuid import uuid4

from adapters.configuration.entry import Folder
from adapters.file_exchange.place import Lying, NoteRefused, Place

_T = TypeVar("_T")
_LOG = logging.getLogger("onething.departments")
_OURS: Final = ".onething"
_PARTS: Final = ("entries", "pending", "answers", "batches", "taken")
_LARGEST_NOTE: Final = 256 * 1024 * 1024
"""Of what we keep ourselves: a plan holds all entries of a batch."""
_UNFINISHED: Final = ".tmp"
_ABANDONED_SECONDS: Final = 86_400.0
"""So old nothing is still being written, and no two clocks differ as much."""
_FOR_US: Final = 0o600
_FOR_BOTH: Final = 0o660
"""The department reads batches, perhaps as another user of the same group."""


Mac = Callable[[bytes], bytes]
_MAC: Final = "mac"


class Drop:
    """Both folders of one department. Methods raise OSError while a folder is away.

    ``mac`` authenticates notes; all workers and gateways have the same.
    """

    def __init__(self, department: str, place: Place, folder: Folder, mac: Mac) -> None:
        self._department = department
        self._place = place
        self._mac = mac
        self._told = set[str]()
        self._out = str(folder.out)
        self._into = str(folder.into)
        self._ours = f"{self._out}/{_OURS}"

    async def carry_out(self, work: Callable[[], _T]) -> _T:
        """Do this, which uses the folders, beside the event loop."""
        return await self._place.carry_out(work)

    def prepare(self) -> None:
        """Make what we keep beside our batches; the folder itself has to be there, or a mount would be missed."""
        try:
            there = {one.name for one in self._place.listed(self._ours)}
        except FileNotFoundError:
            self._place.make_folder(self._ours)
            there = set()
        for part in _PARTS:
            if part not in there:
                self._place.make_folder(f"{self._ours}/{part}")

    def sweep(self, now: datetime) -> None:
        """Take away what broke off while it was written: it holds what was to be sent, in the clear."""
        for one in self._place.listed(self._ours):
            if one.name.endswith(_UNFINISHED) and now.timestamp() - one.modified_ns / 1e9 > _ABANDONED_SECONDS:
                self._place.remove(f"{self._ours}/{one.name}")

    def hold(self, part: str, name: str, content: dict[str, Any]) -> dict[str, Any]:
        """Keep this under the name, once; what is held under it now, which may be what came first."""
        known = self.held(part, name)
        if known is not None:
            return known
        temporary = self._written(self._noted(part, name, content), _FOR_US)
        if not self._place.publish(self._path(part, name), temporary):
            known = self.held(part, name)
        self._place.settle(f"{self._ours}/{part}")
        return content if known is None else known

    def put(self, part: str, name: str, content: dict[str, Any]) -> None:
        """Keep this under the name, in place of what was there."""
        temporary = self._written(self._noted(part, name, content), _FOR_US)
        self._place.replace(self._path(part, name), temporary)
        self._place.settle(f"{self._ours}/{part}")

    def held(self, part: str, name: str) -> dict[str, Any] | None:
        """What is kept under the name. Raises NoteRefused."""
        try:
            written = self._place.read(self._path(part, name), _LARGEST_NOTE)
        except FileNotFoundError:
            return None
        try:
            content: dict[str, Any] = json.loads(written)
            mac = bytes.fromhex(content.pop(_MAC))
            is_ours = hmac.compare_digest(mac, self._mac_of(part, name, content))
        except (ValueError, TypeError, AttributeError, KeyError, RecursionError):
            is_ours = False
        if not is_ours:
            self._tell(f"{part}/{name}")
            raise NoteRefused(f"{part}/{name}")
        return content

    def has(self, part: str, name: str) -> bool:
        """Whether something lies under the name, whoever wrote it: one question to a server; `held` asks up to four."""
        return self._place.exists(self._path(part, name))

    def names(self, part: str) -> list[str]:
        """All names of this part, the oldest first and within a moment by name."""
        lying = [one for one in self._place.listed(f"{self._ours}/{part}") if one.name.endswith(".json")]
        found = ((one.modified_ns, one.name.removesuffix(".json")) for one in lying)
        return [name for _, name in sorted(found)]

    def forget(self, part: str, name: str) -> None:
        """Keep nothing under the name any more."""
        self._place.remove(self._path(part, name))

    def send(self, name: str, packed: bytes) -> None:
        """Lay a batch out for the department; the same name again is the same batch."""
        self._place.replace(f"{self._out}/{name}", self._written(packed, _FOR_BOTH))
        self._place.settle(self._out)

    def is_out(self, name: str) -> bool:
        """Whether the batch still lies there."""
        return self._place.exists(f"{self._out}/{name}")

    def arrived(self) -> Iterator[Lying]:
        """What the department laid down, by name; what has a temporary name is not finished."""
        for one in sorted(self._place.listed(self._into)):
            if not one.name.startswith(".") and one.name.endswith(".zip"):
                yield one

    def read(self, arrived: Lying, largest: int) -> bytes:
        """At most so many bytes of it."""
        return self._place.read(f"{self._into}/{arrived.name}", largest)

    def _path(self, part: str, name: str) -> str:
        return f"{self._ours}/{part}/{name}.json"

    def _noted(self, part: str, name: str, content: dict[str, Any]) -> bytes:
        signed = {**content, _MAC: self._mac_of(part, name, content).hex()}
        return json.dumps(signed, ensure_ascii=False).encode()

    def _mac_of(self, part: str, name: str, content: dict[str, Any]) -> bytes:
        said = [self._department, part, name, content]
        return self._mac(json.dumps(said, sort_keys=True).encode())

    def _tell(self, note: str) -> None:
        if note not in self._told:  # once by each process, not at every look
            self._told.add(note)
            told = "%s: the note %s/%s.json is not as we wrote it, and is not believed"
            _LOG.error(told, self._department, self._ours, note)

    def _written(self, content: bytes, mode: int) -> str:
        temporary = f"{self._ours}/.{uuid4().hex}{_UNFINISHED}"
        self._place.write(temporary, content, mode)
        return temporary


def name_of(key: str) -> str:
    """A key as the name of a file."""
    return hashlib.sha256(key.encode()).hexdigest()


def pending_name(name: str, entry: dict[str, Any]) -> str:
    """The name under which an entry waits: with its moment, for a server may know the time to the second only, and an
    undoing goes behind what it undoes."""
    return f"{entry['at']:020}-{name}" if "at" in entry else name


def entry_name(pending: str) -> str:
    """The name of the entry that waits under this one."""
    return pending.rpartition("-")[2]
