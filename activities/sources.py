"""Looking up what departments hold: fresh answers are used again for the same purpose, and nothing else is.

What was found lies sealed under the key of the case that asked, and is found again only by who asks the same source
about the same person, for the same case, item, basis and authorisation (目的限制, 个人信息保护法 6). How long it is
fresh says ``sources`` in departments.yaml; without a rule, or when the source does not answer, nothing is used again.
"""

import asyncio
import json
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Literal, NamedTuple, TypeVar

from activities.answers import FindDepartment
from adapters import port
from event_store.case_secrets import CaseSecrets
from event_store.errors import StoreUnavailable
from event_store.look_up_cache import Kept, LookUpCache, Turn
from observability import metrics
from one_things.looked_up import LookedUp
from one_things.sealed import Sealed

FreshFor = Callable[[str, str], int]
"""Department and dataset or type of licence → seconds for which an answer may be used again; 0: never."""
_PATIENCE_SECONDS = 2.0
"""So long somebody waits for another's answer to the same question, then asks itself."""
_LOOKS_SECONDS = 0.03
_Found = TypeVar("_Found", port.Found, port.LicenceFound)
_Answer = port.NotFound | port.SourceUnavailable


class Question(NamedTuple):
    """Who is asked what about whom, and for what."""

    department: str
    kind: Literal["shared_data", "licence", "credit", "exclusion"]
    source: str
    by: str
    number: str
    purpose: port.Purpose
    fields: tuple[str, ...] = ()

    def is_judged_by(self, answer: port.Found | port.LicenceFound) -> bool:
        """Whether it says what was asked: a record without a plain yes or no is no answer, and nothing to keep."""
        if self.kind not in {"credit", "exclusion"} or isinstance(answer, port.LicenceFound):
            return True
        return all(isinstance(answer.fields.get(field), bool) for field in self.fields)

    def word_for(self, answer: port.Lookup | port.LicenceLookup) -> str:
        """What kind of answer it is, as the metric of look-ups names it."""
        match answer:
            case port.NotFound():
                return "not_found"
            case port.SourceUnavailable():
                return "unanswered"
        return "found" if self.is_judged_by(answer) else "unclear"

    def noted(self, answer: port.Found | port.LicenceFound | port.NotFound, *, cached: bool) -> LookedUp:
        """What the record says of it."""
        return LookedUp(
            department=self.department,
            source=self.source,
            kind=self.kind,
            by=self.by,
            fields=self.fields,
            basis=self.purpose.basis,
            authorised_by=self.purpose.authorised_by,
            answer="not_found" if isinstance(answer, port.NotFound) else "found",
            cached=cached,
            as_of=None if isinstance(answer, port.NotFound) else answer.as_of,
        )


class Sources:
    """The departments as sources, for one process; without a cache every question is asked."""

    def __init__(
        self,
        find: FindDepartment,
        secrets: CaseSecrets,
        cache: LookUpCache | None = None,
        fresh_for: FreshFor = lambda _department, _source: 0,
    ) -> None:
        self._find = find
        self._secrets = secrets
        self._cache = cache
        self._fresh_for = fresh_for

    async def fetch(self, question: Question) -> tuple[port.Lookup, bool]:
        """What the department holds, and whether it was held here."""

        async def ask() -> port.Lookup:
            department = self._find(question.department)
            return await department.fetch(question.source, {question.by: question.number}, question.purpose)

        return await self._counted(question, port.Found, ask)

    async def licence(self, question: Question) -> tuple[port.LicenceLookup, bool]:
        """The licence that the department issued, and whether it was held here."""

        async def ask() -> port.LicenceLookup:
            department = self._find(question.department)
            return await department.licence(question.source, {question.by: question.number}, question.purpose)

        return await self._counted(question, port.LicenceFound, ask)

    async def _counted(
        self, question: Question, kind: type[_Found], ask: Callable[[], Awaitable[_Found | _Answer]]
    ) -> tuple[_Found | _Answer, bool]:
        answer, cached = await self._answered(question, kind, ask)
        origin = "cache" if cached else "department"
        metrics.LOOK_UPS.labels(question.department, question.kind, question.word_for(answer), origin).inc()
        return answer, cached

    async def _answered(
        self, question: Question, kind: type[_Found], ask: Callable[[], Awaitable[_Found | _Answer]]
    ) -> tuple[_Found | _Answer, bool]:
        seconds = self._fresh_for(question.department, question.source)
        if self._cache is None or seconds <= 0:
            return await ask(), False
        key = await self._key(question)
        try:
            turn = await self._turn(self._cache, question.purpose.case_no, key)
        except StoreUnavailable:
            return await ask(), False
        if isinstance(turn, Kept):
            fields = await self._secrets.open_fields(
                question.purpose.case_no, [Sealed.model_validate_json(turn.sealed)]
            )
            return kind.model_validate(fields), True
        answer: _Found | _Answer | None = None
        try:
            answer = await ask()
        finally:
            if turn is Turn.OURS:
                kept = answer if isinstance(answer, kind) and question.is_judged_by(answer) else None
                await self._keep(self._cache, question, key, kept, seconds)
        return answer, False

    async def _turn(self, cache: LookUpCache, case_no: str, key: str) -> Kept | Turn:
        """A fresh answer, or whose turn it is to ask; waits a moment for whoever asks the same just now."""
        loop = asyncio.get_running_loop()
        ends_at = loop.time() + _PATIENCE_SECONDS
        turn = await cache.take(case_no, key)
        while turn is Turn.ANOTHERS and loop.time() < ends_at:  # another process may be it who asks
            turn = await cache.take(case_no, key)
            await asyncio.sleep(_LOOKS_SECONDS)
        return turn

    async def _keep(
        self,
        cache: LookUpCache,
        question: Question,
        key: str,
        answer: port.Found | port.LicenceFound | None,
        seconds: int,
    ) -> None:
        case_no = question.purpose.case_no
        try:
            if answer is None:
                await cache.give_up(case_no, key)
                return
            sealed = await self._secrets.seal_fields(case_no, answer.model_dump(mode="json"))
            until = min(answer.as_of, datetime.now(UTC)) + timedelta(seconds=seconds)
            await cache.keep(case_no, key, sealed.model_dump_json().encode(), until)
        except StoreUnavailable:
            return  # whoever waits asks itself

    async def _key(self, question: Question) -> str:
        """Keyed by the case: nobody can try numbers against it."""
        written = json.dumps([*question[:5], question.purpose.model_dump()], ensure_ascii=False, sort_keys=True)
        return (await self._secrets.commit(question.purpose.case_no, written.encode(), "look-up")).digest
