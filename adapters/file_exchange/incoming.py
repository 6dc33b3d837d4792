"""Reads what a department laid down: each batch once, in the order of its numbers, whatever else lies beside it."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Final, NamedTuple

from adapters.collected import CollectedEntry, CollectedPage, Door
from adapters.file_exchange.batch import (
    LARGEST_BATCH_BYTES,
    BatchEntry,
    BatchRefused,
    KeyLookup,
    ReadBatch,
    digest_of,
    read_batch,
)
from adapters.file_exchange.drop import Drop, name_of
from adapters.file_exchange.outgoing import PLATFORM, SETTLED, STATE
from adapters.file_exchange.place import Lying, PlaceAway
from one_things.idempotency import idempotency_key

_UNFINISHED_SECONDS: Final = 300.0
"""So long a file that is no whole batch may still be on its way."""
_MAY_BE_UNFINISHED: Final = frozenset({"batch-malformed", "batch-incomplete"})
_TO_BE_MENDED: Final = frozenset(
    {"signature-key-unknown", "signature-key-expired", "signature-from-the-future", "file-unreadable"}
)
"""A key, a clock or a permission: the batch itself may be sound, and is looked at again."""
_FURTHEST_AHEAD: Final = 10_000


class _Good(NamedTuple):
    arrived: Lying
    batch: ReadBatch


@dataclass(frozen=True)
class BatchPage(CollectedPage):
    """One batch, and the files beside it that are refused."""

    batch: ReadBatch | None = None
    done_with: tuple[Lying, ...] = ()


class Incoming:
    """What comes from one department. For one at a time."""

    def __init__(self, department: str, drop: Drop, key: KeyLookup) -> None:
        self._department = department
        self._drop = drop
        self._key = key

    def page(self, now: datetime) -> BatchPage:
        """The next batch that was not taken yet. Raises OSError."""
        seen = (self._drop.held("taken", "files") or {"files": {}})["files"]
        refused: list[CollectedEntry] = []
        done_with: list[Lying] = []
        good: dict[int, _Good] = {}
        for arrived in self._drop.arrived():
            if seen.get(arrived.name) == arrived.mark:
                continue
            found = self._judged(arrived, now)
            if isinstance(found, ReadBatch):
                if found.manifest.sequence in good:
                    done_with.append(arrived)  # the same bytes under two names
                else:
                    good[found.manifest.sequence] = _Good(arrived, found)
            elif found:
                refused.append(_refused_file(arrived, found))
                done_with += [] if found in _TO_BE_MENDED else [arrived]
            elif found == "":
                done_with.append(arrived)
        if not good:
            return BatchPage(tuple(refused), gap=self._gap(()), done_with=tuple(done_with))
        first = good[min(good)]
        return BatchPage(
            (*refused, *self._entries(first.batch)),
            more=len(good) > 1,
            gap=self._gap(good),
            batch=first.batch,
            done_with=(*done_with, first.arrived),
        )

    def settle(self, page: BatchPage) -> None:
        """Note answers, batch and files: in this order, so that whoever is killed in between reads it again."""
        if page.batch is not None:
            for entry in page.batch.entries:
                self._note_answer(entry)
            manifest = page.batch.manifest
            self._drop.put("taken", f"{manifest.sequence:010}", {"digest": page.batch.digest})
            state = self._drop.held("taken", STATE) or {"whole": 0, "furthest": 0}
            self._drop.put("taken", STATE, self._advanced(state, manifest.sequence))
        if page.done_with:
            lying = {one.name for one in self._drop.arrived()}
            seen = (self._drop.held("taken", "files") or {"files": {}})["files"]
            seen = {name: mark for name, mark in seen.items() if name in lying}
            self._drop.put("taken", "files", {"files": seen | {one.name: one.mark for one in page.done_with}})

    def _note_answer(self, entry: BatchEntry) -> None:
        if entry.kind == "answer":
            if (read := _answer(entry)) is not None:
                self._drop.put("answers", name_of(entry.key), read)
            return
        name = name_of(_key_of(entry.body))
        if self._drop.held("entries", name) is not None:  # who decides or acts has it: nobody need ask for an answer
            self._drop.hold("answers", name, {"status": 202, "body": '{"reference": "decided or acted upon"}'})

    def _judged(self, arrived: Lying, now: datetime) -> ReadBatch | str | None:
        """The batch; the code of why not; '' for one that was taken before; None while it may be unfinished."""
        if not arrived.is_file:
            return "not-a-file"
        if arrived.size > LARGEST_BATCH_BYTES:
            return "batch-too-large"
        try:
            packed = self._drop.read(arrived, LARGEST_BATCH_BYTES + 1)
        except PlaceAway:
            raise  # that is not said of one file
        except FileNotFoundError:
            return None  # taken away since it was listed
        except OSError:
            return "file-unreadable"
        try:
            batch = read_batch(packed, self._department, PLATFORM, self._key, now)
        except BatchRefused as refused:
            young = now.timestamp() - arrived.modified_ns / 1e9 < _UNFINISHED_SECONDS
            return None if young and refused.code in _MAY_BE_UNFINISHED else refused.code
        taken = self._drop.held("taken", f"{batch.manifest.sequence:010}")
        if taken is not None:
            return "" if taken["digest"] == batch.digest else "batch-replaced"
        state = self._drop.held("taken", STATE) or {"whole": 0}
        return "batch-sequence" if batch.manifest.sequence > state["whole"] + _FURTHEST_AHEAD else batch

    def _entries(self, batch: ReadBatch) -> list[CollectedEntry]:
        name = f"{self._department}-{batch.manifest.sequence:08}"
        return [
            CollectedEntry(f"{name}~{number}", *self._read(entry, f"{name}:{number}"), named=f"{name}.zip")
            for number, entry in enumerate(batch.entries, 1)
        ]

    def _read(self, entry: BatchEntry, number: str) -> tuple[str, bytes, str]:
        """Door, body and the code of what is wrong with it."""
        match entry.kind:
            case "decision":
                return Door.DECISIONS, entry.body, ""
            case "act":
                return Door.ACTS, entry.body, ""
            case "answer":
                return self._as_decision(entry, number)
        return "", entry.body, "entry-kind"

    def _as_decision(self, entry: BatchEntry, number: str) -> tuple[str, bytes, str]:
        answer, asked = _answer(entry), self._drop.held("entries", name_of(entry.key))
        if answer is None:
            return "", entry.body, "entry-malformed"
        if asked is None:
            return "", entry.body, "unknown-key"
        if "case_no" not in asked:
            return "", b"", ""  # an undoing, a material, a report: whoever asks is told
        said, about = json.loads(str(answer["body"])), {name: asked[name] for name in ("case_no", "item", "attempt")}
        match answer["status"]:
            case 202 if said.get("accepted", True):
                told = {"act": "accepted", "act_id": number, "reference": said.get("reference"), **about}
                return Door.ACTS, json.dumps(told, ensure_ascii=False).encode(), ""
            case 202:
                return "", b"", ""
            case 200:
                told = {**said, "verdict": "approved"}
            case _ if said.get("code") == "correction":
                told = {"points": said.get("points"), "verdict": "correction"}
            case _:
                told = {**said, "verdict": "refused"}
        told |= {"decision_id": number, **about}
        return Door.DECISIONS, json.dumps(told, ensure_ascii=False).encode(), ""

    def _advanced(self, state: dict[str, int], sequence: int) -> dict[str, int]:
        whole = state["whole"]
        while self._drop.held("taken", f"{whole + 1:010}") is not None:
            whole += 1
        return {"whole": whole, "furthest": max(state["furthest"], sequence), SETTLED: state.get(SETTLED, 0) + 1}

    def _gap(self, good: "dict[int, _Good] | tuple[()]") -> str:
        state = self._drop.held("taken", STATE) or {"whole": 0, "furthest": 0}
        missing = state["whole"] + 1
        while missing in good or self._drop.held("taken", f"{missing:010}") is not None:
            missing += 1
        return str(missing) if missing < max([state["furthest"], *good]) else ""


def _answer(entry: BatchEntry) -> dict[str, object] | None:
    """``{"status": 200 | 202 | 400, "body": {…}}``, as an answer over HTTP would be."""
    try:
        said = json.loads(entry.body)
        status, body = said["status"], said["body"]
    except (ValueError, TypeError, KeyError, RecursionError):
        return None
    if type(status) is not int or status not in (200, 202, 400) or not isinstance(body, dict) or not entry.key:
        return None
    return {"status": status, "body": json.dumps(body, ensure_ascii=False)}


def _key_of(body: bytes) -> str:
    """The key of the submission that a decision or an act is about; '' where it names none."""
    try:
        said = json.loads(body)
        return idempotency_key(str(said["case_no"]), str(said["item"]), int(said["attempt"]))
    except (ValueError, TypeError, KeyError, RecursionError):
        return ""


def _refused_file(arrived: Lying, code: str) -> CollectedEntry:
    about = f"{arrived.name} {arrived.mark}".encode(errors="replace")
    shown = arrived.name.encode("ascii", "replace").decode()[:120]
    return CollectedEntry(f"file~{digest_of(about)[8:40]}", "", about, code, shown)
