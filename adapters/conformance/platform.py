"""The platform's side of one check: sends what the platform would send, and keeps every exchange as evidence."""

import asyncio
import random
import time
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final
from urllib.parse import quote

import httpx
from pydantic_core import to_json

from adapters.conformance.candidate import Candidate
from adapters.conformance.check import FaultFound
from adapters.conformance.exchange import Exchange
from adapters.conformance.heard import Decisions, Heard
from adapters.conformance.kept_list import KeptList
from adapters.conformance.listener import MATERIAL_DIGEST, Listener
from adapters.contract_versions import HEADER, JSON, headers_of, is_answered_in, written
from adapters.http_answers import read_standing, read_submission_answer, read_undo_answer
from adapters.http_poll import LARGEST_PAGE_BYTES
from adapters.http_push import LARGEST_ANSWER_BYTES
from adapters.port import (
    DeferredReference,
    Done,
    MaterialReference,
    NeedsCorrection,
    NeverArrived,
    Refused,
    Standing,
    Submission,
    Taken,
    Unknown,
    UnknownCause,
    undo_key_of,
)
from one_things.idempotency import idempotency_key
from one_things.text import Text

_NO_CITY: Final = "9999"
"""Case numbers begin with a division; no division has this one, so nobody takes a check for a case."""
_MATERIAL: Final = MaterialReference(
    id="test-material", title=Text(zh="测试材料", en="Test material"), digest=MATERIAL_DIGEST
)
Known = Done | Taken | Refused | NeedsCorrection | NeverArrived


@dataclass(frozen=True)
class Decided:
    """A submission whose decision was waited for, and what came; a first callback was answered 503."""

    submission: Submission
    answer: Exchange
    heard: tuple[Heard, ...]
    took_seconds: float = 0.0
    """From the submission to the first that was heard of it."""


