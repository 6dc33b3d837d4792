"""A simulated department that exchanges batches of files: its desk reads what was laid down and lays its answers down.

It takes each entry as the same call over HTTP would be taken, and answers a batch only as a whole.
"""

import asyncio
import json
import logging
import os
import time
import zipfile
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from pydantic import Field

from adapters.file_exchange.batch import BatchEntry, EntryKind, Manifest, batch_path, write_batch
from adapters.sandbox.callbacks import Sign
from adapters.sandbox.ledger import Ledger
from adapters.sandbox.reception import Reception, Trace
from one_things.model import Record

_LOG = logging.getLogger(__name__)
_BETWEEN_LOOKS: Final = 0.1
_MOST: Final = 500
_JSON: Final = {"Content-Type": "application/json"}
_ANSWERS: Final = (200, 202, 400)


class ExchangedFolder(Record):
    """Where a department finds batches, and where it lays its own."""

    out: str
    """The platform's batches to it."""
    into: str = Field(alias="in")
    """Its batches to the platform."""


class FolderDesk:
    """The desks of all departments that exchange files."""

    def __init__(self, ledger: Ledger, reception: Reception, signers: Mapping[str, Sign]) -> None:
        self._ledger = ledger
        self._reception = reception
        self._signers = signers

    def begin(self, department: str, folder: ExchangedFolder) -> None:
        """From now on it exchanges files, and sends nothing otherwise."""
        self._ledger.keep_for_polling(department)
        self._ledger.execute(
            "INSERT INTO folders (department, out, into_us) VALUES (?, ?, ?) ON CONFLICT (department) "
            "DO UPDATE SET out = excluded.out, into_us = excluded.into_us",
            (department, folder.out, folder.into),
        )

    def end(self, department: str) -> None:
        """From now on it calls and is called again."""
        self._ledger.send_again(department)
        self._ledger.execute("DELETE FROM folders WHERE department = ?", (department,))

    async def run(self) -> None:
        """Look into the folders until cancelled."""
        while True:
            for department, out, into, sent, due_at, number in self._ledger.execute(
                "SELECT department, out, into_us, sent, due_at, number FROM folders"
            ):
                try:
                    self._look(department, Path(out), Path(into), sent, (due_at, number))
                except OSError as error:
                    _LOG.warning("the folders of %s: %s", department, error.strerror)
            await asyncio.sleep(_BETWEEN_LOOKS)

    def _look(self, department: str, out: Path, into: Path, sent: int, place: tuple[float, int]) -> None:
        entries, done_with = self._answered(department, out)
        kept = self._ledger.kept_after(department, *place, time.time(), _MOST)
        for one in kept:
            kind: EntryKind = "act" if one.callback_url.endswith("/acts") else "decision"
            entries.append(BatchEntry(kind, "", one.body))
        if entries:
            packed = write_batch(
                department,
                "onething",
                sent + 1,
                datetime.now(UTC),
                entries,
                lambda manifest: self._signers[department]("POST", batch_path(department), _JSON, manifest),
            )
            unfinished = into / f".{department}-{sent + 1:08}.zip"
            unfinished.write_bytes(packed)
            os.rename(unfinished, into / f"{department}-{sent + 1:08}.zip")
            due_at, number = (kept[-1].due_at, kept[-1].id) if kept else place
            self._ledger.execute(
                "UPDATE folders SET sent = ?, due_at = ?, number = ? WHERE department = ?",
                (sent + 1, due_at, number, department),
            )
        for path in done_with:
            with suppress(FileNotFoundError):
                path.unlink()

    def _answered(self, department: str, out: Path) -> tuple[list[BatchEntry], list[Path]]:
        entries: list[BatchEntry] = []
        done_with: list[Path] = []
        for path in sorted(out.glob("onething-*.zip")):
            with zipfile.ZipFile(path) as opened:
                manifest = Manifest.model_validate_json(opened.read("manifest.json"))
                answers = [
                    self._answer(department, BatchEntry(one.kind, one.key, opened.read(one.name)))
                    for one in manifest.files
                ]
            whole = [answer for answer in answers if answer is not None]
            if len(whole) == len(answers):  # else all of it again at the next look, as repeats
                entries += whole
                done_with.append(path)
        return entries, done_with

    def _answer(self, department: str, entry: BatchEntry) -> BatchEntry | None:
        match entry.kind:
            case "submission":
                reply = self._reception.submit(department, entry.key, entry.body, Trace()).reply
            case "undo" | "materials":
                asked = json.loads(entry.body)
                key, body = asked.pop("key"), json.dumps(asked, ensure_ascii=False).encode()
                take = self._reception.undo if entry.kind == "undo" else self._reception.supply
                reply = take(department, key, entry.key, body, Trace()).reply
            case _:
                return None
        if reply.status not in _ANSWERS or reply.lost:
            return None
        said = {"status": reply.status, "body": json.loads(reply.body)}
        return BatchEntry("answer", entry.key, json.dumps(said, ensure_ascii=False).encode())
