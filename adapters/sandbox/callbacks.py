"""Sends the decisions that are due, signed by their department, and repeats each until it is answered with 2xx or 4xx.

What came too early (an act about an item whose acceptance is still on its way) is said again later.

The schedule is the ledger's: what is due, how often it was tried and when it is due again survive a restart.
"""

import asyncio
import json
import logging
import time
from collections.abc import Callable, Mapping
from typing import Final

import httpx

from adapters.lanes import LaneTransport
from adapters.sandbox.ledger import DueDecision, Ledger
from adapters.sandbox.settings import SandboxSettings

Sign = Callable[[str, str, Mapping[str, str], bytes], Mapping[str, str]]
"""(method, URL, headers, body) -> the headers that the signature adds (RFC 9421), by the key of one department."""

_LONGEST_SLEEP_SECONDS: Final = 30.0
"""The schedule is in wall-clock time: look at it again this often, should somebody set the clock."""
_KEPT_ANSWER_CHARACTERS: Final = 2000
_EARLY: Final = frozenset({"not-accepted", "procedure-not-begun"})
_log = logging.getLogger(__name__)


class CallbackSender:
    """Sends decisions while `run` runs."""

    def __init__(self, ledger: Ledger, settings: SandboxSettings, signers: Mapping[str, Sign]) -> None:
        self._ledger = ledger
        self._settings = settings
        self._signers = signers
        self._woken = asyncio.Event()
        self._sleeps_until = 0.0
        self._on_the_way = 0
        self._awaited: dict[int, asyncio.Event] = {}

    def wake_for(self, due_at: float) -> None:
        """A decision was scheduled for ``due_at``."""
        if due_at < self._sleeps_until:
            self._woken.set()

    async def wait_until_tried(self, sending: int, seconds: float) -> None:
        """Wait until this sending was tried once, but no longer than so many seconds."""
        tried = self._awaited.setdefault(sending, asyncio.Event())
        try:
            async with asyncio.timeout(seconds):
                await tried.wait()
        except TimeoutError:
            _log.warning("decision %d was not answered within %.0f s; the reply goes first", sending, seconds)
        finally:
            self._awaited.pop(sending, None)

    async def run(self) -> None:
        """Send what is due until cancelled; what was on its way then is due again at the next start."""
        answer_seconds, at_once = self._settings.callback_answer_seconds, self._settings.callbacks_at_once
        async with (
            httpx.AsyncClient(
                transport=LaneTransport(at_once, answer_seconds), timeout=answer_seconds, trust_env=False
            ) as client,
            asyncio.TaskGroup() as sendings,
        ):
            while True:
                self._woken.clear()
                free = self._settings.callbacks_at_once - self._on_the_way
                for decision in self._ledger.claim_due(time.time(), free):
                    self._on_the_way += 1
                    sendings.create_task(self._send(client, decision))
                await self._sleep()

    async def _sleep(self) -> None:
        latest = time.time() + _LONGEST_SLEEP_SECONDS
        # With no way free there is nothing to wake up for but an end of a sending, which wakes in any case.
        due = self._ledger.next_due() if self._on_the_way < self._settings.callbacks_at_once else None
        self._sleeps_until = latest if due is None else min(due, latest)
        try:
            async with asyncio.timeout(max(0.0, self._sleeps_until - time.time())):
                await self._woken.wait()
        except TimeoutError:
            return

    async def _send(self, client: httpx.AsyncClient, decision: DueDecision) -> None:
        status, answer = await self._post(client, decision)
        answered = 200 <= status < 300 or (400 <= status < 500 and not _is_early(status, answer))
        repeat_at = None if answered else time.time() + self._pause_after(decision.tries)
        self._ledger.note_sending(decision.id, time.time(), status, answer[:_KEPT_ANSWER_CHARACTERS], repeat_at)
        if (awaited := self._awaited.get(decision.id)) is not None:
            awaited.set()
        self._on_the_way -= 1
        self._woken.set()

    async def _post(self, client: httpx.AsyncClient, decision: DueDecision) -> tuple[int, str]:
        """Status and text of the answer; status 0 and the reason when there is none."""
        headers = {"Content-Type": "application/json", "X-Sandbox": "simulation"}
        if decision.traceparent:
            headers["traceparent"] = decision.traceparent
        if decision.tracestate:
            headers["tracestate"] = decision.tracestate
        sign = self._signers[decision.department]
        signed = {**headers, **sign("POST", decision.callback_url, headers, decision.body)}
        try:
            answer = await client.post(decision.callback_url, content=decision.body, headers=signed)
        except httpx.HTTPError as error:
            return 0, type(error).__name__
        return answer.status_code, answer.text

    def _pause_after(self, tries: int) -> float:
        # The exponent is bounded, or a receiver away for days would overflow it.
        doubled = self._settings.repeat_first_seconds * 2.0 ** min(tries, 30)
        return min(doubled, self._settings.repeat_longest_seconds)


def _is_early(status: int, answer: str) -> bool:
    if status != httpx.codes.CONFLICT:
        return False
    try:
        return json.loads(answer).get("code") in _EARLY
    except (ValueError, AttributeError):
        return False
