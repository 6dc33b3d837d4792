"""Where batches are exchanged, as a port: the few things that are done to files there, whatever they are done over.

Every file appears whole or not at all: it is written under a temporary name, and gets its own by a renaming.
"""

from collections.abc import Callable
from typing import NamedTuple, Protocol, TypeVar

from adapters.port import UnknownCause

T = TypeVar("T")


class Lying(NamedTuple):
    """What lies in a folder; a link is no file."""

    name: str
    size: int
    modified_ns: int
    is_file: bool

    @property
    def mark(self) -> list[int]:
        """By this it is recognised at the next look."""
        return [self.size, self.modified_ns]


class PlaceAway(OSError):
    """The place cannot be reached; ``cause`` says why."""

    def __init__(self, cause: UnknownCause, said: str) -> None:
        super().__init__(None, said)
        self.cause = cause


class NoteRefused(PlaceAway):
    """What lies where we keep our notes is none of ours: nothing follows from it, and nothing is done over it."""

    def __init__(self, note: str) -> None:
        super().__init__(UnknownCause.NOTE_REFUSED, f"the note {note} is not as we wrote it")
        self.note = note


class Place(Protocol):
    """Files in folders. All but `carry_out` block, so they are called within it, and raise OSError."""

    async def carry_out(self, work: Callable[[], T]) -> T:
        """Do this, which uses the place, beside the event loop."""

    def make_folder(self, path: str) -> None:
        """For us alone; its parent has to be there. That it is there already is no mistake."""

    def listed(self, folder: str) -> list[Lying]:
        """Everything in it, in no order. Raises FileNotFoundError."""

    def read(self, path: str, largest: int) -> bytes:
        """At most so many bytes of it; a link of this machine is not followed. Raises FileNotFoundError."""

    def write(self, path: str, content: bytes, mode: int) -> None:
        """A new file with these permissions, on its disk when this returns. Raises FileExistsError."""

    def replace(self, path: str, by: str) -> None:
        """The file ``by`` gets this name, in one step, and what had it is gone."""

    def publish(self, path: str, temporary: str) -> bool:
        """The temporary file gets this name, unless another has it: False. The temporary name is gone in any case."""

    def remove(self, path: str) -> None:
        """That it is gone already is no mistake."""

    def exists(self, path: str) -> bool:
        """Whether anything has this name."""

    def settle(self, folder: str) -> None:
        """What happened to names in it outlives a loss of power, as far as the place can say so."""