@dataclass
class Platform:
    """One run of the kit."""

    candidate: Candidate
    client: httpx.AsyncClient
    listener: Listener
    exchanges: list[Exchange] = field(default_factory=list)
    undone: dict[str, float] = field(default_factory=dict)
    """Case numbers of what was undone before it was decided, and when."""
    withdrawn: set[str] = field(default_factory=set)
    """Case numbers of whatever was to be undone."""
    kept: KeptList = field(init=False)
    """The list of a department that is polled."""
    _run: int = field(default_factory=lambda: random.SystemRandom().randrange(100_000))
    _year: int = field(default_factory=lambda: datetime.now(UTC).year)
    _serial: int = 0
    _decided: Decided | None = None

    def __post_init__(self) -> None:
        self.kept = KeptList(self.candidate, self._fetch, lambda case_no: case_no.startswith(self._cases))

    @property
    def decisions(self) -> Decisions:
        """Where its decisions are heard."""
        return self.kept if self.candidate.is_polled else self.listener

    @property
    def _cases(self) -> str:
        return f"{_NO_CITY}-{self._year}-{self._run:05d}"

    def submission(self, *, case_no: str | None = None, attempt: int = 1, **more: Any) -> Submission:
        """A submission with a case number of its own, unless one is given."""
        wanted, item = case_no or self.next_case(), self.candidate.item
        return Submission.model_validate(
            {
                "key": idempotency_key(wanted, item, attempt),
                "case_no": wanted,
                "item": item,
                "attempt": attempt,
                "department": self.candidate.department,
                "fields": self.candidate.fields,
                "materials": (_MATERIAL,),
                "callback_url": f"{self.listener.url}/departments/{self.candidate.department}/decisions",
                "requested_at": datetime.now(UTC),
                **more,
            }
        )

    def next_case(self) -> str:
        """A case number that no other run has, most likely."""
        self._serial += 1
        return f"{self._cases}{self._serial:03d}"

    def later_material(self) -> DeferredReference:
        """A material that is said to follow."""
        later = date.today() + timedelta(days=10)  # noqa: DTZ011 - any day will do
        return DeferredReference(id="later-material", title=Text(zh="后补测试材料", en="Later material"), due_on=later)

    async def submit(self, submission: Submission, note: str = "") -> Exchange:
        """Send a submission."""
        body, media_type = written(submission, self.candidate.contract)
        return await self.call("POST", "/submissions", body, submission.key, media_type=media_type, note=note)

    async def ask(self, key: str, note: str = "") -> Exchange:
        """Ask where it stands."""
        return await self.call("GET", f"/submissions/{in_path(key)}", note=note)

    async def undo(self, key: str, give_back: Any = None, note: str = "") -> Exchange:
        """Undo it."""
        body = {"reason": "cancelled"} if give_back is None else {"reason": "cancelled", "give_back": give_back}
        path = f"/submissions/{in_path(key)}/undo"
        self.withdrawn.add(key.partition(":")[0])
        return await self.call("POST", path, to_json(body), undo_key_of(key), note=note)

    async def call(
        self,
        method: str,
        path: str,
        body: bytes = b"",
        key: str = "",
        *,
        credential: str | None = None,
        media_type: str = JSON,
        contract: int | None = None,
        largest: int = LARGEST_ANSWER_BYTES,
        note: str = "",
    ) -> Exchange:
        """One call. Raises FaultFound when it was answered too late, or with what nobody outside may see."""
        token = self.candidate.token.get_secret_value() if credential is None else credential
        headers = {"Accept": "application/json", "Accept-Encoding": "identity"}
        headers |= {"Authorization": f"Bearer {token}"} if token else {}
        headers |= {"Content-Type": media_type} if body else {}
        headers |= {"Idempotency-Key": key} if key else {}
        headers |= headers_of(contract or self.candidate.contract)
        exchange = await self._exchanged(method, path, body, headers, note, largest)
        self.exchanges.append(exchange)
        if exchange.leaks_internals:
            raise FaultFound("leaks-internals", f"{exchange.line()}: {exchange.came()}")
        if exchange.seconds > self.candidate.answer_seconds:
            promised = f"promised were {self.candidate.answer_seconds:g} s"
            raise FaultFound("slower-than-promised", f"{exchange.line()}; {promised}")
        return exchange

    async def _fetch(self, path: str, note: str) -> Exchange:
        return await self.call("GET", path, largest=LARGEST_PAGE_BYTES, note=note)

    async def _exchanged(
        self, method: str, path: str, body: bytes, headers: dict[str, str], note: str, largest: int
    ) -> Exchange:
        began = time.monotonic()
        status, answer, trouble, answered = 0, bytearray(), "", httpx.Headers()
        try:
            url = self.candidate.url.rstrip("/") + path
            async with self.client.stream(method, url, content=body or None, headers=headers) as response:
                answered = response.headers
                async for chunk in response.aiter_raw():
                    answer += chunk
                    if len(answer) > largest:
                        trouble = f"an answer of more than {largest // 1024} KB"
                        break
                else:
                    status = response.status_code
        except httpx.TimeoutException:
            trouble = "no answer in time"
        except httpx.HTTPError as error:
            trouble = f"no answer ({type(error).__name__})"
        seconds = time.monotonic() - began
        return Exchange(method, path, note, status, bytes(answer), seconds, dict(answered), trouble)

    def known(self, exchange: Exchange) -> Known:
        """What the answer to a submission says. Raises FaultFound when it says nothing that the contract knows."""
        return self._known(exchange, read_submission_answer(self.candidate.department, exchange.status, exchange.body))

    def known_standing(self, exchange: Exchange) -> Known:
        """What the answer to a question says."""
        return self._known(exchange, read_standing(self.candidate.department, exchange.status, exchange.body))

    def known_undo(self, exchange: Exchange) -> Known:
        """What the answer to an undoing, or to a material that follows, says."""
        return self._known(exchange, read_undo_answer(self.candidate.department, exchange.status, exchange.body))

    def _known(self, exchange: Exchange, read: Standing) -> Known:
        evidence = f"{exchange.line()}: {exchange.came()}"
        if exchange.trouble:
            raise FaultFound("no-answer", evidence)
        stated = exchange.headers.get(HEADER.lower())
        if exchange.status in {200, 202, 400, 404} and not is_answered_in(self.candidate.contract, stated):
            raise FaultFound("other-contract", f"{exchange.line()}: {HEADER}: {stated or '(not stated)'}")
        if not isinstance(read, Unknown):
            return read
        match read.cause:
            case UnknownCause.ANSWER_UNREADABLE:
                raise FaultFound("unreadable-answer", evidence)
            case UnknownCause.CREDENTIAL_REFUSED:
                raise FaultFound("credential-refused", evidence)
            case UnknownCause.KEY_CONFLICT:
                raise FaultFound("conflict-without-cause", evidence)
        raise FaultFound("unexpected-status", evidence)

    async def taken(self, submission: Submission) -> Exchange:
        """Send a submission that the department takes or approves. Raises FaultFound when it does not."""
        exchange = await self.submit(submission)
        if isinstance(self.known(exchange), Refused | NeedsCorrection):
            raise FaultFound("test-submission-refused", f"{exchange.line()}: {exchange.came()}")
        return exchange

    async def decided(self) -> Decided:
        """A submission, sent twice; a first callback about it is answered 503. Waited for once in a run."""
        if self._decided is None:
            submission = self.submission(attempt=2)
            self.listener.told[submission.case_no] = [503]
            began, answer = time.monotonic(), await self.taken(submission)
            await self.submit(submission, note="the same again")
            if not isinstance(self.known(answer), Taken):
                self._decided = Decided(submission, answer, ())
                return self._decided
            seconds = self.candidate.wait_seconds
            if await self.decisions.wait_for(submission.case_no, 1, seconds):
                if not self.candidate.is_polled:
                    await self.decisions.wait_for(submission.case_no, 2, seconds)
                await asyncio.sleep(self.candidate.settle_seconds)
                await self.decisions.wait_for(submission.case_no, 1, 0)
            heard = tuple(self.decisions.of(submission.case_no))
            took = heard[0].at - began if heard else 0.0
            self._decided = Decided(submission, answer, heard, took)
        return self._decided


def in_path(name: str) -> str:
    """A name as it stands in a URL."""
    return quote(name, safe=":")
