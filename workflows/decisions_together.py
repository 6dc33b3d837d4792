"""Decisions about one case are handed over one after the other, and those that come meanwhile all at once (ADR 0031).

Departments that work side by side decide side by side. An update costs Temporal and the worker the same whether it
brings one decision or five.
"""

import asyncio
from collections.abc import Sequence
from typing import NamedTuple, Protocol, TypeVar

from one_things.commands import Decide
from one_things.faults import CommandRefused, DomainError
from one_things.model import Record
from workflows import messages
from workflows.messages import Decisions, DecisionsAnswered, Receipt

_MOST = 50
"""Decisions of one message."""

Answer = TypeVar("Answer", bound=Record)


class Tell(Protocol):
    """Sends one message to a case and waits for its answer. Raises DomainError."""

    async def __call__(self, case_no: str, name: str, message: Record, answer: type[Answer]) -> Answer: ...


class _Handed(NamedTuple):
    decision: Decide
    answer: "asyncio.Future[Receipt]"


class DecisionsTogether:
    """The decisions on their way from this process to running cases."""

    def __init__(self, tell: Tell) -> None:
        self._tell = tell
        self._behind: dict[str, list[_Handed]] = {}
        """By case: what came while another decision about it is under way."""
        self._under_way: set[asyncio.Task[None]] = set()

    async def decide(self, case_no: str, decision: Decide) -> Receipt:
        """Hand a decision over; who gives up waiting takes nothing back. Raises DomainError."""
        handed = _Handed(decision, asyncio.get_running_loop().create_future())
        if case_no in self._behind:
            self._behind[case_no].append(handed)
        else:
            self._behind[case_no] = []
            self._under_way.add(task := asyncio.create_task(self._hand_over(case_no, handed)))
            task.add_done_callback(self._under_way.discard)
        return await handed.answer

    async def _hand_over(self, case_no: str, first: _Handed) -> None:
        handed = [first]
        try:
            while handed:
                await self._settle(case_no, handed)
                behind = self._behind[case_no]
                handed, self._behind[case_no] = behind[:_MOST], behind[_MOST:]
        finally:
            for left in self._behind.pop(case_no):
                left.answer.cancel()

    async def _settle(self, case_no: str, handed: Sequence[_Handed]) -> None:
        try:
            answers = await self._answers(case_no, [one.decision for one in handed])
        except Exception as error:
            answers = [error] * len(handed)
        except BaseException:
            for one in handed:
                one.answer.cancel()
            raise
        for one, answer in zip(handed, answers, strict=True):
            if one.answer.done():
                continue  # its sender went away
            if isinstance(answer, Receipt):
                one.answer.set_result(answer)
            else:
                one.answer.set_exception(answer)

    async def _answers(self, case_no: str, decisions: Sequence[Decide]) -> Sequence[Receipt | Exception]:
        if len(decisions) > 1:
            try:
                message = Decisions(decisions=tuple(decisions))
                answered = await self._tell(case_no, messages.DECIDE_TOGETHER, message, DecisionsAnswered)
            except CommandRefused:
                # None of them counts, which leaves no trace in the history of the case: each hears why by itself.
                return [await self._answer(case_no, decision) for decision in decisions]
            return [answer.receipt or answer.refusal() for answer in answered.answers]
        return [await self._answer(case_no, decisions[0])]

    async def _answer(self, case_no: str, decision: Decide) -> Receipt | Exception:
        try:
            return await self._tell(case_no, messages.DECIDE, decision, Receipt)
        except DomainError as error:
            return error
