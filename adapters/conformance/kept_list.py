"""The list of a polled department during a check: read on from a position as the platform does, and read again."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import quote

from pydantic import ValidationError

from adapters.conformance.candidate import Candidate
from adapters.conformance.check import FaultFound, NotTried
from adapters.conformance.exchange import Exchange
from adapters.conformance.heard import Heard
from adapters.contract_versions import HEADER, is_answered_in
from adapters.http_poll import refusal_of
from adapters.wire_bodies import DecisionList, KeptEntry
from security.signing_keys import VerificationKey

PAGE: Final = 500
_MOST_PAGES: Final = 2000
_LOOKS_EVERY_SECONDS: Final = 0.1
Ask = Callable[[str, str], Awaitable[Exchange]]
"""Fetches a path, with a note."""


@dataclass(frozen=True)
class Page:
    """One answer of the list."""

    exchange: Exchange
    entries: tuple[Heard, ...]
    more: bool


@dataclass
class KeptList:
    """What the department keeps about the cases of this check; what else stands in its list is passed over."""

    candidate: Candidate
    ask: Ask
    is_ours: Callable[[str], bool]
    """Whether a case number is one of this check."""
    heard: list[Heard] = field(default_factory=list)
    """In the order in which it was read."""
    position: str = ""
    begins_behind: str = ""
    """The position before the first entry of this check."""
    _passed: set[str] = field(default_factory=set)
    _given_up: bool = False

    def of(self, case_no: str) -> list[Heard]:
        """The decisions about a case that were read."""
        return [one for one in self.heard if one.kind == "decisions" and one.named("case_no") == case_no]

    async def wait_for(self, case_no: str, count: int, seconds: float) -> list[Heard]:
        """Read on until it holds so many decisions about a case, at most for so many seconds."""
        ends_at = time.monotonic() + seconds
        await self.read_on()
        while len(self.of(case_no)) < count and time.monotonic() < ends_at:
            await asyncio.sleep(_LOOKS_EVERY_SECONDS)
            await self.read_on()
        return self.of(case_no)

    async def read_on(self, limit: int = PAGE) -> None:
        """Read from where we are to the end. Raises FaultFound; NotTried once it was given up."""
        if self._given_up:
            raise NotTried("no-list")
        for _ in range(_MOST_PAGES):
            page = await self.page(self.position, limit)
            for entry in page.entries:
                if entry.cursor in self._passed:
                    raise self.fault("list-out-of-order", f"{page.exchange.line()}: {entry.cursor} stands there again")
                self._passed.add(entry.cursor)
                if self.is_ours(entry.named("case_no")):
                    self.heard.append(entry)
                elif not self.heard:
                    self.begins_behind = entry.cursor
                self.position = entry.cursor
            if not page.more or not page.entries:
                return
        raise self.fault("list-ignores-position", f"after {_MOST_PAGES} pages there is still more")

    async def read_again(self, after: str | None = None, limit: int = PAGE, note: str = "read again") -> list[Heard]:
        """What stands behind a position now, by default that of the beginning of this check."""
        found: list[Heard] = []
        position, seen = self.begins_behind if after is None else after, set[str]()
        for _ in range(_MOST_PAGES):
            page = await self.page(position, limit, note)
            if any(entry.cursor in seen for entry in page.entries):
                raise self.fault("list-out-of-order", f"{page.exchange.line()}: a position stands there again")
            seen |= {entry.cursor for entry in page.entries}
            found += [entry for entry in page.entries if self.is_ours(entry.named("case_no"))]
            if not page.more or not page.entries:
                return found
            position = page.entries[-1].cursor
        raise self.fault("list-ignores-position", f"after {_MOST_PAGES} pages there is still more")

    async def page(self, after: str, limit: int = PAGE, note: str = "") -> Page:
        """One answer. Raises FaultFound where the platform could not read on with it."""
        path = f"/decisions?limit={limit}" + (f"&after={quote(after, safe='')}" if after else "")
        exchange = await self.ask(path, note)
        body = self._read(exchange)
        cursors = [entry.cursor for entry in body.entries]
        if len(cursors) > limit:
            raise self.fault("list-ignores-limit", f"{exchange.line()}: {len(cursors)} entries")
        if len(set(cursors)) != len(cursors):
            twice = next(cursor for cursor in cursors if cursors.count(cursor) > 1)
            raise self.fault("position-not-unique", f"{exchange.line()}: {cursors.count(twice)} entries at {twice}")
        if after in cursors:
            raise self.fault("list-ignores-position", f"{exchange.line()}: what stands at {after} came again")
        now = time.monotonic()
        return Page(exchange, tuple(self._entry(entry, now) for entry in body.entries), body.more)

    def fault(self, name: str, came: str) -> FaultFound:
        """A fault with which the list cannot be relied on: nothing else of it is tried."""
        self._given_up = True
        return FaultFound(name, came)

    def _read(self, exchange: Exchange) -> DecisionList:
        evidence = f"{exchange.line()}: {exchange.came()}"
        if exchange.trouble:
            raise self.fault("no-answer", evidence)
        if exchange.status in {401, 403}:
            raise self.fault("credential-refused", evidence)
        if exchange.status != 200:
            raise self.fault("list-not-served", evidence)
        stated = exchange.headers.get(HEADER.lower())
        if not is_answered_in(self.candidate.contract, stated):
            raise self.fault("other-contract", f"{exchange.line()}: {HEADER}: {stated or '(not stated)'}")
        try:
            return DecisionList.model_validate_json(exchange.body)
        except ValidationError as error:
            raise self.fault("list-unreadable", f"{exchange.line()}: {named(error)}") from None

    def _entry(self, entry: KeptEntry, now: float) -> Heard:
        raw, department = entry.body.encode(), self.candidate.department
        refused = refusal_of(department, entry.door, entry.signature, raw, self._key_named)
        path, why = f"/departments/{department}/{entry.door}", f"the entry at {entry.cursor}"
        return Heard(entry.door, path, raw, now, 0, refused, why if refused else "", entry.cursor)

    def _key_named(self, key_id: str) -> VerificationKey | None:
        key = self.candidate.key
        return key if key is not None and key.id == key_id else None


def positions(entries: Sequence[Heard]) -> dict[tuple[str, str], str]:
    """The position of each decision and act, by kind and number."""
    return {(one.kind, number_of(one)): one.cursor for one in entries}


def number_of(entry: Heard) -> str:
    """The number that the department gave it."""
    return entry.named("decision_id") or entry.named("act_id")


def named(error: ValidationError) -> str:
    """What is wrong with a body, field by field, without what it says."""
    wrong = error.errors(include_url=False, include_context=False, include_input=False)
    return "; ".join(f"{'.'.join(map(str, one['loc'])) or 'body'}: {one['msg']}" for one in wrong)
